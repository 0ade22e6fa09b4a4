"""Downloads with resume: what came before a break is kept and continued."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch
import requests

from custanalytics.errors import SourceError

Progress = Callable[[int, int | None], None]
MOST_BYTES = 2 << 30
_BLOCK = 1 << 16
_TIMEOUT = (10, 60)


def cache_dir() -> Path:
    """Folder where downloads are kept, so that none is made twice."""
    return Path(pooch.os_cache("custanalytics"))


def download(
    address: str,
    name: str,
    sha256: str | None,
    size: int | None,
    progress: Progress,
    most_bytes: int = MOST_BYTES,
) -> Path:
    """Download a file, or take it from the cache."""
    pooch.get_logger().setLevel("WARNING")
    part = cache_dir() / f"{name}.part"
    limit = min(most_bytes, size) if size else most_bytes
    try:
        found = pooch.retrieve(
            address,
            known_hash=f"sha256:{sha256}" if sha256 else None,
            fname=name,
            path=cache_dir(),
            downloader=_Resuming(part, limit, progress),
        )
    except requests.RequestException as error:
        kept = part.stat().st_size if part.exists() else 0
        went_on = f"; {kept:,} bytes are kept, the same command goes on from there" if kept else ""
        raise SourceError(f"{address} can't be downloaded ({_reason(error)}){went_on}") from error
    except ValueError as error:
        raise SourceError(
            f"what {address} gives is not the file that the catalogue knows (its SHA-256 differs): "
            "it was changed there, or on the way; nothing was kept"
        ) from error
    path = Path(found)
    if size and path.stat().st_size != size:
        path.unlink()
        raise SourceError(f"{address} gives a file of another size than the {size:,} bytes known")
    return path


class _Resuming:
    """What pooch calls to download: continues a part that an earlier try has left."""

    def __init__(self, part: Path, most_bytes: int, progress: Progress) -> None:
        self.part = part
        # What tells that the file at the address is still the one that the part is of.
        self.mark = part.with_suffix(".mark")
        self.most_bytes = most_bytes
        self.progress = progress

    def __call__(self, address: str, output_file: Any, _: Any) -> None:
        have = self.part.stat().st_size if self.part.exists() and self.mark.exists() else 0
        response = self._ask(address, have)
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            have = 0
            response = self._ask(address, have)
        with response:
            response.raise_for_status()
            if response.status_code != requests.codes.partial_content:
                have = 0
            self._note(response)
            length = response.headers.get("Content-Length")
            total = have + int(length) if length else None
            self._take(response, have, total, address)
        self.part.replace(output_file)
        self.mark.unlink(missing_ok=True)

    def _ask(self, address: str, have: int) -> requests.Response:
        # Packed on the way, a file could neither be continued nor counted.
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": self.mark.read_text("utf-8")}
        return requests.get(address, headers=headers, stream=True, timeout=_TIMEOUT)

    def _note(self, response: requests.Response) -> None:
        tag = response.headers.get("ETag", "")
        mark = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified")
        if mark:
            self.mark.write_text(mark, "utf-8")
        else:
            self.mark.unlink(missing_ok=True)

    def _take(
        self, response: requests.Response, have: int, total: int | None, address: str
    ) -> None:
        with self.part.open("ab" if have else "wb") as out:
            for block in response.iter_content(_BLOCK):
                have += len(block)
                if have > self.most_bytes:
                    break
                out.write(block)
                self.progress(have, total)
        if have > self.most_bytes:
            self.part.unlink()
            raise SourceError(f"{address} gives more than the {self.most_bytes:,} bytes expected")
        if total is not None and have < total:
            raise requests.ConnectionError(f"it ended after {have:,} of {total:,} bytes")


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answers {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError) or "ended after" in str(error):
        return "it broke off"
    return "no connection"
