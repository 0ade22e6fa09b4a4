"""The slides that close the deck: how sure we are, doubts, next steps."""

import pandas as pd

from custanalytics.content.blocks import Bullets, Point
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import appendix, value_tests, what_to_do
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Slide
from custanalytics.content.words import plural, say, told
from custanalytics.privacy.mute import TOO_SMALL
from custanalytics.prospects.lead_scoring import LeadScoring
from custanalytics.results.lists import PROSPECTS
from custanalytics.results.store import AnalysisResults
from custanalytics.scoring.columns import column_name

CHAPTER = Declaration("closing", slides=("certainty", "doubts", "next-steps"))
_MOST_DOUBTS = 6
_MOST_BESIDE, _LONGEST_BESIDE = 3, 450  # notes and their letters, beside the next steps


def closing(
    results: AnalysisResults, summary: Chapter, value: Chapter, formats: Formats
) -> Chapter:
    """The last slides, from what the summary and the chapter about value say."""
    slides = (
        _certainty(results, summary, value, formats),
        _doubts(results, formats),
        _next_steps(results, formats),
    )
    return Chapter(CHAPTER, slides=tuple(slide for slide in slides if slide is not None))


def _certainty(
    results: AnalysisResults, summary: Chapter, value: Chapter, formats: Formats
) -> Slide | None:
    """How sure we are: the forecast as of earlier days against what came."""
    if results.value is None and results.propensity is None:
        return None
    confidence = summary.parts["confidence"]
    sentences = confidence.sentences if isinstance(confidence, Bullets) else ()
    chart = next((c for c in value.charts if c.placed == value_tests.ORIGINS), None)
    spoken = [] if chart is None else [chart.note, chart.alt]
    spoken += [told(check.sentence, formats) for _, check in results.checks if check.passed]
    if chart is None:
        first, *others = sentences[1:] + sentences[:1]
        return Slide(
            "certainty",
            first,
            items=tuple(Point(sentence) for sentence in others),
            notes="\n".join(spoken),
        )
    return Slide(
        "certainty",
        chart.title,
        chart.subtitle,
        chart=chart,
        aside=sentences[1:],
        notes="\n".join(spoken),
    )


def _doubts(results: AnalysisResults, formats: Formats) -> Slide | None:
    """What the data does not support, and what to keep in mind."""
    against, notes = _against(results, formats), _notes(results, formats)
    if _kept_in_mind(results, formats) or not [*against, *notes]:
        return None
    listed, kept = (against, notes) if against else (notes, [])
    if len({point.headline for point in listed}) == 1:
        listed = [Point(point.detail) for point in listed]
    return Slide(
        "doubts",
        _title(results, formats),
        items=tuple(listed[:_MOST_DOUBTS]),
        small=say("Every check, with its bound, is in the workbook and in the report's appendix.")
        if results.customers is not None
        else "",
        notes="\n".join(
            point.detail or point.headline for point in [*listed[_MOST_DOUBTS:], *kept]
        ),
    )


def _title(results: AnalysisResults, formats: Formats) -> str:
    """What was held against the data, and as many doubts as are listed."""
    passed = [check.passed for _, check in results.checks]
    figures = {
        "held": formats.count(passed.count(True)),
        "all": formats.count(passed.count(True) + passed.count(False)),
        "n": formats.count(len(_against(results, formats))),
    }
    if TOO_SMALL in results.skipped.values():
        return say("What this public copy leaves out, and what to keep in mind")
    if results.skipped and not results.doubts:
        return plural(
            len(results.skipped),
            "One analysis is left out: the data does not support it",
            "{n} analyses are left out: the data does not support them",
            n=formats.count(len(results.skipped)),
        )
    if results.skipped:
        return say("{held} of {all} checks hold; in doubt or left out: {n}", **figures)
    if results.doubts:
        return say("{held} of {all} checks hold; in doubt: {n}", **figures)
    return say("No check raises a doubt; keep this in mind")


def _against(results: AnalysisResults, formats: Formats) -> list[Point]:
    """What the data does not support, then what is in doubt."""
    left_out = [
        Point(appendix.subject(name, formats), told(text, formats))
        for name, text in results.skipped.items()
    ]
    return [*left_out, *_points(results, False, formats)]


def _notes(results: AnalysisResults, formats: Formats) -> list[Point]:
    return _points(results, None, formats)


def _points(results: AnalysisResults, passed: bool | None, formats: Formats) -> list[Point]:
    return [
        Point(appendix.subject(name, formats), told(check.sentence, formats))
        for name, check in results.checks
        if check.passed is passed
    ]


def _kept_in_mind(results: AnalysisResults, formats: Formats) -> tuple[str, ...]:
    """What to keep in mind, where it is too little for a slide of its own."""
    against, notes = _against(results, formats), _notes(results, formats)
    listed = [point.detail for point in (against or notes)]
    if results.actions is None or not 0 < len(listed) <= _MOST_BESIDE:
        return ()
    if sum(map(len, listed)) > _LONGEST_BESIDE:
        return ()
    return (_title(results, formats), *listed)


def _next_steps(results: AnalysisResults, formats: Formats) -> Slide | None:
    """What happens after the meeting."""
    if results.actions is not None:
        return _next_steps_with_customers(results, results.actions, formats)
    if results.prospects is not None and results.prospect_list is not None:
        return _next_steps_with_prospects(results.prospects, results.prospect_list, formats)
    return None


def _next_steps_with_customers(
    results: AnalysisResults, actions: pd.DataFrame, formats: Formats
) -> Slide:
    steps = what_to_do.plan(actions)
    days = formats.days(results.settings.window_days)
    title, items = what_to_do.lead(actions, results.settings, formats), []
    if len(steps):
        first = steps.iloc[0]
        control = first["control_size"]
        figures = {"contacted": formats.count(first["contacted"]), "days": days}
        title = (
            say("Contact {contacted} first, and measure in {days} days", **figures)
            if is_missing(control)
            else say(
                "Contact {contacted} first, leave {control} alone, measure in {days} days",
                control=formats.count(control),
                **figures,
            )
        )
        where = first["list"]
        items.append(
            Point(
                say("Begin with “{segment}”.", segment=first["who"]),
                "" if is_missing(where) else say("The list is {file}.", file=where),
            )
        )
    if actions["control_size"].notna().any():
        items.append(
            Point(
                say("Leave the control groups alone."),
                say(
                    "What the others buy more than these is the effect; without such a group "
                    "nobody can tell."
                ),
            )
        )
    items.append(
        Point(
            say("Send a new export in {days} days.", days=days),
            say("It shows who came back, and holds this forecast against what happened.")
            if results.value is not None or results.propensity is not None
            else say("It shows who came back."),
        )
    )
    if results.settings.margin is None and results.value is not None and not formats.counted:
        items.append(
            Point(
                say("Tell us your margin."),
                say("Then value is profit, and says what a new customer may cost."),
            )
        )
    return Slide("next-steps", title, items=tuple(items), aside=_kept_in_mind(results, formats))


def _next_steps_with_prospects(
    scoring: LeadScoring, listed: pd.DataFrame, formats: Formats
) -> Slide:
    contacted, control = (int((listed["group"] == group).sum()) for group in ("contact", "control"))
    figures = {"contacted": formats.count(contacted), "control": formats.count(control)}
    items = []
    if contacted:
        items.append(
            Point(say("Begin at the top of the list."), say("The list is {file}.", file=PROSPECTS))
        )
    if control:
        items.append(
            Point(
                say("Leave the control group alone."),
                say("What the others convert more than these is the effect of the contact."),
            )
        )
    if scoring.outcome.found:
        items.append(
            Point(
                say(
                    "Confirm that “{column}” says who converted.",
                    column=told(column_name(scoring.outcome.column), formats),
                ),
                say("It was found by its name or values, and every probability rests on it."),
            )
        )
    items.append(
        Point(
            say("Send the file again once these are decided."),
            say("It shows who converted, and holds these probabilities against what happened."),
        )
    )
    if scoring.profit is None:
        items.append(
            Point(
                say("Tell us what a contact costs and what a conversion is worth."),
                say("Then the list says how far down it pays to go."),
            )
        )
    if not contacted:
        title = say("At your cost per contact and value per conversion no contact pays.")
    elif control:
        title = say(
            "Contact {contacted} prospects, leave {control} alone, see who converts", **figures
        )
    else:
        title = say("Contact {contacted} prospects, most likely first", **figures)
    return Slide("next-steps", title, items=tuple(items))
