"""What a host needs to publish the site as it was built."""

import shutil
from pathlib import Path

from custanalytics.bundled import reports_dir

PAGES = Path(".github") / "workflows" / "pages.yml"


def write_github_pages(folder: Path) -> Path:
    """Write the workflow that publishes ``site/`` on GitHub Pages; one that is there stays."""
    target = folder / PAGES
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(reports_dir() / "_portfolio" / PAGES.name, target)
    return target
