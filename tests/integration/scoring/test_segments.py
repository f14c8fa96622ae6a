"""Segments over HTTP: written, previewed, computed in the background, and current as events arrive and time passes."""

import csv
import io
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.scoring.segments.repository import COLUMNS
from services.scoring.segments.vocabulary import VOCABULARY
from shared.conditions.reading import read_condition
from shared.conditions.sql import to_sql
from shared.contracts import interaction
from shared.contracts.common import Money
from tests.support.answers import problem
from tests.support.factories.scoring import START, days, interaction_event
from tests.support.scoring_service import ScoringService
from tests.support.segments import BUYERS, CUSTOMERS, create, fill, members, moves, profile

QUIET = {"all": [{"field": "purchases", "at_least": 1}, {"field": "last_purchase_on", "older_than_days": 30}]}


@pytest.mark.parametrize("batch", [1, 4, 500])
async def test_a_segment_has_whom_its_condition_holds_of(scoring: ScoringService, batch: int) -> None:
    await fill(scoring)
    made = await create(scoring, BUYERS)
    assert (made["state"], made["customers"], made["revision"]) == ("computing", 0, 1)
    await scoring.keep_segments(batch)
    segment = await scoring.read(f"/v1/segments/{made['segment_id']}")
    assert (segment["state"], segment["percent"], segment["customers"], segment["waiting"]) == ("current", 100.0, 4, 0)
    assert segment["counted_at"] == "1997-01-11T04:00:00Z"
    assert await members(scoring, segment) == set(CUSTOMERS[1:-1])
    told = await moves(scoring)
    assert sorted(told) == [(True, one, True) for one in CUSTOMERS[1:-1]]
    assert await scoring.keep_segments() == 0


async def test_members_follow_events_profiles_and_time(scoring: ScoringService) -> None:
    await fill(scoring)
    buyers, quiet = await create(scoring, BUYERS), await create(scoring, QUIET, "quiet")
    tagged = await create(scoring, {"field": "tags", "contains": "tea"}, "tea lovers")
    await scoring.keep_segments()
    await moves(scoring)
    await scoring.apply(interaction_event(customer_id=CUSTOMERS[0], at=START + days(9)))
    assert (await scoring.read(f"/v1/segments/{buyers['segment_id']}"))["waiting"] == 1
    await scoring.know(profile(CUSTOMERS[5], tags=["tea"]), profile(uuid4()))
    await scoring.keep_segments()
    assert await moves(scoring) == [(True, CUSTOMERS[0], False), (True, CUSTOMERS[5], False)]
    assert CUSTOMERS[0] in await members(scoring, buyers)
    assert await members(scoring, tagged) == {CUSTOMERS[5]}
    scoring.clock.move_to(START + days(32))
    await scoring.keep_segments()
    assert sorted(one for _, one, _ in await moves(scoring)) == [CUSTOMERS[1]]
    scoring.clock.move_to(START + days(60))
    await scoring.keep_segments()
    await scoring.apply(interaction_event(customer_id=CUSTOMERS[2], at=START + days(60)))
    await scoring.keep_segments()
    assert await members(scoring, quiet) == {CUSTOMERS[place] for place in (0, 1, 3, 4)}
    assert (await moves(scoring))[-1] == (False, CUSTOMERS[2], False)
    names = [one["name"] for one in await scoring.read_list(f"/v1/customers/{CUSTOMERS[1]}/segments")]
    assert names == ["buyers", "quiet"]


async def test_a_void_and_a_score_move_members_too(scoring: ScoringService) -> None:
    scoring.clock.move_to(START + days(10))
    bought = interaction_event(at=START)
    await create(scoring, {"field": "churn_reasons", "contains": "complaint_pending"}, "complaining")
    await create(scoring, {"field": "revenue", "above": 99.99}, "paying")
    await scoring.apply(bought, interaction_event(interaction.ComplaintOpened, START + days(1)))
    await scoring.keep_segments()
    assert [entered for entered, _, _ in await moves(scoring)] == [True, True]
    void = interaction_event(
        interaction.InteractionVoided, START + days(2), voided_interaction_id=bought.data.interaction_id
    )
    await scoring.apply(void)
    await scoring.keep_segments()
    assert [entered for entered, _, _ in await moves(scoring)] == [False, False]


async def test_changing_and_removing_a_segment(scoring: ScoringService) -> None:
    await fill(scoring)
    made = await create(scoring, BUYERS)
    await scoring.keep_segments()
    await moves(scoring)
    address = f"/v1/segments/{made['segment_id']}"
    assert (await scoring.client.get(address)).headers["etag"] == '"1"'
    narrower = {"condition": {"field": "purchases", "at_least": 4}}
    assert problem(await scoring.client.patch(address, json=narrower))[1] == "if_match_required"
    changed = await scoring.client.patch(address, json=narrower, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["state"]) == (200, '"2"', "computing")
    stale = await scoring.client.patch(address, json={"name": "other"}, headers={"If-Match": '"1"'})
    assert problem(stale) == (412, "version_conflict", "If-Match")
    await scoring.keep_segments()
    assert sorted(await moves(scoring)) == [(False, one, True) for one in CUSTOMERS[1:3]]
    renamed = await scoring.client.patch(address, json={"name": "best"}, headers={"If-Match": '"2"'})
    assert (renamed.json()["state"], renamed.json()["name"]) == ("current", "best")
    assert (await scoring.client.delete(address, headers={"If-Match": '"3"'})).status_code == 204
    assert problem(await scoring.client.get(address))[1] == "segment_unknown"
    await create(scoring, BUYERS, "best")
    await scoring.keep_segments(batch=1)
    assert (False, CUSTOMERS[4], True) in await moves(scoring)
    assert [one["name"] for one in (await scoring.read("/v1/segments"))["items"]] == ["best"]
    assert await scoring.count("segments") == 1


async def test_a_preview_counts_and_shows_without_keeping(scoring: ScoringService) -> None:
    await fill(scoring)
    asked = {"condition": {"field": "purchases", "at_least": 3}, "sample": 2}
    first = await scoring.client.post("/v1/segments/preview", json=asked)
    assert (first.json()["ready"], first.json()["customers"], first.headers["retry-after"]) == (False, None, "5")
    await scoring.keep_segments()
    found = await scoring.post("/v1/segments/preview", 200, asked)
    assert (found["ready"], found["customers"], len(found["sample"])) == (True, 3, 2)
    assert found["sample"][0]["realised_value"] == "90.00"
    assert await scoring.count("segments") == 0
    assert await moves(scoring) == []


@pytest.mark.parametrize(
    ("condition", "field", "hint"),
    [
        ({"all": [BUYERS, {"field": "abc_clas", "is": "A"}]}, "condition.all[1].field", "did you mean abc_class?"),
        ({"field": "abc_class", "is": "D"}, "condition.is", "must be one of A, B, C"),
        ({"field": "purchases", "contains": "x"}, "condition", "takes exactly one of"),
        ({"eval": "1"}, "condition", "exactly one of all, any, not and field"),
    ],
)
async def test_a_mistake_is_named_with_its_place(
    scoring: ScoringService, condition: object, field: str, hint: str
) -> None:
    for address, body in (("/v1/segments", {"name": "x"}), ("/v1/segments/preview", {})):
        answer = await scoring.client.post(address, json={**body, "condition": condition})
        assert problem(answer) == (422, "condition_invalid", field)
        assert hint in answer.json()["detail"]
    assert await scoring.count("segments") == 0


async def test_names_are_taken_once_and_members_leave_as_a_table(scoring: ScoringService) -> None:
    await fill(scoring)
    await scoring.know(profile(CUSTOMERS[1], owner_id="=cmd|x"))
    made = await create(scoring, BUYERS)
    taken = await scoring.client.post("/v1/segments", json={"name": "buyers", "condition": BUYERS})
    assert problem(taken) == (409, "segment_name_taken", "name")
    await scoring.keep_segments()
    answer = await scoring.client.get(f"/v1/segments/{made['segment_id']}/members.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [UUID(row["customer_id"]) for row in rows] == CUSTOMERS[1:-1]
    assert rows[0]["owner_id"] == "'=cmd|x"
    first = await scoring.read(f"/v1/segments/{made['segment_id']}/members", limit=3)
    second = await scoring.read(f"/v1/segments/{made['segment_id']}/members", limit=3, cursor=first["next_cursor"])
    assert [len(page["items"]) for page in (first, second)] == [3, 1]
    words = {word["name"] for word in (await scoring.read("/v1/segments/vocabulary"))["words"]}
    assert words == set(VOCABULARY.fields)


async def test_every_word_has_a_column_of_its_type(scoring: ScoringService) -> None:
    """What holds in memory is what SQL finds, for each word with a value and without."""
    await fill(scoring)
    await scoring.know(
        profile(
            CUSTOMERS[1],
            kind="organisation",
            region="CN-31",
            tags=["tea", "vip"],
            owner_id="m-1",
            contacts={"active": 1, "executives": 0, "risks": ["no_executive"], "main": "gone"},
            wallet=[{"category": "tea", "yearly": Money(minor=9_000_00, currency="CNY")}],
        )
    )
    await scoring.post("/v1/segments/preview", 200, {"condition": BUYERS})
    await scoring.keep_segments()
    async with scoring.database.snapshot() as session:
        for word in VOCABULARY.fields:
            known = read_condition({"field": word, "missing": False}, VOCABULARY)
            sql = to_sql(known, COLUMNS, scoring.clock.now())
            found = await session.scalar(text(f"SELECT count(*) FROM segment_subjects WHERE {sql.text}"))
            assert found is not None
    asked = {
        "all": [
            {"field": "wallet", "at_least": 9000},
            {"field": "coverage_risks", "contains": "no_executive"},
            {"field": "owner_id", "is": "m-1"},
            {"field": "main_contact_gone", "is": True},
            {"field": "satisfaction", "at_least": 0.5},
            {"field": "first_purchase_on", "is": "1997-01-01"},
            {"field": "registered_at", "before": "1997-01-02T00:00:00Z"},
            {"not": {"field": "tags", "contains_all": ["tea", "other"]}},
        ]
    }
    assert (await scoring.post("/v1/segments/preview", 200, {"condition": asked}))["customers"] == 1
    made = await create(scoring, asked)
    await scoring.keep_segments()
    assert await members(scoring, made) == {CUSTOMERS[1]}
