"""The words of a value report in both languages, beside those that scores say themselves."""

from datetime import date
from typing import Final

from services.scoring.insight.periods import Period
from services.scoring.scores.sentences import Language
from services.scoring.scores.sentences.languages import WORDS, Phrase

TEXTS: Final[dict[str, Phrase]] = {
    "title": {"zh-CN": "客户价值报告", "en": "Customer value report"},
    "customer": {"zh-CN": "客户编号 {0}", "en": "Customer {0}"},
    "period": {"zh-CN": "{0}，数据截至 {1}", "en": "{0}, as of {1}"},
    "summary": {"zh-CN": "摘要", "en": "Summary"},
    "quarters": {"zh-CN": "近期各季度", "en": "The last quarters"},
    "gained": {"zh-CN": "本季我们为客户做了什么", "en": "What the customer gained this quarter"},
    "standing": {"zh-CN": "满意度与忠诚度", "en": "Satisfaction and loyalty"},
    "serving": {"zh-CN": "服务成本（累计）", "en": "Cost to serve, to date"},
    "growth": {"zh-CN": "当前价值与增值潜力", "en": "Current value and growth potential"},
    "events": {"zh-CN": "本季大事", "en": "What happened this quarter"},
    "next": {"zh-CN": "下一步建议", "en": "What to do next"},
    "realised": {"zh-CN": "既成价值（累计毛利）", "en": "Realised value (margin to date)"},
    "last_year": {"zh-CN": "近 12 个月毛利", "en": "Margin of the last 12 months"},
    "current": {"zh-CN": "当前价值", "en": "Current value"},
    "potential": {"zh-CN": "增值潜力", "en": "Growth potential"},
    "clp": {"zh-CN": "客户全生命周期利润", "en": "Lifetime profit (CLP)"},
    "cost": {"zh-CN": "服务成本", "en": "Cost to serve"},
    "satisfaction": {"zh-CN": "满意度", "en": "Satisfaction"},
    "loyalty": {"zh-CN": "忠诚度得分", "en": "Loyalty score"},
    "risk": {"zh-CN": "流失风险", "en": "Churn risk"},
    "level": {"zh-CN": "忠诚度级别", "en": "Loyalty level"},
    "stage": {"zh-CN": "生命周期阶段", "en": "Lifecycle stage"},
    "abc": {"zh-CN": "ABC 类别", "en": "ABC class"},
    "quadrant": {"zh-CN": "价值潜力象限", "en": "Quadrant"},
    "quarter": {"zh-CN": "季度", "en": "Quarter"},
    "revenue": {"zh-CN": "销售额", "en": "Sales"},
    "margin": {"zh-CN": "毛利", "en": "Margin"},
    "purchases": {"zh-CN": "购买次数", "en": "Purchases"},
    "returns": {"zh-CN": "退货次数", "en": "Returns"},
    "complaints": {"zh-CN": "投诉", "en": "Complaints"},
    "margin_chart": {"zh-CN": "各季度毛利（{0}）", "en": "Margin per quarter, {0}"},
    "points_chart": {"zh-CN": "季度末得分（满分 100）", "en": "Points of 100 at the end of each quarter"},
    "kind": {"zh-CN": "项目", "en": "What"},
    "times": {"zh-CN": "次数", "en": "Times"},
    "day": {"zh-CN": "日期", "en": "Day"},
    "amount": {"zh-CN": "金额", "en": "Amount"},
    "unknown": {"zh-CN": "尚无", "en": "not known yet"},
    "nothing": {"zh-CN": "本季没有记录。", "en": "Nothing was recorded in this quarter."},
    "interval": {
        "zh-CN": "当前价值的 {2} 区间：{0} 至 {1}。",
        "en": "The current value lies between {0} and {1} with {2}.",
    },
    "lift": {"zh-CN": "可以提升：{0}", "en": "What would lift it: {0}"},
    "risk_reason": {"zh-CN": "流失信号：{0}", "en": "It speaks for a loss: {0}"},
    "lacking": {"zh-CN": "升级尚缺：{0}", "en": "The next level lacks: {0}"},
    "service_rule": {"zh-CN": "服务标准：{0}", "en": "Service: {0}"},
    "more_events": {"zh-CN": "另有 {0} 条较早的记录。", "en": "And {0} earlier ones."},
    "versions": {
        "zh-CN": "按策略第 {0} 版、模型第 {1} 版计算；金额单位 {2}。",
        "en": "By version {0} of the policy and version {1} of the model; money in {2}.",
    },
    "no_model": {"zh-CN": "按策略第 {0} 版计算，尚无模型；金额单位 {2}。", "en": "By version {0} of the policy, "
                 "without a model yet; money in {2}."},
    "none": {"zh-CN": "尚未形成", "en": "none yet"},
    "return": {"zh-CN": "退货", "en": "return"},
    "purchase": {"zh-CN": "购买", "en": "purchase"},
    "complaint": {"zh-CN": "投诉", "en": "complaint"},
    "resolution": {"zh-CN": "投诉解决", "en": "complaint resolved"},
    "response": {"zh-CN": "投诉答复", "en": "complaint answered"},
    "assignment": {"zh-CN": "投诉受理", "en": "complaint taken on"},
    "reopening": {"zh-CN": "再次投诉", "en": "complaint reopened"},
    "closure": {"zh-CN": "投诉结案", "en": "complaint closed"},
    "follow_up": {"zh-CN": "投诉回访", "en": "follow-up of a complaint"},
    "visit": {"zh-CN": "拜访", "en": "visit"},
    "survey": {"zh-CN": "满意度调查", "en": "survey answered"},
    "referral": {"zh-CN": "推荐新客户", "en": "customer referred"},
    "payment": {"zh-CN": "付款", "en": "payment"},
    "usage": {"zh-CN": "使用量", "en": "usage"},
    "service": {"zh-CN": "服务", "en": "service"},
    "call": {"zh-CN": "通话", "en": "call"},
    "correspondence": {"zh-CN": "书信往来", "en": "letter"},
    "mention": {"zh-CN": "公开评价", "en": "public mention"},
    "engagement": {"zh-CN": "互动", "en": "engagement"},
    "competitor": {"zh-CN": "竞争对手动向", "en": "sign of a competitor"},
    "note": {"zh-CN": "备注", "en": "note"},
}  # fmt: skip


def say(name: str, language: Language, *values: object) -> str:
    return TEXTS[name][language].format(*values)


def say_class(value: str | None, language: Language) -> str:
    """The word for a class, as scores say it; a class without one, such as A, is its own."""
    if value is None:
        return say("unknown", language)
    if value == "none":
        return say("none", language)
    return WORDS[value][language] if value in WORDS else value


def say_quarter(period: Period, language: Language) -> str:
    quarter = (period.first.month + 2) // 3
    return f"{period.first.year} 年第 {quarter} 季度" if language == "zh-CN" else f"Q{quarter} {period.first.year}"


def say_day(day: date, language: Language) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日" if language == "zh-CN" else day.isoformat()
