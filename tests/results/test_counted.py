"""A report on purchases without money says nothing of money, in any of its forms."""

import re
from collections.abc import Iterator
from datetime import date

import pandas as pd
import pytest

from custanalytics import schema
from custanalytics.bundled import sample_data_dir
from custanalytics.campaigns.from_files import measure_list
from custanalytics.content.blocks import Bullets, Cards, Points
from custanalytics.content.deck import deck
from custanalytics.content.report_content import report_content
from custanalytics.content.tables import Table
from custanalytics.content.workbook import workbook
from custanalytics.customers.rfm import COUNTED_SEGMENTS
from custanalytics.customers.segment_rules import read_segments
from custanalytics.errors import UsageError
from custanalytics.ledger import load
from custanalytics.pipeline import run
from custanalytics.privacy.mute.mute_results import refuse_counted
from custanalytics.results.analyse import analyse
from custanalytics.results.lists import write_exports
from custanalytics.results.store import read_results, result_tables, write_results

# What may stand of money: that it is left out, and what a contact may cost the shop.
LEFT_OUT = "so nothing is said of revenue, of what customers spend and of what products bring"
ALLOWED = (LEFT_OUT, "Spend nothing beyond", "an offer worth it", "nothing is said of money")
MONEY = re.compile(r"revenue|spen[dt]|money|currenc|worth|margin|profit|price|€|brings? \d", re.I)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """The first year of the shop's sample, without its column of prices."""
    sales = pd.read_csv(sample_data_dir() / "shop.csv", dtype="str")
    sales = sales.loc[sales["Order date"] < "2025-01-01"]
    path = tmp_path_factory.mktemp("counted") / "sales.csv"
    sales.drop(columns=["Unit price", "Currency"]).to_csv(path, index=False)
    return load([path], no_amount=True)


@pytest.fixture(scope="module")
def results(ledger):
    return analyse(ledger, template="purchases")


def texts(content) -> Iterator[str]:
    for part in (*content.parts.values(), *content.charts):
        if isinstance(part, Table):
            yield from (part.caption, part.note, *part.header)
            yield from (str(cell) for row in part.rows for cell in row)
        elif isinstance(part, Bullets):
            yield from part.sentences
        elif isinstance(part, Points):
            yield from (text for p in part.points for text in (p.headline, p.detail))
        elif isinstance(part, Cards):
            yield from (text for card in part.cards for text in (card.value, card.label, card.note))
            yield part.note
        elif part is not None and hasattr(part, "title"):
            yield from (part.title, getattr(part, "subtitle", ""), getattr(part, "note", ""))
    yield from (text for chapter in content.texts.values() for text in chapter.values())


def of_money(said) -> list[str]:
    said = (text for text in said if text != "Money")  # the heading of what is left out
    return [text for text in said if MONEY.search(text) and not any(a in text for a in ALLOWED)]


def test_results_hold_no_column_of_money(results, tmp_path):
    assert results.skipped["money"].endswith(LEFT_OUT)
    for name, table in result_tables(results).items():
        kinds = {c: schema.tables()[name][c].kind for c in map(str, table.columns)}
        assert "money" not in kinds.values(), name
    customers = results.customers
    assert {"n_orders", "expected_purchases", "r_score", "f_score"} <= set(customers.columns)
    assert "m_score" not in customers
    assert customers["rfm_score"].str.len().eq(2).all()
    assert list(results.rfm.segments["rule"]) == [segment.rule for segment in COUNTED_SEGMENTS]
    write_results(results, tmp_path)
    assert report_content(read_results(tmp_path)).texts == report_content(results).texts


def test_no_sentence_speaks_of_money(results):
    content = report_content(results)
    said = list(texts(content))
    assert len(said) > 300
    assert of_money(said) == []
    assert "purchases" in content.texts["business"]["lead"]
    assert "times in the next 12 months" in content.texts["value"]["lead"]


def test_slides_and_workbook_neither(results):
    content = report_content(results)
    slides = deck(content).slides
    assert of_money([text for s in slides for text in (s.title, s.subtitle, s.small)]) == []
    book = workbook(content)
    said = [text for s in book.sheets for text in (s.name, s.title, s.note)]
    fields = [field for sheet in book.sheets for field in sheet.fields]
    assert of_money([*said, *(f.title for f in fields), *(f.meaning for f in fields)]) == []
    assert not [f.name for f in fields if f.kind.startswith("money")]


def test_lists_name_purchases_in_place_of_money(results, tmp_path):
    files = write_exports(results, tmp_path)
    head = files["customers_csv"].read_text("utf-8-sig").partition("\n")[0]
    assert "n_orders" in head
    assert not re.search(r"spend|clv|revenue|\bm_score", head)
    late = pd.read_csv(files["late_csv"])
    assert late["propensity"].is_monotonic_decreasing


def test_what_needs_money_is_refused(ledger, results, tmp_path):
    with pytest.raises(UsageError, match="--contact-cost speaks of it"):
        analyse(ledger, contact_cost=1.0)
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[segment]]\nname = "Big"\nrule = "much"\nwhen = "total_spend > 5"\naction = "Call."\n'
        '[[segment]]\nname = "Rest"\nrule = "rest"\naction = "Wait."\n'
    )
    with pytest.raises(UsageError, match="total_spend, m_score"):
        analyse(ledger, segments=read_segments(rules))
    with pytest.raises(UsageError, match=r"--template .*purchases"):
        run([tmp_path / "x.csv"], no_amount=True, template="rfm", out=tmp_path / "report")
    with pytest.raises(UsageError, match="shows purchases without amounts"):
        run([tmp_path / "x.csv"], template="purchases", out=tmp_path / "report")
    with pytest.raises(UsageError, match="can't be published"):
        refuse_counted(results)


def test_a_contact_is_measured_without_money(ledger, results, tmp_path):
    people = results.customers[["customer_id"]].iloc[:200].copy()
    people["group"] = ["contact", "control"] * 100
    people.to_csv(tmp_path / "list.csv", index=False)
    effect = measure_list(tmp_path / "list.csv", ledger, date(2024, 9, 1), 60)
    assert effect.effects["spend_effect"].isna().all()
    assert effect.effects["effect"].notna().all()
    assert "measure.money" not in {check.name for check in effect.checks}
