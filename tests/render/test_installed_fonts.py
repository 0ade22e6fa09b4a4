"""Fonts that other packages bring are found without importing them."""

import shutil

from custanalytics.bundled import reports_dir
from custanalytics.render import installed_fonts
from custanalytics.render.installed_fonts import font_files, font_folders


def test_fonts_of_installed_packages_are_found_and_nothing_is_run(tmp_path, monkeypatch) -> None:
    package = tmp_path / "of_a_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemError")
    shipped = sorted((reports_dir() / "_shared" / "fonts").glob("*.ttf"))[0]
    shutil.copy(shipped, package)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(installed_fonts, "_UNANNOUNCED", ("of_a_package", "of_none"))
    font_folders.cache_clear()
    try:
        assert package / shipped.name in font_files()
    finally:
        font_folders.cache_clear()
