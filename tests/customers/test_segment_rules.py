"""Rules of one's own from a file: what they select, and what is refused before anything is read."""

import pandas as pd
import pytest

from custanalytics.customers.rfm import rfm_segmentation
from custanalytics.customers.segment_rules import Condition, read_segments
from custanalytics.errors import UsageError

RULES = """
[[segment]]
name = "Big"
rule = "spent 50 or more"
when = "total_spend >= 50"
action = "Call them."

[[segment]]
name = "Fresh"
rule = "bought within a month"
when = "days_since_last_purchase < 30"
action = "Welcome them."

[[segment]]
name = "Rest"
rule = "the others"
action = "Leave them alone."
contact = false
"""
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c"],
        "days_since_last_purchase": [5, 10, 90],
        "n_orders": [3, 1, 1],
        "total_spend": [80.0, 20.0, 10.0],
        "r_score": [5, 3, 1],
        "f_score": [5, 2, 2],
        "m_score": [5, 3, 1],
    }
)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("total_spend >= 20", "ab"),
        ("total_spend > 20", "a"),
        ("n_orders == 1 and not r_score == 1", "b"),
        ("n_orders != 1 or r_score < 2", "ac"),
        ("10 <= days_since_last_purchase <= 90", "bc"),
        ("f_score + m_score >= 5", "ab"),
        ("r_score - f_score < 0", "c"),
        ("total_spend > -1", "abc"),
        ("r_score > 4 or f_score > 1 and m_score < 2", "ac"),
        ("(r_score > 4 or f_score > 1) and m_score < 2", "c"),
    ],
)
def test_a_condition_selects_what_it_says(text, selected):
    assert "".join(CUSTOMERS.loc[Condition(text)(CUSTOMERS), "customer_id"]) == selected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("total_spent > 5", "did you mean total_spend"),
        ("__import__('os').system('x') > 1", "neither a number"),
        ("customer_id == 1", "'customer_id' is unknown"),
        ("r_score.mean() > 1", "neither a number"),
        ("r_score > 'x'", "neither a number"),
        ("r_score > True", "neither a number"),
        ("r_score * 2 > 1", "neither a number"),
        ("r_score", "neither compares"),
        ("r_score in (1, 2)", "neither compares"),
        ("(r_score > 1) + 1", "neither compares"),
        ("lambda: 1", "neither compares"),
        ("r_score >", "no condition"),
        ("r_score > 1; import os", "no condition"),
        ("@", "no condition"),
        ("not " * 100 + "r_score > 1", "longer than 300"),
    ],
)
def test_what_is_no_condition_is_refused_when_it_is_made(text, said):
    with pytest.raises(UsageError, match=said):
        Condition(text)


def test_the_first_rule_that_holds_names_the_segment(tmp_path):
    path = tmp_path / "segments.toml"
    path.write_text(RULES, "utf-8")
    rules = read_segments(path)
    found = rfm_segmentation(CUSTOMERS[["customer_id", *CUSTOMERS.columns[1:4]]], rules)
    assert found.customers["segment"].tolist() == ["Big", "Fresh", "Rest"]
    assert found.segments["contact"].tolist() == [True, True, False]
    assert found.segments["rule"].tolist()[-1] == "the others"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('when = "total_spend >= 50"', "", "1: when is missing"),
        ('when = "total', 'when = "r_scor > 1 and total', "did you mean r_score"),
        ("contact = false", 'contact = "no"', "3: contact must be true or false"),
        ('name = "Big"', 'nme = "Big"', "did you mean name"),
        ('action = "Call them."', "action = 7", "action must be a text"),
        ("[[segment]]", "[[segments]]", r"must hold \[\[segment\]\]"),
        ('name = "Big"', "name = Big", "no valid TOML"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(tmp_path, old, new, said):
    path = tmp_path / "segments.toml"
    path.write_text(RULES.replace(old, new, 1), "utf-8")
    with pytest.raises(UsageError, match=said):
        read_segments(path)


def test_all_faults_of_a_file_are_in_one_message(tmp_path):
    path = tmp_path / "segments.toml"
    path.write_text(RULES.replace("total_spend", "spend").replace("false", "0"), "utf-8")
    with pytest.raises(UsageError, match=r"1: when.*3: contact"):
        read_segments(path)
    with pytest.raises(UsageError, match="can't be read"):
        read_segments(tmp_path / "none.toml")
