"""Which lists are written, with whom and in which order."""

from types import SimpleNamespace

import pandas as pd
import pytest

from custanalytics.results.lists import late_customers, most_likely_first, write_exports

CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["b", "a", "c", "d"],
        "segment": ["Loyal", "Loyal", "Can't lose", "Can't lose"],
        "propensity": [0.5, 0.5, 0.9, 0.1],
        "late": [True, True, False, True],
        "revenue_at_risk": [7.0, 7.0, 0.0, 9.0],
        "group": ["contact", "contact", None, "contact"],
        "plan_step": [1, 1, None, 2],
    }
)
ACTIONS = pd.DataFrame(
    {
        "step": [1, 2, None],
        "list": ["exports/loyal.csv", "exports/lost.csv", None],
        "control_list": [None, "exports/lost-control.csv", None],
    }
)
LINES = pd.DataFrame({"file": ["sales.csv"], "line": [7], "reason": ["unreadable"], "text": ["x"]})


def results(**changes):
    ledger = SimpleNamespace(unreadable=LINES, set_aside=LINES, mended=LINES)
    given = {"ledger": ledger, "prospect_list": None, "customers": CUSTOMERS}
    given |= {"actions": ACTIONS, "settings": SimpleNamespace(locale="en_GB")}
    return SimpleNamespace(**(given | changes))


def written(results, folder):
    """Role -> the file, and whom it lists; every file lies where the report's lists lie."""
    write_exports(results, folder)
    files = write_exports(results, folder)  # again: into the folder that is there
    assert set((folder / "exports").iterdir()) == set(files.values())
    return {role: pd.read_csv(path) for role, path in files.items() if path.suffix == ".csv"}


def test_as_many_at_stake_or_as_likely_go_by_their_number():
    assert most_likely_first(CUSTOMERS)["customer_id"].tolist() == ["c", "a", "b", "d"]
    assert late_customers(CUSTOMERS)["customer_id"].tolist() == ["d", "a", "b"]


def test_every_list_has_its_customers(tmp_path):
    lists = written(results(), tmp_path / "new" / "report")
    assert len(lists.pop("set_aside")) == 2
    assert len(lists.pop("mended")) == 1
    assert {role: rows["customer_id"].tolist() for role, rows in lists.items()} == {
        "customers_csv": ["b", "a", "c", "d"],
        "contact_csv": ["a", "b", "d"],
        "late_csv": ["d", "a", "b"],
        "loyal": ["a", "b"],
        "lost": ["d"],
    }


@pytest.mark.parametrize(
    ("changes", "roles"),
    [
        ({"ledger": None, "actions": None}, {"customers_csv"}),
        ({"customers": None}, {"set_aside", "mended"}),
        ({"customers": None, "ledger": None, "prospect_list": LINES}, {"prospects_csv"}),
    ],
)
def test_a_list_of_nothing_is_not_written(tmp_path, changes, roles):
    assert set(written(results(**changes), tmp_path)) == roles


def test_all_lists_are_as_the_locale_writes_numbers(tmp_path):
    files = write_exports(results(settings=SimpleNamespace(locale="de_DE")), tmp_path)
    lists = [path for path in files.values() if path.suffix == ".csv"]
    assert len(lists) == 7
    for path in lists:
        assert ";" in path.read_text("utf-8").splitlines()[0]
    assert "0,9" in files["customers_csv"].read_text("utf-8")
