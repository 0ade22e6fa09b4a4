"""What to do: the plan in its order, the money that it can move, whom to call, how to measure."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from custanalytics.config import Settings
from custanalytics.content.blocks import Command, Files
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Slide
from custanalytics.content.tables import Column, Link, Table, table
from custanalytics.content.words import plural, say, told, word
from custanalytics.results.action_plan import EXTRA_MARGIN, EXTRA_REVENUE, PROFIT
from custanalytics.results.lists import CONTACT, CONTROL, CUSTOMERS, LATE
from custanalytics.results.store import AnalysisResults
from custanalytics.results.value_trust import trusted
from custanalytics.sentences import noted

CHAPTER = Declaration(
    "decisions",
    "rfm",
    tables=("plan", "decisions", "names", "control-groups"),
    texts=("lead", "terms", "reach", "measure"),
    parts=("command", "files"),
    flags=("plan", "control", "names"),
    slides=("decisions",),
)
# What the gains are, by their basis.
_GAINS: Mapping[str, str] = {
    PROFIT: noted("profit, after the cost of contact"),
    EXTRA_MARGIN: noted("margin, before the cost of contact"),
    EXTRA_REVENUE: noted("extra revenue"),
}
_FEW_STEPS = 5
_FILL_IN = "…………"


def what_to_do(results: AnalysisResults, formats: Formats) -> Chapter:
    """The chapter, or that it is left out."""
    actions, decisions = results.actions, results.decisions
    if actions is None or decisions is None:
        return Chapter(CHAPTER, present=False)
    steps = plan(actions)
    listed = results.customers is not None
    tables = [] if formats.counted else [_money(actions, results, formats)]
    tested = decisions["control_size"].notna().any()
    if len(steps):
        tables.append(_plan(steps, formats))
    names = results.plan_names
    if names is not None and len(names):
        tables.append(_names(names, actions, results, formats))
    if tested:
        tables.append(_groups(decisions, formats, listed))
    return Chapter(
        CHAPTER,
        texts={
            "lead": lead(actions, results.settings, formats),
            "terms": terms(actions, results, formats),
            "reach": reach(results, formats),
            "measure": measure(results, formats),
        },
        tables=tuple(tables),
        parts={
            "command": _command(results.settings) if listed and tested and len(steps) else None,
            "files": _files(actions, formats) if listed else None,
        },
        flags={
            "plan": bool(len(steps)),
            "control": bool(tested),
            "names": names is not None and bool(len(names)),
        },
        slides=(_slide(steps, results, formats),) if len(steps) else (),
    )


def plan(actions: pd.DataFrame) -> pd.DataFrame:
    """The steps of the plan in order, with the name of those whom they are for."""
    return shown(actions.loc[actions["step"].notna()]).sort_values("step")


def shown(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions with the name of those whom they are for."""
    return actions.assign(
        who=[word(segment) for segment in actions["segment"].fillna(say("Late customers"))]
    )


def gain_is(actions: pd.DataFrame) -> str:
    """What the gains are, in words."""
    return word(_GAINS[actions["basis"].iloc[0]])


def lead(actions: pd.DataFrame, settings: Settings, formats: Formats) -> str:
    """What the plan is worth, and where to begin."""
    steps = plan(actions)
    if not len(steps):
        if not actions["contact"].any():
            return say("No segment calls for contacting its customers.")
        return say(
            "At this cost no contact pays if it moves 5% of the money; the table says what it "
            "would have to move."
        )
    people = formats.count(steps["contacted"].sum())
    first = say("Begin with “{segment}”.", segment=steps["who"].iloc[0])
    if formats.counted:
        text = plural(
            steps["contacted"].sum(),
            "The plan is about one customer to contact in the next {days} days.",
            "The plan is about {people} customers to contact in the next {days} days.",
            people=people,
            days=formats.days(settings.window_days),
        )
        return f"{text} {first}"
    if steps["gain_5"].isna().all():
        text = say(
            "The plan is about {people} customers. No forecast of these sales can be relied on, "
            "so what each step can bring is not told.",
            people=people,
        )
        return f"{text} {first}"
    text = say(
        "Contacting {people} customers is worth about {gain} of {what} in the next {days} days if "
        "it moves 5% of the money in question ({two} at 2%, {ten} at 10%). Without any contact "
        "they are expected to bring {expected}.",
        people=people,
        gain=formats.money_short(steps["gain_5"].sum()),
        two=formats.money_short(steps["gain_2"].sum()),
        ten=formats.money_short(steps["gain_10"].sum()),
        what=gain_is(steps),
        days=formats.days(settings.window_days),
        expected=formats.money_short(steps["expected_revenue"].sum()),
    )
    return f"{text} {first}"


def in_one_line(actions: pd.DataFrame, settings: Settings, formats: Formats) -> tuple[str, str]:
    """The same for a slide: its title, and under which condition it holds."""
    steps = plan(actions)
    if not len(steps):
        return lead(actions, settings, formats), ""
    if formats.counted or steps["gain_5"].isna().all():
        title = say(
            "The plan is for {people} of the customers: begin with “{segment}”",
            people=formats.count(steps["contacted"].sum()),
            segment=steps["who"].iloc[0],
        )
        untold = say(
            "No forecast of these sales can be relied on, so what each step can bring is not told"
        )
        return title, "" if formats.counted else untold
    title = say(
        "Contacting {people} customers is worth about {gain} in {days} days",
        people=formats.count(steps["contacted"].sum()),
        gain=formats.money_short(steps["gain_5"].sum()),
        days=formats.days(settings.window_days),
    )
    condition = say(
        "If it moves 5% of the money in question, in {what}; {two} at 2%, {ten} at 10%",
        what=gain_is(steps),
        two=formats.money_short(steps["gain_2"].sum()),
        ten=formats.money_short(steps["gain_10"].sum()),
    )
    return title, condition


def terms(actions: pd.DataFrame, results: AnalysisResults, formats: Formats) -> str:
    """What the gains count, which figure is missing, how many steps there are, and the doubts."""
    steps, settings = plan(actions), results.settings
    said = []
    if formats.counted:
        pass
    elif len(steps) and steps["gain_5"].isna().all():
        said.append(
            say(
                "A longer export may support a forecast, and with it tell the money that each step "
                "can move."
            )
        )
    elif len(steps):
        said.append(_counted(steps, settings, formats))
        left = actions.loc[actions["contact"] & actions["step"].isna() & (actions["gain_5"] <= 0)]
        if len(left):
            names = ", ".join(f"“{name}”" for name in shown(left)["who"])
            said.append(
                say(
                    "Not in the plan: {names}. Moving 5% of their money would not pay for the "
                    "contact.",
                    names=names,
                )
            )
    if 0 < len(steps) < _FEW_STEPS:
        said.append(
            plural(
                len(steps),
                "These customers support one step only.",
                "These customers support {n} steps only.",
                n=formats.count(len(steps)),
            )
        )
    said += [
        say("{step}: {offer}", step=row["who"], offer=told(row["offer"], formats))
        for row in steps.to_dict("records")
        if "offer" in row and isinstance(row["offer"], str) and row["offer"]
    ]
    if len(steps):
        said += _doubts(results, formats)
    return " ".join(said)


def _doubts(results: AnalysisResults, formats: Formats) -> list[str]:
    """What speaks against the money in the plan, to stand beside it."""
    failed = [check.sentence for check in results.value_trust if check.passed is False]
    return [say("Mind: {doubt}", doubt=told(sentence, formats)) for sentence in failed]


def _counted(steps: pd.DataFrame, settings: Settings, formats: Formats) -> str:
    basis, first = steps["basis"].iloc[0], steps.iloc[0]
    a_head = formats.money(first["break_even_cost"])
    if basis == PROFIT:
        return say(
            "Gains are profit, at a margin of {margin} and {cost} a contact.",
            margin=formats.share(settings.margin),
            cost=formats.money(settings.contact_cost),
        )
    if basis == EXTRA_MARGIN:
        return say(
            "Gains are margin at {margin}, before the cost of the contact. In the first step a "
            "contact may cost up to {a_head} a head. Tell us what a contact costs "
            "(--contact-cost), and the plan says which steps pay.",
            margin=formats.share(settings.margin),
            a_head=a_head,
        )
    return say(
        "Gains are revenue: {a_head} a head in the first step, so a contact there may cost your "
        "margin on that. Tell us your margin (--margin) and what a contact costs "
        "(--contact-cost), and the plan says which steps pay.",
        a_head=a_head,
    )


def reach(results: AnalysisResults, formats: Formats) -> str:
    """How many may be contacted; empty where nobody's row is at hand."""
    customers = results.customers
    if customers is None:
        return ""
    if "consent" not in customers or customers["consent"].isna().all():
        return say(
            "The export does not say who agreed to be contacted. Ask for that column, and until "
            "then check each list before you write."
        )
    refused = int(customers["consent"].eq(False).sum())
    unknown = int(customers["consent"].isna().sum())
    text = plural(
        refused,
        "One customer of {n} said no to being contacted and is on no list.",
        "{refused} customers of {n} said no to being contacted and are on no list.",
        refused=formats.count(refused),
        n=formats.count(len(customers)),
    )
    if not unknown:
        return text
    return f"{text} " + plural(
        unknown,
        "One was never asked: check before you write.",
        "{unknown} were never asked: check before you write.",
        unknown=formats.count(unknown),
    )


def measure(results: AnalysisResults, formats: Formats) -> str:
    """The day on which it will be known whether the contacts worked."""
    actions, settings = results.actions, results.settings
    if actions is None or not actions["step"].notna().any():
        return ""
    if not actions["control_size"].notna().any():
        return say(
            "No list is long enough, or buys seldom enough, for a control group: what a contact "
            "adds can't be measured here."
        )
    days = formats.days(settings.window_days)
    if settings.made_on == date.min:
        return say("Sales of {days} days after the contact will tell whether it worked.", days=days)
    return say(
        "If the contacts go out on {day}, the sales up to {until} will tell whether they worked, "
        "in the steps where customers are left alone.",
        day=formats.date(settings.made_on),
        until=formats.date(settings.made_on + timedelta(days=settings.window_days)),
    )


def _command(settings: Settings) -> Command:
    day = settings.made_on if settings.made_on > date.min else settings.observation_end
    return Command(
        f"custanalytics measure {CONTACT} SALES --contacted-on {day} "
        f"--window-days {settings.window_days}"
    )


def _range(rows: pd.DataFrame, name: str, formats: Formats) -> list[str]:
    """An amount with its interval, in one cell; empty where there is none."""
    cells = []
    for low, middle, high in zip(
        rows[f"{name}_low"], rows[name], rows[f"{name}_high"], strict=True
    ):
        if is_missing(middle):
            cells.append("")
            continue
        told = {"middle": middle, "low": low, "high": high}
        money = {name: formats.money_short(amount) for name, amount in told.items()}
        cells.append(say("{middle} ({low} to {high})", **money))
    return cells


def _plan_columns(rows: pd.DataFrame, formats: Formats) -> tuple[pd.DataFrame, list[Column | str]]:
    made = rows.assign(
        number=[formats.count(step) for step in rows["step"]],
        people=[
            formats.count(n)
            if is_missing(alone)
            else say("{n}; leave {alone} alone", n=formats.count(n), alone=formats.count(alone))
            for n, alone in zip(rows["contacted"], rows["control_size"], strict=True)
        ],
        gain="" if formats.counted else _range(rows, "gain_5", formats),
        owner=_FILL_IN,
        due=_FILL_IN,
    )
    columns: list[Column | str] = [
        Column("number", say("Step")),
        Column("who", say("Segment")),
        "action",
        Column("people", say("To contact")),
    ]
    if not formats.counted and rows["gain_5"].notna().any():
        columns.append(Column("gain", say("Gain at 5%"), right=True))
    columns += [Column("owner", say("Who does it")), Column("due", say("By when"))]
    return made, columns


def _plan(steps: pd.DataFrame, formats: Formats) -> Table:
    rows, columns = _plan_columns(steps, formats)
    if rows["list"].notna().any():
        links = [Link(path) for path in rows["list"]]
        rows["list"] = pd.Series(links, index=rows.index, dtype="object")
        columns.append("list")
    return table(
        "plan",
        rows,
        columns,
        formats,
        say("The plan, the step that moves most purchases first")
        if formats.counted
        else say("The plan, the step that moves most money first"),
        result="actions",
        wide=True,
    )


def lift_note() -> str:
    """What a lift is a share of."""
    return say(
        "A contact can raise what customers who are on time bring, and win back some of what late "
        "ones would not bring: 2, 5 or 10% of that money. The plan is ranked by 5%, a cautious "
        "guess until a control group has measured it. In brackets: 90% interval of the forecast."
    )


def lift_notes(formats: Formats) -> tuple[str, ...]:
    """The same, where lifts are told."""
    return () if formats.counted else (lift_note(),)


def _money(actions: pd.DataFrame, results: AnalysisResults, formats: Formats) -> Table:
    rows = shown(actions)
    rows["expected"] = _range(rows, "expected_revenue", formats)
    rows["gain"] = _range(rows, "gain_5", formats)
    columns: list[Column | str] = [
        Column("who", say("Segment")),
        "customers",
        Column("contacted", say("To contact")),
        Column("expected", say("Expected anyway"), right=True),
        *(["revenue_at_risk"] if rows["revenue_at_risk"].notna().any() else []),
        "gain_2",
        Column("gain", say("Gain at 5%"), right=True),
        "gain_10",
        *(["break_even_lift"] if rows["break_even_lift"].notna().any() else []),
        "break_even_cost",
    ]
    if rows["expected_revenue"].isna().all():
        columns = [Column("who", say("Segment")), "action", "customers", columns[2]]
    return table(
        "decisions",
        rows,
        columns,
        formats,
        say(
            "The money that each action can move in the next {days} days; gains are {what}",
            days=formats.days(results.settings.window_days),
            what=gain_is(actions),
        ),
        result="actions",
        wide=True,
        note=lift_note() if rows["gain_5"].notna().any() else "",
    )


def _names(
    names: pd.DataFrame, actions: pd.DataFrame, results: AnalysisResults, formats: Formats
) -> Table:
    steps = plan(actions).set_index("step")["who"]
    names = names.assign(
        label=[
            say("{step} {segment}", step=formats.count(step), segment=steps[step])
            for step in names["step"]
        ]
    )
    columns: list[Column | str] = [Column("label", say("Step")), "customer_id", "last_order"]
    further = (
        "last_product", "next_product", "typical_order", "usual_gap_days",
        "days_since_last_purchase",
    )  # fmt: skip
    columns += [name for name in further if name in names and names[name].notna().any()]
    return table(
        "names",
        names,
        columns,
        formats,
        say(
            "Whom to begin with: up to ten customers a step, as of {day}",
            day=formats.date(results.settings.observation_end),
        ),
        result="plan_names",
        wide=True,
    )


def _slide(steps: pd.DataFrame, results: AnalysisResults, formats: Formats) -> Slide:
    rows, columns = _plan_columns(steps, formats)
    small = (*_doubts(results, formats), measure(results, formats), reach(results, formats))
    days, count = formats.days(results.settings.window_days), formats.count(len(steps))
    sure = results.value is None or trusted(results.value_trust)
    told = sure and len(steps) > 1 and not formats.counted and steps["gain_5"].notna().all()
    return Slide(
        "decisions",
        say(
            "{n} steps in {days} days: “{first}” alone is worth {part} of {all}",
            n=count,
            days=days,
            first=steps["who"].iloc[0],
            part=formats.money_short(steps["gain_5"].iloc[0]),
            all=formats.money_short(steps["gain_5"].sum()),
        )
        if told
        else plural(
            len(steps),
            "The plan for the next {days} days: one step",
            "The plan for the next {days} days: {n} steps",
            days=days,
            n=count,
        ),
        say("Gains are {what}, if the contact moves 5% of the money", what=gain_is(steps))
        if not formats.counted and steps["gain_5"].notna().any()
        else "",
        table=table("plan", rows, columns, formats, result="actions"),
        small=" ".join(text for text in small if text),
        notes=" ".join((lead(steps, results.settings, formats), *lift_notes(formats))),
    )


def _groups(decisions: pd.DataFrame, formats: Formats, listed: bool) -> Table:
    rows = decisions.loc[decisions["control_size"].notna()].copy()
    rows["rate"] = rows["expected_buyers"] / rows["customers"]
    rows["verdict"] = [
        say("shows a lift by {lift} or more", lift=formats.share(lift))
        for lift in rows["detectable_lift"]
    ]
    return table(
        "control-groups",
        rows,
        [
            "segment",
            "reachable",
            Column("rate", say("Buy anyway"), "share"),
            "control_size",
            Column("verdict", say("What that can show")),
        ],
        formats,
        say("How many customers to leave alone, so that you know whether the action worked"),
        result="decisions",
        note=say(
            "They are drawn by lot already, and on a list of their own. Segments not named are "
            "too small, or so many of them buy anyway, that no group could show a difference."
        )
        if listed
        else "",
    )


def _files(actions: pd.DataFrame, formats: Formats) -> Files:
    lines = [(CUSTOMERS, say("every customer with all that this report knows about them"))]
    steps = plan(actions)
    if len(steps):
        lines.append((CONTACT, say("those to contact, of all steps")))
        if steps["control_size"].notna().any():
            lines.append((CONTROL, say("those to leave alone, of all steps")))
        if formats.counted:
            if steps["list"].eq(LATE).any():
                lines.append((LATE, say("those to contact who are late, most likely to buy first")))
        elif steps["revenue_at_risk"].notna().any():
            lines.append((LATE, say("those to contact who are late, most revenue at risk first")))
        first = steps.iloc[0]
        if first["list"] not in (CONTACT, LATE):
            lines.append(
                (
                    first["list"],
                    say(
                        "those to contact of “{segment}”; one such list a step",
                        segment=first["who"],
                    ),
                )
            )
    return Files(tuple(lines))
