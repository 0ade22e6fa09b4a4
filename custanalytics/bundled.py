"""Where the files that travel with the package are: templates and sample data."""

from pathlib import Path

DOCUMENT = "report.qmd"


def reports_dir() -> Path:
    """Folder of the report templates, in the installed wheel or in a checkout."""
    return _bundled("reports")


def template_folder(name: str) -> Path | None:
    """Folder of a report template, by its name or by a path to it; None where there is none."""
    folders = (reports_dir() / name, Path(name))
    return next((folder for folder in folders if (folder / DOCUMENT).is_file()), None)


def template_names() -> list[str]:
    """Report templates that come with custanalytics."""
    return sorted(path.parent.name for path in reports_dir().glob(f"[!_]*/{DOCUMENT}"))


def sample_data_dir() -> Path:
    """Folder of the sample data, in the installed wheel or in a checkout."""
    return _bundled("sample_data")


def _bundled(name: str) -> Path:
    package = Path(__file__).parent
    installed = package / "_bundled" / name
    return installed if installed.is_dir() else package.parent / name
