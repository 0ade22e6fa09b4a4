"""The one place that knows the order: load, compute, write, render."""

import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from custanalytics import __version__
from custanalytics.content.deck import ORDER, deck
from custanalytics.content.report_content import report_content
from custanalytics.content.workbook import workbook
from custanalytics.errors import SourceError, UnsupportedError, UsageError
from custanalytics.ledger import load, read_table
from custanalytics.prospects.saved_model import LeadScoringModel
from custanalytics.render import (
    BRAND,
    DOCUMENT,
    StaleProse,
    copy_brand,
    read_brand,
    render,
    renewed,
    stage,
    stale_prose,
)
from custanalytics.render import template as find_template
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.document import document
from custanalytics.render.pages.rendering import PAGES, replace_file
from custanalytics.render.slides.base import check_template
from custanalytics.render.slides.order import slide_order
from custanalytics.render.slides.write_slides import slides_bytes
from custanalytics.render.workbook.write_workbook import workbook_bytes
from custanalytics.results.analyse import (
    ProspectsFile,
    Step,
    add_prospects,
    analyse,
    with_given_columns,
)
from custanalytics.results.lists import write_csv, write_exports
from custanalytics.results.store import (
    TEMPLATE,
    AnalysisResults,
    Settings,
    read_results,
    read_settings,
    write_results,
)

FORMATS = ("html", "pdf")
SLIDES, WORKBOOK = "slides.pptx", "workbook.xlsx"
PROSPECT_MODEL = "prospects.model"


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


def run(
    sources: Sequence[Path | str],
    out: Path | str = "report",
    *,
    as_of: date | None = None,
    formats: Sequence[str] = FORMATS,
    renderer: str = "auto",
    template: str | None = None,
    load_options: Mapping[str, Any] | None = None,
    prospects: ProspectsFile | None = None,
    pptx_template: Path | None = None,
    step: Step = lambda _: nullcontext(),
    **settings: Any,
) -> Report:
    """Make a report folder from a sales export: what ``custanalytics run`` does.

    The folder is complete or, whatever happens on the way, as it was before.

    Parameters
    ----------
    sources : sequence of path
        The files of one sales export.
    out : path
        The report folder to make or renew.
    as_of : date, optional
        Last day that counts; by default the last day in the data.
    formats : sequence of str
        Of ``"html"``, ``"pdf"``, ``"docx"``, ``"pptx"`` and ``"xlsx"``.
    renderer : str
        ``"auto"``, ``"embedded"`` or ``"quarto"``.
    template : str, optional
        Name of a report template or path of its folder; by default that of the report that is
        renewed, or ``customer-value``.
    load_options : mapping, optional
        Arguments of `custanalytics.load`, such as ``mapping``.
    prospects : ProspectsFile, optional
        A table of prospects to learn from and to score.
    pptx_template : Path, optional
        A client's presentation whose look the slides take.
    step : callable, optional
        Called with each step's name; returns a context manager that is held while it runs.
    **settings
        Fields of `custanalytics.results.store.Settings`, such as ``client`` or ``margin``.

    Returns
    -------
    Report
        The results and the files.

    Raises
    ------
    CustAnalyticsError
        Any branch of the error tree; its message says what to do.
    """
    out = Path(out)
    check_template(pptx_template)
    chosen = _template_for(out, template)
    with renewed(out, find_template(chosen)) as folder:
        with step("Reading the sales"):
            ledger = load(sources, as_of=as_of, **(load_options or {}))
        results = analyse(ledger, as_of=as_of, step=step, template=chosen, **settings)
        model = None
        if prospects is not None:
            results, model = add_prospects(results, prospects, step)
        files = {"mapping": folder / "mapping.toml"}
        ledger.mapping.save(files["mapping"])
        files |= _write(results, model, folder, formats, renderer, pptx_template, step)
        stale = stale_prose(out, folder, find_template(chosen))
    return Report(results, _moved(files, folder, out), stale)


def run_prospects(
    prospects: ProspectsFile,
    out: Path | str = "prospects-report",
    *,
    formats: Sequence[str] = FORMATS,
    renderer: str = "auto",
    template: str | None = None,
    pptx_template: Path | None = None,
    step: Step = lambda _: nullcontext(),
    **settings: Any,
) -> Report:
    """Make a report on prospects alone: what ``custanalytics prospects`` does.

    The folder is complete or, whatever happens on the way, as it was before.

    Parameters
    ----------
    prospects : ProspectsFile
        A table of prospects to learn from and to score.
    out : path
        The report folder to make or renew.
    formats : sequence of str
        Of ``"html"``, ``"pdf"``, ``"docx"``, ``"pptx"`` and ``"xlsx"``.
    renderer : str
        ``"auto"``, ``"embedded"`` or ``"quarto"``.
    template : str, optional
        Name of a report template or path of its folder; by default that of the report that is
        renewed, or ``prospects``.
    pptx_template : Path, optional
        A client's presentation whose look the slides take.
    step : callable, optional
        Called with each step's name; returns a context manager that is held while it runs.
    **settings
        Fields of `custanalytics.results.store.Settings`, such as ``client`` or ``contact_cost``.

    Returns
    -------
    Report
        The results and the files.

    Raises
    ------
    CustAnalyticsError
        Any branch of the error tree; its message says what to do.
    """
    out = Path(out)
    check_template(pptx_template)
    chosen = _template_for(out, template, "prospects")
    with renewed(out, find_template(chosen)) as folder:
        made_on = settings.get("made_on", date.today())
        fixed = {"observation_end": made_on, "version": __version__, "template": chosen}
        empty = AnalysisResults(Settings(**fixed, **settings))
        results, model = add_prospects(empty, prospects, step)
        if results.prospects is None:
            raise UnsupportedError(results.skipped["prospects"])
        files = _write(results, model, folder, formats, renderer, pptx_template, step)
        stale = stale_prose(out, folder, find_template(chosen))
    return Report(results, _moved(files, folder, out), stale)


def score_prospects(
    folder: Path | str, files: Sequence[Path], out: Path | str = "scored.csv"
) -> pd.DataFrame:
    """Score a later table of prospects by the model that a report has learned."""
    model = LeadScoringModel.load(Path(folder) / "results" / PROSPECT_MODEL)
    table = read_table(files, names=[column.name for column in model.columns])
    scored = with_given_columns(model.score(table), table, model.outcome)
    write_csv(scored, Path(out), "prospect_list")
    return scored


def rerender(
    folder: Path | str,
    formats: Sequence[str] = FORMATS,
    renderer: str = "auto",
    template: str | None = None,
    out: Path | str | None = None,
    pptx_template: Path | None = None,
) -> dict[str, Path]:
    """Render a report folder again from its results, keeping what was edited in it.

    Parameters
    ----------
    folder : path
        A folder that `run` made.
    formats : sequence of str
        Of ``"html"``, ``"pdf"``, ``"docx"``, ``"pptx"`` and ``"xlsx"``.
    renderer : str
        ``"auto"``, ``"embedded"`` or ``"quarto"``.
    template : str, optional
        Another template, for a further report from the same results and with the same brand;
        needs `out`.
    out : path, optional
        The report folder to make for it.
    pptx_template : Path, optional
        A client's presentation whose look the slides take.

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
    folder = Path(folder)
    check_template(pptx_template)
    if (template is None) != (out is None):
        raise UsageError("--template and --out belong together: a further report is a new folder")
    results = read_results(folder / "results")
    if template is None or out is None:
        return _write_report(results, folder, formats, renderer, pptx_template)
    out = Path(out)
    chosen = _template_for(out, template)
    with renewed(out, find_template(chosen)) as fresh:
        settings = dataclasses.replace(results.settings, template=chosen)
        results = dataclasses.replace(results, settings=settings)
        write_results(results, fresh / "results")
        files = write_exports(results, fresh)
        copy_brand(folder, fresh)
        files |= _write_report(results, fresh, formats, renderer, pptx_template)
    return _moved(files, fresh, out)


def _write_report(
    results: AnalysisResults,
    folder: Path,
    formats: Sequence[str],
    renderer: str,
    pptx_template: Path | None,
) -> dict[str, Path]:
    # A folder that has its document needs its template no more: it may lie elsewhere by now.
    source = None if (folder / DOCUMENT).exists() else find_template(results.settings.template)
    branded = folder if source is None or (folder / BRAND).exists() else source
    brand = read_brand(branded)
    theme = Theme(brand.colors, brand.font_family, brand.font_files)
    content = report_content(results)
    stage(document(content, theme), source, folder)
    pages = [name for name in formats if name in PAGES]
    files = render(folder, pages, renderer, results.settings.made_on) if pages else {}
    brand = read_brand(folder)
    if "pptx" in formats:
        slides = slides_bytes(
            deck(content, slide_order(folder, ORDER)), brand, folder, pptx_template
        )
        files["pptx"] = replace_file(folder / SLIDES, slides)
    if "xlsx" in formats:
        files["xlsx"] = replace_file(folder / WORKBOOK, workbook_bytes(workbook(content), brand))
    return files


def _write(
    results: AnalysisResults,
    model: LeadScoringModel | None,
    folder: Path,
    formats: Sequence[str],
    renderer: str,
    pptx_template: Path | None,
    step: Step,
) -> dict[str, Path]:
    with step("Writing results and lists"):
        write_results(results, folder / "results")
        files = write_exports(results, folder)
        if model is not None:
            files["prospect_model"] = folder / "results" / PROSPECT_MODEL
            model.save(files["prospect_model"])
    with step("Writing the report"):
        return _write_report(results, folder, formats, renderer, pptx_template) | files


def _template_for(out: Path, named: str | None, default: str = TEMPLATE) -> str:
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
