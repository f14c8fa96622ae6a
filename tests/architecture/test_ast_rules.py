"""Rules of this code base that ruff, mypy and import-linter cannot say."""

import ast
import re

from tests.support.source import ROOT, calls, functions, listed, parse, place, python_files

CODE = ("shared", "services", "deploy", "tests", "benchmarks")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

COMMITS = {"shared/db/session.py", "shared/db/migrate.py"}
"""Transactions of a request, message or job; and the migrations' own."""

WALL_CLOCK = {"shared/clock.py"}
CLOCK_READINGS = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time)$")
DATABASE_CLOCK = re.compile(r"\b(now\(\)|current_timestamp|clock_timestamp\(\)|statement_timestamp\(\))", re.IGNORECASE)

CHECKS = re.compile(r"(^|\.)(assert_\w+|check|check_\w+|eventually|expect_\w+|fail|raises|warns)$")


def relative(path: object) -> str:
    return str(path).removeprefix(f"{ROOT}/")


def test_only_the_transaction_edge_commits() -> None:
    """A broker's `commit(offsets)` names what it commits; a database's `commit()` does not."""
    offenders = [
        place(path, call)
        for path in python_files("shared", "services")
        if relative(path) not in COMMITS
        for call, name in calls(parse(path))
        if name.endswith(".commit") and not call.args and not call.keywords
    ]
    assert not offenders, listed(offenders)


def test_nobody_opens_a_transaction_beside_the_edge() -> None:
    offenders = [
        place(path, call)
        for path in python_files("services")
        if "/migrations/" not in relative(path)
        for call, name in calls(parse(path))
        if name.endswith((".begin", "AsyncSession", "create_async_engine"))
    ]
    assert not offenders, listed(offenders)


def test_business_code_asks_the_clock_it_was_given() -> None:
    offenders = [
        place(path, call)
        for path in python_files("shared", "services")
        if relative(path) not in WALL_CLOCK
        for call, name in calls(parse(path))
        if CLOCK_READINGS.search(name)
    ]
    assert not offenders, listed(offenders)


def test_business_time_is_never_the_database_servers_time() -> None:
    offenders = [
        place(path, node)
        for path in python_files("services")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DATABASE_CLOCK.search(node.value)
    ]
    offenders += [
        place(path, call)
        for path in python_files("services")
        for call, name in calls(parse(path))
        if name in {"func.now", "sa.func.now", "func.current_timestamp"}
    ]
    assert not offenders, listed(offenders)


def test_files_stay_small_enough_to_read_at_once() -> None:
    too_long = {
        relative(path): lines
        for path in python_files(*CODE)
        if (lines := len(path.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert not too_long, listed(f"{name}: {lines} lines" for name, lines in too_long.items())


def test_functions_stay_small_enough_to_read_at_once() -> None:
    """Docstrings do not count; a migration is a list of statements, not a function to be understood."""
    too_long = {
        f"{place(path, function)} {function.name}": lines
        for path in python_files(*CODE)
        if "/migrations/versions/" not in relative(path)
        for function in functions(parse(path))
        if (lines := code_lines(function)) > MAX_FUNCTION_LINES
    }
    assert not too_long, listed(f"{name}: {lines} lines" for name, lines in too_long.items())


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    end = function.end_lineno or function.lineno
    lines = end - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_every_test_checks_something() -> None:
    unchecked = [
        f"{place(path, function)} {function.name}"
        for path in python_files("tests")
        if path.name.startswith("test_")
        for function in functions(parse(path))
        if function.name.startswith("test_") and not checks_something(function)
    ]
    assert not unchecked, listed(unchecked)


def checks_something(function: ast.AST) -> bool:
    if any(isinstance(node, ast.Assert) for node in ast.walk(function)):
        return True
    return any(CHECKS.search(name) for _, name in calls(function))


def test_cases_have_the_same_names_in_every_process() -> None:
    """Parallel workers must collect the same tests: nothing random in the list of cases."""
    offenders = [
        place(path, call)
        for path in python_files("tests")
        for function in functions(parse(path))
        for decorator in function.decorator_list
        for call, name in calls(decorator)
        if name.split(".")[-1] in {"uuid4", "uuid7", "random", "token_hex"}
    ]
    assert not offenders, listed(offenders)
