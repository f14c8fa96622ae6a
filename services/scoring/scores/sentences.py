"""Reasons as sentences, in the languages of the people who read them."""

from typing import Any, Final, Literal

from services.scoring.scores.reason import Reason

Language = Literal["zh-CN", "en"]

_MONEY = frozenset({"revenue", "returned", "bought", "mean_margin", "realised", "a_minimum", "b_minimum"})
"""Evidence that is minor units of the reporting currency."""

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "low": {"zh-CN": "轻微", "en": "low"},
    "medium": {"zh-CN": "一般", "en": "medium"},
    "high": {"zh-CN": "严重", "en": "high"},
    "critical": {"zh-CN": "重大", "en": "critical"},
    "open": {"zh-CN": "处理中", "en": "open"},
    "open_late": {"zh-CN": "逾期未解决", "en": "open beyond the time limit"},
    "reopened": {"zh-CN": "再次投诉", "en": "reopened"},
    "resolved_in_time": {"zh-CN": "按时解决", "en": "resolved in time"},
    "resolved_late": {"zh-CN": "逾期解决", "en": "resolved late"},
    "no_purchase": {"zh-CN": "尚无购买", "en": "no purchase"},
    "dormant": {"zh-CN": "沉默过久", "en": "silent for too long"},
    "model": {"zh-CN": "按模型判断", "en": "by the model"},
    "rhythm": {"zh-CN": "按自身购买节奏判断", "en": "by the customer's own rhythm"},
}

_SENTENCES: Final[dict[str, dict[Language, str]]] = {
    "purchases": {
        "zh-CN": "{purchases} 次购买，销售额 {revenue}，带来毛利 {amount}。",
        "en": "{purchases} purchases worth {revenue} brought a margin of {amount}.",
    },
    "returned_margin": {
        "zh-CN": "{returns} 次退货（{returned}）使毛利变动 {amount}。",
        "en": "{returns} returns of {returned} changed the margin by {amount}.",
    },
    "compensation": {"zh-CN": "投诉赔偿：{amount}。", "en": "Compensation for complaints: {amount}."},
    "expected_year": {
        "zh-CN": "第 {year} 年预期毛利现值 {amount}：重复购买 {repeat_purchases} 次，最近一次在第 {weeks_to_last} 周"
        "（共观察 {weeks_observed} 周），每次平均毛利 {mean_margin}。",
        "en": "Year {year} is expected to bring {amount} in present value: {repeat_purchases} repeat purchases, the "
        "last one in week {weeks_to_last} of {weeks_observed}, with a mean margin of {mean_margin}.",
    },
    "missing_no_model": {
        "zh-CN": "尚无模型：购买数据还太少。",
        "en": "There is no model yet: too few purchases have been recorded.",
    },
    "missing_no_purchase": {"zh-CN": "该客户尚无购买。", "en": "The customer has not bought anything yet."},
    "missing_no_spend_model": {
        "zh-CN": "重复购买的客户太少，无法估计每次毛利。",
        "en": "Too few customers have bought again to learn what a purchase earns.",
    },
    "nothing_known": {
        "zh-CN": "尚未记录任何互动，分数只是起点。",
        "en": "No interaction has been recorded yet: the score is only a starting point.",
    },
    "baseline": {"zh-CN": "起始分 {amount}。", "en": "The starting point is {amount}."},
    "surveys": {
        "zh-CN": "{answers} 份问卷答复使满意度变动 {amount} 分。",
        "en": "{answers} survey answers moved satisfaction by {amount} points.",
    },
    "complaint": {
        "zh-CN": "投诉 {case}（{severity}，{state}）使满意度变动 {amount} 分。",
        "en": "Complaint {case} ({severity}, {state}) moved satisfaction by {amount} points.",
    },
    "returns": {
        "zh-CN": "退货 {returned}（购买 {bought}）使满意度变动 {amount} 分。",
        "en": "Returning {returned} of {bought} bought moved satisfaction by {amount} points.",
    },
    "bounds": {
        "zh-CN": "满意度限定在 0 到 100 之间：{amount} 分。",
        "en": "Satisfaction stays between 0 and 100: {amount} points.",
    },
    "driver_satisfaction": {
        "zh-CN": "满意度 {satisfaction}，权重 {weight}：{amount} 分。",
        "en": "Satisfaction of {satisfaction}, weight {weight}: {amount} points.",
    },
    "driver_trust": {
        "zh-CN": "在 {purchase_days} 个日子购买，权重 {weight}：{amount} 分。",
        "en": "Purchases on {purchase_days} days, weight {weight}: {amount} points.",
    },
    "driver_perceived_value": {
        "zh-CN": "仍在选择我们的程度 {grade}，权重 {weight}：{amount} 分。",
        "en": "Still choosing us, graded {grade}, weight {weight}: {amount} points.",
    },
    "driver_switching_cost": {
        "zh-CN": "往来 {tenure_days} 天、{categories} 个品类，权重 {weight}：{amount} 分。",
        "en": "{tenure_days} days together and {categories} categories, weight {weight}: {amount} points.",
    },
    "driver_word_of_mouth": {
        "zh-CN": "{advocacy} 次推荐，权重 {weight}：{amount} 分。",
        "en": "{advocacy} recommendations, weight {weight}: {amount} points.",
    },
    "level_satisfaction": {
        "zh-CN": "满意度 {found}，要求 {needed}。",
        "en": "Satisfaction {found}; asked are {needed}.",
    },
    "level_purchase_days": {
        "zh-CN": "购买日 {found} 天，要求 {needed} 天。",
        "en": "Purchases on {found} days; asked are {needed}.",
    },
    "level_tenure_days": {
        "zh-CN": "往来 {found} 天，要求 {needed} 天。",
        "en": "{found} days together; asked are {needed}.",
    },
    "level_active": {"zh-CN": "要求仍然活跃。", "en": "The customer must still be active."},
    "level_advocacy": {
        "zh-CN": "推荐 {found} 次，要求 {needed} 次。",
        "en": "{found} recommendations; asked are {needed}.",
    },
    "level_no_open_complaint": {
        "zh-CN": "未解决投诉 {found} 件，要求没有。",
        "en": "{found} open complaints; none may be.",
    },
    "stage_no_purchase": {"zh-CN": "考察期：尚无购买。", "en": "Exploration: no purchase yet."},
    "stage_exploration": {
        "zh-CN": "考察期：购买日 {purchase_days} 天。",
        "en": "Exploration: purchases on {purchase_days} days so far.",
    },
    "stage_formation": {
        "zh-CN": "形成期：购买日 {purchase_days} 天，往来 {tenure_days} 天。",
        "en": "Formation: purchases on {purchase_days} days in {tenure_days} days together.",
    },
    "stage_stability": {
        "zh-CN": "稳定期：购买日 {purchase_days} 天，往来 {tenure_days} 天。",
        "en": "Stability: purchases on {purchase_days} days in {tenure_days} days together.",
    },
    "stage_decline": {
        "zh-CN": "退化期：已 {silence_days} 天未购买（{basis}）。",
        "en": "Decline: no purchase for {silence_days} days ({basis}).",
    },
    "abc_a": {
        "zh-CN": "A 类：已实现价值 {realised}，达到 {a_minimum}。",
        "en": "A: realised value {realised}, at least {a_minimum}.",
    },
    "abc_b": {
        "zh-CN": "B 类：已实现价值 {realised}，达到 {b_minimum}。",
        "en": "B: realised value {realised}, at least {b_minimum}.",
    },
    "abc_c": {
        "zh-CN": "C 类：已实现价值 {realised}，低于 {b_minimum}。",
        "en": "C: realised value {realised}, below {b_minimum}.",
    },
    "rfm_recency": {
        "zh-CN": "最近购买在 {silence_days} 天前：第 {quintile} 档（5 最好）。",
        "en": "Last purchase {silence_days} days ago: quintile {quintile} of 5.",
    },
    "rfm_frequency": {
        "zh-CN": "购买日 {purchase_days} 天：第 {quintile} 档。",
        "en": "Purchases on {purchase_days} days: quintile {quintile} of 5.",
    },
    "rfm_monetary": {
        "zh-CN": "已实现价值 {realised}：第 {quintile} 档。",
        "en": "Realised value {realised}: quintile {quintile} of 5.",
    },
}


def say(reason: Reason, language: Language, *, amount: str, currency: str, digits: int) -> str:
    """The reason as one sentence; `amount` is its part of the figure, written as the figure is."""
    values: dict[str, Any] = {"amount": amount}
    for name, value in reason.evidence.items():
        if name in _MONEY and isinstance(value, int):
            values[name] = write_money(value, currency, digits)
        elif isinstance(value, str) and value in _WORDS and name != "case":
            values[name] = _WORDS[value][language]
        else:
            values[name] = value
    return _SENTENCES[reason.rule][language].format_map(values)


def write_money(minor: int, currency: str, digits: int) -> str:
    """`-1,234.50 CNY`."""
    sign, whole = ("-" if minor < 0 else ""), abs(minor)
    major, rest = divmod(whole, 10**digits)
    return f"{sign}{major:,}{f'.{rest:0{digits}d}' if digits else ''} {currency}"


def choose_language(accepted: str | None) -> Language:
    """The best of our languages for an Accept-Language header; zh-CN, the platform's own, where it asks for neither."""
    best: tuple[float, Language] | None = None
    for part in (accepted or "").split(","):
        tag, _, parameter = part.strip().partition(";")
        language: Language | None = (
            "zh-CN" if tag.lower().startswith("zh") else "en" if tag.lower()[:2] == "en" else None
        )
        weight = _weight(parameter)
        if language is not None and weight > 0 and (best is None or weight > best[0]):
            best = (weight, language)
    return "zh-CN" if best is None else best[1]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
