"""The report templates: folders with a ``report.qmd``, under ``reports/`` or anywhere."""

from pathlib import Path

from custanalytics.bundled import reports_dir
from custanalytics.errors import UsageError

DOCUMENT = "report.qmd"


def template(name: str) -> Path:
    """Folder of a template, by its name or by a path to it.

    Parameters
    ----------
    name : str
        A folder name under ``reports/``, or a path to a folder that has a ``report.qmd``.

    Returns
    -------
    Path
        The template's folder.

    Raises
    ------
    UsageError
        There is no such template.
    """
    for folder in (reports_dir() / name, Path(name)):
        if (folder / DOCUMENT).is_file():
            return folder
    known = sorted(path.parent.name for path in reports_dir().glob(f"*/{DOCUMENT}"))
    raise UsageError(
        f"no report template {name!r}: expected one of {', '.join(known)}, "
        f"or a folder that has a {DOCUMENT}"
    )
