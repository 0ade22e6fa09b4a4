"""Lists open in a spreadsheet as they were meant."""

import csv

import pandas as pd
import pytest

from custanalytics.results.lists import write_csv


@pytest.fixture
def written(tmp_path):
    def write(frame: pd.DataFrame) -> list[list[str]]:
        write_csv(frame, tmp_path / "list.csv", "prospect_list")
        with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))

    return write


@pytest.mark.parametrize("risky", ["=1+1", " =1+1", "\n=1", "\uff1dA1", "@x", "+x", "-x", "\tx"])
def test_text_that_a_spreadsheet_would_run_stays_text(written, risky):
    assert written(pd.DataFrame({"name": [risky]}))[1] == ["'" + risky]
    assert written(pd.DataFrame({risky: ["x"]}))[0] == ["'" + risky]


@pytest.mark.parametrize("plain", ["-12.5", "+3", "a=1", "Smith - Jones"])
def test_numbers_and_plain_text_stay_as_they_are(written, plain):
    assert written(pd.DataFrame({"name": [plain]}))[1] == [plain]


def test_a_column_of_more_than_text_is_written_too(written):
    mixed = pd.DataFrame({"late": pd.Series([True, None, "=x"], dtype="object")})
    assert written(mixed)[1:] == [["True"], [""], ["'=x"]]
