"""Which engagement an entry came from: known on this machine alone, never in the portfolio."""

import json
from pathlib import Path

from platformdirs import user_state_path

_FILE = "portfolios.json"


def remember(portfolio: Path, slug: str, engagement: Path) -> None:
    """Note where an entry came from."""
    origins = _read()
    origins.setdefault(str(portfolio.resolve()), {})[slug] = str(engagement.resolve())
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(origins, indent=1) + "\n", "utf-8")


def engagements_of(portfolio: Path) -> dict[str, Path]:
    """Where the entries of a portfolio came from, as far as this machine knows."""
    origins = _read().get(str(portfolio.resolve()), {})
    return {slug: Path(path) for slug, path in origins.items() if Path(path).is_dir()}


def _path() -> Path:
    return user_state_path("custanalytics") / _FILE


def _read() -> dict[str, dict[str, str]]:
    try:
        origins: dict[str, dict[str, str]] = json.loads(_path().read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # nothing is lost: publishing writes it again
    return origins
