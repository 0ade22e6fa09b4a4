"""Cells, amounts and dates that are written in ways of their own."""

from datetime import date
from pathlib import Path

import pytest

from custanalytics.errors import SourceError
from custanalytics.ledger import Ledger, load


def loaded(folder: Path, *texts: str, **options: object) -> Ledger:
    paths = []
    for at, text in enumerate(texts):
        paths.append(folder / f"sales-{at}.csv")
        paths[-1].write_text(text.strip() + "\n", encoding="utf-8")
    return load(paths, today=date(2026, 10, 1), **options)  # type: ignore[arg-type]


def rows(head: str, line: str, times: int = 40) -> str:
    made = [line.format(n=n, k=n % 7, day=date(2024, 1, 3 + n % 25)) for n in range(times)]
    return "\n".join([head, *made])


def test_a_discount_below_one_is_a_share(tmp_path: Path) -> None:
    text = "order,client no,date,qty,unit price,rabatt\n1,A,2024-01-13,2,80.00,0.25\n2,B,2024-01-14,1,40.00,0"
    ledger = loaded(tmp_path, text)
    assert ledger.report.revenue == 160
    assert any("--map discount=none" in warning for warning in ledger.report.warnings)
    assert loaded(tmp_path, text, mapping={"discount": "rabatt"}).report.revenue == 160
    assert loaded(tmp_path, text, mapping={"discount": "none"}).report.revenue == 200


@pytest.mark.parametrize("discounts", [("0.25", "0.50"), ("0.333", "0")])
def test_a_few_cents_off_are_asked_about(tmp_path: Path, discounts: tuple[str, str]) -> None:
    text = "order,client no,date,qty,unit price,rabatt\n1,A,2024-01-13,2,3.00,{}\n2,B,2024-01-14,1,4.00,{}"
    with pytest.raises(SourceError, match="--map discount"):
        loaded(tmp_path, text.format(*discounts))


def test_whole_amounts_that_may_be_cents_are_warned_of(tmp_path: Path) -> None:
    text = rows("order,client no,date,amount,currency", "{n},K{k},{day},19{k}5,eur")
    ledger = loaded(tmp_path, text)
    assert any("--in-cents" in warning for warning in ledger.report.warnings)
    read = loaded(tmp_path, text, in_cents=True)
    assert read.report.revenue * 100 == ledger.report.revenue
    yen = loaded(tmp_path, text.replace("eur", "jpy"))
    assert not any("--in-cents" in warning for warning in yen.report.warnings)


def test_dates_of_two_forms_are_decided_together(tmp_path: Path) -> None:
    text = "order,client no,date,amount\n1,A,25/01/2024,1.5\n2,B,03/04/24,1.5\n3,B,05/06/24,1.5"
    lines = loaded(tmp_path, text).lines()
    assert [str(day.date()) for day in lines["ordered_at"]] == [
        "2024-01-25", "2024-04-03", "2024-06-05",
    ]  # fmt: skip


def test_a_blank_behind_a_closing_quote(tmp_path: Path) -> None:
    text = rows("order,client no,date,place,amount", '{n},K{k},{day},"Road {n}, top" ,2.50')
    assert loaded(tmp_path, text).report.rows_used == 40


def test_a_line_of_nuls_is_no_row(tmp_path: Path) -> None:
    text = rows("order,client no,date,amount", "{n},K{k},{day},2.50") + "\n" + "\0" * 3000
    report = loaded(tmp_path, text).report
    assert (report.rows_read, report.rows_unreadable) == (40, 0)


def test_rows_repeated_whole_are_no_lines_of_one_order(tmp_path: Path) -> None:
    text = rows("order,client no,date,amount", "{n},K{k},{day},{n}7.50")
    again = text + "\n" + "\n".join(text.splitlines()[1:9])
    report = loaded(tmp_path, again).report
    assert (report.rows_used, report.duplicate_rows) == (48, 8)
    assert loaded(tmp_path, again, drop_duplicates=True).report.rows_used == 40


def test_two_files_of_two_decimal_signs_are_named(tmp_path: Path) -> None:
    first = rows("order;client no;date;amount", "{n};K{k};{day};2,50")
    second = rows("order;client no;date;amount", "x{n};K{k};{day};2.50")
    report = loaded(tmp_path, first, second).report
    assert report.revenue == 200
    assert any("sales-0.csv with a comma" in warning for warning in report.warnings)


def test_quantities_alone_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="'Menge' holds quantities"):
        loaded(tmp_path, rows("Kunde;Datum;Menge", "K{k};{day};{k}"))


@pytest.mark.parametrize(
    ("product", "kind"), [
        ("Shipping labels A6", None), ("Etiquetas de envío", None), ("Carriage clock", None),
        ("Pizza delivery van", None), ("Porto Tawny", None), ("Test strips", None),
        ("Versandkosten", "postage"), ("Shipping (express)", "postage"),
        ("Next Day Carriage", "postage"), ("Manual (M)", "adjustment"), ("Bank fee", "fee"),
        ("Test product 2", "test"),
    ],
)  # fmt: skip
def test_lines_that_are_no_goods(tmp_path: Path, product: str, kind: str | None) -> None:
    text = rows("order,client no,date,product,amount", "{n},K{k},{day}," + product + ",2.50")
    findings = set(loaded(tmp_path, text).findings["finding"])
    kinds = {name for name in findings if name.startswith("lines_")}
    assert kinds == ({f"lines_{kind}"} if kind else set())


@pytest.mark.parametrize("sign", ["~", "^", ":"])
def test_rare_delimiters(tmp_path: Path, sign: str) -> None:
    text = rows("order,client no,date,amount", "{n},K{k},{day},2.50").replace(",", sign)
    assert loaded(tmp_path, text).report.revenue == 100


def test_a_discount_beside_the_amount_is_never_passed_over(tmp_path: Path) -> None:
    head = "order,client no,date,qty,unit price,discount,amount"
    before = rows(head, "{n},K{k},{day},2,5.00,1.00,10.00")
    with pytest.raises(SourceError, match=r"400\.00 with it and to 360\.00 after"):
        loaded(tmp_path, before)
    off = loaded(tmp_path, before, mapping={"discount": "discount"})
    assert off.report.revenue == 360
    kept = loaded(tmp_path, before, mapping={"discount": "none"})
    assert kept.report.revenue == 400
    after = loaded(tmp_path, rows(head, "{n},K{k},{day},2,5.00,1.00,9.00"))
    assert after.report.revenue == 360
    assert not any("discount" in warning for warning in after.report.warnings)
    unclear = loaded(tmp_path, rows(head, "{n},K{k},{day},2,5.00,1.00,9.5{k}"))
    assert any("names a discount" in warning for warning in unclear.report.warnings)


def test_no_sign_is_counted_that_no_cell_holds(tmp_path: Path) -> None:
    text = (
        rows("order,client no,date,amount", "{n},K{k},{day},1{k}.50")
        + "\n99,K1,2024-01-03,1.958.854"
    )
    with pytest.raises(SourceError) as caught:
        loaded(tmp_path, text + "\n" + "\n".join(f"{n},K1,2024-01-03,1.958.854" for n in range(9)))
    assert "comma does" not in str(caught.value)
    assert "10 cells points stand between thousands" in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "less"), [("1.00", "360.00"), ("0.25", "300.00"), ("10%", "360.00")]
)
def test_both_readings_of_a_discount_are_told_with_what_they_come_to(
    tmp_path: Path, cells: str, less: str
) -> None:
    text = rows("order,client no,date,discount,amount", "{n},K{k},{day}," + cells + ",10.00")
    read = loaded(tmp_path, text)
    assert read.report.revenue == 400
    told = [warning for warning in read.report.warnings if "names a discount" in warning]
    assert told == [
        "Column 'discount' names a discount: 'amount' was taken for what was paid after it, and "
        f"the rows come to 400.00; with it still to be taken off they come to {less} "
        "(--map discount=discount)."
    ]
    off = loaded(tmp_path, text, mapping={"discount": "discount"})
    assert f"{off.report.revenue:.2f}" == less


def test_goods_with_a_word_for_corrections_in_their_names_are_goods(tmp_path: Path) -> None:
    goods = ("Manual binding system", "Correction fluid", "Chair with height adjustment")
    text = rows("order,client no,date,product,amount", "{n},K{k},{day},cup,2.50")
    text += "".join(f"\n9{n},K1,2024-01-09,{name},5.00" for n, name in enumerate(goods))
    assert "lines_adjustment" not in set(loaded(tmp_path, text).findings["finding"])
    text += "\n99,K1,2024-01-09,Manual adjustment,-5.00\n98,K1,2024-01-10,Manual,-1.00"
    found = loaded(tmp_path, text).findings.set_index("finding")
    assert found.loc["lines_adjustment", "rows"] == 2


def test_the_json_names_every_doubt_with_its_figures(tmp_path: Path) -> None:
    text = rows("order,client no,date,amount", "{n},K{k},{day},2.50", 60)
    text += "\n99,K1,2024-01-09,9999.00"
    ledger = loaded(tmp_path, text)
    told = ledger.as_json()
    doubts = [check for check in ledger.checks if check.name == "source.large_amounts"]
    assert [check.sentence for check in doubts] == [
        warning for warning in told["warnings"] if "100 times the usual line" in warning
    ]
    assert len(doubts) == 1
    large = [found for found in told["findings"] if found["finding"] == "large_amounts"]
    assert (large[0]["rows"], large[0]["amount"]) == (1, 9999.0)
    source = {"rows": 61, "encoding": "utf-8", "delimiter": "comma", "header_line": 1}
    assert source.items() <= told["sources"][0].items()
    assert all(found["rows"] is None or found["rows"] > 0 for found in told["findings"])
