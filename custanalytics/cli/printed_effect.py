"""What ``measure`` prints."""

from typing import Any

import pandas as pd

from custanalytics.campaigns import EVERYONE, CampaignEffect, rate_alone
from custanalytics.cli.printed import checks_json, rows_json
from custanalytics.cli.tables import table

# Of a name in front of the figures of an effect.
_WIDEST = 22


def effect_json(effect: CampaignEffect) -> dict[str, Any]:
    """What a contact added, for programs."""
    return {
        "window_days": effect.window_days,
        "outcome": effect.outcome or "bought",
        "effects": rows_json(effect.effects),
        "ranking": rows_json(effect.ranking),
        "checks": checks_json(effect.checks),
    }


def effect_text(effect: CampaignEffect) -> str:
    """What a contact added, in a few lines and a table."""
    rows = effect.effects
    tables = [_effect_rows(rows, effect.divided_by)]
    if rows["spend_effect"].notna().any():
        money = pd.DataFrame({effect.divided_by: _names(rows)})
        unit = f"{effect.currency} a head".strip()
        for title, end in {unit: "", "from": "_low", "to": "_high", "cut": "_trimmed"}.items():
            money[title] = [
                "" if value != value else f"{value:+,.2f}" for value in rows[f"spend_effect{end}"]
            ]
        tables.append(table(money))
    if len(effect.ranking):
        fifths = effect.ranking.assign(segment=effect.ranking["segment"].map("fifth {}".format))
        tables.append(
            "By fifth of a ranking by effect, on rows held out:\n" + _effect_rows(fifths, "")
        )
    sentences = "\n".join(check.sentence for check in effect.checks)
    return "\n\n".join([sentences, *tables])


def _effect_rows(rows: pd.DataFrame, title: str) -> str:
    shown = pd.DataFrame({title: _names(rows)})
    for group, rates in (("contact", rows["rate_contact"]), ("control", rate_alone(rows))):
        shown[group] = [f"{n:,.0f}" for n in rows[f"n_{group}"]]
        shown[f"{group} %"] = [_percent(rate) for rate in rates]
    shown["effect"] = [_points(value) for value in rows["effect"]]
    shown["from"] = [_points(value) for value in rows["effect_low"]]
    shown["to"] = [_points(value) for value in rows["effect_high"]]
    return table(shown)


def _names(rows: pd.DataFrame) -> list[str]:
    if "treatment" not in rows:
        return [_cut(str(segment), _WIDEST) for segment in rows["segment"]]
    return [
        _cut(treatment, _WIDEST)
        if segment == EVERYONE
        else f"{_cut(treatment, _WIDEST - 2 - len(segment))}: {segment}"
        for treatment, segment in zip(rows["treatment"], rows["segment"].map(str), strict=True)
    ]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 1, 3)]}…"


def _percent(rate: float) -> str:
    return "" if rate != rate else f"{100 * rate:.1f}"


def _points(value: float) -> str:
    return "" if value != value else f"{100 * value:+.1f}"
