"""Which step of an engagement is done, missing or stale, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from custanalytics.check import Check
from custanalytics.engagement.documents import DOCUMENTS, document_state, edited_since
from custanalytics.engagement.record import DATA, FILE, REPORT, Acceptance, Engagement
from custanalytics.engagement.rerun import changed_files, last_run, run_is_stale
from custanalytics.errors import SourceError
from custanalytics.results.store import AnalysisResults, read_results

State = Literal["done", "missing", "stale"]
_NEAR_DAYS = 3
_TODO = "TODO"


@dataclass(frozen=True)
class Step:
    """One step of an engagement: question, data, preparation, model, evaluation, delivery."""

    step: str
    state: State
    reasons: tuple[str, ...] = ()  # why; where it is done, what should be minded


def status(
    engagement: Engagement,
    today: date,
    figures: Callable[[AnalysisResults], Mapping[str, Any]],
) -> tuple[Step, ...]:
    """Judge every step of an engagement."""
    results, absent = _results(engagement)
    why = tuple(run_is_stale(engagement))
    steps = (
        _question(engagement),
        _data(engagement),
        _preparation(results, absent, why),
        _model(results, absent, why),
        _evaluation(engagement, results, absent, why, figures),
    )
    behind = [step.step for step in steps if step.state != "done"]
    return (*steps, _delivery(engagement, behind, today))


def _question(engagement: Engagement) -> Step:
    fields = ("client", "question", "decision", "success", "scope_in", "scope_out")
    empty = [name.replace("scope_", "scope: ") for name in fields if not getattr(engagement, name)]
    if empty:
        return Step("question", "missing", (f"{FILE} leaves open: {', '.join(empty)}",))
    found = {name: document_state(engagement, name) for name in DOCUMENTS}
    # A letter is only needed where the data are not there yet.
    needed = {"scope"} if engagement.data else {"scope", "data-request"}
    states = [state for name, state in found.items() if name in needed or state[0] != "missing"]
    return _worst("question", states)


def _data(engagement: Engagement) -> Step:
    if not engagement.data:
        due = f"due on {engagement.data_by.isoformat()}"
        return Step(
            "data", "missing", (f"none received yet, {due}: custanalytics receive FILE...",)
        )
    wrong = changed_files(engagement)
    if wrong:
        gone = any(sentence.endswith("is missing") for sentence in wrong)
        return Step("data", "missing" if gone else "stale", tuple(wrong))
    listed = {file.file for file in engagement.data}
    folder = engagement.folder / DATA
    there = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    more = sorted(there - listed)
    mend = f"custanalytics receive {' '.join(f'{DATA}/{name}' for name in more)}"
    reasons = (f"not listed in {FILE}, so no run reads it: {mend}",) if more else ()
    return Step("data", "stale" if more else "done", reasons)


def _preparation(results: AnalysisResults | None, absent: str, why: tuple[str, ...]) -> Step:
    if results is None:
        return Step("preparation", "missing", (absent,))
    minded: tuple[str, ...] = ()
    if results.ledger is not None:
        read, used = results.ledger.rows_read, results.ledger.rows_used
        minded = (f"{used:,} of {read:,} rows used", *results.ledger.warnings)
    return Step("preparation", "stale" if why else "done", why or minded)


def _model(results: AnalysisResults | None, absent: str, why: tuple[str, ...]) -> Step:
    if results is None:
        return Step("model", "missing", (absent,))
    found = []
    if results.value is not None:
        found.append(f"forecast of {results.horizon_days} days")
    if results.prospects is not None:
        found.append(results.prospects.chosen)
    left_out = tuple(f"{name} left out: {said}" for name, said in results.skipped.items())
    if not found:
        return Step("model", "missing", left_out or ("no model was fitted",))
    return Step("model", "stale" if why else "done", why or (", ".join(found), *left_out))


def _evaluation(
    engagement: Engagement,
    results: AnalysisResults | None,
    absent: str,
    why: tuple[str, ...],
    figures: Callable[[AnalysisResults], Mapping[str, Any]],
) -> Step:
    if results is None:
        return Step("evaluation", "missing", (absent,))
    stated = figures(results)
    refused = [text for check in engagement.acceptance if (text := _refused(check, stated))]
    log = engagement.folder / "decisions.md"
    answered = log.read_text("utf-8") if log.is_file() else ""
    unanswered = [_doubt(check) for check in results.doubts if check.name not in answered]
    if unanswered:
        unanswered.append("a doubt is answered by an entry in decisions.md that names it")
    reasons = (*refused, *unanswered)
    if why:
        return Step("evaluation", "stale", (*why, *reasons))
    return Step("evaluation", "missing" if reasons else "done", reasons)


def _delivery(engagement: Engagement, behind: list[str], today: date) -> Step:
    open_ends = []
    if behind:
        open_ends.append(f"not done yet: {', '.join(behind)}")
    report = engagement.folder / REPORT
    made = [report / "report.html", report / "report.pdf"]
    open_ends += [f"there is no {REPORT}/{path.name}" for path in made if not path.is_file()]
    edited = edited_since(report, made)
    if edited:
        open_ends.append(
            f"{REPORT}/{edited} was edited since it was rendered: custanalytics render {REPORT}"
        )
    handover = engagement.folder / "handover.md"
    if not handover.is_file():
        open_ends.append("there is no handover.md")
    elif count := handover.read_text("utf-8").count(_TODO):
        open_ends.append(f"handover.md has {count} places marked {_TODO}")
    left = (engagement.deadline - today).days
    if open_ends and left <= _NEAR_DAYS:
        said = f"is past by {-left} days" if left < 0 else f"is in {left} days"
        open_ends.append(f"the deadline, {engagement.deadline.isoformat()}, {said}")
    return Step("delivery", "missing" if open_ends else "done", tuple(open_ends))


def _results(engagement: Engagement) -> tuple[AnalysisResults | None, str]:
    if engagement.command == "measure":
        return (
            None,
            "this engagement is answered by 'custanalytics measure'; the report that its --out "
            "makes is not judged here",
        )
    command = f"custanalytics {engagement.command}"
    folder = engagement.folder / REPORT / "results"
    if not folder.is_dir():
        return None, f"not run yet: {command}"
    if last_run(engagement) is None:
        return None, f"{REPORT}/ was not made by a run of this engagement: {command}"
    try:
        return read_results(folder), ""
    except SourceError as error:
        return None, str(error)


def _refused(check: Acceptance, figures: Mapping[str, Any]) -> str:
    """Why an acceptance check is not passed; empty where it is."""
    if not check.figure:
        return "" if check.done else f"not accepted yet: {check.says}"
    found: Any = figures
    for part in check.figure.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, Mapping | list):
        return f"can't be judged, the results have no figure {check.figure!r}: {check.says}"
    for name, bound in check.bounds.items():
        if not _holds(name, found, bound):
            return f"failed: {check.says} ({check.figure} is {found}, {name} {bound})"
    return ""


def _holds(name: str, found: Any, bound: Any) -> bool:
    try:
        value, limit = float(found), float(bound)
    except (TypeError, ValueError):
        return name == "equals" and str(found) == str(bound)
    return {"at-least": value >= limit, "at-most": value <= limit, "equals": value == limit}[name]


def _doubt(check: Check) -> str:
    return f"doubt {check.name}: {check.sentence}"


def _worst(step: str, states: list[tuple[str, str]]) -> Step:
    reasons = tuple(reason for _, reason in states if reason)
    kinds = {state for state, _ in states}
    if "missing" in kinds:
        return Step(step, "missing", reasons)
    return Step(step, "stale" if "stale" in kinds else "done", reasons)
