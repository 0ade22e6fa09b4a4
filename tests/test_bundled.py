import runpy
import sys

from custanalytics.bundled import reports_dir, sample_data_dir


def test_the_bundled_folders_are_found():
    assert (reports_dir() / "customer-value" / "report.qmd").is_file()
    assert (sample_data_dir() / "shop.csv").is_file()


def test_the_generator_makes_the_sample_again(tmp_path, monkeypatch):
    again = tmp_path / "shop.csv"
    monkeypatch.setattr(sys, "argv", ["generate.py", str(again)])
    runpy.run_path(str(sample_data_dir() / "generate.py"), run_name="__main__")
    assert again.read_bytes() == (sample_data_dir() / "shop.csv").read_bytes()
