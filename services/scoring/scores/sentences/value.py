"""What is said of value and of what could be added."""

from typing import Final

from services.scoring.scores.sentences.languages import Phrase

SENTENCES: Final[dict[str, Phrase]] = {
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
    "model_everybody": {"zh-CN": "使用全体客户的模型。", "en": "The model of all customers is used."},
    "model_segment": {
        "zh-CN": "使用该客户所属群体（{segment}）自己的模型。",
        "en": "The model of the customer's own segment is used: {segment}.",
    },
    "model_segment_too_small": {
        "zh-CN": "群体 {segment} 的数据太少，没有自己的模型：使用全体客户的模型。",
        "en": "Too little is known of the segment {segment} for a model of its own: that of all customers is used.",
    },
    "model_segment_unknown": {
        "zh-CN": "该客户的{segment_by}未知：使用全体客户的模型。",
        "en": "The {segment_by} of the customer is not known: the model of all customers is used.",
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
    "missing_no_peers": {
        "zh-CN": "尚无同类客户可比：还没有组合快照。",
        "en": "There are no peers to be measured against yet: no snapshot of the portfolio has been taken.",
    },
    "potential_frequency": {
        "zh-CN": "近 12 个月购买日 {own} 天，优秀同类 {mark} 天：每年少 {yearly}，折现 {amount}"
        "（{years} 年，活跃概率 {probability_active}）。",
        "en": "Bought on {own} days in the last 12 months, the better peers on {mark}: {yearly} a year, "
        "{amount} in present value ({years} years, probability of being active {probability_active}).",
    },
    "potential_basket": {
        "zh-CN": "每个购买日平均毛利 {own_basket}，优秀同类 {mark_basket}：每年少 {yearly}，折现 {amount}"
        "（{years} 年，活跃概率 {probability_active}）。",
        "en": "A purchase day brings {own_basket}, with the better peers {mark_basket}: {yearly} a year, "
        "{amount} in present value ({years} years, probability of being active {probability_active}).",
    },
    "potential_breadth": {
        "zh-CN": "购买过 {own} 个品类，优秀同类 {mark} 个：每年少 {yearly}，折现 {amount}"
        "（{years} 年，活跃概率 {probability_active}）。",
        "en": "Bought in {own} categories, the better peers in {mark}: {yearly} a year, {amount} in present "
        "value ({years} years, probability of being active {probability_active}).",
    },
    "serving": {
        "zh-CN": "{interactions} 次{serving}的服务成本：{amount}。",
        "en": "{interactions} times {serving} cost {amount}.",
    },
    "potential_wallet": {
        "zh-CN": "钱包中尚未赢得的份额：每年少 {yearly}，折现 {amount}（{years} 年，活跃概率 {probability_active}）。",
        "en": "The share of the wallet not yet won would bring {yearly} a year, {amount} in present value ({years} "
        "years, probability of being active {probability_active}).",
    },
}
