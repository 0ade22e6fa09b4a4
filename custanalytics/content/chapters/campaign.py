"""Whether a contact worked: who was counted, what it changed, what to do next."""

from typing import Any

import pandas as pd

from custanalytics.campaigns import EVERYONE, CampaignEffect, rate_alone
from custanalytics.content.blocks import Bullets, Card, Cards
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chart import Chart, Placement
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.tables import Column, Table, table, verdict
from custanalytics.content.words import plural, say, told
from custanalytics.sentences import noted

EFFECT = Placement("campaign-effect", noted("Campaign effect"), story=True, notes=("shown",))
CHAPTER = Declaration(
    "campaign",
    charts=(EFFECT,),
    tables=("campaign-effects", "campaign-money", "campaign-ranking"),
    texts=("question", "lead", "counted", "shown", "found", "money", "ranking"),
    parts=("kpis", "next", "limits", "checks"),
    flags=(
        "campaign_sales",
        "campaign_money",
        "campaign_several",
        "campaign_ranking",
    ),
)
_CARDS = 3


def campaign(effect: CampaignEffect | None, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    if effect is None:
        return Chapter(CHAPTER, present=False)
    in_all = overall(effect)
    money = bool(effect.effects["spend_effect"].notna().any())
    tables = [_effects(effect, formats)]
    if money:
        tables.append(_money(effect, formats))
    if len(effect.ranking):
        tables.append(_ranking(effect, formats))
    return Chapter(
        CHAPTER,
        texts={
            "question": _question(effect, formats),
            "lead": _sentences(effect, formats, "measure.effect", "measure.best"),
            "counted": _counted(effect, formats),
            "shown": _sentences(effect, formats, "measure.several"),
            "found": _sentences(effect, formats, "measure.found", "measure.matched"),
            "money": _sentences(effect, formats, "measure.money"),
            "ranking": _sentences(effect, formats, "uplift.ranks"),
        },
        charts=(_chart(effect, formats),),
        tables=tuple(tables),
        parts={
            "kpis": Cards(tuple(_card(row, formats) for row in in_all[:_CARDS])),
            "next": Bullets(tuple(_next(effect, formats))),
            "limits": Bullets(tuple(_limits(effect, formats))),
            "checks": _checks(effect, formats),
        },
        flags={
            "campaign_sales": not effect.outcome,
            "campaign_money": money,
            "campaign_several": len(in_all) > 1,
            "campaign_ranking": bool(effect.ranked_by),
        },
    )


def overall(effect: CampaignEffect) -> list[dict[str, Any]]:
    """The row of everybody, of each treatment."""
    rows = effect.effects.loc[effect.effects["segment"] == EVERYONE]
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def points(value: float, formats: Formats) -> str:
    """A difference of two rates in percentage points, with its sign."""
    text = formats.number(100 * value)
    return f"+{text}" if value > 0 and not is_missing(value) else text


def ranked(effect: CampaignEffect) -> str:
    """What the ranking was learned from."""
    return say(
        "On rows held out: the effect by fifth of a ranking from {columns}",
        columns=", ".join(effect.ranked_by),
    )


def _question(effect: CampaignEffect, formats: Formats) -> str:
    if effect.contacted_on is not None:
        return say(
            "Did the contact on {day} change how many bought in the {days} days after it?",
            day=formats.date(effect.contacted_on),
            days=formats.days(effect.window_days),
        )
    if effect.amounts:
        return say(
            "Did the contact change who has an amount in “{outcome}”, and how much?",
            outcome=effect.outcome,
        )
    return say(
        "Did the contact change how many have the outcome “{outcome}”?", outcome=effect.outcome
    )


def _counted(effect: CampaignEffect, formats: Formats) -> str:
    in_all = overall(effect)
    figures = {
        "contacted": formats.count(sum(row["n_contact"] for row in in_all)),
        "untouched": formats.count(in_all[0]["n_control"]),
    }
    said = plural(
        len(in_all),
        "{contacted} were contacted and {untouched} left alone. Everybody counts in the group "
        "drawn, reached or not.",
        "{contacted} were contacted, in {n} ways, and {untouched} left alone; each way is held "
        "against the same people left alone. Everybody counts in the group drawn, reached or not.",
        n=formats.count(len(in_all)),
        **figures,
    )
    return " ".join([said, _sentences(effect, formats, "measure.left_out")]).strip()


def _card(row: dict[str, Any], formats: Formats) -> Card:
    label = say("percentage points more than without the contact")
    if "treatment" in row:
        label = say(
            "{treatment}: percentage points more than without the contact",
            treatment=row["treatment"],
        )
    low, high = row["effect_low"], row["effect_high"]
    between = say(
        "between {low} and {high}; {rate} against {alone}",
        low=points(low, formats),
        high=points(high, formats),
        rate=formats.percent(row["rate_contact"], 1),
        alone=formats.percent(row["rate_contact"] - row["effect"], 1),
    )
    tone = "good" if low > 0 else "bad" if high < 0 else ""
    return Card(points(row["effect"], formats), label, between, tone)


def _name(row: dict[str, Any]) -> str:
    segment = say("all") if row["segment"] == EVERYONE else str(row["segment"])
    if "treatment" not in row:
        return segment
    if row["segment"] == EVERYONE:
        return str(row["treatment"])
    return f"{row['treatment']}: {segment}"


def _named(rows: pd.DataFrame) -> list[str]:
    return [_name({str(k): v for k, v in row.items()}) for row in rows.to_dict("records")]


def _chart(effect: CampaignEffect, formats: Formats) -> Chart:
    rows = effect.effects.loc[effect.effects["effect"].notna()]
    alone = rate_alone(rows)
    differ = [
        say(
            "{share}: {effect} ({low} to {high})",
            share=formats.percent(row["rate_contact"], 1),
            effect=points(row["effect"], formats),
            low=points(row["effect_low"], formats),
            high=points(row["effect_high"], formats),
        )
        for row in rows.to_dict("records")
    ]
    sides = {
        say("Contacted"): (rows["rate_contact"], differ),
        say("Left alone, like them"): (alone, [formats.percent(rate, 1) for rate in alone]),
    }
    shown = pd.concat(
        [
            pd.DataFrame({"group": _named(rows), "share": share, "side": side, "text": texts})
            for side, (share, texts) in sides.items()
        ],
        ignore_index=True,
    )
    first = overall(effect)[0]
    title = (
        say("The contact added {effect} percentage points", effect=points(first["effect"], formats))
        if first["effect_low"] > 0
        else say("The contact took away: {effect} percentage points",
                 effect=points(first["effect"], formats))
        if first["effect_high"] < 0
        else say("The contact's effect can't be told from none")
    )  # fmt: skip
    if "treatment" in first:
        title = say("What each way of contacting added")
    return Chart(
        placed=EFFECT,
        kind="bars",
        data=shown,
        x="share",
        y="group",
        series="side",
        x_format="share",
        y_format="text",
        labels="text",
        title=title,
        subtitle=say(
            "Share with the outcome, and the difference in percentage points with its 95% interval"
        ),
        alt=say("Bars of the share of the contacted and of the others. {title}.", title=title),
        note=say("An interval that holds zero shows no effect."),
    )


def _effects(effect: CampaignEffect, formats: Formats) -> Table:
    rows = effect.effects
    shown = rows.assign(
        name=_named(rows),
        **_rates(rows, formats),
        between=[
            "" if is_missing(low) else say("{low} to {high}", low=points(low, formats),
                                           high=points(high, formats))
            for low, high in zip(rows["effect_low"], rows["effect_high"], strict=True)
        ],
    )  # fmt: skip
    return table(
        "campaign-effects",
        shown,
        [
            Column("name", effect.divided_by or say("Group")),
            "n_contact",
            Column("contacted", say("Share of the contacted"), right=True),
            "n_control",
            Column("alone", say("Left alone, like them"), right=True),
            Column("points", say("Effect, points"), right=True),
            Column("between", say("95% interval"), right=True),
            "extra_conversions",
        ],
        formats,
        say("Contacted and untouched, and what the contact changed"),
        result="campaign.effects",
        wide=True,
        note=say("No effect is given where either group has fewer than 20."),
    )


def _rates(rows: pd.DataFrame, formats: Formats) -> dict[str, Any]:
    """Shares and their difference to a tenth of a point, which the effect is about."""
    return {
        "contacted": [formats.percent(rate, 1) for rate in rows["rate_contact"]],
        "alone": [formats.percent(rate, 1) for rate in rate_alone(rows)],
        "points": [points(value, formats) for value in rows["effect"]],
    }


def _money(effect: CampaignEffect, formats: Formats) -> Table:
    rows = effect.effects
    columns = [f"spend_effect{end}" for end in ("", "_low", "_high", "_trimmed")]
    return table(
        "campaign-money",
        rows.assign(name=_named(rows)),
        [Column("name", effect.divided_by or say("Group")), *columns],
        formats,
        say("What the contact brought a head"),
        result="campaign.effects",
    )


def _ranking(effect: CampaignEffect, formats: Formats) -> Table:
    rows = effect.ranking
    fifths = [say("fifth {n}", n=number) for number in rows["segment"]]
    shown = rows.assign(
        name=[
            fifth if "treatment" not in rows else f"{treatment}: {fifth}"
            for fifth, treatment in zip(fifths, rows.get("treatment", fifths), strict=True)
        ],
        **_rates(rows, formats),
    )
    return table(
        "campaign-ranking",
        shown,
        [
            Column("name", say("Ranked by the effect expected")),
            "n_contact",
            Column("contacted", say("Share of the contacted"), right=True),
            "n_control",
            Column("alone", say("Left alone, like them"), right=True),
            Column("points", say("Effect, points"), right=True),
        ],
        formats,
        ranked(effect),
        result="campaign.ranking",
    )


def _next(effect: CampaignEffect, formats: Formats) -> list[str]:
    """What the effect of each treatment calls for."""
    steps = []
    for row in overall(effect):
        figures = {
            "extra": formats.count(row["extra_conversions"]),
            "low": formats.count(row["effect_low"] * row["n_contact"]),
            "high": formats.count(row["effect_high"] * row["n_contact"]),
        }
        if row["effect_low"] > 0:
            step = say(
                "Go on with it: about {extra} of the outcomes among the contacted ({low} to "
                "{high}) would not have come by themselves. Leave a group alone again, so that the "
                "next round is measured too.",
                **figures,
            )
        elif row["effect_high"] < 0:
            step = say(
                "Stop it: the contacted did it less often than those left alone. Look at what the "
                "contact said, and to whom, before the next one."
            )
        elif row["spend_effect_low"] > 0 or row["spend_effect_high"] < 0:
            step = say(
                "Judge it by the amounts: they differ by {gain} a head ({low} to {high}), which "
                "is to be held against what the contact costs. How many there are is not shown to "
                "differ.",
                gain=formats.money(row["spend_effect"]),
                low=formats.money(row["spend_effect_low"]),
                high=formats.money(row["spend_effect_high"]),
            )
        else:
            step = say(
                "Decide nothing on this alone: anything between {low} and {high} more outcomes "
                "among the contacted agrees with it. Four times as many people would halve the "
                "interval; several rounds together count as one.",
                **figures,
            )
        steps.append(f"{row['treatment']}: {step}" if "treatment" in row else step)
    if any(check.name == "measure.window" for check in effect.checks):
        steps.append(say("Measure again when all the days that count have passed."))
    if any(check.name == "measure.found" and check.passed is False for check in effect.checks):
        steps.append(say("Mend the ids of the list first: who is not found counts as no purchase."))
    return steps


def _limits(effect: CampaignEffect, formats: Formats) -> list[str]:
    shown = ("measure.effect", "measure.money", "measure.best", "uplift.ranks")
    doubts = [
        told(check.sentence, formats)
        for check in effect.checks
        if check.passed is not True and check.name not in shown
    ]
    lot = say(
        "All of it takes for granted that those left alone were drawn by lot; where they were "
        "chosen otherwise, the difference may be theirs and not the contact's."
    )
    return [lot, *doubts]


def _checks(effect: CampaignEffect, formats: Formats) -> Table:
    return Table(
        "campaign-checks",
        (say("Verdict"), say("What was found")),
        tuple((verdict(check), told(check.sentence, formats)) for check in effect.checks),
        (False, False),
        say("What this data supports, and what to keep in mind"),
    )


def _sentences(effect: CampaignEffect, formats: Formats, *names: str) -> str:
    return " ".join(told(check.sentence, formats) for check in effect.checks if check.name in names)
