"""The models of purchases and of spend, one file each."""

from custanalytics.value_models.bg_nbd_attributes import AttributeModel, fit_attributes
from custanalytics.value_models.gamma_gamma import GammaGamma
from custanalytics.value_models.purchase_models import PurchaseModel
from custanalytics.value_models.registry import fit, from_json

__all__ = ["AttributeModel", "GammaGamma", "PurchaseModel", "fit", "fit_attributes", "from_json"]
