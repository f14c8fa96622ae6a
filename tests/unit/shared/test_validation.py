"""Paths and hints for what pydantic refuses, unions and lists included."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from shared.validation import explain
from shared.web.problems import invalid_input, problem_of
from shared.web.schemas import RequestModel


class Line(RequestModel):
    amount: Annotated[int, Field(ge=1)]


class Cat(RequestModel):
    kind: Literal["cat"]
    lives: int = 9
    lines: tuple[Line, ...] = ()


class Dog(RequestModel):
    kind: Literal["dog"]
    tricks: tuple[str, ...] = ()


class Pet(RequestModel):
    name: str = Field(alias="petName")
    animal: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    either: int | Line | None = None
    by_name: dict[str, Line] = Field(default_factory=dict)


def errors(expected: Any, data: Any) -> dict[str, tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(expected).validate_python(data)
    found = explain(caught.value.errors(include_url=False), data, expected)
    return {error.field: (error.code, error.detail) for error in found}


def test_the_branch_of_a_union_is_no_part_of_the_path() -> None:
    told = errors(Pet, {"petName": "a", "animal": {"kind": "cat", "lines": [{"amount": 0}], "lifes": 7}})

    assert set(told) == {"animal.lines[0].amount", "animal.lifes"}
    assert told["animal.lifes"] == ("unknown_field", "is not a known field; did you mean 'lives'?")


def test_the_field_that_says_which_model_is_meant_is_told_when_it_is_wrong() -> None:
    assert errors(Pet, {"petName": "a", "animal": {}}) == {"animal.kind": ("required", "is required")}
    told = errors(Pet, {"petName": "a", "animal": {"kind": "bird"}})
    assert told == {"animal.kind": ("union_tag_invalid", "must be one of 'cat', 'dog'; given was 'bird'")}


def test_every_branch_that_was_tried_speaks_of_the_same_place() -> None:
    told = errors(Pet, {"petName": "a", "either": {"amuont": 1}})

    assert set(told) == {"either", "either.amount", "either.amuont"}
    assert told["either.amuont"][1] == "is not a known field; did you mean 'amount'?"


def test_a_missing_field_has_the_name_callers_use() -> None:
    assert errors(Pet, {}) == {"petName": ("required", "is required")}


def test_keys_of_a_map_are_part_of_the_path() -> None:
    assert set(errors(Pet, {"petName": "a", "by_name": {"x": {"amount": "many"}}})) == {"by_name.x.amount"}


def test_an_unknown_field_like_no_other_is_told_all_there_are() -> None:
    told = errors(Line, {"amount": 1, "zzz": 1})

    assert told["zzz"][1] == "is not a known field; known are amount"


def test_the_whole_may_be_wrong() -> None:
    assert set(errors(Pet, [1])) == {""}
    assert set(errors(Pet, None)) == {""}


def test_a_problem_names_the_whole_too() -> None:
    with pytest.raises(ValidationError) as caught:
        Pet.model_validate([1])

    assert [error.field for error in problem_of(invalid_input(caught.value, [1], Pet)).errors] == ["(body)"]


def test_long_input_is_not_thrown_back() -> None:
    [(_, detail)] = errors(Line, {"amount": "x" * 500}).values()

    assert len(detail) < 200


def test_one_item_of_many_gets_the_problem_it_would_get_alone() -> None:
    data = {"amount": 0, "extra": 1}
    with pytest.raises(ValidationError) as caught:
        Line.model_validate(data)

    problem = problem_of(invalid_input(caught.value, data, Line))

    assert (problem.status, problem.code) == (422, "validation_failed")
    assert {error.field for error in problem.errors} == {"amount", "extra"}
    assert problem.context == {}
