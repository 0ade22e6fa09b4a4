"""Run the corpus: ``python -m tests.trials.corpus.run`` prints how many are right, errors, wrong."""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from custanalytics.errors import SourceError
from custanalytics.ledger import load
from tests.trials.corpus import defects
from tests.trials.corpus.defects import GROUPS, Defect
from tests.trials.corpus.draft import NAMES, Draft

TODAY = date(2026, 1, 31)
_ROWS = (0, 1, 2, 57, -2, -1)
# Two defects that can't be written into one file.
_UNWRITABLE = (UnicodeEncodeError, ValueError, TypeError, OSError, IndexError, csv.Error)


@dataclass(frozen=True)
class Case:
    """One dirty file: its name and the defects in it."""

    name: str
    parts: tuple[Defect, ...]


def drafted(case: Case) -> Draft:
    """The true ledger with the case's defects."""
    draft = Draft()
    for change in case.parts:
        change(draft)
    return draft


def single_cases() -> Iterator[Case]:
    """Each defect alone."""
    yield Case("clean", ())
    for group, members in GROUPS.items():
        for name, defect in members.items():
            yield Case(f"{group}: {name}", (defect,))


def all_at_once(step: int) -> Iterator[tuple[Case, tuple[Case, ...]]]:
    """Files that hold a defect of several groups each, and the cases of their defects alone."""
    cases = []
    for case in single_cases():
        if drafted(case).must_fail:
            # An error hides what else is in its file.
            yield case, (case,)
        else:
            cases.append(case)
    for at in range(step):
        alone = tuple(cases[at::step])
        parts = tuple(part for case in alone for part in case.parts)
        yield Case(" + ".join(case.name for case in alone), parts), alone


def pair_cases(step: int = 1) -> Iterator[Case]:
    """Defects of two groups at once; every ``step``-th pair."""
    at = 0
    for one, other in combinations(GROUPS, 2):
        for first_name, first in GROUPS[one].items():
            for second_name, second in GROUPS[other].items():
                at += 1
                if at % step == 0:
                    yield Case(f"{one}: {first_name} + {other}: {second_name}", (first, second))


def injected_cases(rows: tuple[int, ...] = _ROWS) -> Iterator[Case]:
    """One broken line or cell, at rows and columns in turn."""
    count = len(Draft().sales)
    for row in rows:
        for column, key in enumerate(NAMES):
            at = row % count
            for edit in (
                defects.field_too_many,
                defects.field_too_few,
                defects.open_quote,
                defects.nul_byte,
                defects.line_break,
                defects.cut_off,
            ):
                if edit is defects.line_break and key in ("sku", "customer"):
                    continue
                name = f"{edit.__name__} at row {row}, {key}"
                yield Case(name, (defects.broken_line(at, edit, column),))
            for text in ("", "abc", "2024-02-30", "31.12.2099", "1,2,3", '=1+1"', "' OR 1=1"):
                # A word for a number may mean that the line has shifted: it is set aside.
                loses = key in ("when", "amount", "order") or bool(text)
                name = f"{text!r} in row {row}, {key}"
                yield Case(name, (defects.broken_cell(at, column, text, loses=loses),))


def judge(case: Case, folder: Path) -> tuple[str, str]:
    """Verdict (right, error, less, wrong, crash) and what was found."""
    draft = drafted(case)
    try:
        paths = draft.write(folder)
    except _UNWRITABLE as error:
        return "impossible", str(error)
    options: dict[str, object] = {}
    try:
        try:
            ledger = load(paths, today=TODAY)
        except SourceError as error:
            if draft.must_fail:
                return "right", str(error)
            if not draft.needs or draft.needs not in str(error):
                return "error", str(error)
            options = draft.options
            ledger = load(paths, today=TODAY, **options)  # type: ignore[arg-type]
    except SourceError as error:
        return "error", str(error)
    except Exception:
        return "crash", traceback.format_exc(limit=-3)
    if draft.must_fail or (draft.needs and not options):
        return "wrong", "no error where the file can't tell"
    verdict = compare(draft, ledger.lines(), ledger.as_json())
    ledger.engine.close()
    return verdict


def same_by_command(case: Case, folder: Path) -> tuple[str, str]:
    """Verdict of the command itself: whether it tells the figures of the library, or its error."""
    try:
        paths = drafted(case).write(folder)
    except _UNWRITABLE as error:
        return "impossible", str(error)
    typed = [sys.executable, "-m", "custanalytics", "check", "--json", *map(str, paths)]
    done = subprocess.run(typed, capture_output=True, text=True, check=False)
    try:
        ledger = load(paths)
    except SourceError as error:
        same = done.returncode == 10 and str(error) in done.stderr and not done.stdout
        return ("right" if same else "wrong"), done.stderr
    told = json.loads(done.stdout) if done.returncode == 0 else {}
    same = told == json.loads(json.dumps(ledger.as_json(), default=str))
    ledger.engine.close()
    return ("right" if same else "wrong"), done.stderr or str(told)[:300]


def compare(draft: Draft, lines: object, figures: dict[str, object]) -> tuple[str, str]:
    """Hold the ledger against the truth, line by line and in sum."""

    def tidy(text: object) -> str:
        return "" if text is None or text != text else str(text)

    prefix = (
        "00"
        if "customer" in draft.cells and draft.cell("customer", draft.sales[0]).startswith("00")
        else ""
    )
    truth: Counter[tuple[str, ...]] = Counter()
    lost: Counter[tuple[str, ...]] = Counter()
    for at, sale in enumerate(draft.sales):
        customer = prefix + sale.customer if sale.customer else ""
        key = (customer, sale.order, sale.when.date().isoformat(), f"{sale.amount:.2f}")
        (lost if at in draft.lost else truth)[key] += 1
    found: Counter[tuple[str, ...]] = Counter()
    for row in lines.itertuples():  # type: ignore[attr-defined]
        amount = f"{Decimal(str(row.amount)):.2f}"
        day = row.ordered_at.date().isoformat()
        found[(tidy(row.customer_id), tidy(row.order_id), day, amount)] += 1
    closes = figures["rows_read"] == figures["rows_used"] + figures["rows_unreadable"] + sum(
        figures["rows_set_aside"].values()  # type: ignore[attr-defined]
    )  # type: ignore[operator]
    if not closes:
        return "wrong", "the reconciliation does not close"
    extra, missing = found - truth - lost, truth - found
    if extra:
        return (
            "wrong",
            f"{sum(extra.values())} lines that are not true: {list(extra)[:3]}; missing {list(missing)[:3]}",
        )
    if missing:
        told = figures["rows_unreadable"] + sum(  # type: ignore[operator]
            n
            for reason, n in figures["rows_set_aside"].items()
            if reason != "no_customer"  # type: ignore[attr-defined]
        )
        kind = "less" if told >= sum(missing.values()) else "wrong"
        return (
            kind,
            f"{sum(missing.values())} lines missing, {told} told: {figures['rows_set_aside']}",
        )
    revenue = sum(Decimal(a) * n for (c, _, _, a), n in found.items() if c)
    if Decimal(str(figures["revenue"])) != revenue:
        return "wrong", f"revenue {figures['revenue']} but lines come to {revenue}"
    return "right", ""


def run(
    cases: Iterable[Case], judge: Callable[[Case, Path], tuple[str, str]] = judge
) -> dict[str, list[tuple[str, str]]]:
    """Verdict to the cases that got it."""
    results: dict[str, list[tuple[str, str]]] = {}
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            verdict, detail = judge(case, Path(folder))
        results.setdefault(verdict, []).append((case.name, detail))
    return results


def main() -> int:
    """Print the counts; exit 1 if anything is silently wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=13, help="run every n-th pair")
    parser.add_argument("--list", action="store_true", help="list all that is not right")
    parser.add_argument("--command", type=int, default=20, help="every n-th by the command, too")
    options = parser.parse_args()
    every = [*single_cases(), *pair_cases(options.every), *injected_cases()]
    groups = {
        "each defect alone": single_cases(),
        "in pairs": pair_cases(options.every),
        "at rows and columns in turn": injected_cases(),
        "by the command": every[:: options.command],
    }
    wrong = 0
    for title, cases in groups.items():
        results = run(cases, same_by_command if title == "by the command" else judge)
        results.pop("impossible", None)
        total = sum(map(len, results.values()))
        right, error, less = (len(results.get(v, [])) for v in ("right", "error", "less"))
        silent = total - right - error - less
        wrong += silent
        print(
            f"{title}: {total} files, right {right} ({right / total:.1%}), clear error {error}, "
            f"more set aside than need be and said so {less}, silently wrong {silent}",
            flush=True,
        )
        for verdict in ("crash", "wrong", "error", "less"):
            if options.list or verdict in ("crash", "wrong"):
                for name, detail in results.get(verdict, []):
                    print(f"  {verdict}: {name}: {detail[:600]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
