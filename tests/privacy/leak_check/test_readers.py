"""Files of every kind are looked into, or told to be unreadable."""

import base64
import gzip
import io
import json
import random
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader, PdfWriter

from custanalytics.bundled import reports_dir
from custanalytics.errors import DisclosureError
from custanalytics.privacy.leak_check.check_files import leaks_in
from custanalytics.privacy.leak_check.files import Reader
from custanalytics.privacy.leak_check.passages import Passage, Unread
from custanalytics.privacy.leak_check.public import drawing_program
from custanalytics.privacy.leak_check.search import search
from custanalytics.privacy.leak_check.secrets import Origin, Secrets
from tests.trials.leak_check.made import pdf, published, slides


def read(name: str, data: bytes | str) -> list[Passage | Unread]:
    content = data.encode() if isinstance(data, str) else data
    return [p for p in Reader().passages(name, content) if isinstance(p, Passage | Unread)]


def texts(name: str, data: bytes | str, style: str) -> str:
    return "\n".join(
        p.text for p in read(name, data) if isinstance(p, Passage) and p.style == style
    )


def unread(name: str, data: bytes | str) -> list[str]:
    return [p.reason for p in read(name, data) if isinstance(p, Unread)]


def test_words_go_on_behind_inline_tags_and_end_at_others():
    page = "<p>Jane<b> D</b>oe</p><td>12</td><td>34</td>"
    assert "Jane Doe" in texts("a.html", page, "written")
    assert "12\n\n34" in texts("a.html", page, "written")


def test_geometry_and_styles_have_no_values():
    page = '<svg viewBox="0 0 1234.5 9"><path d="M77777.5 3"/></svg><p style="width:5555.5px">'
    assert not {"1234.5", "77777.5", "5555.5"} & set(texts("a.html", page, "written").split())
    assert "77777.5" in texts("a.html", page, "words")


def test_an_axis_of_months_has_no_days_and_other_days_stay():
    chart = {"x": ["2024-05-01", "2024-06-01"], "t": ["2024-05-01", "2024-05-08"]}
    found = texts("a.json", json.dumps(chart), "written")
    assert found.count("2024-05-01") == 1
    assert "2024-05-08" in found
    assert "2024-06-01" not in found


def test_where_a_chart_has_its_marks_says_nothing_and_its_data_do():
    chart = {
        "data": [{"x": [24237, 24238, 24239], "y": [1234.5, 8, 9], "error_y": {"array": [55.55]}}],
        "layout": {"xaxis": {"range": [7777.7, 9]}, "annotations": [{"x": 66.66, "text": "4321"}]},
    }
    found = texts("a.json", json.dumps(chart), "exact").split()
    assert "1234.5" in found
    assert not {"24238", "55.55", "7777.7", "66.66"} & set(found)
    assert "4321" in texts("a.json", json.dumps(chart), "written")
    assert "24240" in texts("a.json", json.dumps({"x": [24237, 24238, 24240]}), "exact")


def test_the_program_that_draws_charts_is_passed_over_and_what_stands_beside_it_is_not():
    program = drawing_program()
    as_text = program.decode()
    packed = base64.b64encode(gzip.compress(program)).decode()
    for script in (as_text, packed):
        page = f"<html><p>Jane Doe</p><script>{script}</script><script>a = 4321.5</script></html>"
        assert unread("a.html", page) == []
        found = read("a.html", page)
        assert sum(len(passage.text) for passage in found) < 1000
        assert "4321.5" in texts("a.html", page, "exact")
    changed = as_text.replace("Plotly", "Jane Doe", 1)
    # Not that program any more, and with signs that no text has: nobody vouches for it.
    assert unread("a.html", f"<html><script>{changed}</script></html>")


def test_a_file_in_base64_is_read_as_what_it_is():
    packed = base64.b64encode(gzip.compress(b"Jane Doe owes 1234.50 for the lamp")).decode()
    assert "Jane Doe" in texts("a.js", f"x = '{packed}'", "written")


def test_months_of_a_native_chart_say_nothing_and_its_amounts_do():
    chart = (
        "<c:pt><c:v>43556.0</c:v></c:pt><c:pt><c:v>43586</c:v></c:pt><c:pt><c:v>43557</c:v></c:pt>"
    )
    found = texts("chart1.xml", f"<?xml version='1.0'?><c>{chart}</c>", "exact").split()
    assert found == ["43557"]


def test_a_break_in_a_hint_parts_its_words():
    hint = json.dumps({"hovertext": ["<b>April 2019</b><br>614"]})
    assert "2019614" not in texts("a.json", hint, "written")


def test_arrays_of_charts_are_decoded():
    packed = {"dtype": "i2", "bdata": base64.b64encode(b"\x39\x30\x01\x00").decode()}
    assert "12345" in texts("a.json", json.dumps({"y": packed}), "exact")
    script = f"Plotly.newPlot(x, [{{y: {json.dumps(packed)}}}])"
    assert "12345" in texts("a.js", script, "exact")
    assert unread("a.json", json.dumps({"y": {"dtype": "c16", "bdata": "AAAA"}}))


def test_files_in_files_in_files_are_read():
    drawing = base64.b64encode(b"<svg><desc>deep</desc></svg>").decode()
    page = f"<style>a {{ background: url(data:image/svg+xml;base64,{drawing}) }}</style>"
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        archive.writestr("page.html.gz", gzip.compress(page.encode()))
    assert "deep" in texts("all.zip", made.getvalue(), "written")


def test_a_shared_text_of_a_workbook_is_no_value():
    sheet = '<worksheet><c r="A1" t="s"><v>4321</v></c><c r="A2"><v>98765.5</v></c></worksheet>'
    assert "98765.5" in texts("sheet1.xml", sheet, "exact")
    assert "4321" not in texts("sheet1.xml", sheet, "exact") + texts("s.xml", sheet, "written")


def test_the_packages_own_files_are_passed_over():
    font = next((reports_dir() / "_shared" / "fonts").glob("*.woff2"))
    assert read(font.name, font.read_bytes()) == []


def test_a_deck_and_a_document_have_nothing_unreadable(tmp_path):
    slides(tmp_path / "slides.pptx")
    for name, data in (("s.pptx", (tmp_path / "slides.pptx").read_bytes()), ("r.pdf", pdf("x"))):
        assert unread(name, data) == []


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("secret"))))
    writer.encrypt("word", algorithm="RC4-40")
    writer.write(made := io.BytesIO())
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("font.woff2", b"wOF2\x00\x01\x00\x00not ours"),
        ("data.bin", bytes(range(256))),
        ("a.png", b"\x89PNG\r\n\x1a\nbroken"),
        ("a.jpg", b"text, and no picture"),
        ("a.pdf", b"%PDF-1.7\nbroken"),
        ("a.zip", b"PK\x03\x04broken"),
        ("a.gz", b"\x1f\x8b\x08broken"),
        ("a.sqlite", b"SQLite format 3\x00"),
        ("a.pdf", encrypted()),
        ("a.html", '<img src="data:font/woff2;base64,d09GMgABAAA=">'),
    ],
)
def test_what_cannot_be_looked_into_is_told(name, data):
    assert unread(name, data)


def test_archives_are_unpacked_within_a_bound(monkeypatch):
    monkeypatch.setattr("custanalytics.privacy.leak_check.archives.MOST_BYTES", 1000)
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", "0" * 5000)
    assert unread("all.zip", made.getvalue())
    assert unread("zeros.txt.gz", gzip.compress(b"0" * 5000))


def none() -> Secrets:
    return Secrets({}, {}, {}, {}, {}, {})


def test_a_folder_must_hold_files(tmp_path):
    with pytest.raises(DisclosureError, match="no file to test"):
        leaks_in(none(), tmp_path)


def test_a_history_and_a_link_to_nowhere_are_leaks(tmp_path):
    folder = published(tmp_path / "out")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("[core]")
    (folder / "gone.html").symlink_to(tmp_path / "nowhere.html")
    assert [(leak.file, leak.kind) for leak in leaks_in(none(), folder)] == [
        (".git", "unreadable"),
        ("gone.html", "unreadable"),
    ]


def test_a_file_of_the_source_is_found_as_a_whole(tmp_path):
    folder = published(tmp_path / "out")
    digest = sha256((folder / "card.png").read_bytes()).hexdigest()
    secrets = Secrets({}, {}, {}, {}, {}, {digest: Origin("picture", "report/logo.png")})
    (found,) = leaks_in(secrets, folder)
    assert (found.file, found.kind, found.shown) == ("card.png", "picture", "as a whole")
    trusted = Secrets({}, {}, {}, {}, {}, {}, frozenset({digest}))
    Path(folder / "card.png").rename(folder / "font.xyz")
    assert leaks_in(trusted, folder) == []


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", "<script>let who = 'Jane Doe';"),
        ("a.css", "a { b: c } /* Jane Doe */"),
        ("a.js", "// Jane Doe\nrun()"),
        ("a.xml", "<w:p><w:t>Jane D</w:t><w:proofErr/><w:t>oe</w:t></w:p>"),
        ("a.xml", "<a><![CDATA[Jane Doe]]></a>"),
        ("a.html", "<iframe srcdoc='&lt;p>Jane Doe&lt;/p>'></iframe>"),
        ("a.html", "<img src=\"data:image/svg+xml;utf8,<svg><text x='7'>Jane Doe</text></svg>\">"),
        ("a.css", 'a { b: url("data:image/svg+xml,<svg><desc>Jane Doe</desc></svg>") }'),
        ("a.html", '<p data-chart=\'[{"who": "Jane Doe"}]\'></p>'),
        ("a.json", '{"html": "\\u003cb\\u003eJane\\u003c/b\\u003e Doe"}'),
        ("a.json", '{"inner": "{\\"who\\": \\"Jane\\\\u0020Doe\\"}"}'),
        ("a.svg", "<svg><metadata><x:d>Jane Doe</x:d></metadata></svg>"),
        ("a.xyz", "Jane Doe"),
        ("a.md", "Jane Doe".encode("utf-16")),
    ],
)
def test_a_text_is_read_wherever_it_stands(name, data):
    assert "Jane Doe" in texts(name, data, "written")


def test_gaps_do_not_change_an_axis_of_months():
    assert "2024" not in texts("a.json", '["2024-05-01", null, "2024-07-01"]', "written")
    assert "2024-05-01" in texts("a.json", '["2024-05-01", null]', "written")


def test_damaged_files_are_told_and_nothing_worse(tmp_path):
    folder = published(tmp_path / "out")
    dice = random.Random(3)  # noqa: S311
    for path in sorted(folder.iterdir()) * 5:
        data = bytearray(path.read_bytes())
        for _ in range(dice.choice((1, 20))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = data[: dice.randrange(1, len(data))]
        assert isinstance(read(path.name, bytes(data)) + read(path.name, bytes(cut)), list)


def test_words_broken_at_the_end_of_a_line_are_joined():
    source = (
        "#set page(width: 4cm)\n#set text(lang: 'de', hyphenate: true)\nIn Buxtehude-Hinterhausen"
    )
    made = bytes(typst.compile(source.replace("'", '"').encode()))
    assert "buxtehude" in texts("a.pdf", made, "written").lower()


def test_cells_side_by_side_are_no_thousands_of_one_number():
    kinds = {kind: {} for kind in ("phrases", "prices", "codes", "days", "files")}
    secrets = Secrets(numbers={"10160": Origin("amount", "sales.csv")}, **kinds)
    table = "#table(columns: 3, [Tenth], [Customers], [Bought], [10], [160], [12%])"
    for source, leaks in ((table, False), ("In all it came to 10 160 that year", True)):
        made = bytes(typst.compile(source.encode()))
        read_from = [part for part in read("a.pdf", made) if isinstance(part, Passage)]
        assert any(list(search(secrets, part)) for part in read_from) is leaks
