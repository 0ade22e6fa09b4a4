"""What chapters declare: every name once, and nothing but what is declared."""

from dataclasses import replace

import pytest

from custanalytics.check import Check
from custanalytics.content.chapter import Chapter, Declaration
from custanalytics.content.report_content import CHAPTERS, report_content
from custanalytics.content.slide import Slide
from tests.samples import analysed


@pytest.mark.parametrize(
    "given", [{"texts": {"led": "x"}}, {"flags": {"on": True}}, {"slides": (Slide("end", "x"),)}]
)
def test_a_name_that_is_not_declared_is_a_mistake(given) -> None:
    declared = Declaration("business", texts=("lead",))
    assert Chapter(declared, texts={"lead": "x"}).texts == {"lead": "x"}
    with pytest.raises(ValueError, match="chapter business declares no"):
        Chapter(declared, **given)


def test_no_two_parts_flags_or_slides_share_a_name(rich) -> None:
    content = report_content(rich)
    declared = sum(
        len(chapter.charts) + len(chapter.tables) + len(chapter.parts) + bool(chapter.analysis)
        for chapter in CHAPTERS
    )
    assert len(content.parts) == declared
    flags = sum(len(chapter.flags) + bool(chapter.analysis) for chapter in CHAPTERS)
    assert len(content.flags) == flags
    story = [name for chapter in CHAPTERS for name in chapter.story]
    assert len(story) == len(set(story))


def test_every_slide_that_a_chapter_declares_can_be_made(rich, with_prospects) -> None:
    made = {
        slide.name
        for results in (rich, with_prospects)
        for chapter in report_content(results).chapters
        for slide in chapter.slides
    }
    assert made == {name for chapter in CHAPTERS for name in chapter.own_slides}


def test_prospects_without_doubts_have_no_chapter_of_them(tmp_path_factory):
    results = analysed(tmp_path_factory, "shop")

    def flag(scoring):
        return report_content(replace(results, prospects=scoring)).flags["prospects_doubts"]

    doubt = Check("prospects.test", False, "A doubt.")
    assert not flag(replace(results.prospects, checks=[]))
    assert flag(replace(results.prospects, checks=[doubt]))
