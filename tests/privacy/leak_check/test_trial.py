"""Known secrets, put back into a clean publication one at a time; see `tests.trials.leak_check.run`."""

import pytest

from tests.trials.leak_check.run import Trial
from tests.trials.leak_check.ways import ANY, ONLY_NUMBERS


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Trial:
    return Trial(tmp_path_factory.mktemp("trial"), seed=20)


def test_nothing_is_found_where_there_is_nothing(trial):
    assert trial.false_alarms == []


def test_every_way_is_caught(trial):
    cases = list(trial.cases(len(ANY) + len(ONLY_NUMBERS)))
    assert [(case.way, case.text) for case in cases if not case.caught] == []


def test_no_message_holds_the_secret(trial):
    for case in trial.cases(20):
        # The place names files of the consultant's own, and they may be called after the client.
        said = " ".join(
            leak.sentence.replace(leak.file, "").replace(leak.source, "") for leak in case.leaks
        )
        assert case.text not in said
        assert str(case.secret.value) not in said or case.secret.kind in ("file", "client")
