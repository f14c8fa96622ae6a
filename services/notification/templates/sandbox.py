"""What a template may do: a small part of Jinja2's language, in which every program ends soon and stays small. Pure.

Jinja2's own sandbox keeps templates from Python's internals, but lets them count to 10**10 and build a gigabyte. Here
only what is listed may be written: no call but `range` in a loop, no macro, no filter that grows a text; what loops
spends steps of a budget, in each round as many as its body has parts. So whether a template is stopped depends on it
and its facts alone, never on the clock.
"""

import itertools
import operator as arithmetic
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from jinja2 import DictLoader, StrictUndefined, TemplateSyntaxError, nodes, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.filters import sync_do_join
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 20_000
LONGEST_VALUE = 2_000
LARGEST_NUMBER = 10**30
_STEP = "_step"

_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.Assign, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod,
    nodes.Block, nodes.Extends, nodes.Keyword, nodes.Tuple, nodes.List,
    nodes.Slice,
)  # fmt: skip
_FILTERS = frozenset((
    "abs", "capitalize", "count", "d", "default", "e", "escape", "first", "int", "join", "last",
    "length", "lower", "round", "title", "trim", "truncate", "upper", "urlencode",
))  # fmt: skip
_TESTS = frozenset((
    "defined", "undefined", "none", "odd", "even", "divisibleby", "eq", "equalto", "ne",
    "gt", "ge", "lt", "le", "greaterthan", "lessthan", "in", "string", "number",
    "true", "false", "boolean", "==", "!=", ">", ">=", "<", "<=",
))  # fmt: skip

_COMPUTE: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": arithmetic.add,
    "-": arithmetic.sub,
    "*": arithmetic.mul,
    "/": arithmetic.truediv,
    "//": arithmetic.floordiv,
    "%": arithmetic.mod,
}


class Budget:
    """The steps that one rendering may take."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int) -> bool:
        """True, so that it can stand in a condition. Raises SecurityError when nothing is left."""
        self._left -= steps
        if self._left < 0:
            raise SecurityError(f"it loops for more than {MOST_STEPS} steps; show less, or loop less deeply")
        return True


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Compiles what is allowed, and renders it within its bounds; give `context_of` what a template sees."""

    intercepted_binops = frozenset(_COMPUTE)

    def __init__(self, sources: Mapping[str, str], *, autoescape: bool) -> None:
        super().__init__(
            loader=DictLoader(sources),
            autoescape=autoescape,
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            finalize=_only_plain,
        )
        known_filters = {name: known for name, known in self.filters.items() if name in _FILTERS}
        self.filters = {**known_filters, **_BOUNDED_FILTERS}
        self.tests = {name: known for name, known in self.tests.items() if name in _TESTS}
        self.globals = {"range": _bounded_range}

    def context_of(self, values: Mapping[str, object]) -> dict[str, object]:
        return {**values, _STEP: Budget().spend}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check(tree, tree, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            _count(loop)
        return tree

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 - Jinja2's signature
        """Text can be joined up to some length; all else is arithmetic with numbers of some size."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            if len(left) + len(right) > LONGEST_VALUE:
                raise SecurityError(f"it builds a text of more than {LONGEST_VALUE} characters")
            return left + right
        if not all(isinstance(one, int | float) and abs(one) <= LARGEST_NUMBER for one in (left, right)):
            raise SecurityError(f"`{operator}` is for numbers up to 10**30, and `+` for two texts as well")
        return _COMPUTE[operator](left, right)


def _bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MOST_STEPS:
        raise SecurityError(f"range() of {len(numbers)} numbers is more than the {MOST_STEPS} steps there are")
    return numbers


@pass_eval_context
def _bounded_join(context: nodes.EvalContext, value: Any, d: str = "") -> str:
    """Jinja2's own, of so many texts and numbers that the result is no longer than any text may be."""
    items = list(itertools.islice(value, LONGEST_VALUE + 1))
    if any(not isinstance(one, str | int | float) for one in items):
        raise SecurityError("join is for texts and numbers")
    if sum(len(str(one)) + len(d) for one in items) > LONGEST_VALUE:
        raise SecurityError(f"it builds a text of more than {LONGEST_VALUE} characters")
    return sync_do_join(context, items, d)


def _to_whole(value: float) -> float:
    return round(value)


_BOUNDED_FILTERS: Mapping[str, Callable[..., Any]] = {"join": _bounded_join, "round": _to_whole}
"""In the place of Jinja2's: its `join` doubles what it is given twice, its `round` computes ten to any power."""


def _only_plain(value: Any) -> Any:
    if isinstance(value, list | tuple | range | Mapping):
        raise SecurityError("a list cannot be shown as it is; join it, or go through it")
    return value


def _check(node: nodes.Node, parent: nodes.Node, name: str | None, filename: str | None) -> None:
    """Raises TemplateSyntaxError for the first thing that no template may do."""

    def refuse(reason: str) -> NoReturn:
        raise TemplateSyntaxError(reason, node.lineno or 1, name, filename)

    match node:
        case nodes.Call():
            if not (isinstance(parent, nodes.For) and node is parent.iter and _is_range(node)):
                refuse("nothing can be called but range(), and that as what a `for` goes through")
        case nodes.Getattr() if node.attr.startswith("_"):
            refuse(f"`{node.attr}` cannot be reached: names beginning with _ are Python's own")
        case nodes.Getitem() if isinstance(node.arg, nodes.Const) and str(node.arg.value).startswith("_"):
            refuse(f"`{node.arg.value}` cannot be reached: names beginning with _ are Python's own")
        case nodes.Name() if node.name.startswith("_") or node.name == "self":
            refuse(f"`{node.name}` cannot be used: it is none of the facts")
        case nodes.For() if node.recursive:
            refuse("a loop cannot be recursive")
        case nodes.Assign() if _holds_list(node):
            refuse("a list cannot be kept under a name")
        case nodes.List() | nodes.Tuple() if _holds_list(node):
            refuse("a list cannot hold lists")
        case nodes.Extends() if not isinstance(node.template, nodes.Const):
            refuse("`extends` names a layout as plain text")
        case nodes.Filter() if node.name not in _FILTERS:
            refuse(f"there is no filter `{node.name}`; there are {', '.join(sorted(_FILTERS))}")
        case nodes.Test() if node.name not in _TESTS:
            refuse(f"there is no test `{node.name}`")
        case nodes.Const() | nodes.Template() | nodes.TemplateData():
            pass
        case _ if not isinstance(node, _NODES):
            refuse(f"`{type(node).__name__.lower()}` is not part of what templates may use")
    for child in node.iter_child_nodes():
        _check(child, node, name, filename)


def _holds_list(node: nodes.Node) -> bool:
    return any(True for _ in node.find_all((nodes.List, nodes.Tuple)))


def _is_range(call: nodes.Call) -> bool:
    return isinstance(call.node, nodes.Name) and call.node.name == "range" and not (call.dyn_args or call.dyn_kwargs)


def _count(loop: nodes.For) -> None:
    """Each round spends as many steps as the loop has parts; where there is a condition, also a round it rejects."""
    parts = 1 + sum(1 for _ in loop.find_all(nodes.Node))
    spend = nodes.Call(nodes.Name(_STEP, "load"), [nodes.Const(parts)], [], None, None)
    spend.set_lineno(loop.lineno)
    if loop.test is not None:
        loop.test = nodes.And(spend, loop.test, lineno=loop.lineno)
    else:
        loop.body.insert(0, nodes.Output([nodes.CondExpr(spend, nodes.Const(""), nodes.Const(""))], lineno=loop.lineno))
