"""Makes a public entry of a finished engagement, and lets nothing of the client out."""

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Any

from custanalytics.content.case_study import case
from custanalytics.content.chart import Chart
from custanalytics.content.deck import ORDER, deck
from custanalytics.content.report_content import ReportContent, report_content
from custanalytics.content.tables import Table
from custanalytics.engagement.record import FILE, REPORT, Engagement, read_engagement, sha256
from custanalytics.engagement.rerun import run_is_stale
from custanalytics.errors import DisclosureError, RenderError, UsageError
from custanalytics.portfolio.entry import (
    ENTRIES,
    FACTS,
    PICTURE,
    REPORT_HTML,
    REPORT_PDF,
    RERUN_SCRIPT,
    SLIDES,
    Entry,
    read_entries,
    write_entry,
)
from custanalytics.portfolio.entry_text import EntryText, entry_text, title_of
from custanalytics.portfolio.folder import create_portfolio, read_portfolio
from custanalytics.portfolio.origins import engagements_of, remember
from custanalytics.portfolio.own_prose import (
    Prose,
    UnconfirmedError,
    code_of,
    segment_prose,
)
from custanalytics.portfolio.private_record import FOLDER, Record, record_of, write_record
from custanalytics.portfolio.rerun_script import rerun_script
from custanalytics.portfolio.site import SITE, build_site
from custanalytics.portfolio.write_up import stage_write_up, write_document
from custanalytics.privacy.leak_check import Secrets, must_not_leak, secrets_of
from custanalytics.privacy.mute import (
    Key,
    MutedResults,
    draw_key,
    kept_back,
    mute,
    names_of,
    opened,
)
from custanalytics.render.brand import Brand, copy_brand, read_brand
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.document import Document, document
from custanalytics.render.pages.markdown import markdown
from custanalytics.render.pages.rendering import render
from custanalytics.render.pages.staging import stage
from custanalytics.render.pages.templates import template
from custanalytics.render.put_in_place import replaced
from custanalytics.render.slides.write_slides import slides_bytes
from custanalytics.results.store import AnalysisResults, read_results

WRITE_UP_FOLDER = "write-up"
_NOT_SHOWN = {"late", "next-steps"}  # slides that talk to the client of their own lists
_QUARTO_LIBRARIES = "site_libs"
# Tables whose notes name sheets of the workbook.
_LEAD_TO_WORKBOOK = (
    "tbl-products", "tbl-groups", "tbl-first-orders", "tbl-next-products", "tbl-revenue-groups",
)  # fmt: skip
_LEAST_SECRETS, _MOST_SECRETS = 3, 10  # tried, before a figure is held for a true one
_PICTURES = ("segments", "concentration", "prospects-lift", "monthly-revenue")
Step = Callable[[str], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Published:
    """A finished entry, and where all that belongs to it lies."""

    entry: Entry
    folder: Path
    record: Path  # private, in the engagement
    write_up: Path  # to edit, in the engagement
    site: Path  # of the portfolio, built anew


def publish_engagement(
    engagement: Path | str,
    portfolio: Path | str,
    day: date,
    *,
    confirm: str = "",
    renderer: str = "auto",
    step: Step = lambda _: nullcontext(),
) -> Published:
    """Make an entry of an engagement, test that it gives nothing away, and put it in place.

    An engagement on open data (``[source]``) is shown as it is; any other is muted. Nothing is
    put in place before all finished files, and the pages made of them, have passed the leak test.
    """
    asked = _finished(read_engagement(engagement))
    portfolio = Path(portfolio)
    if asked.folder.resolve().is_relative_to(portfolio.resolve()):
        raise UsageError(
            f"{asked.folder} lies in {portfolio}, which is for anybody to see: move the engagement "
            "elsewhere first"
        )
    results = read_results(asked.folder / REPORT / "results")
    record = record_of(asked.folder, results, day)
    new = not portfolio.exists()

    def publish(key: Key) -> Published:
        keyed = dataclasses.replace(record, key=key)
        write_record(keyed, asked.folder)
        return _published(asked, results, keyed, portfolio, confirm, renderer, step)

    try:
        if asked.source:
            return publish(record.key)
        return under_a_secret(publish, record.key, lambda: draw_key(results, SystemRandom()))
    except BaseException:
        if new:
            shutil.rmtree(portfolio, ignore_errors=True)
        raise


def under_a_secret(
    publish: Callable[[Key], Published], key: Key, draw: Callable[[], Key]
) -> Published:
    """Publish under the first secret with which no figure looks like a true one by chance.

    A figure that is found under every secret is no chance.
    """
    lasting: frozenset[tuple[str, str]] = frozenset()
    for number in range(1, _MOST_SECRETS):
        try:
            return publish(key)
        except DisclosureError as error:
            lasting = error.figures & lasting if number > 1 else error.figures
            if not error.figures or (lasting and number >= _LEAST_SECRETS):
                raise
            key = draw()
    return publish(key)


def _published(
    asked: Engagement,
    results: AnalysisResults,
    record: Record,
    portfolio: Path,
    confirm: str,
    renderer: str,
    step: Step,
) -> Published:
    create_portfolio(portfolio)
    with step("Muting the results"):
        shown = _shown(asked, results, record)
        told = entry_text(asked, shown, read_portfolio(portfolio).theme, record.slug)
        content = report_content(shown.results)
        written = _document(content, _theme(read_brand(portfolio)))
        write_up = asked.folder / FOLDER / WRITE_UP_FOLDER
        own = stage_write_up(written, told.texts, write_up)
    prose = (*told.prose, *segment_prose(shown.results), *own)
    record = _confirmed(record, prose, confirm) if shown.muted else record
    with step("Reading what must not be said"):
        secrets = _secrets(asked, results, record)
        # A figure that looks like a true one by chance is found here, before all is rendered.
        _test_texts(secrets, content, written)
    target = portfolio / ENTRIES / told.slug
    if target.exists() and record.slug != told.slug:
        raise UsageError(
            f"{target} is another project's entry; give this one a title or a slug of its own "
            f"in {asked.folder / FILE}, [publish]"
        )
    with replaced(target, FACTS) as folder:
        with step("Writing the entry"):
            entry = _write(
                asked, told, shown, content, written, portfolio, write_up, folder, renderer
            )
        with step("Looking for leaks"):
            # The pages that anybody will see, by the renderer that will make them.
            _test(secrets, folder, portfolio, told.slug, partial(build_site, renderer=renderer))
    place = str(portfolio.resolve())
    if record.portfolio == place and record.slug != told.slug:
        # It has a new address, given by hand.
        shutil.rmtree(portfolio / ENTRIES / record.slug, ignore_errors=True)
    record = dataclasses.replace(
        record,
        portfolio=place,
        slug=told.slug,
        names={**told.replaced, **names_of(results)},
        suppressed=kept_back(shown.results),
        files={
            path.relative_to(target).as_posix(): sha256(path)
            for path in sorted(target.rglob("*"))
            if path.is_file()
        },
    )
    filed = write_record(record, asked.folder)
    remember(portfolio, told.slug, asked.folder)
    with step("Building the site"):
        site = build_site(portfolio, renderer=renderer)
    return Published(entry, target, filed, write_up, site)


def look_for_leaks(portfolio: Path | str, renderer: str = "auto") -> tuple[str, ...]:
    """Look for leaks in every entry whose engagement is on this machine, and in its pages."""
    portfolio = Path(portfolio)
    origins = engagements_of(portfolio)
    slugs = [entry.slug for entry in read_entries(portfolio)]
    for slug in slugs:
        if slug in origins:
            engagement = read_engagement(origins[slug])
            results = read_results(engagement.folder / REPORT / "results")
            record = record_of(engagement.folder, results, results.settings.made_on)
            entry = portfolio / ENTRIES / slug
            secrets = _secrets(engagement, results, record)
            _test(secrets, entry, portfolio, slug, partial(_site_again, renderer=renderer))
    return tuple(slug for slug in slugs if slug not in origins)


def _secrets(engagement: Engagement, results: AnalysisResults, record: Record) -> Secrets:
    return secrets_of(
        engagement.folder,
        results,
        allowed=engagement.publish.allow,
        identifiers_only=bool(engagement.source),
        published=(record.published,),
    )


def _site_again(alone: Path, renderer: str) -> Path:
    """The site of an entry whose pages passed as they were published.

    Its texts are the same by the embedded renderer, in a tenth of Quarto's time; by Quarto where
    that alone can render them.
    """
    try:
        return build_site(alone, renderer="embedded")
    except RenderError:
        return build_site(alone, renderer=renderer)


def _test(
    secrets: Secrets, entry: Path, portfolio: Path, slug: str, build: Callable[[Path], Path]
) -> None:
    """Test an entry's files, and a site with this entry alone.

    With the other entries beside it, their figures would be taken for this one's.
    """
    must_not_leak(secrets, entry)
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        alone = Path(scratch) / "portfolio"
        shutil.copytree(
            portfolio, alone, ignore=lambda _, names: {ENTRIES, SITE, ".git"} & set(names)
        )
        shutil.copytree(entry, alone / ENTRIES / slug)
        site = build(alone)
        # Quarto's own files are the same whatever the pages say.
        shutil.rmtree(site / _QUARTO_LIBRARIES, ignore_errors=True)
        must_not_leak(secrets, site, tested=entry)


def _test_texts(secrets: Secrets, content: ReportContent, written: Document) -> None:
    """Test what the report says, before it is a page."""
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as folder:
        texts = (text for group in written.variables.values() for text in group.values())
        drawn = {name for name, block in content.parts.items() if isinstance(block, Chart)}
        parts = (part for name, part in written.parts.items() if name not in drawn)
        said = (*parts, *texts)
        (Path(folder) / "report.md").write_text("\n\n".join(said), "utf-8")
        for name, picture in written.files.items():
            (Path(folder) / Path(name).name).write_bytes(picture)
        must_not_leak(secrets, folder)


def _finished(engagement: Engagement) -> Engagement:
    stale = run_is_stale(engagement)
    if stale:
        raise UsageError(
            f"the report in {engagement.folder / REPORT} is not that of the engagement as it is "
            f"now ({'; '.join(stale)}): run 'custanalytics {engagement.command}' in it first"
        )
    return engagement


def _shown(engagement: Engagement, results: AnalysisResults, record: Record) -> MutedResults:
    if engagement.source:
        shown = opened(results, record.published)
    else:
        shown = mute(results, record.key, record.published)
    said = case(shown.results, shown.muted)
    settings = dataclasses.replace(
        shown.results.settings,
        title=title_of(engagement),
        client="",
        mark=said.mark,
    )
    return dataclasses.replace(shown, results=dataclasses.replace(shown.results, settings=settings))


def _confirmed(record: Record, prose: Sequence[Prose], given: str) -> Record:
    code = code_of(prose)
    if code not in (given, record.confirmed):
        raise UnconfirmedError(prose)
    return dataclasses.replace(record, confirmed=code)


def _document(content: ReportContent, theme: Theme) -> Document:
    """The content as a document, whose tables lead to nothing that is not published."""
    blocks = {name: content.parts.get(name) for name in _LEAD_TO_WORKBOOK}
    tables = {
        name: markdown(dataclasses.replace(block, note=""), content.formats)
        for name, block in blocks.items()
        if isinstance(block, Table)
    }
    written = document(content, theme)
    return dataclasses.replace(written, parts={**written.parts, **tables})


def _theme(brand: Brand) -> Theme:
    return Theme(brand.colors, brand.font_family, brand.font_files)


def _write(
    engagement: Engagement,
    told: EntryText,
    shown: MutedResults,
    content: ReportContent,
    written: Document,
    portfolio: Path,
    write_up: Path,
    folder: Path,
    renderer: str,
) -> Entry:
    """Write an entry's files."""
    picture, alt = _picture(engagement, content, written)
    published = shown.results.settings.made_on
    with tempfile.TemporaryDirectory(prefix="custanalytics-") as scratch:
        place = Path(scratch) / "report"
        place.mkdir()
        copy_brand(portfolio, place)
        stage(written, template(shown.results.settings.template), place)
        made = render(place, ("html", "pdf"), renderer, published)
        shutil.copyfile(made["html"], folder / REPORT_HTML)
        shutil.copyfile(made["pdf"], folder / REPORT_PDF)
        order = [name for name in ORDER if name not in _NOT_SHOWN]
        slides = slides_bytes(deck(content, order), read_brand(place), place)
    (folder / SLIDES).write_bytes(slides)
    write_document(write_up, told.title, folder)
    (folder / PICTURE).write_bytes(picture)
    (folder / RERUN_SCRIPT).write_text(
        rerun_script(engagement, shown.results.settings.version), "utf-8"
    )
    entry = Entry(
        slug=told.slug,
        title=told.title,
        theme=told.theme,
        techniques=told.techniques,
        question=told.question,
        method=told.method,
        finding=told.finding,
        client=told.client,
        muted=shown.muted,
        published=published,
        lang=written.lang,
        picture_alt=alt,
        source={
            key: value
            for key, value in engagement.source.items()
            if key in ("name", "home", "licence", "citation")
        },
    )
    write_entry(entry, folder)
    return entry


def _picture(
    engagement: Engagement, content: ReportContent, written: Document
) -> tuple[bytes, str]:
    charts = {chart.name: chart for chart in content.charts}
    wanted = engagement.publish.picture
    if wanted and wanted not in charts:
        raise UsageError(
            f"{engagement.folder / FILE}, [publish]: picture is one of "
            f"{', '.join(sorted(charts))}, not {wanted!r}"
        )
    chosen = next((name for name in (wanted, *_PICTURES, *charts) if name in charts), None)
    if chosen is None:
        raise UsageError(f"{engagement.folder}: the report has no picture to show")
    return written.files[charts[chosen].file], charts[chosen].alt
