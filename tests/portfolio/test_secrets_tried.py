"""Under which secret an entry is published: figures that coincide by chance, and true ones."""

import itertools

import pytest

from custanalytics.errors import DisclosureError
from custanalytics.portfolio.publish import under_a_secret
from custanalytics.privacy.mute import Key


def tries(*found):
    """Publish where each secret in turn shows some figures; give the secrets that were tried."""
    given, results = [], iter(found)

    def publish(key):
        given.append(key.months)
        figures = next(results)
        if figures is not None:
            error = DisclosureError("a leak")
            error.figures = frozenset(("report.html", figure) for figure in figures)
            raise error
        return given

    keys = (Key(2.0, months) for months in itertools.count(1))
    return given, lambda: under_a_secret(publish, Key(2.0, 0), lambda: next(keys))


def test_another_secret_is_drawn_until_one_shows_no_true_figure_by_chance():
    given, publish = tries(["1234.5"], ["1234.5", "2345"], ["2345"], ["77.25"], None)
    assert publish() == given == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("found", "tried"),
    [
        ([["1", "2"], ["2"], ["2", "3"]], 3),  # under every secret
        ([[]], 1),  # a name: no figure
        ([["1"], []], 2),
        ([[str(n)] for n in range(10)], 10),  # always others: it ends
    ],
)
def test_what_no_secret_can_hide_fails(found, tried):
    given, publish = tries(*found)
    with pytest.raises(DisclosureError):
        publish()
    assert len(given) == tried
