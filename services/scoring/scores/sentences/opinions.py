"""What is said of satisfaction, loyalty and the risk of losing a customer."""

from typing import Final

from services.scoring.scores.sentences.languages import Phrase

SENTENCES: Final[dict[str, Phrase]] = {
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
    "silence_dormant": {
        "zh-CN": "已沉默 {silence_days} 天，过久：流失风险 {amount} 分。",
        "en": "Silent for {silence_days} days, which is too long: {amount} points of risk.",
    },
    "silence_model": {
        "zh-CN": "沉默 {silence_days} 天，按模型活跃概率 {probability_active}：流失风险 {amount} 分。",
        "en": "Silent for {silence_days} days, active with probability {probability_active}: {amount} points of risk.",
    },
    "silence_rhythm": {
        "zh-CN": "沉默 {silence_days} 天，平时每 {gap_days} 天购买：流失风险 {amount} 分。",
        "en": "Silent for {silence_days} days, against a purchase every {gap_days} days: {amount} points of risk.",
    },
    "frequency_down": {
        "zh-CN": "近 {recent_days} 天购买日 {recent} 天，此前 {usual_days} 天 {usual} 天：流失风险 {amount} 分。",
        "en": "Bought on {recent} of the last {recent_days} days, on {usual} of the {usual_days} before: "
        "{amount} points of risk.",
    },
    "complaint_pending": {
        "zh-CN": "投诉 {case} 尚未解决（{state}）：流失风险 {amount} 分。",
        "en": "Complaint {case} is pending ({state}): {amount} points of risk.",
    },
    "churn_bounds": {
        "zh-CN": "流失风险最高为 100：{amount} 分。",
        "en": "The risk is 100 at most: {amount} points.",
    },
    "usage_down": {
        "zh-CN": "上月 {metric} 用量 {used}，此前月均 {usual}：流失风险 {amount} 分。",
        "en": "Used {used} of {metric} last month, against {usual} before: {amount} points of risk.",
    },
    "payments_late": {
        "zh-CN": "近 {days} 天有 {invoices} 张发票逾期，最长 {overdue_days} 天：流失风险 {amount} 分。",
        "en": "{invoices} invoices paid late in {days} days, by up to {overdue_days} days: {amount} points of risk.",
    },
    "competitor": {
        "zh-CN": "竞争对手迹象 {signs} 次（{sign}）：流失风险 {amount} 分。",
        "en": "{signs} signs of competitors ({sign}): {amount} points of risk.",
    },
    "contact_gone": {
        "zh-CN": "主要联系人已离开：流失风险 {amount} 分。",
        "en": "The main contact has left: {amount} points of risk.",
    },
}
