"""Customers, and who of them something happens to: the same for the same seed, wherever it runs."""

import random
from itertools import accumulate
from typing import Literal
from uuid import UUID

Distribution = Literal["uniform", "zipf"]

ZIPF_EXPONENT = 1.2
_SPREADING = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""An odd number, so that multiplying by it (modulo 2^128) gives each customer an id of its own, far from the last."""


def customer_id(number: int) -> UUID:
    return UUID(int=(number + 1) * _SPREADING % (1 << 128), version=4)


class Population:
    """`size` customers; `uniform` names each of them equally often, `zipf` the k-th one in proportion to k^-1.2."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError("a population has at least one customer")
        self.ids = tuple(str(customer_id(number)) for number in range(size))
        self._weights = list(accumulate(rank**-ZIPF_EXPONENT for rank in range(1, size + 1)))

    def draw(self, chance: random.Random, count: int, distribution: Distribution) -> list[str]:
        """Ids of `count` customers, drawn with replacement."""
        if distribution == "uniform":
            return chance.choices(self.ids, k=count)
        return chance.choices(self.ids, cum_weights=self._weights, k=count)
