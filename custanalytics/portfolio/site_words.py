"""The words that the site says itself, in the language that is spoken."""

from collections.abc import Sequence
from types import SimpleNamespace

from custanalytics.content.format import Formats
from custanalytics.content.words import plural, say
from custanalytics.portfolio.entry import Entry
from custanalytics.render.pages.labels import labels


def words(formats: Formats) -> SimpleNamespace:
    """Every word by the name that the templates have for it."""
    return SimpleNamespace(
        skip=labels(formats.language)["skip"],
        pages=say("Pages"),
        work=say("Work"),
        about=say("About me"),
        contact=say("Contact"),
        write=say("Write to me"),
        ask=say("Have a question about your own customers?"),
        feed=say("Feed"),
        quiet=say("No cookies, no tracking, nothing loaded from elsewhere."),
        see=say("See the work"),
        how=say("How I work"),
        projects=say("Finished projects"),
        soon=say("The first project will be here soon."),
        search=say("Search the projects"),
        filter=say("Filter by theme and technique"),
        theme=say("Theme"),
        techniques=say("Techniques"),
        tags=say("Theme and techniques"),
        # The page itself fills these in, each time it is searched.
        some=say("{n} of {all} projects shown", n="{n}", all="{all}"),
        every=say("All {all} projects shown", all="{all}"),
        none=say("No project fits all of that."),
        reset=say("Show all projects"),
        question=say("Question"),
        method=say("Method"),
        finding=say("Finding"),
        all=say("All projects"),
        files=say("This project as"),
        report=say("Full report"),
        pdf=say("PDF"),
        slides=say("Slides"),
        rerun=say("Code to run it again"),
        data=say("Where the data come from"),
        source=say("Source"),
        licence=say("Licence"),
        cite=say("To cite"),
        muted=say(
            "Names, dates and amounts are changed so that nobody can tell who the client is; "
            "shares and conclusions are as found."
        ),
        rerun_title=say("Run it again"),
        rerun_text=say("These commands make the same report from the same data. As a file:"),
        rerun_steps=say("These commands go the same way on data of your own. As a file:"),
        copy=say("Copy"),
        copied=say("Copied"),
        newer=say("Newer project"),
        older=say("Older project"),
        lost=say("This page does not exist"),
        lost_text=say("The address may be old, or mistyped. Every project is on the first page."),
        home=say("To the first page"),
    )


def facts(entries: Sequence[Entry], formats: Formats) -> list[tuple[str, str]]:
    """What can be counted on the first screen: number and words."""
    open_data = sum(bool(entry.source) for entry in entries)
    techniques = len({name for entry in entries for name in entry.techniques})
    counted = (
        (len(entries), plural(len(entries), "finished project", "finished projects")),
        (open_data, say("on open data, for anyone to run again")),
        (techniques, plural(techniques, "technique", "techniques")),
    )
    return [(formats.count(number), text) for number, text in counted if number]
