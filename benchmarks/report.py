"""The tables of docs/performance.md, written from the JSON that the benchmarks left."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.aims import AIMS, Aim, Document
from benchmarks.harness.cases import UNITS
from benchmarks.harness.output import LABELS, write_number

_MARKED = re.compile(r"(<!-- figures: (?P<name>[a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_AIMS = "aims"
_SURROUNDINGS = "machine"


def read_documents(folder: Path) -> dict[str, Document]:
    """By benchmark."""
    documents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json")))
    return {document["benchmark"]: document for document in documents}


def rewrite(text: str, documents: Mapping[str, Document]) -> str:
    """`text` with a table between each pair of markers for which there are figures; the others stay as they are."""

    def table(match: re.Match[str]) -> str:
        written = _written(match["name"], documents)
        return match[0] if written is None else f"{match[1]}{written}\n{match[3]}"

    return _MARKED.sub(table, text)


def _written(name: str, documents: Mapping[str, Document]) -> str | None:
    if name == _AIMS:
        return write_aims(documents)
    if name == _SURROUNDINGS:
        return "\n".join(f"- `{one}`: {_surroundings(document)}" for one, document in documents.items())
    return write_cases(documents[name]) if name in documents else None


def write_aims(documents: Mapping[str, Document]) -> str:
    rows = [_aim_row(aim, documents.get(aim.benchmark)) for aim in AIMS]
    return _table(("what", "aim", "measured", "", "command"), rows)


def write_cases(document: Document) -> str:
    """A table per case, under a line that says what it is about."""
    parts = []
    for case in document["cases"]:
        names = [name for name in UNITS if any(name in one["figures"] for one in case["subjects"])]
        rows = [_subject_row(case, one, names) for one in case["subjects"]]
        head = ("", *(LABELS[name] for name in names), "ours is")
        parts.append(f"**{case['name']}**: {case['about']}\n\n{_table(head, rows)}")
    return "\n\n".join(parts)


def _subject_row(case: Mapping[str, Any], one: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    name = f"**{one['name']}**" if one["role"] == "ours" else f"{one['name']} ({one['role']})"
    times = case["ours_as_a_multiple_of"].get(one["name"])
    figures = [_figure(one["figures"].get(figure), figure) for figure in names]
    return (name, *figures, "" if times is None else f"{times['median']:.3g} ×")


def _figure(summary: Mapping[str, Any] | None, name: str) -> str:
    if summary is None:
        return ""
    unit = "" if UNITS[name] == "/s" else f" {UNITS[name]}"
    spread = "" if len(summary["runs"]) == 1 else f" ±{summary['spread'] / 2:.0%}"
    return f"{write_number(summary['median'])}{unit}{spread}"


def _aim_row(aim: Aim, document: Document | None) -> tuple[str, ...]:
    value = None if document is None else aim.measured(document)
    if value is None:
        return (aim.about, aim.wanted, "not measured yet", "", f"`{aim.command}`")
    verdict = "reached" if aim.holds(value) else "missed"
    return (aim.about, aim.wanted, f"{write_number(value)}{aim.unit}", verdict, f"`{aim.command}`")


def _surroundings(document: Document) -> str:
    machine, versions = document["machine"], document["versions"]
    runs = max(len(figure["runs"]) for case in document["cases"] for figure in _summaries(case))
    return (
        f"commit {document['commit']}, {document['scale']} loads, {runs} runs, load before "
        f"{document['load_before']['one_minute']}; {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gigabytes']} GB, {machine['system']}; Python {versions['python']}, "
        f"PostgreSQL {versions['postgresql']}, Kafka {versions.get('kafka', 'none')}"
    )


def _summaries(case: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [figure for one in case["subjects"] for figure in one["figures"].values()]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
