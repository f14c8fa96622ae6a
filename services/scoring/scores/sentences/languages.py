"""The languages of the people who read reasons, and words that stand in several sentences."""

from typing import Final, Literal

Language = Literal["zh-CN", "en"]
Phrase = dict[Language, str]

WORDS: Final[dict[str, Phrase]] = {
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
    "loyalty_level": {"zh-CN": "忠诚度级别", "en": "loyalty level"},
    "lifecycle_stage": {"zh-CN": "生命周期阶段", "en": "lifecycle stage"},
    "abc_class": {"zh-CN": "ABC 类别", "en": "ABC class"},
    "partnership_stage": {"zh-CN": "伙伴关系阶段", "en": "partnership stage"},
    "initial": {"zh-CN": "初始期", "en": "initial"},
    "stable": {"zh-CN": "稳定合作期", "en": "stable"},
    "deep": {"zh-CN": "深度合作期", "en": "deep"},
    "symbiosis": {"zh-CN": "共生期", "en": "symbiosis"},
    "quadrant": {"zh-CN": "价值潜力象限", "en": "quadrant"},
    "satisfied": {"zh-CN": "满意", "en": "satisfied"},
    "trusting": {"zh-CN": "信任", "en": "trusting"},
    "behaviourally_loyal": {"zh-CN": "行为忠诚", "en": "behaviourally loyal"},
    "attitudinally_loyal": {"zh-CN": "精神忠诚", "en": "attitudinally loyal"},
    "sustainably_loyal": {"zh-CN": "可持续忠诚", "en": "sustainably loyal"},
    "exploration": {"zh-CN": "考察期", "en": "exploration"},
    "formation": {"zh-CN": "形成期", "en": "formation"},
    "stability": {"zh-CN": "稳定期", "en": "stability"},
    "decline": {"zh-CN": "退化期", "en": "decline"},
    "presence": {"zh-CN": "已在场", "en": "presence"},
    "offer": {"zh-CN": "报价", "en": "offer"},
    "poaching": {"zh-CN": "挖角", "en": "poaching"},
    "switched": {"zh-CN": "已转向", "en": "switched"},
    "visit_store": {"zh-CN": "到店接待", "en": "a visit in the shop"},
    "visit_on_site": {"zh-CN": "上门拜访", "en": "a visit on site"},
    "visit_remote": {"zh-CN": "远程会面", "en": "a remote meeting"},
    "call": {"zh-CN": "通话", "en": "a call"},
    "correspondence": {"zh-CN": "书信往来", "en": "a letter"},
    "service": {"zh-CN": "服务", "en": "a service"},
    "person": {"zh-CN": "个人", "en": "persons"},
    "organisation": {"zh-CN": "企业", "en": "organisations"},
    "kind": {"zh-CN": "类型", "en": "kind"},
    "region": {"zh-CN": "地区", "en": "region"},
    "industry": {"zh-CN": "行业", "en": "industry"},
    "core": {"zh-CN": "核心", "en": "core"},
    "high_potential": {"zh-CN": "高潜", "en": "high potential"},
    "maintain": {"zh-CN": "维持", "en": "maintain"},
    "optimise": {"zh-CN": "优化", "en": "optimise"},
}


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
