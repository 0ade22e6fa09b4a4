"""From files to the effect of a contact: a list worked off, or the table of a past campaign."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from custanalytics.campaigns.effect import CampaignEffect, campaign_effect, past_campaign_effect
from custanalytics.campaigns.uplift import rank_uplift
from custanalytics.check import Check
from custanalytics.errors import UsageError
from custanalytics.ledger import read_table
from custanalytics.scoring.columns import inputs, read_columns
from custanalytics.scoring.control_group import control_list
from custanalytics.scoring.outcome import read_outcomes
from custanalytics.transactions import HasEngine

CONTROL_WORDS = {"control", "0", "no", "none", "untreated", "holdout", "false", "kontrolle"}


def measure_list(
    path: Path,
    sales: pd.DataFrame | HasEngine,
    contacted_on: date,
    window_days: int,
    segment: str | None = None,
) -> CampaignEffect:
    """Effect of a contact, from a list that a report wrote and the sales since.

    The control group is on the list, or on the one of its own that lies beside it.
    """
    beside = path.with_name(control_list(path.name))
    contacts = read_table(path, names={"customer_id", "group"})
    alone = "group" in contacts and not (contacts["group"] == "control").any()
    if alone and beside.exists():
        contacts = read_table([path, beside], names={"customer_id", "group"})
    if "customer_id" in contacts:
        # As the lists write text that a spreadsheet would take for a formula.
        contacts["customer_id"] = contacts["customer_id"].str.replace(
            r"^'(?=[=+\-@])", "", regex=True
        )
    if "group" in contacts:
        contacts = contacts.loc[contacts["group"].notna()].reset_index(drop=True)
    if "propensity" in contacts:
        # Lists of a locale with decimal commas, and any that such a spreadsheet has saved.
        chance = contacts["propensity"].str.replace(",", ".")
        contacts["propensity"] = pd.to_numeric(chance, errors="coerce")
        if contacts["propensity"].isna().any():
            contacts = contacts.drop(columns="propensity")
    if segment is None and "segment" in contacts and contacts["segment"].nunique() > 1:
        segment = "segment"
    return campaign_effect(contacts, sales, contacted_on, window_days, segment)


def measure_past(
    path: Path,
    treatment: str,
    converted: str,
    segment: str | None = None,
    control: str | None = None,
    by: Sequence[str] = (),
) -> CampaignEffect:
    """Effect of a past campaign, from one table of those contacted and those left alone.

    Assumes that who was contacted was drawn by lot.
    """
    named = {treatment, converted, *([segment] if segment else []), *by}
    table = read_table(path, names=named)
    missing = sorted(named - set(table.columns))
    if missing:
        raise UsageError(
            f"{path.name} has no column {', '.join(missing)}; it has: {', '.join(table.columns)}"
        )
    table = table.loc[table[treatment].notna()].reset_index(drop=True)
    values = table[treatment].str.strip().str.casefold()
    alone = _alone(values, treatment, control)
    treated = (values != alone).to_numpy(dtype=bool)
    read = read_columns(table[[converted]])
    spend, word = None, f"have {converted}"
    if read.columns[0].kind == "number" and read.columns[0].distinct > 2:
        spend = read.values[converted].fillna(0.0).to_numpy(dtype="float64")
        happened, word = spend > 0, converted
    else:
        target = read_outcomes(read, converted)
        happened = target.converted
    parts = None if segment is None else table[segment].fillna("none")
    sent = table[treatment].str.strip()[treated].value_counts().index
    kinds = list(dict.fromkeys(sent.str.casefold()))
    measured = []
    for kind in kinds:
        rows = ((values == kind) | (values == alone)).to_numpy(dtype=bool)
        one = past_campaign_effect(
            treated[rows],
            happened[rows],
            None if parts is None else parts[rows],
            None if spend is None else spend[rows],
            word,
        )
        if len(kinds) > 1:
            name = next(shown for shown in sent if shown.casefold() == kind)
            one = _named(one, name)
        measured.append(one)
    effect = replace(
        measured[0],
        effects=pd.concat([one.effects for one in measured], ignore_index=True),
        checks=tuple(check for one in measured for check in one.checks),
    )
    if len(kinds) > 1:
        effect = replace(effect, checks=(*effect.checks, _several(len(kinds))))
    if by:
        known = read_columns(table[list(by)])
        X = inputs(known.values, [column for column in known.columns if column.used], None)
        ranked = rank_uplift(X, treated, happened)
        effect = replace(effect, checks=(*effect.checks, ranked.check))
    return effect


def _named(effect: CampaignEffect, treatment: str) -> CampaignEffect:
    """The effect of one treatment among several."""
    effects = effect.effects.copy()
    effects.insert(0, "treatment", treatment)
    checks = [replace(check, sentence=f"{treatment}: {check.sentence}") for check in effect.checks]
    return replace(effect, effects=effects, checks=tuple(checks))


def _several(n: int) -> Check:
    sentence = (
        f"{n} treatments are held against the same people left alone, each for itself: of twenty "
        "without effect, one shows one by chance."
    )
    return Check("measure.several", None, sentence, float(n))


def _alone(values: "pd.Series[str]", treatment: str, control: str | None) -> str:
    levels = sorted(values.unique())
    if control is not None:
        if control.strip().casefold() not in levels:
            raise UsageError(f"--control names {control!r}; {treatment!r} has: {', '.join(levels)}")
        return control.strip().casefold()
    meant = [v for v in levels if v in CONTROL_WORDS or v.split(" ")[0].split("-")[0] == "no"]
    if len(meant) != 1 or len(levels) < 2:
        raise UsageError(
            f"which value of {treatment!r} means left alone is not clear "
            f"({', '.join(levels[:8])}): name it by --control"
        )
    return str(np.asarray(meant)[0])
