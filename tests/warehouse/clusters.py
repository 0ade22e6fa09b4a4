"""A Spark cluster of the machine's own, whose workers can be killed."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_CLASS = "org.apache.spark.deploy"


@dataclass
class Cluster:
    """A master and its workers."""

    address: str
    folder: Path
    workers: list[subprocess.Popen] = field(default_factory=list)

    def add_worker(self) -> None:
        """Start one more worker, with a core and a gigabyte."""
        name = f"worker-{len(self.workers)}"
        how = ["--cores", "1", "--memory", "1g", "--work-dir", str(self.folder / name)]
        self.workers.append(_started("worker.Worker", self.folder / name, *how, self.address))

    def kill_worker(self) -> None:
        """Kill the first worker, and the process that works for it."""
        worker = self.workers.pop(0)
        children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
        for process in (worker.pid, *map(int, children)):
            os.kill(process, 9)
        worker.wait()


@contextmanager
def spark_cluster(workers: int) -> Iterator[Cluster]:
    """A cluster that only this machine reaches."""
    folder = Path(tempfile.mkdtemp(prefix="spark-"))
    log = folder / "master"
    master = _started("master.Master", log, "--host", "127.0.0.1", "--port", "0")
    cluster = Cluster(_address(log), folder)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        for process in (*cluster.workers, master):
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _started(name: str, log: Path, *arguments: str) -> subprocess.Popen:
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1",
                                "PYSPARK_PYTHON": sys.executable}  # fmt: skip
    command = [home / "bin" / "spark-class", f"{_CLASS}.{name}", "--webui-port", "0", *arguments]
    with Path(f"{log}.log").open("wb") as file:
        return subprocess.Popen(command, env=environment, stdout=file, stderr=file)


def _address(log: Path) -> str:
    for _ in range(240):
        found = re.search(r"spark://127\.0\.0\.1:\d+", Path(f"{log}.log").read_text())
        if found:
            return found[0]
        time.sleep(0.5)
    raise TimeoutError(Path(f"{log}.log").read_text())
