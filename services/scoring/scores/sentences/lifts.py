"""What is said of what would lift a class."""

from typing import Final

from services.scoring.scores.sentences.languages import Phrase

SENTENCES: Final[dict[str, Phrase]] = {
    "lift_purchases": {
        "zh-CN": "再有 {days} 个购买日（至 {until}），{figure}可达“{reaches}”。",
        "en": "{days} more purchase days, until {until}, would lift the {figure} to {reaches}.",
    },
    "lift_resolution": {
        "zh-CN": "解决投诉 {case}，{figure}可达“{reaches}”。",
        "en": "Resolving complaint {case} would lift the {figure} to {reaches}.",
    },
    "lift_resolutions": {
        "zh-CN": "解决全部 {complaints} 件投诉，{figure}可达“{reaches}”。",
        "en": "Resolving all {complaints} complaints would lift the {figure} to {reaches}.",
    },
    "lift_recommendation": {
        "zh-CN": "一次推荐可使{figure}达到“{reaches}”。",
        "en": "A recommendation would lift the {figure} to {reaches}.",
    },
    "lift_answers": {
        "zh-CN": "{answers} 份满分答复可使{figure}达到“{reaches}”。",
        "en": "{answers} survey answers with full marks would lift the {figure} to {reaches}.",
    },
    "lift_margin": {
        "zh-CN": "再带来毛利 {margin}，{figure}可达“{reaches}”。",
        "en": "A margin of +{margin} would lift the {figure} to {reaches}.",
    },
    "lift_time": {
        "zh-CN": "若保持现状，至 {until}{figure}可达“{reaches}”。",
        "en": "Time alone lifts the {figure} to {reaches} on {until}.",
    },
}
