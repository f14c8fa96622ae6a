"""How a number of the policy is declared: its unit, its bounds and its meaning, all of which the schema publishes."""

from typing import Any, Final

from pydantic import Field, GetJsonSchemaHandler


def number(unit: str, low: float, high: float, meaning: str, *, above: bool = False, below: bool = False) -> Any:
    """For `Annotated[int, number("days", 1, 3650, "…")]`; `above` and `below`: the bound itself is not allowed.

    Bounds are finite, so that neither an infinity nor anything that is no number passes.
    """
    lower: dict[str, Any] = {"gt": low} if above else {"ge": low}
    upper: dict[str, Any] = {"lt": high} if below else {"le": high}
    return Field(description=meaning, json_schema_extra={"x-unit": unit}, **lower, **upper)


def probability(meaning: str) -> Any:
    """For a probability or share strictly between 0 and 1."""
    return number("share of 1", 0, 1, meaning, above=True, below=True)


class _Exact:
    """Metadata of a decimal: taken as a number or as a text, told as a text, and one schema says so for both ways."""

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        names = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
        limits = {ours: float(core[theirs]) for theirs, ours in names.items() if theirs in core}
        said = {name: value for name, value in handler(core).items() if name in ("description", "x-unit")}
        return {"anyOf": [{"type": "number", **limits}, {"type": "string"}], **said}


EXACT: Final = _Exact()
"""For `Annotated[Decimal, number(…), EXACT]`."""
