"""Where the files that travel with the package are: templates and sample data."""

from pathlib import Path


def reports_dir() -> Path:
    """Folder of the report templates, in the installed wheel or in a checkout."""
    return _bundled("reports")


def sample_data_dir() -> Path:
    """Folder of the sample data, in the installed wheel or in a checkout."""
    return _bundled("sample_data")


def _bundled(name: str) -> Path:
    package = Path(__file__).parent
    installed = package / "_bundled" / name
    return installed if installed.is_dir() else package.parent / name
