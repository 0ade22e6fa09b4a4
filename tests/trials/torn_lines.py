"""Tear every field of every line in every way: ``python -m tests.trials.torn_lines``.

A line that is mended must be what it was; one mended wrongly is a fault.
"""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from custanalytics.ledger.read.dialect import Dialect
from custanalytics.ledger.read.mending import Table
from custanalytics.ledger.read.records import Feed, Unreadable, read_records

Rows = list[tuple[str, ...]]


def sheets(lines: int = 120) -> dict[str, tuple[str, Rows]]:
    """Name -> delimiter and rows of made-up exports, each of other columns."""
    dice = random.Random(11)  # noqa: S311
    days = [date(2024, 1, 1) + timedelta(days=dice.randrange(500)) for _ in range(lines)]
    goods = {"Becher blau": 450, "Tasse, weiß": 1290, "Pipe 2": 900, "Pen, red": 325, "Mug": 710}
    picks = [(dice.choice([*goods]), dice.choice((1, 2, 3, 12))) for _ in range(lines)]
    ids = [f"{dice.randrange(60) + 1}" for _ in range(lines)]
    names = ["Berg, Anna", "Li Wei", "José Díaz", "O'Neil, Tom", "Kim 2"]
    money = [f"{goods[good] * n / 100:.2f}" for good, n in picks]
    return {
        "product of quantity and price": (",", [
            (f"A{10 + at // 2}", f"17{int(i):03}", f"{day} 09:{at % 60:02}", good, str(n),
             f"{goods[good] / 100:.2f}", amount)
            for at, (i, day, (good, n), amount) in enumerate(zip(ids, days, picks, money, strict=True))
        ]),
        "whole numbers side by side": (",", [
            (str(at + 1), i, f"{day.month}/{day.day}/{day.year}", str(n), str(goods[good]))
            for at, (i, day, (good, n)) in enumerate(zip(ids, days, picks, strict=True))
        ]),
        "semicolons and decimal commas": (";", [
            (f"K-{int(i):04}", f"{day:%d.%m.%Y}", good, amount.replace(".", ","), "",
             dice.choice(("paid", "open", "")))
            for i, day, (good, _), amount in zip(ids, days, picks, money, strict=True)
        ]),
        "free texts and names": (",", [
            (dice.choice(names), f"m{i}@example.org", f"{day:%d/%m/%Y}", amount,
             f"Road {dice.randrange(99)}, {dice.choice(('top', 'left', 'Ulm'))}")
            for i, day, amount in zip(ids, days, money, strict=True)
        ]),
        "decimals side by side": (",", [
            (f"{day:%Y%m%d}{at:04}", i, str(day), amount, f"{int(i) / 10:.2f}", "0.00")
            for at, (i, day, amount) in enumerate(zip(ids, days, money, strict=True))
        ]),
    }  # fmt: skip


def written(row: Sequence[str], delimiter: str) -> list[str]:
    """The fields as they stand in the file, quoted where need be."""
    fields = []
    for field in row:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator="").writerow([field, ""])
        fields.append(out.getvalue()[:-1])
    return fields


def torn(fields: list[str], at: int, delimiter: str) -> Iterator[tuple[str, str]]:
    """Ways to tear one field: their names, and the line."""

    def line(cell: str, behind: str = delimiter) -> str:
        last = at == len(fields) - 1
        head = delimiter.join([*fields[:at], cell])
        return head if last else head + behind + delimiter.join(fields[at + 1 :])

    cell = fields[at]
    middle = len(cell) // 2
    for place in sorted({0, 1, middle, len(cell)}):
        yield "delimiter too many", line(cell[:place] + delimiter + cell[place:])
        yield "quote too many", line(cell[:place] + '"' + cell[place:])
    if at < len(fields) - 1:
        yield "delimiter missing", line(cell, behind="")
    if cell.startswith('"'):
        yield "opening quote missing", line(cell[1:])
        yield "closing quote missing", line(cell[:-1])
        yield "both quotes missing", line(cell[1:-1])


def dropped(fields: list[str], at: int, delimiter: str) -> Iterator[tuple[str, str]]:
    """What no mending brings back: a field is lost, or the end of the line."""
    yield "field lost", delimiter.join([*fields[:at], *fields[at + 1 :]])
    yield "cut off", delimiter.join(fields[:at])


def is_unreadable(line: str, dialect: Dialect, width: int) -> bool:
    """Whether the reader sets the line aside."""
    return any(isinstance(r, Unreadable) for r in read_records(Feed([line + "\n"], dialect), width))


def tear(
    rows: Rows, delimiter: str, ways: Callable[..., Iterator[tuple[str, str]]], step: int = 1
) -> tuple[Counter[tuple[str, str]], list[tuple[str, str]]]:
    """Count each way's lines by what became of them; and those mended wrongly."""
    table, dialect = Table(rows), Dialect(delimiter)
    counts: Counter[tuple[str, str]] = Counter()
    wrong = []
    for row in rows[::step]:
        fields = written(row, delimiter)
        for at in range(len(fields)):
            for way, line in ways(fields, at, delimiter):
                if not is_unreadable(line, dialect, len(fields)):
                    continue
                found = table.mended(line, dialect)
                kept = tuple(field.strip() for field in row)
                counts[way, "set aside" if found is None else "mended"] += found in (None, kept)
                if found not in (None, kept):
                    wrong.append((way, line))
    return counts, wrong


def main() -> int:
    """Print the counts; 1 if any line was mended wrongly."""
    faults = 0
    for name, (delimiter, rows) in sheets().items():
        for ways in (torn, dropped):
            counts, wrong = tear(rows, delimiter, ways)
            faults += len(wrong)
            for way in sorted({way for way, _ in counts}):
                mended, aside = counts[way, "mended"], counts[way, "set aside"]
                bad = [line for w, line in wrong if w == way]
                print(f"{name}: {way}: mended {mended}, set aside {aside}, wrong {len(bad)}")
                for line in bad[:3]:
                    print(f"    {line}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
