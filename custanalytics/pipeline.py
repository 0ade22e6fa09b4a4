"""The one place that knows the order: load, compute, write, render."""

import dataclasses
import shutil
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from custanalytics.config import (
    MeasureOptions,
    ProspectsOptions,
    Rendering,
    RenderOptions,
    RunOptions,
    called_with,
    shared,
    today,
)
from custanalytics.errors import UnsupportedError
from custanalytics.ledger import Mapping, read_table
from custanalytics.ledger.mapping import Choice
from custanalytics.ledger.read.connections import statement_of
from custanalytics.privacy.pseudonyms import check_key
from custanalytics.progress import followed, steps_of
from custanalytics.reading import ledger_of
from custanalytics.render.pages.templates import template as find_template
from custanalytics.render.put_in_place import renewed
from custanalytics.template_choice import (
    CAMPAIGN,
    PROSPECTS,
    asked_for,
    check_fits,
    fitting_named,
    held_by,
    template_for,
    template_of_run,
)

# What computes and draws comes in where it is needed: a wrong option is told at once, and the
# first line is read before a model is thought of.
if TYPE_CHECKING:
    from custanalytics.campaigns import CampaignEffect
    from custanalytics.render.stale_prose import StaleProse
    from custanalytics.results.store import AnalysisResults


@dataclass(frozen=True, repr=False)
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

    results: "AnalysisResults"
    files: dict[str, Path]
    stale: "tuple[StaleProse, ...]" = ()

    def __repr__(self) -> str:
        """Its files by their roles, in a line."""
        listed = "; ".join(f"{role}: {path}" for role, path in self.files.items())
        return f"Report({listed})"

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
    out = Path(options.out)
    _check_means(options)
    check_key(options.pseudonymise, out)
    chosen = template_of_run(options)
    held = asked_for(options)
    steps = steps_of("run", bool(options.prospects))
    with (
        fitting_named(chosen, held),
        renewed(out, find_template(chosen)) as folder,
        followed(options.step, options.progress, steps) as step,
    ):
        with step("Reading the sales"):
            ledger = ledger_of(options)
        from custanalytics.deliverables import write_all
        from custanalytics.render.stale_prose import stale_prose
        from custanalytics.results.analyse import AnalyseOptions, add_prospects, analyse

        asked = shared(options, AnalyseOptions) | {"template": chosen, "step": step}
        results = analyse(ledger, **asked)
        model = None
        if options.prospects:
            results, model = add_prospects(
                results, options.prospects, options, step, pseudonymise=options.pseudonymise
            )
        files = {"mapping": folder / "mapping.toml"}
        ledger.mapping.save(files["mapping"])
        files |= write_all(results, model, folder, options, step)
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
    out = Path(options.out)
    _check_means(options)
    check_key(options.pseudonymise, out)
    chosen = template_for(out, options.template, PROSPECTS)
    check_fits(chosen, [PROSPECTS])
    from custanalytics.deliverables import write_all
    from custanalytics.render.stale_prose import stale_prose
    from custanalytics.results.analyse import add_prospects, settings_of
    from custanalytics.results.store import AnalysisResults

    with (
        fitting_named(chosen, [PROSPECTS]),
        renewed(out, find_template(chosen)) as folder,
        followed(options.step, options.progress, steps_of("prospects")) as step,
    ):
        options = dataclasses.replace(options, template=chosen)
        made_on = options.made_on or today()
        empty = AnalysisResults(settings_of(options, made_on, options.currency))
        results, model = add_prospects(
            empty, options.sources, options, step, options.connection, options.pseudonymise
        )
        if results.prospects is None:
            raise UnsupportedError(results.skipped["prospects"])
        files = write_all(results, model, folder, options, step)
        stale = stale_prose(out, folder, find_template(chosen))
    return Report(results, _moved(files, folder, out), stale)


def report_effect(effect: "CampaignEffect", options: MeasureOptions, out: Path | str) -> Report:
    """Make a report of what a contact changed: what ``custanalytics measure --out`` does."""
    out = Path(out)
    _check_means(options)
    chosen = template_for(out, options.template, CAMPAIGN)
    check_fits(chosen, [CAMPAIGN])
    from custanalytics.deliverables import write_all
    from custanalytics.render.stale_prose import stale_prose
    from custanalytics.results.analyse import settings_of
    from custanalytics.results.store import AnalysisResults

    with renewed(out, find_template(chosen)) as folder:
        options = dataclasses.replace(options, template=chosen)
        kept = settings_of(options, options.made_on or today(), effect.currency)
        results = AnalysisResults(kept, campaign=effect)
        files = write_all(results, None, folder, options, lambda _: nullcontext())
        stale = stale_prose(out, folder, find_template(chosen))
    return Report(results, _moved(files, folder, out), stale)


def score_prospects(
    folder: Path | str,
    files: Sequence[Path],
    out: Path | str = "scored.csv",
    pseudonymise: Path | str | None = None,
) -> pd.DataFrame:
    """Score a later table of prospects by the model that a report has learned."""
    from custanalytics.prospects.later_table import score_later
    from custanalytics.prospects.pseudonymous import with_pseudonyms
    from custanalytics.prospects.saved_model import FILE, LeadScoringModel
    from custanalytics.results.lists import with_given_columns, write_csv
    from custanalytics.results.store import read_settings

    kept = Path(folder) / "results"
    model = LeadScoringModel.load(kept / FILE)
    learned = [column.name for column in model.columns]
    table = read_table(files, names=learned)
    if pseudonymise is not None:
        table = with_pseudonyms(table, pseudonymise, model.outcome, learned=learned)
    scores = score_later(model, table)
    scored = with_given_columns(scores, table, model.outcome)
    write_csv(scored, Path(out), "prospect_list", read_settings(kept).locale)
    scored.attrs["warnings"] = (*table.attrs["warnings"], *scores.attrs["warnings"])
    return scored


def write_audiences(
    folder: Path | str,
    table: str,
    dialect: str,
    *,
    columns: Dict[str, str],
    view: str,
    scores: str,
    as_of: date | None,
    out: Path | str,
) -> tuple[dict[str, Path], int, int]:
    """Write a report's segments and lists as statements for a warehouse.

    Returns
    -------
    tuple
        Name -> file, the customers that stand in another segment in the report, all customers.

    Raises
    ------
    CustAnalyticsError
        As `audiences` does; SourceError where the folder holds no results.
    """
    from custanalytics.audiences import audiences, differing, explained
    from custanalytics.render.put_in_place import replaced
    from custanalytics.results.store import read_results
    from custanalytics.warehouse.columns import NO_COLUMN

    results = read_results(Path(folder) / "results")
    mapping = Mapping.load(Path(folder) / "mapping.toml")
    told = {role: Choice(column) for role, column in columns.items()}
    roles = {
        role: choice
        for role, choice in {**mapping.roles, **told}.items()
        if choice.column != NO_COLUMN
    }
    source = str(statement_of(table))
    made = audiences(
        results, dataclasses.replace(mapping, roles=roles), source, dialect,
        view=view, scores=scores, as_of=as_of,
    )  # fmt: skip
    with replaced(Path(out), "customers.sql") as fresh:
        for name, text in made.items():
            # A rule of one's own may have several lines; a comment has one.
            said = "".join(
                f"-- {' '.join(line.split())}\n" for line in explained(name, results, view, scores)
            )
            (fresh / f"{name}.sql").write_text(f"{said}{text};\n", "utf-8")
    files = {name: Path(out) / f"{name}.sql" for name in made}
    return files, *differing(results)


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
    from custanalytics.deliverables import write_dictionary, write_report
    from custanalytics.render.brand import copy_brand
    from custanalytics.results.lists import write_exports
    from custanalytics.results.store import read_results, write_results

    results = read_results(folder / "results")
    if options.out is None:
        with renewed(folder, find_template(results.settings.template)) as fresh:
            shutil.copytree(folder, fresh, symlinks=True, dirs_exist_ok=True)
            files = write_report(results, fresh, options)
        return _moved(files, fresh, folder)
    out = Path(options.out)
    chosen = template_for(out, options.template)
    held = held_by(results)
    check_fits(chosen, held)
    with fitting_named(chosen, held), renewed(out, find_template(chosen)) as fresh:
        settings = dataclasses.replace(results.settings, template=chosen)
        results = dataclasses.replace(results, settings=settings)
        write_results(results, fresh / "results")
        write_dictionary(results, fresh)
        files = write_exports(results, fresh)
        copy_brand(folder, fresh)
        files |= write_report(results, fresh, options)
    return _moved(files, fresh, out)


def _check_means(how: Rendering) -> None:
    """See that what the formats ask for is there, before minutes of work."""
    if how.presentation is not None:
        from custanalytics.render.slides.base import check_template

        check_template(how.presentation)
    if how.renderer == "quarto":
        from custanalytics.render.pages.quarto import quarto_for
        from custanalytics.render.pages.rendering import PAGES

        if set(how.formats) & set(PAGES):
            quarto_for(how.renderer)


def _moved(files: Dict[str, Path], folder: Path, out: Path) -> dict[str, Path]:
    return {role: out / path.relative_to(folder) for role, path in files.items()}
