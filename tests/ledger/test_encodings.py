"""Encodings of the world, found by the letters of the whole file."""

from datetime import date
from pathlib import Path

import pytest

from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger import load
from custanalytics.ledger.read.encoding import detect_encoding

TEXTS = [
    ("cp1250", "Wojciech Łukasiewicz", "książka żółta"),
    ("cp1250", "Dvořák, Šárka", "žluťoučký kůň"),
    ("cp1250", "Tőzsér Áron", "kék függöny, űrhajó"),
    ("iso8859_2", "Śliwińska Bożena", "zażółć gęślą jaźń"),
    ("cp1251", "Мария Кузнецова", "чайник медный"),
    ("koi8_r", "Мария Кузнецова", "чайник медный"),
    ("cp1253", "Γιώργος Παπαδόπουλος", "κούπα μπλε"),
    ("cp1254", "Ayşe Yıldız", "çay bardağı"),
    ("cp1255", "משה כהן", "ספל כחול גדול"),
    ("cp1256", "محمد علي", "كوب أزرق كبير"),
    ("cp1257", "Jānis Bērziņš", "krūze zaļa"),
    ("cp1252", "Guðrún Þórðardóttir", "bolli"),
    ("cp1252", "Hélène Çelik", "thé d’été 5 €"),
    ("iso8859_15", "Jürgen Groß", "Becher 5 €"),
    ("cp850", "Jürgen Groß", "Schüssel"),
    ("mac_roman", "Jürgen Groß", "Schüssel"),
    ("gb18030", "李四", "蓝色茶壶和杯子"),
    ("big5", "陳大文", "藍色茶壺和杯子"),
    ("cp932", "山田花子", "あおいティーポット"),
    ("euc_jp", "山田花子", "あおいティーポット"),
    ("cp949", "김영희", "파란 찻주전자"),
]


def content(name: str, product: str) -> str:
    rows = [
        f'{n},"{name} {n % 6}",{date(2024, 1, 13 + n % 15)},"{product}",{n + 2}.50'
        for n in range(40)
    ]
    return "order,customer name,date,product,amount\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(("encoding", "name", "product"), TEXTS)
def test_the_letters_tell(tmp_path: Path, encoding: str, name: str, product: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(content(name, product).encode(encoding))
    assert detect_encoding(path).name == encoding
    ledger = load([path], today=date(2026, 1, 1))
    assert set(ledger.lines()["customer_id"]) == {f"{name} {n}" for n in range(6)}
    told = any("--encoding" in warning for warning in ledger.report.warnings)
    assert told == (encoding not in ("cp1252", "cp850", "mac_roman"))


def test_the_user_goes_before_the_letters(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(content("Ўладзімір", "кубак").encode("cp1251"))
    lines = load([path], today=date(2026, 1, 1), encoding="cp1251").lines()
    assert lines["customer_id"].iloc[0] == "Ўладзімір 0"
    with pytest.raises(UsageError, match="--encoding"):
        load([path], encoding="cp99")
    with pytest.raises(SourceError, match="--encoding"):
        load([path], encoding="utf-8")


def test_lines_of_two_encodings_are_read_each_in_its_own(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    lines = content("Jörg Groß", "Tee").splitlines()
    coded = [line.encode("utf-8" if at % 2 else "cp1252") for at, line in enumerate(lines)]
    path.write_bytes(b"\n".join(coded))
    ledger = load([path], today=date(2026, 1, 1))
    assert ledger.report.customers == 6
    assert any("cp1252" in warning for warning in ledger.report.warnings)
