"""All five formats from one command, and the words for a template that can't be used."""

import pytest

from custanalytics.cli.main import main
from custanalytics.errors import UsageError
from custanalytics.pipeline import rerender, run
from tests.content.conftest import shop

FORMATS = ("html", "pdf", "docx", "pptx", "xlsx")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = tmp_path_factory.mktemp("five")
    shop().to_csv(place / "sales.csv", index=False)
    return place, run([place / "sales.csv"], place / "report", formats=FORMATS)


def test_all_five_formats_are_written(made) -> None:
    place, report = made
    names = {name: report.files[name].name for name in FORMATS}
    assert names == {
        "html": "report.html",
        "pdf": "report.pdf",
        "docx": "report.docx",
        "pptx": "slides.pptx",
        "xlsx": "workbook.xlsx",
    }
    assert all((place / "report" / name).stat().st_size > 10_000 for name in names.values())


def test_rendering_again_gives_the_same_bytes(made) -> None:
    _, report = made
    before = {name: report.files[name].read_bytes() for name in ("docx", "pptx", "xlsx")}
    after = rerender(report.files["html"].parent, formats=tuple(before))
    assert {name: path.read_bytes() for name, path in after.items()} == before


def test_a_template_that_is_none_is_said_before_anything_is_read(tmp_path, capsys) -> None:
    (tmp_path / "client.pptx").write_text("nothing")
    with pytest.raises(UsageError, match="pptx_template"):
        run(["missing.csv"], tmp_path / "report", pptx_template=tmp_path / "client.pptx")
    code = main(["render", str(tmp_path), "--format", "pptx", "--pptx-template", "no.pptx"])
    assert code != 0
    assert "--pptx-template: no.pptx" in capsys.readouterr().err
    assert not (tmp_path / "report").exists()
