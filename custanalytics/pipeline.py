"""The one place that knows the order: load, compute, write, render."""

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from custanalytics.bundled import DOCUMENT
from custanalytics.campaigns import CampaignEffect
from custanalytics.config import (
    TEMPLATE,
    MeasureOptions,
    ProspectsOptions,
    Reading,
    Rendering,
    RenderOptions,
    RunOptions,
    Step,
    called_with,
    shared,
    today,
)
from custanalytics.content.deck import ORDER, deck
from custanalytics.content.report_content import report_content
from custanalytics.content.result_columns import dictionary
from custanalytics.content.workbook import workbook
from custanalytics.errors import SourceError, UnsupportedError, UsageError
from custanalytics.ledger import load, read_table
from custanalytics.prospects.later_table import score_later
from custanalytics.prospects.saved_model import LeadScoringModel
from custanalytics.render.brand import FILE as BRAND
from custanalytics.render.brand import copy_brand, read_brand
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.document import document
from custanalytics.render.pages.quarto import quarto_for
from custanalytics.render.pages.rendering import PAGES, render, replace_file
from custanalytics.render.pages.staging import stage
from custanalytics.render.pages.templates import template as find_template
from custanalytics.render.put_in_place import renewed
from custanalytics.render.slides.base import check_template
from custanalytics.render.slides.order import slide_order
from custanalytics.render.slides.write_slides import slides_bytes
from custanalytics.render.stale_prose import StaleProse, stale_prose
from custanalytics.render.workbook.write_workbook import workbook_bytes
from custanalytics.results.analyse import (
    AnalyseOptions,
    add_prospects,
    analyse,
    settings_of,
    with_given_columns,
)
from custanalytics.results.lists import delimiter, write_csv, write_exports
from custanalytics.results.store import (
    AnalysisResults,
    read_results,
    read_settings,
    write_results,
)

SLIDES, WORKBOOK = "slides.pptx", "workbook.xlsx"
PROSPECT_MODEL = "prospects.model"
DICTIONARY = "dictionary.csv"


@dataclass(frozen=True)
class Report:
    """A finished report folder.

    Attributes
    ----------
    results : AnalysisResults
        What was computed.
    files : dict
        Format or role (``html``, ``pdf``, ``customers_csv`` ...) -> path in the folder.
    stale : tuple of StaleProse
        Paragraphs of the consultant's own whose figures this run has changed.
    """

    results: AnalysisResults
    files: dict[str, Path]
    stale: tuple[StaleProse, ...] = ()

    def _repr_html_(self) -> str:
        """The page in a frame, in the cell of a notebook."""
        page = self.files.get("html")
        if page is None:
            return "<br>".join(escape(str(path)) for path in self.files.values())
        inside = escape(page.read_text("utf-8"))
        return f'<iframe srcdoc="{inside}" width="100%" height="720" title="report"></iframe>'


@called_with(RunOptions)
def run(options: RunOptions) -> Report:
    """Make a report folder from a sales export: what ``custanalytics run`` does.

    The options are checked before anything is read. The folder is complete or, whatever happens
    on the way, as it was before.

    Returns
    -------
    Report
        The results and the files.

    Raises
    ------
    CustAnalyticsError
        Any branch of the error tree; its message says what to do.
    """
    out, step = Path(options.out), options.step
    _check_means(options)
    chosen = template_for(out, options.template)
    with renewed(out, find_template(chosen)) as folder:
        with step("Reading the sales"):
            ledger = load(
                options.sources,
                as_of=options.as_of,
                today=options.made_on,
                **shared(options, Reading),
            )
        asked = shared(options, AnalyseOptions) | {"template": chosen}
        results = analyse(ledger, **asked)
        model = None
        if options.prospects:
            results, model = add_prospects(results, options.prospects, options, step)
        files = {"mapping": folder / "mapping.toml"}
        ledger.mapping.save(files["mapping"])
        files |= _write(results, model, folder, options, step)
        stale = stale_prose(out, folder, find_template(chosen))
    return Report(results, _moved(files, folder, out), stale)


@called_with(ProspectsOptions)
def run_prospects(options: ProspectsOptions) -> Report:
    """Make a report on prospects alone: what ``custanalytics prospects`` does.

    The options are checked before anything is read. The folder is complete or, whatever happens
    on the way, as it was before.

    Returns
    -------
    Report
        The results and the files.

    Raises
    ------
    CustAnalyticsError
        Any branch of the error tree; its message says what to do.
    """
    out, step = Path(options.out), options.step
    _check_means(options)
    chosen = template_for(out, options.template, "prospects")
    with renewed(out, find_template(chosen)) as folder:
        options = dataclasses.replace(options, template=chosen)
        made_on = options.made_on or today()
        empty = AnalysisResults(settings_of(options, made_on, options.currency))
        results, model = add_prospects(empty, options.sources, options, step)
        if results.prospects is None:
            raise UnsupportedError(results.skipped["prospects"])
        files = _write(results, model, folder, options, step)
        stale = stale_prose(out, folder, find_template(chosen))
    return Report(results, _moved(files, folder, out), stale)


def report_effect(effect: CampaignEffect, options: MeasureOptions, out: Path | str) -> Report:
    """Make a report of what a contact changed: what ``custanalytics measure --out`` does."""
    out = Path(out)
    _check_means(options)
    chosen = template_for(out, options.template, "campaign")
    with renewed(out, find_template(chosen)) as folder:
        options = dataclasses.replace(options, template=chosen)
        kept = settings_of(options, options.made_on or today(), options.currency)
        results = AnalysisResults(kept, campaign=effect)
        files = _write(results, None, folder, options, lambda _: nullcontext())
        stale = stale_prose(out, folder, find_template(chosen))
    return Report(results, _moved(files, folder, out), stale)


def score_prospects(
    folder: Path | str, files: Sequence[Path], out: Path | str = "scored.csv"
) -> pd.DataFrame:
    """Score a later table of prospects by the model that a report has learned."""
    kept = Path(folder) / "results"
    model = LeadScoringModel.load(kept / PROSPECT_MODEL)
    table = read_table(files, names=[column.name for column in model.columns])
    scores = score_later(model, table)
    scored = with_given_columns(scores, table, model.outcome)
    write_csv(scored, Path(out), "prospect_list", read_settings(kept).locale)
    scored.attrs["warnings"] = (*table.attrs["warnings"], *scores.attrs["warnings"])
    return scored


@called_with(RenderOptions)
def rerender(options: RenderOptions) -> dict[str, Path]:
    """Render a report folder again from its results, keeping what was edited in it.

    Returns
    -------
    dict
        Format -> path.

    Raises
    ------
    SourceError
        The folder holds no results.
    UsageError
        Only one of `template` and `out` is given, or `out` holds another template's report.
    RenderError
        The document can't be rendered; the rendered files stay as they were.
    """
    folder = Path(options.folder)
    _check_means(options)
    results = read_results(folder / "results")
    if options.out is None:
        with renewed(folder, find_template(results.settings.template)) as fresh:
            shutil.copytree(folder, fresh, symlinks=True, dirs_exist_ok=True)
            files = _write_report(results, fresh, options)
        return _moved(files, fresh, folder)
    out = Path(options.out)
    chosen = template_for(out, options.template)
    with renewed(out, find_template(chosen)) as fresh:
        settings = dataclasses.replace(results.settings, template=chosen)
        results = dataclasses.replace(results, settings=settings)
        write_results(results, fresh / "results")
        _write_dictionary(results, fresh)
        files = write_exports(results, fresh)
        copy_brand(folder, fresh)
        files |= _write_report(results, fresh, options)
    return _moved(files, fresh, out)


def _check_means(how: Rendering) -> None:
    """See that what the formats ask for is there, before minutes of work."""
    check_template(how.presentation)
    if how.renderer == "quarto" and set(how.formats) & set(PAGES):
        quarto_for(how.renderer)


def _write_report(results: AnalysisResults, folder: Path, how: Rendering) -> dict[str, Path]:
    # A folder that has its document needs its template no more: it may lie elsewhere by now.
    source = None if (folder / DOCUMENT).exists() else find_template(results.settings.template)
    branded = folder if source is None or (folder / BRAND).exists() else source
    brand = read_brand(branded)
    theme = Theme(brand.colors, brand.font_family, brand.font_files)
    content = report_content(results)
    stage(document(content, theme), source, folder)
    pages = [name for name in how.formats if name in PAGES]
    files = render(folder, pages, how.renderer, results.settings.made_on) if pages else {}
    brand = read_brand(folder)
    if "pptx" in how.formats:
        slides = slides_bytes(
            deck(content, slide_order(folder, ORDER)), brand, folder, how.presentation
        )
        files["pptx"] = replace_file(folder / SLIDES, slides)
    if "xlsx" in how.formats:
        files["xlsx"] = replace_file(folder / WORKBOOK, workbook_bytes(workbook(content), brand))
    return files


def _write(
    results: AnalysisResults,
    model: LeadScoringModel | None,
    folder: Path,
    how: Rendering,
    step: Step,
) -> dict[str, Path]:
    with step("Writing results and lists"):
        write_results(results, folder / "results")
        _write_dictionary(results, folder)
        files = write_exports(results, folder)
        if model is not None:
            files["prospect_model"] = folder / "results" / PROSPECT_MODEL
            model.save(files["prospect_model"])
    with step("Writing the report"):
        return _write_report(results, folder, how) | files


def _write_dictionary(results: AnalysisResults, folder: Path) -> None:
    path = folder / "results" / DICTIONARY
    parted = delimiter(results.settings.locale)
    # The mark makes Excel read the file as UTF-8.
    dictionary(results).to_csv(
        path, index=False, sep=parted, encoding="utf-8-sig", lineterminator="\n"
    )


def template_for(out: Path, named: str | None, default: str = TEMPLATE) -> str:
    """The template asked for, or that of the report that is there."""
    try:
        there = read_settings(out / "results").template if (out / DOCUMENT).exists() else None
    except SourceError:
        there = None
    if there and named and there != named:
        raise UsageError(
            f"{out} holds a report made from the template {there!r}, with its own text; "
            f"give another folder for {named!r} (--out)"
        )
    return named or there or default


def _moved(files: Mapping[str, Path], folder: Path, out: Path) -> dict[str, Path]:
    return {role: out / path.relative_to(folder) for role, path in files.items()}
