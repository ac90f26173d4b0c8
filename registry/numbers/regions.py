"""The region part of a generative-AI number: pinyin, spelled unevenly, to the 属地 of the lists."""

from typing import Final

_PLACES: Final = {
    "anhui": "安徽省", "beijing": "北京市", "chongqing": "重庆市", "fujian": "福建省",
    "gansu": "甘肃省", "guangdong": "广东省", "guangxi": "广西壮族自治区", "guizhou": "贵州省",
    "hainan": "海南省", "hebei": "河北省", "heilongjiang": "黑龙江省", "henan": "河南省",
    "hubei": "湖北省", "hunan": "湖南省", "jiangsu": "江苏省", "jiangxi": "江西省",
    "jilin": "吉林省", "liaoning": "辽宁省", "neimenggu": "内蒙古自治区",
    "ningxia": "宁夏回族自治区", "qinghai": "青海省", "shaanxi": "陕西省", "shandong": "山东省",
    "shanghai": "上海市", "sichuan": "四川省", "tianjin": "天津市", "xinjiang": "新疆维吾尔自治区",
    "xizang": "西藏自治区", "yunnan": "云南省", "zhejiang": "浙江省",
    "xianggang": "香港特别行政区", "aomen": "澳门特别行政区", "taiwan": "台湾省",
    "zhongyangqiye": "国资委",  # central enterprises: the lists give 国资委 as their 属地
}  # fmt: skip
_VARIANTS: Final = {
    "innermongolia": "内蒙古自治区", "neimeng": "内蒙古自治区", "tibet": "西藏自治区",
    "xinjiangbingtuan": "新疆生产建设兵团", "bingtuan": "新疆生产建设兵团",
    "shannxi": "陕西省",
    "hongkong": "香港特别行政区", "macao": "澳门特别行政区", "macau": "澳门特别行政区",
    "shinghai": "上海市",  # a published misprint
    "guowuyuanguoziwei": "国资委", "guoziwei": "国资委", "zhongyang": "国资委",
}  # fmt: skip

REGIONS: Final[dict[str, tuple[str, ...]]] = {
    **{spelling: (name,) for spelling, name in (_PLACES | _VARIANTS).items()},
    # The pinyin of both provinces without tones; 陕西 is published as Shaanxi and as ShanXi.
    "shanxi": ("山西省", "陕西省"),
}
"""Spelling in lower case to the possible 属地, as the lists print them."""


def regions_of(spelling: str) -> tuple[str, ...]:
    """The regions that a spelling in any case can stand for; empty when it is unknown."""
    return REGIONS.get(spelling.casefold(), ())
