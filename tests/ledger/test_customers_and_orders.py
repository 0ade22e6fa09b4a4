"""Whose a row is, which rows are one order, and days that can't be."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from custanalytics.errors import SourceError, UsageError
from custanalytics.ledger import Ledger, load


def loaded(folder: Path, *texts: str, **options: object) -> Ledger:
    paths = []
    for at, text in enumerate(texts):
        paths.append(folder / f"sales-{at}.csv")
        paths[-1].write_text(text.strip() + "\n", encoding="utf-8")
    return load(paths, today=date(2026, 10, 1), **options)  # type: ignore[arg-type]


def sales(ids: list[str], head: str = "order,client no,date,amount", first: int = 0) -> str:
    rows = [f"{first + n},{i},{date(2024, 1, 1) + timedelta(n)},10.00" for n, i in enumerate(ids)]
    return "\n".join([head, *rows])


@pytest.mark.parametrize(
    ("ids", "customers"),
    [
        (["000712", "712", "712.0", "000712"], 1),
        (["K7", "k7", "K7\u200b", " K7", "K7\u00a0", "\ufeffK7"], 1),
        (["Zoë Li", "Zoe\u0308 Li", "ZOË LI", "Zoë  Li"], 1),
        (['"=""0044"""', "0044", "44"], 1),
        (['"1,207"', "1207"], 1),
        (["a@x.org", "mailto:A@X.org", "Ann <a@x.org>"], 1),
        # Keys that mean something by their capitals, and zeros of several lengths.
        (["aB3dE", "aB3De", "xY7zz", "Qr5tU"], 4),
        (["01", "001", "0001"], 3),
        (["12", "120", "1200"], 3),
    ],
)
def test_ids_are_compared_in_one_form(tmp_path: Path, ids: list[str], customers: int) -> None:
    ledger = loaded(tmp_path, sales(ids * 3))
    assert ledger.report.customers == customers
    if customers == 1:
        assert any("written in several ways" in w for w in ledger.report.warnings)


def test_zeros_lost_in_another_file(tmp_path: Path) -> None:
    first = sales([f"{n:05}" for n in range(12)])
    second = sales([str(n) for n in range(12)], first=50)
    ledger = loaded(tmp_path, first, second)
    assert ledger.report.customers == 12
    assert set(ledger.lines()["customer_id"]) == {f"{n:05}" for n in range(12)}


@pytest.mark.parametrize("guest", ["0", "-1", "99999"])
def test_a_number_of_guests_is_nobody(tmp_path: Path, guest: str) -> None:
    ids = [guest if n % 3 == 0 else str(20 + n % 17) for n in range(90)]
    report = loaded(tmp_path, sales(ids)).report
    assert report.rows_set_aside == {"no_customer": 30}
    assert report.customers == 17


def test_zero_is_a_customer_like_the_others(tmp_path: Path) -> None:
    ledger = loaded(tmp_path, sales([str(n % 12) for n in range(60)]))
    assert ledger.report.customers == 12
    assert not ledger.checks


def test_another_column_names_who_has_no_number(tmp_path: Path) -> None:
    rows = ["order,client no,e-mail,date,amount"]
    for n in range(40):
        person = n % 8
        number = f"K{person}" if person < 6 and n < 32 else ""
        rows.append(f"{n},{number},p{person}@x.org,{date(2024, 1, 1) + timedelta(n)},10.00")
    ledger = loaded(tmp_path, "\n".join(rows))
    assert ledger.report.customers == 8
    assert set(ledger.lines()["customer_id"]) == {
        "K0", "K1", "K2", "K3", "K4", "K5", "p6@x.org", "p7@x.org",
    }  # fmt: skip
    assert ledger.mapping.columns["customer_id_2"] == "e-mail"
    left = loaded(tmp_path, "\n".join(rows), mapping={"customer_id_2": "none"})
    assert left.report.customers == 6


@pytest.mark.parametrize(
    "words",
    [["new", "returning"], ["Neukunde", "Bestandskunde"], ["web", "store", "app"], ["aa", "bb"]],
)
def test_kinds_of_customers_are_nobody(tmp_path: Path, words: list[str]) -> None:
    with pytest.raises(SourceError, match="names nobody"):
        loaded(tmp_path, sales(words * 10, "order,customer,date,amount"))


def test_equal_numbers_of_two_shops_and_two_years_are_two_orders(tmp_path: Path) -> None:
    head = "invoice,client no,date,order total"
    first = sales([f"A{n % 5}" for n in range(30)], head)
    second = sales([f"B{n % 5}" for n in range(30)], head)
    report = loaded(tmp_path, first, second).report
    assert (report.revenue, report.orders, report.customers) == (600, 60, 10)
    assert any("several orders" in warning for warning in report.warnings)
    later = first.replace("2024-", "2025-").replace("10.00", "12.00").split("\n", 1)[1]
    report = loaded(tmp_path, first + "\n" + later).report
    assert (report.revenue, report.orders) == (660, 60)


def test_totals_of_an_order_count_once_over_days_and_without_customer(tmp_path: Path) -> None:
    rows = ["invoice,client no,date,article,order total"]
    for n in range(12):
        day = date(2024, 1, 1) + timedelta(5 * n)
        rows += [
            f"{n},K{n % 3},{day},mug,{20 + n}.00",
            f"{n},,{day + timedelta(2)},tee,{20 + n}.00",
        ]
    report = loaded(tmp_path, "\n".join(rows)).report
    assert report.revenue == sum(20 + n for n in range(12))
    assert report.rows_set_aside == {"further_line": 12}


@pytest.mark.parametrize("first_only", [("K",), ("K", "day"), ("order", "K", "day")])
def test_fields_on_the_first_line_are_filled_down(
    tmp_path: Path, first_only: tuple[str, ...]
) -> None:
    rows = ["invoice,client no,date,article,amount"]
    for n in range(12):
        fields = {"order": str(n), "K": f"K{n % 5}", "day": str(date(2024, 1, 1) + timedelta(n))}
        for at, article in enumerate(("mug", "tee", "hat")):
            shown = [v if at == 0 or k not in first_only else "" for k, v in fields.items()]
            rows.append(",".join([*shown, article, f"{at + 1}.00"]))
    report = loaded(tmp_path, "\n".join([*rows, "Total,,,,72.00"])).report
    assert (report.revenue, report.orders, report.customers) == (72, 12, 5)
    assert any("filled down to 24" in warning for warning in report.warnings)


def test_a_lone_day_far_from_all_others_is_set_aside(tmp_path: Path) -> None:
    text = sales([f"K{n % 30}" for n in range(200)])
    odd = loaded(tmp_path, text + "\n900,K3,2026-05-04,50.00\n901,K3,2019-02-02,50.00")
    assert odd.report.rows_set_aside == {"odd_date": 2}
    assert (odd.report.revenue, str(odd.last_order)) == (2000, "2024-07-18")
    zero = loaded(tmp_path, text + "\n900,K3,1970-01-01,50.00\n901,K3,2099-12-31,50.00")
    assert zero.report.rows_set_aside == {"zero_date": 2}


def test_a_quiet_shop_keeps_its_days(tmp_path: Path) -> None:
    days = [date(2019, 1, 1) + timedelta(40 * n) for n in range(60)]
    rows = [f"{n},K{n % 9},{day},5.00" for n, day in enumerate(days)]
    assert not loaded(
        tmp_path, "order,client no,date,amount\n" + "\n".join(rows)
    ).report.rows_set_aside


def test_a_column_that_does_not_go_with_the_customer_stands_in_for_nobody(tmp_path: Path) -> None:
    rows = ["order,client no,phone,date,amount"]
    for n in range(60):
        number = f"K{n % 7}" if n % 5 else ""
        rows.append(f"{n},{number},+49 30 {n % 3},{date(2024, 1, 1) + timedelta(n)},10.00")
    report = loaded(tmp_path, "\n".join(rows)).report
    assert report.rows_set_aside == {"no_customer": 12}
    assert report.customers == 7


def _shop(tmp_path: Path, **options: object) -> Ledger:
    days = [date(2024, 1, 1) + timedelta(days=3 * n) for n in range(60)]
    lines = [f"A{n},{'' if n % 3 else f'K{n % 9}'},m{n % 9}@x.org,{day},{'web' if n % 2 else 'Shop'},"
             f"{'de' if n % 4 else 'fr'},5.00" for n, day in enumerate(days)]  # fmt: skip
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["order,client number,contact,date,channel,country,amount", *lines]))
    return load([path], today=date(2026, 1, 1), **options)  # type: ignore[arg-type]


def test_columns_of_customers_are_given_in_order_of_trust(tmp_path: Path) -> None:
    ledger = _shop(tmp_path, customer_key=["client number", "contact"])
    assert ledger.report.rows_used == 60
    assert ledger.report.customers == 9
    assert ledger.mapping.columns["customer_id_2"] == "contact"
    with pytest.raises(UsageError, match="not by both"):
        _shop(tmp_path, customer_key=["contact"], mapping={"customer_id": "contact"})


def test_rows_are_chosen_by_day_and_by_value(tmp_path: Path) -> None:
    key = ["contact"]
    ledger = _shop(tmp_path, customer_key=key, since=date(2024, 3, 1))
    days = ledger.lines()["ordered_at"].dt.date
    assert days.min() == date(2024, 3, 1)
    assert ledger.report.rows_set_aside == {"before_from": 20}
    ledger = _shop(tmp_path, customer_key=key, where=["channel=WEB", "Country=fr", "country=de"])
    assert ledger.report.rows_used == 30
    assert ledger.report.rows_set_aside == {"not_asked_for": 30}
    ledger = _shop(tmp_path, customer_key=key, where=["channel=shop", "country=fr"])
    assert ledger.report.rows_used == 15
    with pytest.raises(SourceError, match="no column 'chanel'"):
        _shop(tmp_path, where=["chanel=web"])
    with pytest.raises(UsageError, match="COLUMN=VALUE"):
        _shop(tmp_path, where=["web"])
