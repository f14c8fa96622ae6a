"""Decisions in words, for those who are asked why: in English and in Chinese. Pure."""

from collections.abc import Mapping
from typing import Any

from services.notification.values import Outcome, Reason

Words = tuple[str, str]
"""English, Chinese; `{…}` are filled from the decision and its detail."""

_REASONS: Mapping[Reason, Words] = {
    Reason.RULE_DISABLED: ("the rule has been retired.", "该规则已停用。"),
    Reason.ERASED: ("the customer asked to be forgotten, and was.", "客户的资料已按要求删除。"),
    Reason.DECEASED: ("the customer is deceased.", "客户已故。"),
    Reason.STALE: (
        "it was recorded too long after it happened: history that is loaded thanks nobody.",
        "记录时间距事情发生已久，补录的历史不触发消息。",
    ),
    Reason.TOO_LATE: ("by then it would have come too late.", "时机已过，此时发送为时已晚。"),
    Reason.NOT_A_PERSON: ("organisations have no birthday.", "机构客户没有生日。"),
    Reason.CONDITION_NOT_MET: ("the rule's condition does not hold for this customer.", "客户不符合该规则的条件。"),
    Reason.OPEN_COMPLAINT: (
        "a severe complaint is open; the apology comes first.",
        "客户有未解决的严重投诉，应先致歉。",
    ),
    Reason.NO_CONSENT: (
        "the customer has not consented to {purpose} messages on any of its channels.",
        "客户未同意通过任何可用渠道接收{purpose_zh}类消息。",
    ),
    Reason.NO_ADDRESS: (
        "there is consent, but no address to write to.",
        "客户虽已同意，但没有可用的联系方式。",
    ),
    Reason.CHANNEL_OFF: ("nothing is configured to serve its channels.", "所需渠道均未配置。"),
    Reason.ADDRESS_SUPPRESSED: (
        "the address bounced, or its owner complained of our mail.",
        "该地址曾退信或被投诉，已列入停发名单。",
    ),
    Reason.DO_NOT_DISTURB: (
        "the customer asked not to be disturbed for the time being.",
        "客户目前设置了免打扰。",
    ),
    Reason.QUIET_HOURS: (
        "it fell into quiet hours, and after them (at {until}) it would have come too late.",
        "正值免打扰时段，待其结束（{until}）则为时已晚。",
    ),
    Reason.FREQUENCY_CAP: (
        "the customer has had {at_most} {purpose} messages within {hours} hours, as many as are allowed.",
        "{hours}小时内已向客户发送{at_most}条{purpose_zh}类消息，达到上限。",
    ),
    Reason.DUPLICATE: (
        "the same was said not long ago, by {other_rule} (decision {decision_id}).",
        "不久前已由规则 {other_rule} 说过同样的内容（决策 {decision_id}）。",
    ),
    Reason.MERGED: (
        "one message a day is enough: {other_rule} took its place (decision {decision_id}).",
        "同日只发一条消息：由规则 {other_rule} 代替（决策 {decision_id}）。",
    ),
    Reason.CANCELLED: (
        "what it waited for has been overtaken: {event} (event {event_id}).",
        "等待期间情况已变：{event}（事件 {event_id}）。",
    ),
    Reason.NO_COUPON: ("no code was left on its list of coupons.", "优惠码已发完。"),
    Reason.NO_ASSIGNEE: ("there is nobody to give it to.", "没有可指派的人员。"),
}
_PURPOSES_ZH = {"service": "服务", "care": "关怀", "marketing": "营销"}
_PLANNED: Words = ("To be sent by {rule} on {channel}.", "按规则 {rule}，通过 {channel} 发送。")
_GIVEN: Words = ("A task by {rule}, for the {kind} {assignee}.", "按规则 {rule} 生成任务，交{kind_zh} {assignee}。")
_FALLEN: Words = (
    "A task by {rule}: the customer has no owner to give it to, so that the {kind} {assignee} has it.",
    "按规则 {rule} 生成任务：客户没有负责人，改由{kind_zh} {assignee} 处理。",
)
_KINDS_ZH = {"employee": "员工", "role": "角色"}
_AWAITING: Words = (
    "Waiting: the customer's profile has not arrived.",
    "等待中：客户资料尚未到达。",
)
_QUIET: Words = (
    "Waiting until {due_at}: quiet hours of the customer or of the business.",
    "等待至 {due_at}：正值免打扰时段。",
)
_DUE: Words = ("Waiting until {due_at}, as the rule {rule} says.", "按规则 {rule} 等待至 {due_at}。")


def explain(
    *,
    rule: str,
    outcome: Outcome,
    reason: Reason | None,
    channel: str | None,
    purpose: str | None,
    due_at: str | None,
    detail: Mapping[str, Any],
) -> dict[str, str]:
    """A sentence by language. Without a channel it is about a task."""
    blank = dict.fromkeys(("until", "at_most", "hours", "decision_id", "event", "event_id", "assignee"), "—")
    values = blank | {
        **detail,
        "rule": rule,
        "other_rule": detail.get("rule", "—"),
        "channel": channel or "—",
        "purpose": purpose or "—",
        "purpose_zh": _PURPOSES_ZH.get(purpose or "", "—"),
        "kind": detail.get("assignee_kind", "—"),
        "kind_zh": _KINDS_ZH.get(detail.get("assignee_kind", ""), "—"),
        "due_at": due_at or "—",
    }
    english, chinese = _words(outcome, reason, detail, is_task=channel is None)
    return {"en": english.format(**values), "zh-CN": chinese.format(**values)}


def _words(outcome: Outcome, reason: Reason | None, detail: Mapping[str, Any], *, is_task: bool) -> Words:
    if reason is not None:
        english, chinese = _REASONS[reason]
        if is_task:
            return f"No task by {{rule}}: {english}", f"规则 {{rule}} 未生成任务：{chinese}"
        return f"Not sent by {{rule}}: {english}", f"规则 {{rule}} 未发送：{chinese}"
    if outcome is Outcome.WAITING:
        return _QUIET if "quiet_until" in detail else _DUE
    if outcome is Outcome.AWAITING_PROFILE:
        return _AWAITING
    if is_task:
        return _FALLEN if "because" in detail else _GIVEN
    return _PLANNED
