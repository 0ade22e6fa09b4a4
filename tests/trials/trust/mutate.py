"""Breaks a file in one of many ways: its bytes, its words, or what its archive holds."""

import io
import random
import re
import zipfile

_WORD = re.compile(rb"[\w.+-]+|[^\w\s]")
_TEXTS = (".csv", ".json", ".jsonl", ".toml", ".yml", ".qmd")
# What has broken readers: signs of formats, ends of ranges, depth, and names that mean something.
_ODD = [
    b"", b"0", b"-1", b"1e999", b"-0.0", b"NaN", b"Infinity", b"9" * 400, b"null", b"true", b"[]",
    b"{}", b'""', b"[" * 3000, b"{" * 500, b'{"a":' * 3000, b"a.b.c", b"\0", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\r", b"\n", b'"', b"'", b"\\", b"\\u0000", b"\xed\xa0\x80", "\u202e".encode(), b"&a ", b"*a",
    b"!!python/object:os.system", b"<<", b"../" * 8 + b"etc/passwd", b"/etc/passwd", b"C" * 200_000,
    b"=cmd|'/c calc'!A1", b"%s%n", b"{0}", b"$x", b"2024-02-30", b"0000-00-00", b"99999-01-01",
    b"1970-01-01T00:00:00Z", b"\xc3\x28", b"---\n", b"...\n", b"__class__", b"format", b"results",
]  # fmt: skip


def mutated(content: bytes, file: str, lot: random.Random) -> bytes:
    """The content with one to four things changed in it."""
    if content[:2] == b"PK" and lot.random() < 0.7:
        return _inside(content, lot)
    ways = [_flip, _cut, _drop, _double, _odd]
    if file.endswith(_TEXTS):
        ways += [_word, _word, _word, _swap]
    for _ in range(lot.choice((1, 1, 2, 4))):
        content = lot.choice(ways)(content, lot)
    return content


def _inside(content: bytes, lot: random.Random) -> bytes:
    """One member of an archive changed, and all packed again so that its sums are right."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        chosen = lot.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == chosen:
                part = mutated(part, "part.json", lot)
            if name != chosen or lot.random() > 0.05:
                new.writestr(name, part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _place(content: bytes, lot: random.Random) -> tuple[int, int]:
    at = lot.randrange(len(content) + 1)
    return at, min(len(content), at + int(lot.expovariate(1 / 20)))


def _flip(content: bytes, lot: random.Random) -> bytes:
    if not content:
        return b"\xff"
    at = lot.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << lot.randrange(8))]) + content[at + 1 :]


def _cut(content: bytes, lot: random.Random) -> bytes:
    return content[: lot.randrange(len(content) + 1)]


def _drop(content: bytes, lot: random.Random) -> bytes:
    start, end = _place(content, lot)
    return content[:start] + content[end:]


def _double(content: bytes, lot: random.Random) -> bytes:
    start, end = _place(content, lot)
    return content[:end] + content[start:end] * lot.choice((1, 2, 50)) + content[end:]


def _odd(content: bytes, lot: random.Random) -> bytes:
    start, end = _place(content, lot)
    return content[:start] + lot.choice(_ODD) + content[end if lot.random() < 0.5 else start :]


def _word(content: bytes, lot: random.Random) -> bytes:
    """An odd one, or another of the file's own, in place of a word."""
    words = list(_WORD.finditer(content[:50_000]))
    if not words:
        return _odd(content, lot)
    one, other = lot.choice(words), lot.choice(words)
    return content[: one.start()] + lot.choice((lot.choice(_ODD), other[0])) + content[one.end() :]


def _swap(content: bytes, lot: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if len(lines) > 1:
        one, other = lot.randrange(len(lines)), lot.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)
