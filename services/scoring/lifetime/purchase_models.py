"""The models of purchases there are, by the names that policies, tables and reports give them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from services.scoring.lifetime.beta_geometric import BgNbd, MbgNbd
from services.scoring.lifetime.pareto_nbd import ParetoNbd
from services.scoring.lifetime.purchasing import PurchaseModel, PurchaseModelName

REFERENCE: Final[PurchaseModelName] = "bg_nbd"

PURCHASE_MODELS: Final[Mapping[PurchaseModelName, type[BgNbd] | type[MbgNbd] | type[ParetoNbd]]] = MappingProxyType(
    {"bg_nbd": BgNbd, "mbg_nbd": MbgNbd, "pareto_nbd": ParetoNbd}
)


def make_model(name: PurchaseModelName, parameters: Sequence[float]) -> PurchaseModel:
    """From the parameters in the order of the model's `parameter_names`."""
    return PURCHASE_MODELS[name](*(float(number) for number in parameters))


def parameters_of(model: PurchaseModel) -> dict[str, float]:
    return dict(zip(model.parameter_names, model.as_array().tolist(), strict=True))
