"""What is said of classes."""

from typing import Final

from services.scoring.scores.sentences.languages import Phrase

SENTENCES: Final[dict[str, Phrase]] = {
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
    "quadrant_core": {
        "zh-CN": "核心客户：近 12 个月价值 {last_year}，达到 {core_minimum}，需求稳定。",
        "en": "Core: {last_year} in the last 12 months, at least {core_minimum}, and stable demand.",
    },
    "quadrant_high_potential": {
        "zh-CN": "高潜客户：每年还可增加 {yearly_gap}，达到 {potential_minimum}，且仍活跃。",
        "en": "High potential: {yearly_gap} a year could be added, at least {potential_minimum}, and still active.",
    },
    "quadrant_maintain": {
        "zh-CN": "维持客户：近 12 个月价值 {last_year}，达到 {maintain_minimum}。",
        "en": "Maintain: {last_year} in the last 12 months, at least {maintain_minimum}.",
    },
    "quadrant_optimise": {
        "zh-CN": "优化客户：近 12 个月价值 {last_year}，低于 {maintain_minimum}；每年还可增加 {yearly_gap}。",
        "en": "Optimise: {last_year} in the last 12 months, below {maintain_minimum}; {yearly_gap} a year to be added.",
    },
    "abc_kept_out": {
        "zh-CN": "已实现价值 {realised} 达到 A 类，但有 {abuse_flags} 个违规标记，归为 B 类。",
        "en": "B: realised value {realised} is enough for A, but flags of abuse are in force: {abuse_flags}.",
    },
    "partnership_initial": {
        "zh-CN": "初始期：自 {since} 起合作 {tenure_days} 天。",
        "en": "Initial: partners since {since}, for {tenure_days} days.",
    },
    "partnership_stable": {
        "zh-CN": "稳定合作期：自 {since} 起合作 {tenure_days} 天。",
        "en": "Stable: partners since {since}, for {tenure_days} days.",
    },
    "partnership_deep": {
        "zh-CN": "深度合作期：自 {since} 起合作 {tenure_days} 天。",
        "en": "Deep: partners since {since}, for {tenure_days} days.",
    },
    "partnership_symbiosis": {
        "zh-CN": "共生期：自 {since} 起合作 {tenure_days} 天。",
        "en": "Symbiosis: partners since {since}, for {tenure_days} days.",
    },
}
