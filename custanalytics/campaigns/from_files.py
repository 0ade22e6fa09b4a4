"""From files to the effect of a contact: a list worked off, or the table of a past campaign."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from custanalytics.campaigns import checks
from custanalytics.campaigns.differences import EVERYONE
from custanalytics.campaigns.effect import CampaignEffect, campaign_effect, past_campaign_effect
from custanalytics.campaigns.uplift import rank_uplift
from custanalytics.check import Check
from custanalytics.errors import UnsupportedError, UsageError
from custanalytics.ledger import Ledger, read_table
from custanalytics.scoring.calibration import Bools
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
    effect = campaign_effect(contacts, sales, contacted_on, window_days, segment)
    if isinstance(sales, Ledger) and sales.mapping.no_amount:
        # Where purchases are counted, nothing is known of what they brought.
        left = tuple(check for check in effect.checks if check.name != "measure.money")
        unknown = effect.effects.copy()
        unknown[[name for name in map(str, unknown) if name.startswith("spend_")]] = np.nan
        return replace(effect, effects=unknown, checks=left)
    return effect


def measure_past(
    path: Path,
    treatment: str,
    converted: str,
    segment: str | None = None,
    control: str | None = None,
    by: Sequence[str] = (),
    currency: str = "",
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
    unknown = int(table[treatment].isna().sum())
    table = table.loc[table[treatment].notna()].reset_index(drop=True)
    values = table[treatment].str.strip().str.casefold()
    alone = _alone(values, treatment, control)
    treated = (values != alone).to_numpy(dtype=bool)
    read = read_columns(table[[converted]])
    spend, undecided = None, 0
    if read.columns[0].kind == "number" and read.columns[0].distinct > 2:
        spend = read.values[converted].fillna(0.0).to_numpy(dtype="float64")
        happened = spend > 0
    else:
        target = read_outcomes(read, converted)
        happened = target.converted
        undecided = int(target.waiting.sum())
    known = read_columns(table[list(by)]) if by else None
    X = None if known is None else inputs(known.values, [c for c in known.columns if c.used], None)
    parts = None if segment is None else table[segment].fillna("none")
    sent = table[treatment].str.strip()[treated].value_counts().index
    kinds: dict[str, str] = {}
    for name in sent:
        kinds.setdefault(name.casefold(), name)
    measured = []
    for kind, name in kinds.items():
        rows = ((values == kind) | (values == alone)).to_numpy(dtype=bool)
        one = past_campaign_effect(
            treated[rows],
            happened[rows],
            None if parts is None else parts[rows],
            None if spend is None else spend[rows],
            converted,
            currency,
        )
        if X is not None:
            one = _ranked(one, X[rows], treated[rows], happened[rows], by)
        measured.append(_of_treatment(one, name) if len(kinds) > 1 else one)
    effect = replace(
        measured[0],
        effects=pd.concat([one.effects for one in measured], ignore_index=True),
        ranking=pd.concat([one.ranking for one in measured], ignore_index=True),
        checks=tuple(check for one in measured for check in one.checks),
    )
    if len(kinds) > 1:
        among = effect.effects.loc[effect.effects["segment"] == EVERYONE]
        more = (checks.best_treatment(among), checks.several_treatments(len(kinds)))
        effect = replace(effect, checks=(*effect.checks, *more))
    warned = (Check("measure.read", None, sentence) for sentence in table.attrs["warnings"])
    counted = checks.rows_counted(unknown, treatment, undecided, converted)
    return replace(effect, checks=(*effect.checks, *counted, *warned))


def _ranked(
    effect: CampaignEffect, X: pd.DataFrame, treated: Bools, happened: Bools, by: Sequence[str]
) -> CampaignEffect:
    """With the ranking by effect, or the reason why there is none."""
    try:
        ranked = rank_uplift(X, treated, happened)
    except UnsupportedError as reason:
        check = Check("uplift.ranks", None, reason.sentence)
        return replace(effect, checks=(*effect.checks, check), ranked_by=tuple(by))
    return replace(
        effect,
        checks=(*effect.checks, ranked.check),
        ranked_by=tuple(by),
        ranking=ranked.groups.loc[ranked.groups["segment"] != EVERYONE],
    )


def _of_treatment(effect: CampaignEffect, treatment: str) -> CampaignEffect:
    """The effect of one treatment among several."""
    effects, ranking = (
        rows.assign(treatment=treatment)[["treatment", *rows.columns]] if len(rows) else rows
        for rows in (effect.effects, effect.ranking)
    )
    said = tuple(checks.of_treatment(check, treatment) for check in effect.checks)
    return replace(effect, effects=effects, ranking=ranking, checks=said)


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
