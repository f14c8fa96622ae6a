"""One fit in a process of its own: `python -m benchmarks.lifetime.fit HISTORIES.npz MODEL` prints what it took."""

import json
import sys
import time
from pathlib import Path
from typing import Any, Literal

import numpy as np

from services.scoring.lifetime.fitting import TooLittleData, fit_purchases, fit_spend
from services.scoring.lifetime.gamma_gamma import SpendHistories
from services.scoring.lifetime.purchase_models import PURCHASE_MODELS
from services.scoring.lifetime.purchasing import PurchaseHistories, PurchaseModelName
from services.scoring.policies.queries import read_policy

ModelName = PurchaseModelName | Literal["gamma_gamma"]
MODELS: tuple[ModelName, ...] = (*PURCHASE_MODELS, "gamma_gamma")


def write_histories(path: Path, purchases: PurchaseHistories, spend: SpendHistories) -> None:
    np.savez(
        path, x=purchases.x, t_x=purchases.t_x, T=purchases.T, weight=purchases.weight,
        spend_x=spend.x, m=spend.m, spend_weight=spend.weight,
    )  # fmt: skip


def fit(path: Path, model: ModelName) -> dict[str, Any]:
    """Under the shipped policy; seconds are those of the fit alone. Raises ValueError for too little data."""
    with np.load(path) as kept:
        purchases = PurchaseHistories(kept["x"], kept["t_x"], kept["T"], kept["weight"])
        spend = SpendHistories(kept["spend_x"], kept["m"], kept["spend_weight"])
    rules = read_policy().lifetime
    began = time.perf_counter()
    found = fit_spend(spend, rules) if model == "gamma_gamma" else fit_purchases(purchases, rules, model)
    seconds = time.perf_counter() - began
    if isinstance(found, TooLittleData):
        raise ValueError(f"{found.reason}: {found.found} of {found.needed}")
    rows = spend.x.size if model == "gamma_gamma" else purchases.x.size
    return {"seconds": seconds, "customers": found.customers, "rows": int(rows), "log_likelihood": found.log_likelihood}


if __name__ == "__main__":
    chosen = next(one for one in MODELS if one == sys.argv[2])
    print(json.dumps(fit(Path(sys.argv[1]), chosen)))  # noqa: T201
