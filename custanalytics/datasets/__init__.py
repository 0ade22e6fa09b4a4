"""Open customer data: a catalogue, and an engagement made of any of its sets."""

from custanalytics.datasets.catalogue import UNVERIFIED, Dataset, dataset, datasets
from custanalytics.datasets.fetch import Fetched, fetch

__all__ = ["UNVERIFIED", "Dataset", "Fetched", "dataset", "datasets", "fetch"]
