"""Templates of a business's own: created, written, put in force, and said by a rule or a task of its own."""

from typing import Any
from uuid import uuid4

import httpx

from tests.support.answers import problem
from tests.support.factories.notification import profile_updated, visit
from tests.support.notification_service import NotificationService
from tests.support.rules import activate_rule, rule_on, task_on

NEW: dict[str, Any] = {
    "name": "tour_thanks",
    "description": "thanks for a tour of the works",
    "facts": {"place": "works", "purpose": "a tour"},
    "required": ["place"],
}
WORDS: dict[str, Any] = {
    "language": "zh-CN",
    "subject": "感谢参观",
    "text": "{{ customer.name }}：感谢您参观{{ place }}。",
    "html": "<p>{{ customer.name }}：感谢您参观{{ place }}。</p>",
    "reason": "a test",
}
THANKS = rule_on("visit", template="tour_thanks")


async def create(service: NotificationService, **changes: Any) -> httpx.Response:
    return await service.client.post("/v1/templates", json=NEW | changes)


async def put_in_force(service: NotificationService, **changes: Any) -> int:
    written = await service.client.post("/v1/templates/tour_thanks/versions", json=WORDS | changes)
    assert written.status_code == 201, written.text
    version = int(written.json()["version"])
    wanted = {"language": (WORDS | changes)["language"], "version": version, "reason": "a test"}
    activated = await service.client.post("/v1/templates/tour_thanks/activations", json=wanted)
    assert activated.status_code == 201, activated.text
    return version


async def test_own_words_are_said_by_a_rule_of_its_own(service: NotificationService) -> None:
    created = await create(service)
    assert (created.status_code, created.json()["shipped"], created.json()["required"]) == (201, False, ["place"])
    drafted = await service.client.put("/v1/rules/tour/draft", json={"document": THANKS, "reason": "a test"})
    mute = await service.client.post(
        "/v1/rules/tour/activate", json={"reason": "go"}, headers={"If-Match": drafted.headers["ETag"]}
    )
    assert problem(mute) == (422, "template_without_words", "document.message.template")
    assert await put_in_force(service) == 2
    await activate_rule(service, "tour", THANKS)
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))  # reads English, in which nothing was written
    await service.handle(visit(customer_id))
    await service.claim()
    (row,) = [one for one in await service.messages(customer_id) if one["rule"] == "tour"]
    assert (row["state"], row["language"], row["body_text"]) == ("sent", "zh-CN", "Test Customer：感谢您参观store。")
    await put_in_force(service, language="en", subject="Thanks", text="Thanks for {{ place }}", html="<p>Thanks</p>")
    shown = await service.client.post("/v1/templates/tour_thanks/preview", json={"language": "en"})
    assert (shown.json()["language"], shown.json()["text"]) == ("en", "Thanks for works")


async def test_own_words_for_staff_are_said_by_tasks_alone(service: NotificationService) -> None:
    await create(service, for_staff=True)
    await put_in_force(service)
    refused = await service.client.post("/v1/rules/validate", json={"document": THANKS})
    assert problem(refused) == (422, "template_unsuitable", "document.message.template")
    await activate_rule(service, "tour", task_on("visit", template="tour_thanks"))
    customer_id = uuid4()
    await service.handle(profile_updated(customer_id))
    await service.handle(visit(customer_id))
    (task,) = (await service.get("/v1/tasks", rule="tour"))["items"]
    assert task["title"] == {"en": "感谢参观", "zh-CN": "感谢参观"}


async def test_what_no_template_can_be_is_refused(service: NotificationService) -> None:
    await create(service)
    for changes, told in (
        ({}, (409, "template_exists", None)),
        ({"name": "birthday"}, (409, "template_exists", None)),
        ({"name": "trials"}, (409, "template_exists", None)),
        ({"name": "other", "facts": {"customer": "x"}, "required": []}, (422, "fact_unknown", "facts.customer")),
        ({"name": "other", "required": ["day_of_visit"]}, (422, "fact_unknown", "facts.day_of_visit")),
    ):
        assert problem(await create(service, **changes)) == told
    for method, path in (("GET", "versions"), ("POST", "versions"), ("POST", "activations"), ("POST", "preview")):
        body = {"versions": WORDS, "activations": {"language": "en", "version": 2, "reason": "x"}}.get(path, {})
        answer = await service.client.request(method, f"/v1/templates/farewell/{path}", json=body)
        assert problem(answer)[:2] == (404, "template_unknown")
    first = await service.client.get("/v1/templates/tour_thanks/versions/en/any/1")
    assert problem(first)[:2] == (404, "version_unknown")


async def test_a_fact_that_the_trigger_does_not_tell_cannot_be_required(service: NotificationService) -> None:
    await create(service, facts={"order_id": "A-1"}, required=["order_id"])
    answer = await service.client.post("/v1/rules/validate", json={"document": THANKS})
    assert problem(answer) == (422, "template_unsuitable", "document.message.template")
