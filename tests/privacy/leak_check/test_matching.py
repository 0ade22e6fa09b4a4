"""Texts, numbers and days in every writing that they may have."""

from datetime import date

import pytest

from custanalytics.privacy.leak_check import figures
from custanalytics.privacy.leak_check.days import day_is_first, days_in, epochs_in
from custanalytics.privacy.leak_check.passages import Passage
from custanalytics.privacy.leak_check.search import search
from custanalytics.privacy.leak_check.secrets import Origin, Secrets
from custanalytics.privacy.leak_check.wording import phrase, plain

ORIGIN = {"kind": "value", "source": "data/sales.csv, column 1"}


def secrets(**found) -> Secrets:
    kinds = ("phrases", "numbers", "prices", "codes", "days", "files")
    return Secrets(**{k: {key: Origin(**ORIGIN) for key in found.get(k, ())} for k in kinds})


def found(text: str, style: str = "written", **looked_for) -> bool:
    return bool(list(search(secrets(**looked_for), Passage("", text, style))))


@pytest.mark.parametrize(
    "text",
    [
        "Céline Peñalver",
        "CELINE PENALVER",
        "celine_penalver",
        "Ce\u0301line\u00a0Peñalver's",
        "Cé\u00adline Pe\u2060ñalver",
        "celine-penalver.html",
        "CelinePenalver",
        "Ｃéline Peñalver",
        "Cél ine Peñ alver",
    ],
)
def test_a_name_is_found_however_it_is_written(text):
    assert found(f"It was {text}", phrases=[phrase("Céline Peñalver")])


@pytest.mark.parametrize("text", ["Céline, Maria Peñalver", "Peñalver", "Celine Pen"])
def test_another_name_is_not_found(text):
    assert not found(text, phrases=["celine penalver"])


@pytest.mark.parametrize("text", ["SO-100001", "so 100001", "SO100001", "SO_100001", "SO–100001"])
def test_an_order_number_is_found_with_any_sign_between(text):
    assert found(text, phrases=[phrase("SO-100001")])
    assert not found("SO-1000012", phrases=[phrase("SO-100001")])


@pytest.mark.parametrize(
    "text",
    [
        "1,234.50", "1234,50", "1.234,50", "1 234,5", "1\u202f234,50", "1\u00a0234,50", "1’234.50",
        "1'234.50", "€1,234.50", "1234.5 EUR", "1234.50.", "(1,234.50)", "-1234.5", "1.2345k",
        "1,2345 Tsd. €", "EUR1234.50",
    ],
)  # fmt: skip
def test_an_amount_is_found_by_value(text):
    assert found(f"It was {text} in all", numbers=["1234.5"])


@pytest.mark.parametrize(
    "text", ["1234.5%", "1,234.51", "12,345.0", "1234", "11234.5", "1234.55", "doi 10.1234/5 x"]
)
def test_another_amount_is_not_found(text):
    assert not found(f"It was {text} in all", numbers=["1234.5"])


def test_the_id_of_an_entry_in_a_feed_is_no_amount():
    text = "<id>urn:uuid:b547d3f8-1576-58ac-ac2a-7aedf04b568e</id>"
    assert not found(text, numbers=["1576"])
    assert found(f"{text} 1,576", numbers=["1576"])


def test_the_id_of_a_table_style_is_no_amount():
    text = "<a:tableStyleId>{2D5ABB26-0587-4C30-8999-92F81FD0307C}</a:tableStyleId>"
    assert not found(text, numbers=["8999"])
    assert found(f"{text} 8,999", numbers=["8999"])


@pytest.mark.parametrize("text", ["[1,1234.5,2]", "1.2345e3", "1234.5000000000001", "1234.50"])
def test_numbers_of_programs_have_a_point(text):
    assert found(text, "exact", numbers=["1234.5"])
    assert not found("[1,234.5]", "exact", numbers=["1234.5"])


def test_a_comma_before_three_figures_makes_thousands():
    assert not found("first: 509,900 (8,920 to 10,900)", numbers=["509.9"])
    assert found("first: 509,900 (8,920 to 10,900)", numbers=["509900"])
    assert found("509,90 or 509.9", numbers=["509.9"])


def test_small_prices_are_found_with_two_decimals_only():
    assert found("for €9.99 each", prices=["9.99"])
    assert found("for 9,90 €", prices=["9.9"])
    assert not found("grew by 9.99% or 9.99 %", prices=["9.99"])
    assert not found("9.9 or 9 or 99", prices=["9.9"])


def test_numbers_in_a_row_of_a_table_are_found_one_by_one():
    assert found("464 95,118 7", numbers=["95118"])
    assert found("464 95 118 7", numbers=["95118"])


def test_geometry_is_no_number():
    assert not found("M1234.5 7L1 2", "words", numbers=["1234.5"])


def test_running_numbers_are_found_as_written_only():
    assert found("customer 17850 bought", codes=["17850"])
    assert not found("17,850 customers", codes=["17850"])
    assert found("customer 00042", codes=["00042"])
    assert not found("customer 42", codes=["00042"])


@pytest.mark.parametrize("text", ["+49 40 1234567", "(040) 123 45 67", "0049401234567"])
def test_phone_numbers_are_found_with_any_sign_between(text):
    assert found(text, codes=["401234567", "494012345 67".replace(" ", "")])


@pytest.mark.parametrize(
    ("value", "distinctive"),
    [("2024", False), ("1000", False), ("1200", False), ("1234", True), ("12.34", True),
     ("12.3", False), ("2024.5", True), ("102000", False), ("0.1234", True), ("999", False)],
)  # fmt: skip
def test_years_and_round_numbers_tell_nothing(value, distinctive):
    assert figures.is_distinctive(value) is distinctive


def test_an_exact_figure_is_told_by_its_roundings_too():
    assert set(figures.roundings(409571.25)) == {
        "409571.25", "409571.2", "409571", "409570", "409600",
    }  # fmt: skip
    assert list(figures.roundings(0.0)) == []


MAY = date(2024, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-03", "2024-05-03T10:15:00Z", "2024/5/3", "20240503", "D:20240503101500Z",
        "03.05.2024", "3.5.2024", "03.05.24", "05/03/2024", "3/5/24", "3 May 2024", "May 3, 2024",
        "3rd May 2024", "the 3rd of May 2024", "Friday, May 3rd, 2024", "3. Mai 2024", "3 mai 2024",
        "3 de mayo de 2024", "3-May-2024", "3 MAY 2024", "3. 5. 2024", "May\n3, 2024", "3 de\nmayo de\n2024",
    ],
)  # fmt: skip
def test_a_day_is_found_in_any_writing(text):
    assert MAY in {day for days in days_in(plain(f"It was on {text}, they said")) for day in days}


@pytest.mark.parametrize("text", ["May 2024", "2024-05", "3 May", "12.3.4", "13/14/2024", "5.03"])
def test_a_month_is_no_day(text):
    assert list(days_in(plain(text))) == []


def test_charts_may_have_days_as_seconds():
    assert list(epochs_in("[1714694400000, 1714694400, 1714694401]")) == [MAY, MAY]


def test_a_column_tells_the_order_of_day_and_month():
    assert day_is_first(["03.05.2024", "13.05.2024"]) is True
    assert day_is_first(["05/03/2024", "05/13/2024"]) is False
    assert day_is_first(["03/05/2024"]) is None


def test_figures_behind_a_letter_are_no_amount_but_may_be_a_running_number():
    assert not found("customer C17850", numbers=["17850"])
    assert found("customer C17850", codes=["17850"])
    assert found("EUR17850.25 or EUR17850", numbers=["17850.25"])
    assert found("EUR17850", numbers=["17850"])


def test_a_huge_exponent_costs_no_time():
    assert not found("id_7e999999999 1e99", numbers=["1234"])


@pytest.mark.parametrize("text", ["4.0957125e5", "4.0957125e+5", "40957125e-2"])
def test_a_power_of_ten_is_part_of_a_number_on_a_page(text):
    assert found(f"It came to {text} in all", numbers=["409571.25"])
    assert not found(f"It came to {text} in all", numbers=["4.0957125", "40957125"])


def test_phrases_without_blanks_are_found_where_they_overlap():
    phrases = ["anna maria k", "a nnamariak", "maria kessler", "kessler maria"]
    looked_for = secrets(phrases=phrases)
    assert list(looked_for.unspaced.found_in(["annamaria", "kessler"])) == phrases[:3]


def test_a_phrase_without_blanks_ends_where_its_number_ends():
    assert found("the lonewolf12 x", phrases=["lone wolf 12"])
    assert not found("the lonewolf125", phrases=["lone wolf 12"])
    assert not found("the lonewo\ud800lf 13", phrases=["lone wolf 12"])
