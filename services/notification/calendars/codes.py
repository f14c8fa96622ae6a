"""Which holidays rules may speak of, each by a code of our own: festivals by the Chinese calendar, and public holidays.

A code never changes and is never taken away: rules in force are written in them. Names may be put more aptly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple


class LunarDay(NamedTuple):
    """In the ordinary month of that number, never in its leap month; day 30 stands for the last one."""

    month: int
    day: int


class SolarTerm(NamedTuple):
    """One of the 24 divisions of the sun's year, counted from 小寒 in January, which is 0."""

    number: int


@dataclass(frozen=True, slots=True)
class Holiday:
    """`falls` is the day of a festival, whoever keeps it; a public holiday falls where and when the library behind
    `public` has one of `names`, of which an earlier one counts more. `fixed` is the month and day that
    a public holiday has in most places: the library leaves it out of years in which another day is off instead."""

    code: str
    english: str
    chinese: str
    names: tuple[str, ...] = ()
    falls: LunarDay | SolarTerm | None = None
    fixed: tuple[int, int] | None = None

    @property
    def is_festival(self) -> bool:
        return self.falls is not None

    @property
    def names_by_language(self) -> dict[str, str]:
        return {"en": self.english, "zh-CN": self.chinese}

    def name_in(self, language: str) -> str:
        return self.chinese if language.startswith("zh") else self.english


def _festival(code: str, english: str, chinese: str, falls: LunarDay | SolarTerm) -> Holiday:
    return Holiday(code, english, chinese, falls=falls)


def _public(code: str, english: str, chinese: str, *names: str, fixed: tuple[int, int] | None = None) -> Holiday:
    """Without `names` it is the English name alone."""
    return Holiday(code, english, chinese, names or (english,), fixed=fixed)


_FESTIVALS = (
    _festival("laba", "Laba Festival", "腊八节", LunarDay(12, 8)),
    _festival("chinese_new_year_eve", "Chinese New Year's Eve", "除夕", LunarDay(12, 30)),
    _festival("chinese_new_year", "Chinese New Year", "春节", LunarDay(1, 1)),
    _festival("lantern_festival", "Lantern Festival", "元宵节", LunarDay(1, 15)),
    _festival("qingming", "Qingming Festival", "清明节", SolarTerm(6)),
    _festival("dragon_boat", "Dragon Boat Festival", "端午节", LunarDay(5, 5)),
    _festival("qixi", "Qixi Festival", "七夕节", LunarDay(7, 7)),
    _festival("mid_autumn", "Mid-Autumn Festival", "中秋节", LunarDay(8, 15)),
    _festival("double_ninth", "Double Ninth Festival", "重阳节", LunarDay(9, 9)),
    _festival("winter_solstice", "Winter Solstice", "冬至", SolarTerm(23)),
)

_OF_THE_YEAR = (
    _public(
        "new_years_day", "New Year's Day", "元旦", "New Year's Day", "International New Year Day", "New Year Holidays",
        "Founding Day of the Republic of China", "Universal Fraternization Day",
        "Day of the Establishment of the Slovak Republic", fixed=(1, 1),
    ),
    _public("new_years_eve", "New Year's Eve", "新年前夕"),
    _public(
        "lunar_new_year", "Lunar New Year", "农历新年", "Lunar New Year", "Korean New Year", "Chinese New Year",
        "Chinese New Year's Day", "Chinese New Year (Spring Festival)", "Chinese Spring Festival",
    ),
    _public("nowruz", "Nowruz", "诺鲁孜节", "Nowruz", "Nowruz Day", "International Nowruz Day", "Nowruz Holiday"),
    _public("songkran", "Songkran", "宋干节", "Songkran Festival"),
    _public(
        "labour_day", "Labour Day", "劳动节", "Labor Day", "Labour Day", "International Labor Day", "May Day",
        "International Workers' Day", "International Worker's Day", "Workers' Day", "Worker's Day",
        "International Labour Day", "National Labor Day", "National Labour Day", "National Workers' Day",
        "Holiday of Spring and Labor", "Labor and Solidarity Day", "International Workers' Solidarity Day",
        "Labor Day and International Workers' Solidarity Day", "Randol Fawkes Labour Day", "May Day Bank Holiday",
        fixed=(5, 1),
    ),
    _public(
        "womens_day", "International Women's Day", "国际妇女节", "International Women's Day", "Women's Day",
        "International Women's Rights Day",
    ),
    _public("mothers_day", "Mother's Day", "母亲节", "Mother's Day", "National Mother's Day"),
    _public("fathers_day", "Father's Day", "父亲节", "Father's Day", "National Father's Day"),
    _public(
        "childrens_day", "Children's Day", "儿童节", "Children's Day", "International Children's Day",
        "National Children's Day", "National Sovereignty and Children's Day",
    ),
    _public("carnival", "Carnival", "狂欢节", "Carnival", "Carnival Monday", "Carnival Day"),
    _public("midsummer_eve", "Midsummer Eve", "仲夏节前夕"),
    _public("midsummer_day", "Midsummer Day", "仲夏节"),
    _public("thanksgiving", "Thanksgiving", "感恩节", "Thanksgiving Day"),
    _public("chuseok", "Chuseok", "秋夕"),
    _public("coming_of_age_day", "Coming of Age Day", "成人节"),
    _public("respect_for_the_aged_day", "Respect for the Aged Day", "敬老日"),
)  # fmt: skip

_CHRISTIAN = (
    _public("epiphany", "Epiphany", "主显节", "Epiphany", "Three Kings Day", fixed=(1, 6)),
    _public("maundy_thursday", "Maundy Thursday", "濯足节", "Maundy Thursday", "Holy Thursday"),
    _public("good_friday", "Good Friday", "耶稣受难日", "Good Friday", "Catholic Good Friday"),
    _public(
        "easter", "Easter", "复活节", "Easter Sunday", "Easter", "Catholic Easter", "Catholic Easter Sunday",
        "Gregorian Easter Sunday",
    ),
    _public("easter_monday", "Easter Monday", "复活节星期一", "Easter Monday", "Catholic Easter Monday"),
    _public(
        "orthodox_easter", "Orthodox Easter", "东正教复活节", "Orthodox Easter", "Orthodox Easter Sunday",
        "Coptic Easter", "Julian Easter Sunday",
    ),
    _public("ascension_day", "Ascension Day", "耶稣升天节"),
    _public("pentecost", "Pentecost", "圣灵降临节", "Pentecost", "Solemnity of Pentecost"),
    _public("whit_monday", "Whit Monday", "圣灵降临节星期一", "Pentecost Monday", "Whit Monday"),
    _public("corpus_christi", "Corpus Christi", "基督圣体节", "Corpus Christi", "Corpus Domini"),
    _public(
        "assumption_day", "Assumption Day", "圣母升天节", "Assumption Day", "Assumption Of Mary Day",
        "Assumption of Mary Day", "Feast of the Assumption", "Dormition of the Mother of God", fixed=(8, 15),
    ),
    _public("all_saints_day", "All Saints' Day", "诸圣节", fixed=(11, 1)),
    _public(
        "immaculate_conception", "Immaculate Conception", "圣母无染原罪节", "Immaculate Conception",
        "Feast of the Immaculate Conception",
    ),
    _public("saint_patricks_day", "Saint Patrick's Day", "圣帕特里克节"),
    _public("christmas_eve", "Christmas Eve", "平安夜"),
    _public(
        "christmas_day", "Christmas Day", "圣诞节", "Christmas Day", "Christmas", "Catholic Christmas Day",
        "Christmas and Family Day", fixed=(12, 25),
    ),
    _public("second_day_of_christmas", "Second Day of Christmas", "圣诞节次日", "Second Day of Christmas",
            "Day After Christmas", "Christmas Second Day", "Day following Christmas"),
    _public("saint_stephens_day", "Saint Stephen's Day", "圣斯德望日"),
    _public("boxing_day", "Boxing Day", "节礼日"),
    _public(
        "orthodox_christmas", "Orthodox Christmas", "东正教圣诞节", "Orthodox Christmas Day", "Orthodox Christmas",
        "Coptic Christmas Day", "Armenian Orthodox Christmas Day", "Christmas and Epiphany",
    ),
)  # fmt: skip

_OTHER_FAITHS = (
    _public("eid_al_fitr", "Eid al-Fitr", "开斋节", "Eid al-Fitr", "Eid-ul-Fitr", "Eid al-Fitr Holiday"),
    _public("eid_al_adha", "Eid al-Adha", "宰牲节", "Eid al-Adha", "Eid-ul-Adha", "Eid al-Adha Holiday"),
    _public("islamic_new_year", "Islamic New Year", "伊斯兰历新年", "Islamic New Year", "Islamic New Year Day"),
    _public(
        "prophets_birthday", "Prophet's Birthday", "圣纪节", "Prophet's Birthday", "Prophet Muhammad's Birthday",
        "Prophet Mohammed's Birthday", "Mawlid",
    ),
    _public("rosh_hashanah", "Rosh Hashanah", "犹太新年"),
    _public("passover", "Passover", "逾越节", "Pesach"),
    _public("sukkot", "Sukkot", "住棚节"),
    _public("diwali", "Diwali", "排灯节"),
    _public("holi", "Holi", "洒红节"),
    _public(
        "vesak", "Vesak", "佛诞日", "Vesak Day", "The Buddha's Birthday", "Buddha's Birthday", "Buddha Purnima",
        "Buddha Jayanti", "Vesak Full Moon Poya Day",
    ),
)  # fmt: skip

_OF_NATIONS = (
    _public(
        "national_day", "National Day", "国庆日", "National Day", "Cyprus National Day", "Gibraltar National Day",
        "Lao National Day", "Qatar National Day", "National Day of the People's Republic of China",
        "National Day of the Republic of Mali", "National Day Holiday",
    ),
    _public(
        "independence_day", "Independence Day", "独立日", "Independence Day", "National Independence Day",
        "Proclamation of Independence Day", "Afghanistan Independence Day", "Flag and Independence Day",
        "Independence Day of the Republic of Belarus", "Republic of Moldova Independence Day",
        "Independence and Republic Day", "Independence (National) Day", "Independence and Unity Day",
        "National Freedom and Independence Day",
    ),
    _public("republic_day", "Republic Day", "共和国日"),
    _public("constitution_day", "Constitution Day", "宪法日", "Constitution Day", "Socialist Constitution Day"),
    _public("unity_day", "Unity Day", "团结日", "Unity Day", "National Unity Day"),
    _public("liberation_day", "Liberation Day", "解放日", "Liberation Day", "National Liberation Day"),
    _public("victory_day", "Victory Day", "胜利日"),
    _public("german_unity_day", "German Unity Day", "德国统一日"),
    _public("canada_day", "Canada Day", "加拿大日"),
    _public("australia_day", "Australia Day", "澳大利亚日"),
    _public("waitangi_day", "Waitangi Day", "怀唐伊日"),
    _public("anzac_day", "ANZAC Day", "澳新军团日"),
    _public("kings_day", "King's Day", "国王节"),
    _public("kings_birthday", "King's Birthday", "国王寿辰"),
    _public("martin_luther_king_day", "Martin Luther King Jr. Day", "马丁·路德·金纪念日"),
    _public("washingtons_birthday", "Presidents' Day", "总统日", "Washington's Birthday", "Presidents' Day"),
    _public("memorial_day", "Memorial Day", "阵亡将士纪念日"),
    _public("juneteenth", "Juneteenth", "六月节", "Juneteenth National Independence Day"),
    _public("columbus_day", "Columbus Day", "哥伦布日"),
    _public("veterans_day", "Veterans Day", "退伍军人节"),
)  # fmt: skip

HOLIDAYS: Mapping[str, Holiday] = MappingProxyType(
    {one.code: one for one in (*_FESTIVALS, *_OF_THE_YEAR, *_CHRISTIAN, *_OTHER_FAITHS, *_OF_NATIONS)}
)
