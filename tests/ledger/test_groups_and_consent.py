"""Category, country, channel, discount and consent: found by name and content, kept in the ledger."""

import pytest

from custanalytics import customer_consent, load

HEAD = "Kunde;Bestellnummer;Datum;Betrag;{name}\n"


def ledger_of(tmp_path, name, cells, **given):
    path = tmp_path / "export.csv"
    rows = [f"k{i % 7};{i};2024-03-{i + 1:02};10,00;{cell}" for i, cell in enumerate(cells)]
    path.write_text(HEAD.format(name=name) + "\n".join(rows) + "\n", encoding="utf-8")
    return load([path], **given)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("category", "Warengruppe"),
        ("category", "product_category"),
        ("category", "Catégorie"),
        ("category", "Категория"),
        ("country", "Ship Country"),
        ("country", "Bundesland"),
        ("country", "país"),
        ("channel", "Vertriebskanal"),
        ("channel", "utm_source"),
        ("channel", "渠道"),
    ],
)
def test_groups_are_found_by_name_in_many_languages(tmp_path, role, name):
    ledger = ledger_of(tmp_path, name, ["north", "south"] * 10)
    assert ledger.mapping.columns[role] == name
    kept = ledger.engine.sql(f"SELECT {role} AS cell FROM ledger ORDER BY line_no")["cell"]
    assert kept.tolist() == ["north", "south"] * 10


@pytest.mark.parametrize("cells", [["north"] * 20, [f"place {i}" for i in range(20)]])
def test_what_tells_no_groups_apart_is_none(tmp_path, cells):
    assert "country" not in ledger_of(tmp_path, "Region", cells).mapping.columns


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Gutscheincode", ["SUMMER", "", "", "VIP10"]),
        ("Discount Amount", ["5,00", "0,00", "", "2,50"]),
        ("Coupon(s)", ["VIP", "-", "none", "VIP"]),
    ],
)
def test_a_discount_is_used_where_a_code_or_an_amount_stands(tmp_path, name, cells):
    ledger = ledger_of(tmp_path, name, cells * 3)
    used = ledger.engine.sql("SELECT discounted FROM ledger ORDER BY line_no")["discounted"]
    assert used.tolist() == [True, False, False, True] * 3


@pytest.mark.parametrize(
    ("name", "cells", "role"),
    [
        ("Accepts Marketing", ["yes", "no"], "consent"),
        ("Newsletter", ["ja", "nein"], "consent"),
        ("Email Marketing Consent", ["SUBSCRIBED", "UNSUBSCRIBED"], "consent"),
        ("consentement", ["oui", "non"], "consent"),
        ("Согласие на рассылку", ["да", "нет"], "consent"),
        ("Do Not Contact", ["0", "1"], "opt_out"),
        ("Werbesperre", ["nein", "ja"], "opt_out"),
        ("unsubscribed", ["", "2024-02-01"], "opt_out"),
    ],
)
def test_consent_is_found_and_read_whichever_way_it_is_asked(tmp_path, name, cells, role):
    # Of fourteen rows the even customers' first row says yes, and so on: two rows each.
    path = tmp_path / "export.csv"
    rows = [f"k{i};{i};2024-03-{i + 1:02};10,00;{cells[i % 2]}" for i in range(20)]
    path.write_text(HEAD.format(name=name) + "\n".join(rows) + "\n", encoding="utf-8")
    ledger = load([path])
    assert ledger.mapping.columns[role] == name
    said = customer_consent(ledger).set_index("customer_id")["consent"]
    assert not said[[f"k{i}" for i in range(1, 20, 2)]].any()
    if role == "consent":
        assert said[[f"k{i}" for i in range(0, 20, 2)]].all()
    else:
        # Not to have opted out is no consent.
        assert "k0" not in said.index


def test_a_column_of_other_words_is_no_consent(tmp_path):
    ledger = ledger_of(tmp_path, "Newsletter", ["spring", "summer", "autumn"] * 6)
    assert "consent" not in ledger.mapping.columns


def test_the_last_answer_holds_on_rows_that_are_no_sales_too(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        "customer,order,date,amount,status,accepts marketing\n"
        "ann,1,2024-01-01,10,paid,no\n"
        "ann,2,2024-02-01,10,paid,yes\n"
        "bob,3,2024-01-01,10,paid,yes\n"
        "bob,4,2024-02-01,10,cancelled,no\n"
        "cid,5,2024-01-01,10,paid,yes\n"
        "cid,6,2024-01-01,10,paid,no\n"
        "dee,7,2024-01-01,10,paid,yes\n"
        "dee,8,2024-03-01,10,paid,\n"
        "eve,9,2024-03-01,10,paid,\n",
        encoding="utf-8",
    )
    said = customer_consent(load([path]))
    assert dict(said.to_numpy().tolist()) == {"ann": True, "bob": False, "cid": False, "dee": True}


def test_a_group_on_the_first_line_of_an_order_holds_for_all_its_lines(tmp_path):
    path = tmp_path / "export.csv"
    rows = []
    for order in range(8):
        country = ("DE", "FR")[order % 2]
        rows += [f"k{order % 5},{order},2024-01-{order + 1:02},10,{country}"]
        rows += [f"k{order % 5},{order},2024-01-{order + 1:02},5,"]
    path.write_text("customer,order,date,amount,country\n" + "\n".join(rows) + "\n")
    kept = load([path]).engine.sql("SELECT country FROM ledger ORDER BY line_no")["country"]
    assert kept.tolist() == [country for i in range(8) for country in [("DE", "FR")[i % 2]] * 2]


def test_a_role_can_be_given_or_left_out(tmp_path):
    cells = ["north", "south"] * 10
    assert (
        ledger_of(tmp_path, "X", cells, mapping={"channel": "X"}).mapping.columns["channel"] == "X"
    )
    without = ledger_of(tmp_path, "Region", cells, mapping={"country": "none"})
    assert "country" not in without.mapping.columns
