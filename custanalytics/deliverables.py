"""What a report folder holds: results, lists, page, PDF, slides and workbook."""

from pathlib import Path

from custanalytics.bundled import DOCUMENT
from custanalytics.config import Rendering
from custanalytics.content.deck import ORDER, deck
from custanalytics.content.report_content import report_content
from custanalytics.content.result_columns import dictionary
from custanalytics.content.workbook import workbook
from custanalytics.progress import Step
from custanalytics.prospects.saved_model import FILE as PROSPECT_MODEL
from custanalytics.prospects.saved_model import LeadScoringModel
from custanalytics.render.brand import FILE as BRAND
from custanalytics.render.brand import read_brand
from custanalytics.render.charts.theme import Theme
from custanalytics.render.pages.document import document
from custanalytics.render.pages.rendering import PAGES, render, replace_file
from custanalytics.render.pages.staging import stage
from custanalytics.render.pages.templates import template
from custanalytics.render.slides.order import slide_order
from custanalytics.render.slides.write_slides import slides_bytes
from custanalytics.render.workbook.write_workbook import workbook_bytes
from custanalytics.results.lists import delimiter, write_exports
from custanalytics.results.store import AnalysisResults, write_results

SLIDES, WORKBOOK = "slides.pptx", "workbook.xlsx"
DICTIONARY = "dictionary.csv"


def write_report(results: AnalysisResults, folder: Path, how: Rendering) -> dict[str, Path]:
    """The report in the formats asked for, from the folder's own document where it has one."""
    # A folder that has its document needs its template no more: it may lie elsewhere by now.
    source = None if (folder / DOCUMENT).exists() else template(results.settings.template)
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


def write_all(
    results: AnalysisResults,
    model: LeadScoringModel | None,
    folder: Path,
    how: Rendering,
    step: Step,
) -> dict[str, Path]:
    """Results, lists and report."""
    with step("Writing results and lists"):
        write_results(results, folder / "results")
        write_dictionary(results, folder)
        files = write_exports(results, folder)
        if model is not None:
            files["prospect_model"] = folder / "results" / PROSPECT_MODEL
            model.save(files["prospect_model"])
    with step("Writing the report"):
        return write_report(results, folder, how) | files


def write_dictionary(results: AnalysisResults, folder: Path) -> None:
    """What each column of the results means, as a list."""
    path = folder / "results" / DICTIONARY
    parted = delimiter(results.settings.locale)
    # The mark makes Excel read the file as UTF-8.
    dictionary(results).to_csv(
        path, index=False, sep=parted, encoding="utf-8-sig", lineterminator="\n"
    )
