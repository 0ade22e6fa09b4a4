"""What an entry says: the consultant's own words where there are some, else the results'."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from custanalytics.content.case_study import case
from custanalytics.engagement.record import FILE, Engagement
from custanalytics.errors import UsageError
from custanalytics.portfolio.own_prose import Prose
from custanalytics.privacy.mute import MutedResults

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 60


@dataclass(frozen=True)
class EntryText:
    """The words of an entry, as `Entry` has them."""

    slug: str
    title: str
    theme: str
    client: str
    question: str
    method: str
    finding: str
    techniques: tuple[str, ...]
    texts: Mapping[str, str]  # what the write-up quotes: question, decision, data, source
    prose: tuple[Prose, ...]  # what of it a person wrote
    replaced: Mapping[str, str]  # name of the client's -> what stands for it


def entry_text(
    engagement: Engagement, shown: MutedResults, theme: str, slug: str = ""
) -> EntryText:
    """Put an entry into words."""
    said, mine, source = case(shown.results, shown.muted), engagement.publish, engagement.source
    place = f"{engagement.folder / FILE}, [publish]"
    question, decision = (
        (mine.question or _neutral(engagement, engagement.question)),
        (mine.decision or _neutral(engagement, engagement.decision)),
    )
    if not question:
        raise UsageError(f"{engagement.folder / FILE}: write the question that the work answered")
    client = mine.label or source.get("name", "")
    if not client:
        raise UsageError(
            f'{place}: write label = "...", whom the work was for as anybody may read it, such as '
            "An online shop for kitchenware"
        )
    title = title_of(engagement)
    slug = mine.slug or slug or slug_of(title)
    if not _SLUG.fullmatch(slug):
        raise UsageError(
            f"{place}: slug is a name of small letters, digits and hyphens, not {slug!r}"
        )
    cited = [source.get(name, "") for name in ("name", "citation", "home", "licence")]
    written = {
        "author": engagement.author,
        "question": question,
        "decision": decision,
        "[publish] title": mine.title,
        "[publish] theme": mine.theme,
        "[publish] label": mine.label,
        "[publish] method": mine.method,
        "[publish] finding": mine.finding,
        "[publish] techniques": ", ".join(mine.techniques),
    }
    return EntryText(
        slug=slug,
        title=title,
        theme=mine.theme or theme,
        client=client,
        question=question,
        method=mine.method or said.method,
        finding=mine.finding or said.finding,
        techniques=mine.techniques or said.techniques,
        texts={
            "question": question,
            "decision": decision,
            "data": f"{said.data} {said.note}".strip(),
            "source": ". ".join(part.rstrip(".") for part in cited if part),
        },
        prose=tuple(Prose(f"{FILE}, {name}", text) for name, text in written.items() if text),
        replaced={} if source or not engagement.client else {engagement.client: client},
    )


def title_of(engagement: Engagement) -> str:
    """The title given, or the question."""
    mine = engagement.publish
    return mine.title or mine.question or _neutral(engagement, engagement.question)


def slug_of(title: str) -> str:
    """A name for an address.

    Examples
    --------
    >>> slug_of("Wer kauft wieder? Übersicht 2024")
    'wer-kauft-wieder-ubersicht-2024'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    # Cut between words, where there is more than one.
    short = slug[: _LONGEST_SLUG + 1].rpartition("-")[0] or slug[:_LONGEST_SLUG]
    return slug if len(slug) <= _LONGEST_SLUG else short


def _neutral(engagement: Engagement, text: str) -> str:
    """A text without the client's name."""
    if engagement.source or not engagement.client:
        return text
    name = re.compile(rf"(?<!\w){re.escape(engagement.client)}(?!\w)", re.IGNORECASE)
    return name.sub("the client", text)
