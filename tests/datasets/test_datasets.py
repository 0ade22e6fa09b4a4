"""The catalogue of open data; downloads from a server on this machine, good and bad."""

import dataclasses
import hashlib
import io
import json
import re
import threading
import zipfile
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from custanalytics.config import COMMANDS, Configuration, Origin
from custanalytics.datasets import UNVERIFIED, dataset, datasets, fetch
from custanalytics.datasets.download import download
from custanalytics.datasets.unpack import unpack
from custanalytics.engagement.record import read_engagement
from custanalytics.errors import SourceError, UsageError
from tests.cli.test_cli import call

DAY = date(2026, 7, 1)
CSV = b"customer,date,amount\n" + b"".join(b"c%d,2026-01-02,9.50\n" % n for n in range(20_000))
WANTED = (
    "online-retail", "online-retail-ii", "cdnow", "bank-marketing", "online-shoppers", "hillstrom",
    "olist", "complete-journey", "telco-churn", "kdd-cup-98", "instacart",
)  # fmt: skip


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


class Server(ThreadingHTTPServer):
    """Serves one file; `breaks` lists after how many bytes each answer breaks off."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = CSV
        self.tag = '"one"'
        self.breaks: list[int] = []
        self.ranges = True
        self.sized = True
        self.asked: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/data.csv"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        start = 0
        if server.ranges and wanted and self.headers.get("If-Range") == server.tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start and start >= len(server.content):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("ETag", server.tag)
        if server.sized:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: server.breaks.pop(0)] if server.breaks else body)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def get(server: Server, known: bytes | None = CSV, size: int | None = None, **more) -> Path:
    digest = sha256(known) if known is not None else None
    return download(server.address, "data.csv", digest, size, lambda *_: None, **more)


@pytest.fixture
def entry(server):
    """A set of the catalogue whose home is the server."""
    return dataclasses.replace(
        dataset("online-shoppers"), address=server.address, sha256=sha256(CSV), members={}
    )


def test_the_catalogue_is_complete_and_claims_no_checksum_without_saying_from_where():
    found = datasets()
    assert set(WANTED) <= set(found)
    for entry in found.values():
        for text in (entry.question, entry.licence, entry.citation, entry.size, entry.home):
            assert len(text) > 5, entry.name
        sums = [entry.sha256, *entry.members.values()]
        assert all(s == UNVERIFIED or re.fullmatch("[0-9a-f]{64}", s) for s in sums)
        assert bool(entry.sha256_from) == any(s != UNVERIFIED for s in sums), entry.name
        assert bool(entry.address) != (entry.access == "login")
        assert bool(entry.how) == (entry.access == "login")


@pytest.mark.parametrize("name", WANTED)
def test_settings_of_every_set_are_options_of_its_command(name):
    entry = dataset(name)
    configuration = Configuration(COMMANDS[entry.command])
    configuration.add(entry.settings, Origin.RECORD)
    assert configuration.as_record().keys() == entry.settings.keys()


def test_listing_downloads_nothing(server):
    for arguments in (("datasets",), ("datasets", "olist"), ("datasets", "--json")):
        done = call(*arguments)
        assert done.returncode == 0
        assert "Olist" in done.stdout or "marketplace" in done.stdout
    assert list(json.loads(done.stdout)) == list(datasets())
    wrong = call("datasets", "onlin-retail")
    assert wrong.returncode == 2
    assert "did you mean online-retail?" in wrong.stderr


def test_cdnow_needs_no_network_and_runs_without_arguments(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("network"))
    done = call("fetch", "cdnow", "--made-on", "2026-07-01", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Verified" in done.stdout
    made = read_engagement(tmp_path / "cdnow")
    assert made.data[0].sha256 == dataset("cdnow").sha256
    assert "Interfaces 31(3)" in made.source["citation"]
    # Every 40th customer, so that the run is quick; the way is the same.
    data = tmp_path / "cdnow" / "data" / "CDNOW_master.txt"
    lines = data.read_bytes().splitlines(keepends=True)
    sample = b"".join(lines[:1] + [row for row in lines[1:] if int(row.split()[0]) % 40 == 0])
    record = tmp_path / "cdnow" / "engagement.toml"
    text = record.read_text("utf-8").replace(
        f"size = {data.stat().st_size}", f"size = {len(sample)}"
    )
    record.write_text(text.replace(made.data[0].sha256, sha256(sample)), "utf-8")
    data.write_bytes(sample)
    run = call("run", "--json", "--format", "html", cwd=tmp_path / "cdnow")
    assert run.returncode == 0, run.stderr
    figures = json.loads(run.stdout)
    # one of them never spent anything
    assert (figures["customers_in_rows"], figures["customers"]) == (589, 588)
    assert figures["currency"] == "USD"
    assert figures["first_order"].startswith("1997-01")


def test_a_fetched_set_is_an_engagement_that_says_where_it_is_from(server, entry, tmp_path):
    told = []
    made = fetch(entry, tmp_path / "x", DAY, progress=lambda *now: told.append(now))
    assert made.verified
    assert told[-1] == (len(CSV), len(CSV))
    assert (tmp_path / "x" / "data").is_dir()
    record = read_engagement(tmp_path / "x")
    assert record.question == entry.question
    assert record.source["licence"] == "CC BY 4.0"
    assert record.source["checksum"] == "verified"
    assert dict(record.settings) == dict(entry.settings)
    with pytest.raises(UsageError, match="nothing is overwritten"):
        fetch(entry, tmp_path / "x", DAY)


def test_what_broke_off_is_continued(server):
    server.breaks = [100_000, 100_000]
    for kept in ("65,536", "131,072"):  # whole blocks
        with pytest.raises(SourceError, match=f"broke off.*{kept} bytes are kept"):
            get(server)
    assert get(server).read_bytes() == CSV
    assert server.asked == [None, "bytes=65536-", "bytes=131072-"]
    get(server)
    assert len(server.asked) == 3  # from the cache


@pytest.mark.parametrize("change", ["ranges", "tag"])
def test_what_can_not_be_continued_is_begun_again(server, change):
    server.breaks = [100_000]
    with pytest.raises(SourceError):
        get(server)
    if change == "ranges":
        server.ranges = False
    else:
        server.tag, server.content = '"two"', CSV[::-1]
    assert get(server, server.content).read_bytes() == server.content


def test_a_wrong_file_is_not_kept(server, entry, tmp_path):
    server.content = CSV.replace(b"9.50", b"9.51", 1)
    with pytest.raises(SourceError, match="not the file that the catalogue knows"):
        fetch(entry, tmp_path / "x", DAY)
    assert not (tmp_path / "x").exists()
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    server.content = CSV
    assert fetch(entry, tmp_path / "x", DAY).verified


def test_a_web_page_or_torn_archive_in_place_of_data_does_not_stay_in_the_cache(
    server, entry, tmp_path
):
    packed = dataclasses.replace(entry, sha256=UNVERIFIED, members={"data.csv": UNVERIFIED})
    good = zipped({"data.csv": CSV})
    for bad in (b"<!DOCTYPE html><p>Moved</p>", good[:-50]):
        server.content = bad
        with pytest.raises(SourceError, match=r"web page|damaged"):
            fetch(packed, tmp_path / "x", DAY)
    server.content = good
    assert set(fetch(packed, tmp_path / "x", DAY).sums.values()) == {sha256(good), sha256(CSV)}


def test_a_short_file_without_a_stated_length_is_noticed_where_its_size_is_known(server):
    server.sized, server.breaks = False, [1000]
    with pytest.raises(SourceError, match="another size"):
        get(server, known=None, size=len(CSV))


def test_a_file_without_a_known_checksum_is_said_to_be_unverified(server, entry, tmp_path):
    made = fetch(dataclasses.replace(entry, sha256=UNVERIFIED), tmp_path / "x", DAY)
    assert not made.verified
    assert read_engagement(tmp_path / "x").source["checksum"] == UNVERIFIED
    assert set(made.sums.values()) == {sha256(CSV)}


def test_a_download_is_given_up_when_it_grows_beyond_its_bound(server, tmp_path):
    server.sized = False
    with pytest.raises(SourceError, match="more than the 100,000 bytes"):
        get(server, most_bytes=100_000)
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_no_server_is_said_plainly(server, monkeypatch):
    server.shutdown()
    server.server_close()
    with pytest.raises(SourceError, match="no connection"):
        get(server)


def test_members_are_taken_also_from_an_archive_in_an_archive(tmp_path):
    inner = zipped({"folder/wanted.csv": CSV, "__MACOSX/folder/._wanted.csv": b"x"})
    (tmp_path / "a.zip").write_bytes(zipped({"inner.zip": inner, "other.csv": b"o"}))
    (tmp_path / "to").mkdir()
    found = unpack(tmp_path / "a.zip", ["inner.zip/folder/wanted.csv"], tmp_path / "to")
    assert [path.read_bytes() for path in found.values()] == [CSV]
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["wanted.csv"]


@pytest.mark.parametrize("name", ["../wanted.csv", "/wanted.csv", "a/../../wanted.csv", "..\\wanted.csv", "C:\\wanted.csv"])  # fmt: skip
def test_names_that_point_out_of_an_archive_are_refused(tmp_path, name):
    (tmp_path / "a.zip").write_bytes(zipped({name: CSV, "wanted.csv": CSV}))
    (tmp_path / "to").mkdir()
    with pytest.raises(SourceError, match="point out of it"):
        unpack(tmp_path / "a.zip", ["wanted.csv"], tmp_path / "to")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "to"]


def test_a_zip_bomb_is_given_up(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped({"wanted.csv": bytes(50_000_000)}))
    assert (tmp_path / "a.zip").stat().st_size < 60_000
    (tmp_path / "to").mkdir()
    with pytest.raises(SourceError, match="unpacks to more than 1,000,000 bytes"):
        unpack(tmp_path / "a.zip", ["wanted.csv"], tmp_path / "to", most_bytes=1_000_000)
    assert sum(path.stat().st_size for path in (tmp_path / "to").iterdir()) <= 1_000_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped({"wanted.csv": CSV})[:-100], "damaged"),
        (zipped({"else.csv": CSV}), "was to hold wanted.csv, but holds else.csv"),
        (b"<html>sign in</html>", "damaged"),
    ],
)
def test_a_wrong_archive_is_said_plainly(tmp_path, content, said):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(SourceError, match=said):
        unpack(tmp_path / "a.zip", ["wanted.csv"], tmp_path)


def test_a_set_behind_a_login_is_taken_from_a_file(server, tmp_path):
    refused = call("fetch", "instacart", cwd=tmp_path)
    assert refused.returncode == 2
    assert "kaggle.com" in refused.stderr
    assert "custanalytics fetch instacart --from FILE" in refused.stderr
    archive = tmp_path / "instacart.zip"
    archive.write_bytes(zipped({"orders.csv": CSV, "order_products__prior.csv": CSV + b"x"}))
    done = call("fetch", "instacart", "--from", archive, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Unverified" in done.stdout
    assert "It has neither dates nor money" in done.stdout
    assert len(read_engagement(tmp_path / "instacart").data) == 2
    assert server.asked == []
    lacking = call("fetch", "olist", "--from", archive, cwd=tmp_path)
    assert lacking.returncode == 10
    assert not (tmp_path / "olist").exists()


def test_a_given_file_with_a_known_checksum_is_held_against_it(tmp_path):
    wrong = tmp_path / "bank-additional-full.csv"
    wrong.write_bytes(CSV)
    done = call("fetch", "bank-marketing", "--from", wrong, cwd=tmp_path)
    assert done.returncode == 10
    assert "not the file that the catalogue knows" in done.stderr


def test_the_real_bank_file_is_the_one_the_catalogue_knows(shared_data, tmp_path):
    import gzip

    packed = (shared_data / "bank_additional.csv.gz").read_bytes()
    (known,) = dataset("bank-marketing").members.values()
    assert sha256(gzip.decompress(packed)) == known
