"""The words of the preferences page, per language. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.common import Channel, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`{brand}` stands for whom messages come from, `{what}` for a channel and purpose."""

    name: str
    title: str
    introduction: str
    channels: Mapping[Channel, str]
    purposes: Mapping[Purpose, tuple[str, str]]
    """A purpose's name, and what it brings."""
    save: str
    nothing: str
    nothing_hint: str
    saved: str
    unchanged: str
    unsubscribed: str
    stop: str
    stop_hint: str
    damaged_title: str
    damaged: str
    expired_title: str
    expired: str
    gone_title: str
    gone: str
    failed_title: str
    failed: str
    busy: str
    switch: str
    pair: str


_ENGLISH = Words(
    name="English",
    title="Your message preferences",
    introduction="Choose what {brand} may send you, and how. Your choice counts at once.",
    channels={
        Channel.EMAIL: "Email",
        Channel.INBOX: "Inbox in our app",
        Channel.SMS: "Text messages",
        Channel.WECOM: "WeCom",
        Channel.DINGTALK: "DingTalk",
        Channel.FEISHU: "Feishu",
        Channel.WEBHOOK: "Your own system",
        Channel.WEB_PUSH: "Browser notifications",
        Channel.DIRECT_MAIL: "Letters by post",
    },
    purposes={
        Purpose.SERVICE: ("Service", "about your own orders, appointments and complaints"),
        Purpose.CARE: ("Care", "thanks, greetings on your days, and reminders"),
        Purpose.MARKETING: ("Offers", "offers, invitations and news"),
    },
    save="Save my choice",
    nothing="Send me nothing at all",
    nothing_hint="This unticks everything above and saves it.",
    saved="Your choice has been saved.",
    unchanged="Nothing has changed: this is what stands.",
    unsubscribed="You have unsubscribed: {what}. You will get no more of these.",
    stop="Unsubscribe: {what}",
    stop_hint="Or choose in detail below.",
    damaged_title="This link does not work",
    damaged="It may have been cut off on its way. Please open the link in our latest message to you, or reply to it.",
    expired_title="This link is too old to change your choice",
    expired="You can still unsubscribe here. To choose in detail, please open the link in our latest message to you.",
    gone_title="We keep no data about you",
    gone="Your data has been erased. You will get no more messages from us.",
    failed_title="Your choice could not be read",
    failed="Nothing has been changed. Please open the link again and repeat your choice.",
    busy="You have changed your choice very often today. You can still switch messages off; to switch any on, "
    "please come back in an hour.",
    switch="Language",
    pair="{channel}, {purpose}",
)
_CHINESE = Words(
    name="简体中文",
    title="您的消息偏好",
    introduction="请选择您愿意接收{brand}的哪些消息，以及通过哪种方式接收。您的选择立即生效。",
    channels={
        Channel.EMAIL: "电子邮件",
        Channel.INBOX: "应用内消息",
        Channel.SMS: "短信",
        Channel.WECOM: "企业微信",
        Channel.DINGTALK: "钉钉",
        Channel.FEISHU: "飞书",
        Channel.WEBHOOK: "您自己的系统",
        Channel.WEB_PUSH: "浏览器通知",
        Channel.DIRECT_MAIL: "邮寄信件",
    },
    purposes={
        Purpose.SERVICE: ("服务", "与您的订单、预约和投诉有关"),
        Purpose.CARE: ("关怀", "感谢、节日与生日问候、各类提醒"),
        Purpose.MARKETING: ("优惠", "优惠、活动邀请和资讯"),
    },
    save="保存我的选择",
    nothing="不再接收任何消息",
    nothing_hint="将取消以上全部选项并立即保存。",
    saved="您的选择已保存。",
    unchanged="没有任何更改，当前选择保持不变。",
    unsubscribed="您已退订：{what}。今后您将不再收到此类消息。",
    stop="退订：{what}",
    stop_hint="也可以在下方逐项选择。",
    damaged_title="此链接无法使用",
    damaged="链接可能不完整。请打开我们最近发给您的消息中的链接，或直接回复该消息。",
    expired_title="此链接已过期，无法更改选择",
    expired="您仍可在此退订。如需逐项选择，请打开我们最近发给您的消息中的链接。",
    gone_title="我们没有保存您的任何数据",
    gone="您的数据已被删除，今后您不会再收到我们的消息。",
    failed_title="无法读取您的选择",
    failed="没有做任何更改。请重新打开链接并再次选择。",
    busy="您今天更改选择过于频繁。您仍可关闭消息；如需开启，请一小时后再来。",
    switch="语言",
    pair="{channel}·{purpose}",
)

LANGUAGES: Mapping[str, Words] = {"zh-CN": _CHINESE, "en": _ENGLISH}


def language_of(wanted: str | None, customers: str | None, accepted: str) -> str:
    """What was chosen, else the customer's own, else what its browser prefers; English where nothing is spoken here."""
    for tag in (wanted, customers, *(part.partition(";")[0].strip() for part in accepted.split(","))):
        if tag:
            found = [one for one in LANGUAGES if one.partition("-")[0] == tag.partition("-")[0].lower()]
            if found:
                return found[0]
    return "en"
