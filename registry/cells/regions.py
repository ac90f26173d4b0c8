"""Where a filing belongs, at the level of provinces: one list, and the three ways lists spell it.

Generative-AI lists print a 属地 (北京市, 国资委) and begin their numbers with a spelling of the
province (`Beijing-`, `ZheJiang-`, `ZhongYangQiYe-`); algorithm filings carry a GB/T 2260 division
code whose first two digits are the province.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA


@dataclass(frozen=True, slots=True)
class Region:
    """A province-level region.

    `code` is the first two digits of its GB/T 2260 codes, empty for central enterprises; `slug`
    is stable and used in queries; `zh` is the short name (北京), `full` the official one (北京市).
    """

    code: str
    slug: str
    zh: str
    full: str
    en: str


def _region(code: str, zh: str, full: str, en: str) -> Region:
    return Region(code, en.lower().replace(" ", "_"), zh, full, en)


CENTRAL = Region("", "central", "中央企业", "国资委", "Central enterprises")
"""State-owned enterprises that file through SASAC: 属地 国资委, numbers `ZhongYangQiYe-…`."""

REGIONS: tuple[Region, ...] = (
    _region("11", "北京", "北京市", "Beijing"),
    _region("12", "天津", "天津市", "Tianjin"),
    _region("13", "河北", "河北省", "Hebei"),
    _region("14", "山西", "山西省", "Shanxi"),
    _region("15", "内蒙古", "内蒙古自治区", "Inner Mongolia"),
    _region("21", "辽宁", "辽宁省", "Liaoning"),
    _region("22", "吉林", "吉林省", "Jilin"),
    _region("23", "黑龙江", "黑龙江省", "Heilongjiang"),
    _region("31", "上海", "上海市", "Shanghai"),
    _region("32", "江苏", "江苏省", "Jiangsu"),
    _region("33", "浙江", "浙江省", "Zhejiang"),
    _region("34", "安徽", "安徽省", "Anhui"),
    _region("35", "福建", "福建省", "Fujian"),
    _region("36", "江西", "江西省", "Jiangxi"),
    _region("37", "山东", "山东省", "Shandong"),
    _region("41", "河南", "河南省", "Henan"),
    _region("42", "湖北", "湖北省", "Hubei"),
    _region("43", "湖南", "湖南省", "Hunan"),
    _region("44", "广东", "广东省", "Guangdong"),
    _region("45", "广西", "广西壮族自治区", "Guangxi"),
    _region("46", "海南", "海南省", "Hainan"),
    _region("50", "重庆", "重庆市", "Chongqing"),
    _region("51", "四川", "四川省", "Sichuan"),
    _region("52", "贵州", "贵州省", "Guizhou"),
    _region("53", "云南", "云南省", "Yunnan"),
    _region("54", "西藏", "西藏自治区", "Xizang"),
    _region("61", "陕西", "陕西省", "Shaanxi"),
    _region("62", "甘肃", "甘肃省", "Gansu"),
    _region("63", "青海", "青海省", "Qinghai"),
    _region("64", "宁夏", "宁夏回族自治区", "Ningxia"),
    _region("65", "新疆", "新疆维吾尔自治区", "Xinjiang"),
    _region("71", "台湾", "台湾省", "Taiwan"),
    _region("81", "香港", "香港特别行政区", "Hong Kong"),
    _region("82", "澳门", "澳门特别行政区", "Macao"),
    CENTRAL,
)
"""All regions in the order of their codes, central enterprises last."""

_BY_CODE = {region.code: region for region in REGIONS if region.code}
_SLUGS = {region.slug: region for region in REGIONS}
_IN_ENGLISH = {region.en.casefold(): region for region in REGIONS}

_CENTRAL_WORDS = ("国资委", "国务院国资委", "央企", "中央", "中央企业", "国家", "中直")
_CORPS = ("新疆生产建设兵团", "生产建设兵团", "兵团")

SPELLINGS: dict[str, tuple[Region, ...]] = {
    **{region.slug.replace("_", ""): (region,) for region in REGIONS},
    # Pinyin has no tones: both provinces are printed as ShanXi.
    "shanxi": (_SLUGS["shanxi"], _SLUGS["shaanxi"]),
    "neimenggu": (_SLUGS["inner_mongolia"],),
    "neimeng": (_SLUGS["inner_mongolia"],),
    "tibet": (_SLUGS["xizang"],),
    "xianggang": (_SLUGS["hong_kong"],),
    "aomen": (_SLUGS["macao"],),
    "macau": (_SLUGS["macao"],),
    "xinjiangbingtuan": (_SLUGS["xinjiang"],),
    "zhongyangqiye": (CENTRAL,),
    "zhongyang": (CENTRAL,),
    "yangqi": (CENTRAL,),
    "guoziwei": (CENTRAL,),
    "guowuyuanguoziwei": (CENTRAL,),
    "bingtuan": (_SLUGS["xinjiang"],),
    "hongkong": (_SLUGS["hong_kong"],),
    "shinghai": (_SLUGS["shanghai"],),  # published misprints
    "shannxi": (_SLUGS["shaanxi"],),
}
"""Latin spelling in lower case, without marks, to the regions it can mean."""

_NAMES: dict[str, Region] = {
    **{region.zh: region for region in REGIONS},
    **{region.full: region for region in REGIONS},
    **dict.fromkeys(_CENTRAL_WORDS, CENTRAL),
    **dict.fromkeys(_CORPS, _SLUGS["xinjiang"]),
}

_LATIN_ONLY = re.compile(r"[^a-z]+")
_ALGORITHM_NUMBER = re.compile(r"(?:网信算备)?(\d{2})\d{10,}号?")


@lru_cache(maxsize=4096)
def region_of_label(label: str) -> Region | None:
    """The region of a 属地 cell as published (北京市, 北京, 国资委); None if it names none.

    A longer text counts when it begins with a region's name (广东省深圳市).
    """
    text = "".join(unicodedata.normalize("NFKC", label).split())
    if text in _NAMES:
        return _NAMES[text]
    starts = [zh for zh in _NAMES if text.startswith(zh)]
    return _NAMES[max(starts, key=len)] if starts else None


def region_of_division(code: str) -> Region | None:
    """The region of a GB/T 2260 division code, by its first two digits; None for other texts."""
    return _BY_CODE.get(code[:2])


@lru_cache(maxsize=4096)
def regions_of_spelling(spelling: str) -> tuple[Region, ...]:
    """The regions a Latin spelling can mean, without regard to case: ZheJiang, ShanXi, Shinghai.

    Two for `ShanXi` (both provinces are printed so), one for a known spelling or for one that is
    a single misprint away from exactly one of them, else none.
    """
    key = _LATIN_ONLY.sub("", unicodedata.normalize("NFKC", spelling).casefold())
    if key in SPELLINGS:
        return SPELLINGS[key]
    near = [known for known in SPELLINGS if OSA.distance(key, known, score_cutoff=1) <= 1]
    found = {region for known in near for region in SPELLINGS[known]}
    return tuple(found) if len(found) == 1 and len(key) > 3 else ()


def region_of_number(number: str, label: str = "") -> Region | None:
    """The region a filing number names, of either system; None if it names none.

    `label` (the row's 属地) decides where the spelling can mean two provinces; without it such a
    number has no region rather than a guessed one.
    """
    text = "".join(unicodedata.normalize("NFKC", number).split())
    algorithm = _ALGORITHM_NUMBER.fullmatch(text)
    if algorithm:
        return region_of_division(algorithm[1])
    candidates = regions_of_spelling(re.split(r"[-‐-―−_]", text, maxsplit=1)[0])
    if len(candidates) == 1:
        return candidates[0]
    stated = region_of_label(label)
    return stated if stated in candidates else None


def region_by_name(text: str) -> Region | None:
    """The region a person means: a slug, a Chinese or English name, or a two-digit code."""
    key = text.strip().casefold()
    named = region_of_label(text) or _SLUGS.get(key.replace(" ", "_")) or _IN_ENGLISH.get(key)
    if named or text.strip() in _BY_CODE:
        return named or _BY_CODE[text.strip()]
    spelled = regions_of_spelling(text)
    return spelled[0] if len(spelled) == 1 else None
