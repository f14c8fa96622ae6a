"""The repository's own source, read for the architecture tests."""

import ast
import functools
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def tracked_files() -> tuple[Path, ...]:
    """Every file of the repository, also one not yet committed; nothing that git ignores."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = {name for name in listing.stdout.decode().split("\0") if name}
    return tuple(path for path in sorted(ROOT / name for name in names) if path.is_file())


def python_files(*folders: str) -> list[Path]:
    """Python files below the given folders of the repository."""
    roots = [ROOT / folder for folder in folders]
    return [
        path for path in tracked_files() if path.suffix == ".py" and any(path.is_relative_to(root) for root in roots)
    ]


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def place(path: Path, node: ast.expr | ast.stmt) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def listed(offenders: Iterable[str]) -> str:
    """For the message of a failed rule: all of them, one per line."""
    return "\n" + "\n".join(offenders)


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name of what is called, as far as it is a plain name: `self._clock.now`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, dotted_name(node.func)


def dotted_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted_name(value)}.{name}"
        case ast.Call(func=function):
            return f"{dotted_name(function)}()"
    return "?"


def imported_modules(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every absolute import, `from a import b` as `a.b` (which may be a module or a name in one)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
