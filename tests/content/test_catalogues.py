"""The message catalogues: up to date with the code, complete, with the same places."""

import re
from dataclasses import replace

import pytest

from custanalytics.bundled import reports_dir
from custanalytics.content import catalogue, language
from custanalytics.content.language import speaking
from custanalytics.content.report_content import report_content
from custanalytics.content.workbook import workbook
from custanalytics.render.pages.templates import in_language


@pytest.mark.parametrize("code", catalogue.LANGUAGES)
def test_the_catalogues_are_up_to_date_with_the_code(code) -> None:
    # python -m custanalytics.content.catalogue
    path = language.LOCALES / f"{code}.po"
    assert path.read_text("utf-8") == catalogue.written(catalogue.renewed(code))


@pytest.mark.parametrize("code", catalogue.LANGUAGES)
def test_every_message_is_translated(code) -> None:
    found = catalogue.renewed(code)
    left = language.missing(found)
    if left:
        pytest.xfail(f"{len(left)} of {len(found)} messages of {code}.po: {left[:3]} ...")
    with speaking(code) as now:
        assert now.code == code


@pytest.mark.parametrize("code", catalogue.LANGUAGES)
def test_translations_have_the_same_places(code) -> None:
    wrong = []
    for message in catalogue.renewed(code):
        ids = (message.id,) if isinstance(message.id, str) else message.id
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = [catalogue.places(text) for text in ids]
        for text in filter(None, said):
            # "one customer" and "{n} customers" may trade their places
            if message.id and catalogue.places(text) not in allowed:
                wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize("code", catalogue.LANGUAGES)
def test_tabs_of_the_workbook_are_short_and_differ(code, rich) -> None:
    spoken = replace(rich, settings=replace(rich.settings, locale=code))
    names = [sheet.name for sheet in workbook(report_content(spoken)).sheets]
    assert len({name.casefold() for name in names}) == len(names)
    assert not [name for name in names if len(name) > 31 or re.search(r"[\[\]:*?/\\]", name)]


@pytest.mark.parametrize("code", catalogue.LANGUAGES)
def test_a_language_that_is_offered_has_the_texts_of_the_reports_too(code) -> None:
    with speaking(code) as now:
        if now.code != code:
            pytest.xfail(f"{code}.po is not complete")
    shared = reports_dir() / "_sections"
    texts = [*sorted(reports_dir().glob("*/report.qmd")), *sorted(shared.glob("*.qmd"))]
    assert [path for path in texts if in_language(path, code) == path] == []
