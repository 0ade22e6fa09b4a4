"""The slides that close the deck: how sure we are, doubts, next steps."""

from custanalytics.content.blocks import Bullets, Point
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.chapters import appendix, value_tests, what_to_do
from custanalytics.content.format import Formats, is_missing
from custanalytics.content.slide import Slide
from custanalytics.content.words import plural, say, told
from custanalytics.privacy.mute import TOO_SMALL
from custanalytics.results.store import AnalysisResults

CHAPTER = Declaration("closing", slides=("certainty", "doubts", "next-steps"))
_MOST_DOUBTS = 6


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
    doubts = [told(check.sentence, formats) for check in results.doubts]
    left_out = [
        say(
            "{what}: {why}",
            what=appendix.subject(name, formats),
            why=told(text, formats),
        )
        for name, text in results.skipped.items()
    ]
    notes = [told(check.sentence, formats) for _, check in results.checks if check.passed is None]
    against = [*left_out, *doubts]
    if not against and not notes:
        return None
    if TOO_SMALL in results.skipped.values():
        title = say("What this public copy leaves out, and what to keep in mind")
    elif left_out and not doubts:
        title = plural(
            len(left_out),
            "One analysis is left out: the data does not support it",
            "{n} analyses are left out: the data does not support them",
            n=formats.count(len(left_out)),
        )
    elif left_out:
        title = say(
            "Left out, or in doubt: {n} things to keep in mind", n=formats.count(len(against))
        )
    elif doubts:
        title = plural(
            len(doubts),
            "One doubt to keep in mind",
            "{n} doubts to keep in mind",
            n=formats.count(len(doubts)),
        )
    else:
        title = say("No check raises a doubt; keep this in mind")
    # As many as the title counts; where nothing is in doubt, what the reader should know.
    listed, kept = (against, notes) if against else (notes, [])
    return Slide(
        "doubts",
        title,
        items=tuple(Point(text) for text in listed[:_MOST_DOUBTS]),
        small=say("Every check, with its bound, is in the workbook and in the report's appendix.")
        if results.customers is not None
        else "",
        notes="\n".join([*listed[_MOST_DOUBTS:], *kept]),
    )


def _next_steps(results: AnalysisResults, formats: Formats) -> Slide | None:
    """What happens after the meeting."""
    if results.actions is None:
        return None
    steps = what_to_do.plan(results.actions)
    title, items = what_to_do.lead(results.actions, results.settings, formats), []
    if len(steps):
        first = steps.iloc[0]
        title = say("Act on one list, then measure")
        where = first["list"]
        items.append(
            Point(
                say("Begin with “{segment}”.", segment=first["who"]),
                "" if is_missing(where) else say("The list is {file}.", file=where),
            )
        )
    if results.actions["control_size"].notna().any():
        title = say("Act on one list, leave some alone, measure")
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
            say(
                "Send a new export in {days} days.",
                days=formats.days(results.settings.window_days),
            ),
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
    return Slide("next-steps", title, items=tuple(items))
