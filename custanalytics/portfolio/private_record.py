"""The private record of a publication: kept with the engagement, never published."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import SystemRandom

from custanalytics.errors import SourceError
from custanalytics.privacy.mute import Key, draw_key
from custanalytics.results.store import AnalysisResults

FOLDER = "publish"
FILE = "record.json"


@dataclass(frozen=True)
class Record:
    """What undoes the muting, and what was changed."""

    key: Key  # the secret, drawn when the engagement was first published
    published: date
    confirmed: str = ""  # code of the prose that was confirmed
    portfolio: str = ""  # where it went to
    slug: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # name -> what stands for it
    suppressed: Mapping[str, int] = field(default_factory=dict)  # table -> rows that were kept back
    files: Mapping[str, str] = field(default_factory=dict)  # file of the entry -> its SHA-256


def record_of(engagement: Path, results: AnalysisResults, day: date) -> Record:
    """The record of an engagement; a new one with a secret of its own where there is none."""
    path = engagement / FOLDER / FILE
    if not path.is_file():
        return Record(draw_key(results, SystemRandom()), day)
    try:
        content = json.loads(path.read_text("utf-8"))
        key = Key(**content.pop("key"))
        return Record(key, date.fromisoformat(content.pop("published")), **content)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(
            f"{path} is damaged; take it away, and the entry is made anew with another secret"
        ) from error


def write_record(record: Record, engagement: Path) -> Path:
    """Write the record."""
    path = engagement / FOLDER / FILE
    path.parent.mkdir(exist_ok=True)
    content = dataclasses.asdict(record) | {"published": record.published.isoformat()}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path
