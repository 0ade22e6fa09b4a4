"""What a contact added, from files: the effect that was put in comes out, with its interval."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from custanalytics.campaigns.differences import effect_table, rate_alone
from custanalytics.campaigns.from_files import measure_list, measure_past
from custanalytics.cli.printed_effect import effect_text
from custanalytics.content.chapters.campaign import campaign as campaign_chapter
from custanalytics.content.format import Formats
from custanalytics.content.words import told
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.pipeline import rerender
from custanalytics.results.lists import write_csv
from custanalytics.results.store import read_results
from custanalytics.sentences import as_json, from_json
from tests.cli.test_cli import FIXED, call

RATES = {"regular": (0.6, 300, 100), "rare": (0.1, 900, 40)}  # rate, contacted, left alone


def experiment(random: np.random.Generator, effect: float) -> pd.DataFrame:
    """Groups drawn within segments that differ in rate and in the share left alone."""
    parts = []
    for segment, (rate, contacted, alone) in RATES.items():
        group = np.repeat(["contact", "control"], [contacted, alone])
        bought = random.random(len(group)) < rate + effect * (group == "contact")
        parts.append(pd.DataFrame({"segment": segment, "group": group, "bought": bought}))
    return pd.concat(parts, ignore_index=True)


def measured(drawn: pd.DataFrame) -> pd.Series:
    return effect_table(
        (drawn["group"] == "contact").to_numpy(),
        drawn["bought"].to_numpy(),
        None,
        None,
        drawn["segment"].to_numpy(),
    ).iloc[0]


def test_groups_drawn_within_segments_are_compared_within_them():
    random = np.random.default_rng(5)
    found = [measured(experiment(random, 0.05)) for _ in range(400)]
    covered = np.mean([row["effect_low"] <= 0.05 <= row["effect_high"] for row in found])
    assert 0.93 <= covered <= 0.98
    mean = np.mean([row["effect"] for row in found])
    assert mean == pytest.approx(0.05, abs=0.005)
    # Held against each other without their segments, the groups differ by their make-up alone.
    plain = np.mean([row["rate_contact"] - row["rate_control"] for row in found])
    assert plain < -0.1


def test_the_rates_that_are_shown_differ_by_the_effect_that_is_shown():
    row = measured(experiment(np.random.default_rng(5), 0.05)).to_frame().T
    assert row["rate_control"].iloc[0] > row["rate_contact"].iloc[0]  # by the groups' make-up
    assert (row["rate_contact"] - rate_alone(row)).iloc[0] == pytest.approx(row["effect"].iloc[0])
    unknown = row.assign(effect=float("nan"))
    assert rate_alone(unknown).iloc[0] == row["rate_control"].iloc[0]


@pytest.fixture
def files(tmp_path):
    drawn = experiment(np.random.default_rng(1), 0.15)
    drawn["customer_id"] = [f"={i}" for i in range(len(drawn))]
    listed = tmp_path / "list.csv"
    shown = drawn.assign(customer_id="'" + drawn["customer_id"]).drop(columns="bought")
    rest = pd.DataFrame({"customer_id": ["x1", "x2"], "segment": "dormant", "group": None})
    pd.concat([shown, rest]).to_csv(listed, index=False)
    day = pd.Timestamp("2026-03-10")
    sales = drawn.loc[drawn["bought"], ["customer_id"]].assign(ordered_at=day, amount=20.0)
    late = pd.DataFrame(
        {"customer_id": ["z"], "ordered_at": pd.Timestamp("2026-09-01"), "amount": 5.0}
    )
    sales = pd.concat([sales, late], ignore_index=True)
    sales.insert(1, "order_id", [f"o{i}" for i in range(len(sales))])
    sales.to_csv(tmp_path / "sales.csv", index=False)
    return listed, sales, drawn


def test_a_list_and_the_sales_since(files):
    listed, sales, drawn = files
    found = measure_list(listed, sales, date(2026, 3, 1), 90)
    row = found.effects.iloc[0]
    bought = drawn.groupby(["segment", "group"])["bought"].mean().unstack()
    weights = drawn[drawn["group"] == "contact"].groupby("segment").size()
    expected = ((bought["contact"] - bought["control"]) * weights).sum() / weights.sum()
    assert row["effect"] == pytest.approx(expected)
    assert row["effect_low"] < 0.15 < row["effect_high"]
    assert row["spend_effect"] == pytest.approx(20 * expected)
    assert set(found.effects["segment"]) == {"all", "regular", "rare"}


def test_the_control_group_is_found_beside_the_list(files):
    listed, sales, _ = files
    together = measure_list(listed, sales, date(2026, 3, 1), 90).effects
    rows = pd.read_csv(listed)
    apart = listed.parent / "segment-all.csv"
    rows[rows["group"] == "contact"].to_csv(apart, index=False)
    rows[rows["group"] == "control"].to_csv(listed.parent / "control-all.csv", index=False)
    found = measure_list(apart, sales, date(2026, 3, 1), 90).effects
    pd.testing.assert_frame_equal(found, together)


def test_a_list_with_decimal_commas_measures_as_one_with_points(files, tmp_path):
    listed, sales, _ = files
    rows = pd.read_csv(listed).dropna(subset="group")
    rows["customer_id"] = rows["customer_id"].str.removeprefix("'")
    rows["propensity"] = np.random.default_rng(2).random(len(rows)).round(4)
    told = []
    for locale in ("en_GB", "de_DE"):
        for group, name in (("contact", "contact.csv"), ("control", "control.csv")):
            write_csv(rows[rows["group"] == group], tmp_path / name, "customers", locale)
        effect = measure_list(tmp_path / "contact.csv", sales, date(2026, 3, 1), 90)
        told.append((effect.effects.to_dict("records"), effect.checks))
    # One list as it was written, the other as such a spreadsheet has saved it.
    write_csv(rows[rows["group"] == "contact"], tmp_path / "contact.csv", "customers", "en_GB")
    effect = measure_list(tmp_path / "contact.csv", sales, date(2026, 3, 1), 90)
    told.append((effect.effects.to_dict("records"), effect.checks))
    assert told[0] == told[1] == told[2]
    assert "measure.balance" in {check.name for check in told[0][1]}


def test_the_command_says_what_the_contact_added(files):
    listed = files[0]
    sales = listed.parent / "sales.csv"
    done = call("measure", listed, sales, "--contacted-on", "2026-03-01")
    assert done.returncode == 0, done.stderr
    assert "The contact worked" in done.stdout
    assert "regular" in done.stdout
    assert (
        '"effects"'
        in call("measure", listed, sales, "--contacted-on", "2026-03-01", "--json").stdout
    )


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "--contacted-on"),
        (("--treatment", "group"), "--converted"),
        (("--treatment", "no", "--converted", "bought"), "no column"),
        (("--treatment", "segment", "--converted", "group"), "--control"),
    ],
)
def test_what_is_missing_is_named(files, arguments, named):
    done = call("measure", files[0], *arguments)
    assert done.returncode == 2
    assert named in done.stderr


def campaign(path, differ: float, n: int = 8000) -> pd.DataFrame:
    """A past campaign whose effect differs between new and old customers, or does not."""
    random = np.random.default_rng(3)
    new = random.integers(0, 2, n)
    sent = random.choice(["Mens E-Mail", "No E-Mail"], n)
    rate = 0.1 + (sent != "No E-Mail") * (0.05 + differ * (new - 0.5))
    table = pd.DataFrame(
        {"newbie": new, "segment": sent, "visit": (random.random(n) < rate).astype(int)}
    )
    table.to_csv(path, index=False)
    return table


def test_a_past_campaign_is_measured_and_ranked_only_where_the_effect_differs(tmp_path):
    path = tmp_path / "campaign.csv"
    for differ, ranks in ((0.1, True), (0.0, False)):
        table = campaign(path, differ)
        found = measure_past(path, "segment", "visit", "newbie", by=("newbie",))
        sent = table["segment"] != "No E-Mail"
        raw = table.loc[sent, "visit"].mean() - table.loc[~sent, "visit"].mean()
        assert found.effects["effect"].iloc[0] == pytest.approx(raw)
        assert {c.name: c.passed for c in found.checks}["uplift.ranks"] is ranks


def test_what_left_alone_means_can_be_named(tmp_path):
    path = tmp_path / "campaign.csv"
    campaign(path, 0.0)
    table = pd.read_csv(path).replace({"Mens E-Mail": "A", "No E-Mail": "B"})
    table.to_csv(path, index=False)
    with pytest.raises(UsageError, match="--control"):
        measure_past(path, "segment", "visit")
    assert measure_past(path, "segment", "visit", control="b").effects["effect"].iloc[0] > 0
    with pytest.raises(UsageError, match="--control"):
        measure_past(path, "segment", "visit", control="C")


def test_too_small_groups_are_refused(tmp_path):
    path = tmp_path / "campaign.csv"
    campaign(path, 0.0, n=30)
    with pytest.raises(UnsupportedError, match="20"):
        measure_past(path, "segment", "visit")


def test_each_of_several_treatments_has_its_effect(tmp_path):
    random = np.random.default_rng(8)
    sent = random.choice(["Mens", "Womens", "No E-Mail"], 9000)
    rate = pd.Series(sent).map({"Mens": 0.20, "Womens": 0.13, "No E-Mail": 0.10})
    visit = (random.random(9000) < rate).astype(int)
    path = tmp_path / "campaign.csv"
    pd.DataFrame({"segment": sent, "visit": visit}).to_csv(path, index=False)
    found = measure_past(path, "segment", "visit")
    effects = found.effects.set_index("treatment")["effect"]
    rates = pd.Series(visit).groupby(sent).mean()
    for kind in ("Mens", "Womens"):
        assert effects[kind] == pytest.approx(rates[kind] - rates["No E-Mail"])
    said = [check.sentence for check in found.checks]
    assert any(s.startswith("Mens: The contact worked") and "outcome “visit”" in s for s in said)
    ahead = 100 * (rates["Mens"] - rates["Womens"])
    assert any(f"Mens did better than Womens, by {ahead:+.1f} percentage points" in s for s in said)
    assert not any("bought" in s for s in said)
    done = call("measure", path, "--treatment", "segment", "--converted", "visit")
    assert max(map(len, done.stdout.split("\n\n")[-1].splitlines())) <= 80


def test_money_is_an_outcome_and_a_few_large_amounts_are_named(tmp_path):
    random = np.random.default_rng(9)
    sent = random.choice(["mail", "control"], 6000)
    spend = np.where(random.random(6000) < 0.1, random.gamma(4, 10, 6000), 0.0)
    spend += np.where((sent == "mail") & (random.random(6000) < 0.05), 40.0, 0.0)
    path = tmp_path / "campaign.csv"
    table = pd.DataFrame({"sent": sent, "spend": spend.round(2)})
    table.to_csv(path, index=False)
    row = measure_past(path, "sent", "spend").effects.iloc[0]
    means = table.groupby("sent")["spend"].agg(["mean", "var", "size"])
    assert row["spend_effect"] == pytest.approx(
        means["mean"].loc["mail"] - means["mean"].loc["control"]
    )
    usual = 1.96 * np.sqrt((means["var"] / means["size"]).sum())
    assert row["spend_effect_high"] - row["spend_effect_low"] == pytest.approx(2 * usual, rel=0.1)
    table.loc[(table["sent"] == "mail").idxmax(), "spend"] = 90_000.0
    table.to_csv(path, index=False)
    check = next(c for c in measure_past(path, "sent", "spend").checks if c.name == "measure.money")
    assert check.passed is False
    assert "In “spend” a head" in check.sentence
    assert "A few large amounts carry it" in check.sentence
    effect = measure_past(path, "sent", "spend", currency="EUR")
    gain = effect.effects["spend_effect"].iloc[0]
    said = next(c for c in effect.checks if c.name == "measure.money").sentence
    assert f"differ by {gain:+,.2f} EUR (95%" in said
    assert "  EUR a head  " in effect_text(effect)
    again = from_json(json.loads(json.dumps(as_json(said))))
    assert told(again, Formats("en_GB", "EUR")).startswith(
        "In “spend” a head, the contacted differ by +€"
    )


def test_zeros_that_a_spreadsheet_took_are_put_back_and_said(tmp_path):
    ids = [f"{'+49' if i % 2 else '00'}{i:05d}" for i in range(1, 201)]
    sales = pd.DataFrame(
        {
            "customer_id": [*ids, *ids[:60]],
            "order_id": [f"o{i}" for i in range(260)],
            "ordered_at": pd.Timestamp("2026-01-05"),
            "amount": 10.0,
        }
    )
    sales.loc[200:, "ordered_at"] = pd.Timestamp("2026-03-10")
    late = sales.iloc[:1].assign(order_id="z", ordered_at=pd.Timestamp("2026-09-01"))
    sales = pd.concat([sales, late], ignore_index=True)
    listed = pd.DataFrame({"customer_id": ids, "group": ["contact", "control"] * 100})
    whole, damaged = tmp_path / "whole.csv", tmp_path / "damaged.csv"
    listed.to_csv(whole, index=False)
    lost = [name.lstrip("+0") if at % 3 else name for at, name in enumerate(ids)]
    listed.assign(customer_id=lost).to_csv(damaged, index=False)
    found = [measure_list(path, sales, date(2026, 3, 1), 90) for path in (whole, damaged)]
    pd.testing.assert_frame_equal(found[0].effects, found[1].effects)
    said = next(c for c in found[1].checks if c.name == "measure.found")
    assert "200 of the 200 on the list (100.0%)" in said.sentence
    assert "133 of them after zeros or a plus lost in front were put back" in said.sentence
    assert said.passed
    listed.loc[:99, "customer_id"] = [f"n{i}" for i in range(100)]
    listed.to_csv(damaged, index=False)
    half = measure_list(damaged, sales, date(2026, 3, 1), 90).checks
    assert next(c for c in half if c.name == "measure.found").passed is False


def test_a_ranking_shows_each_treatment_in_each_fifth(tmp_path):
    path = tmp_path / "campaign.csv"
    table = campaign(path, 0.1)
    halves = np.where(np.arange(len(table)) % 2 == 0, "Mens E-Mail", "Womens E-Mail")
    table["segment"] = table["segment"].where(table["segment"] == "No E-Mail", halves)
    table.to_csv(path, index=False)
    found = measure_past(path, "segment", "visit", "newbie", by=("newbie",))
    ranks = found.ranking.groupby("treatment")["segment"].agg(list)
    assert ranks.to_dict() == {kind: list("12345") for kind in ("Mens E-Mail", "Womens E-Mail")}
    groups = found.effects.groupby("treatment")["segment"].agg(list)
    assert groups["Womens E-Mail"] == ["all", "0", "1"]
    womens = table["segment"] == "Womens E-Mail"
    table[~womens | (womens.cumsum() <= 150)].to_csv(path, index=False)
    said = measure_past(path, "segment", "visit", by=("newbie",)).checks
    ranked = [check for check in said if check.name == "uplift.ranks"]
    assert [check.passed for check in ranked] == [True, None]
    assert "the smaller group has 150" in ranked[1].sentence


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("effect")
    random = np.random.default_rng(4)
    sent = random.choice(["mail", "call", "control"], 3000)
    rate = pd.Series(sent).map({"mail": 0.20, "call": 0.02, "control": 0.10})
    spend = np.where(random.random(3000) < rate, random.gamma(4, 10, 3000).round(2), 0.0)
    table = pd.DataFrame({"sent": sent, "spend": spend, "land": random.choice(["AT", "DE"], 3000)})
    table.to_csv(folder / "past.csv", index=False)
    done = call(
        "measure", folder / "past.csv", "--treatment", "sent", "--converted", "spend",
        "--segment", "land", "--out", folder / "report", "--format", "html", "--format", "xlsx",
        "--client", "Acme", "--currency", "EUR", "--json", *FIXED,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "report", json.loads(done.stdout), table


def test_the_effect_has_a_report_of_its_own(report):
    folder, told, table = report
    page = " ".join((folder / "report.html").read_text("utf-8").split())
    rates = (table["spend"] > 0).groupby(table["sent"]).mean()
    for words in (
        "Acme",
        "Did the contact change who has an amount in “spend”, and how much?",
        f"of the contacted, {rates['mail']:.1%}".replace("of the", "Of the"),
        "mail: Go on with it",
        "call: Stop it",
        "mail did better than call",
        "mail: AT",
        "In “spend” a head",
        "were drawn by lot",
        "custanalytics measure past.csv",
    ):
        assert words in page, words
    assert "bought" not in page.split("</style>")[-1]
    effects = {(row["treatment"], row["segment"]): row for row in told["effects"]}
    assert effects["mail", "all"]["rate_contact"] == pytest.approx(rates["mail"])
    assert told["files"]["html"] == str(folder / "report.html")


def test_its_results_are_read_back_and_rendered_again(report):
    folder, told, _ = report
    effect = read_results(folder / "results").campaign
    assert effect.effects["effect"].to_list() == [row["effect"] for row in told["effects"]]
    assert (effect.outcome, effect.amounts, effect.divided_by) == ("spend", True, "land")
    before = (folder / "report.html").read_bytes()
    rerender(folder, formats=("html",), renderer="embedded")
    assert (folder / "report.html").read_bytes() == before


def test_what_an_effect_calls_for_follows_from_its_interval(report):
    effect = read_results(report[0] / "results").campaign
    rows = effect.effects.loc[effect.effects["segment"] == "all"].head(1)
    one = {"treatment": None, "effect": 0.01, "n_contact": 1000, "extra_conversions": 10.0}

    def steps(low: float, high: float) -> str:
        bounds = {"effect_low": low, "effect_high": high, "spend_effect_low": float("nan")}
        bounds["spend_effect_high"] = float("nan")  # no amounts
        made = rows.assign(**one, **bounds).drop(columns="treatment")
        chapter = campaign_chapter(replace(effect, effects=made, checks=()), Formats("en_GB"))
        return " ".join(chapter.parts["next"].sentences)

    assert steps(0.004, 0.016).startswith("Go on with it: about 10 of the outcomes")
    assert steps(-0.03, -0.01).startswith("Stop it")
    assert "between −5 and 25 more outcomes" in steps(-0.005, 0.025)


def test_amounts_that_differ_where_as_many_spend_are_what_the_report_judges_by(tmp_path):
    random = np.random.default_rng(4)
    path, n = tmp_path / "past.csv", 2000
    sent = np.arange(n) % 2 == 0
    spends = np.arange(n) // 2 % 3 == 0
    for times, said in ((2.0, "Judge it by the amounts"), (1.0, "Decide nothing on this alone")):
        amount = np.where(spends, random.uniform(20, 40, n) * np.where(sent, times, 1), 0).round(2)
        pd.DataFrame({"sent": np.where(sent, "mail", "none"), "spend": amount}).to_csv(path)
        effect = measure_past(path, "sent", "spend")
        told = {check.name: check for check in effect.checks}
        assert told["measure.effect"].passed is False
        assert told["measure.money"].passed is (times > 1)
        assert ("on the amounts" in told["measure.effect"].sentence) is (times > 1)
        assert ("may be chance" in told["measure.money"].sentence) is (times == 1)
        (step,) = campaign_chapter(effect, Formats("en_GB", "EUR")).parts["next"].sentences
        assert step.startswith(said)


def test_rows_that_do_not_say_who_was_contacted_or_what_came_of_it_are_told(tmp_path):
    path = tmp_path / "past.csv"
    rows = pd.DataFrame({"sent": ["mail", "none", "mail", "none"] * 40, "won": ["yes", "no"] * 80})
    rows.to_csv(path, index=False)
    assert "measure.rows" not in {check.name for check in measure_past(path, "sent", "won").checks}
    rows.loc[:2, "sent"] = None
    rows.loc[150:150, "won"] = None
    rows.to_csv(path, index=False)
    effect = measure_past(path, "sent", "won")
    assert effect.effects[["n_contact", "n_control"]].iloc[0].tolist() == [78, 79]
    said = [str(check.sentence) for check in effect.checks if check.name == "measure.rows"]
    assert [text.split(" ")[0] for text in said] == ["3", "One"]
    assert "left out" in said[0]
    assert "counts as no" in said[1]
