"""The models of purchases that there are: a new one is its own file and a name here."""

import json

import pandas as pd

from custanalytics.errors import UsageError
from custanalytics.value_models.bg_bb import BGBB
from custanalytics.value_models.bg_nbd import BGNBD
from custanalytics.value_models.inputs import checked, require_repeat_buyers, unique_rows
from custanalytics.value_models.mbg_nbd import MBGNBD
from custanalytics.value_models.pareto_nbd import ParetoNBD
from custanalytics.value_models.purchase_models import PurchaseModel

PURCHASE_MODELS: tuple[type[PurchaseModel], ...] = (BGNBD, MBGNBD, ParetoNBD, BGBB)


def model_class(name: str) -> type[PurchaseModel]:
    """Find the class of a model by its name, such as ``"BG/NBD"``."""
    by_name = {model.name: model for model in PURCHASE_MODELS}
    if name not in by_name:
        raise UsageError(f"no model is named {name!r}; there are {', '.join(by_name)}")
    return by_name[name]


def fit(model_name: str, summary: pd.DataFrame) -> PurchaseModel:
    """Fit a model of purchases on a customer summary.

    Parameters
    ----------
    model_name : str
        The name of one of ``PURCHASE_MODELS``, for example ``"BG/NBD"``.
    summary : DataFrame
        One row per customer: ``customer_id``, ``frequency`` (repeat purchase days),
        ``recency`` and ``T`` (days), ``monetary_value`` (currency units, null when
        frequency is 0).

    Returns
    -------
    PurchaseModel

    Raises
    ------
    UsageError
        The summary can't be right, or no model has that name.
    UnsupportedError
        Fewer than 20 customers came back.
    """
    frame = checked(summary)
    require_repeat_buyers(frame)
    return model_class(model_name).fitted(unique_rows(frame))


def from_json(text: str) -> PurchaseModel:
    """Read back a model that `PurchaseModel.to_json` wrote.

    Parameters
    ----------
    text : str
        The JSON text.

    Returns
    -------
    PurchaseModel
    """
    return model_class(json.loads(text)["model"]).from_json(text)
