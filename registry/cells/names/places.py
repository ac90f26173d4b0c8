"""Provinces and cities as they stand in names of companies.

Cities are the prefecture-level ones of GB/T 2260 in their short form, and the county-level ones
and zones that occur in brackets. 阿里 (Ngari) is left out: in a company's name it is a brand.
"""

import re

from suanbei.registry.cells.regions import CENTRAL, REGIONS

_CITIES = """
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安 太原 大同 阳泉 长治 晋城 朔州
晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布
锡林郭勒 阿拉善 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 四平
辽源 通化 白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江
黑河 绥化 大兴安岭 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山 太仓
常熟 江阴 张家港 宜兴 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌 余姚 慈溪 诸暨
德清 海宁 桐乡 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城
福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 晋江 平潭 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安
宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 莱芜 临沂 德州 聊城 滨州
菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
济源 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 长沙 株洲
湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 横琴 汕头 佛山
江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州
北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 澄迈 琼海 陵水 成都 自贡
攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山
贵阳 贵安 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧
楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 昌都 山南 日喀则 那曲 林芝 西安 铜川 宝鸡 咸阳
渭南 延安 汉中 榆林 安康 商洛 西咸 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南
临夏 甘南 西宁 海东 海北 黄南 果洛 玉树 海西 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番
哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 喀什 和田 伊犁 塔城 阿勒泰 滨海 浦东
"""

_PROVINCES = {region.full: region.zh for region in REGIONS if region is not CENTRAL}
_PLACES = sorted({*_CITIES.split(), *_PROVINCES.values()}, key=len, reverse=True)
PLACES = frozenset(_PLACES)
"""Short names of provinces and cities: 北京, 广东, 深圳."""

_NAMES = sorted([*_PROVINCES, *_PLACES], key=len, reverse=True)
_PLACE = re.compile("({})(?:[省市州县]|特区|地区|盟)?".format("|".join(map(re.escape, _NAMES))))
# 武汉市硚口区: a district only where a city stands before it, and not 社区, 园区, 景区.
_DISTRICT = re.compile(r"(?<=[市州])[\u4e00-\u9fff]{2,5}?(?:新区|(?<![社小园景校])区|(?<!知)县)")
_ELSEWHERE = re.compile(r"[\u4e00-\u9fff]{2,10}(?:省|市|区|县|旗|州|镇)")
_COUNTRY = "中国"


def strip_place(name: str) -> tuple[tuple[str, ...], str]:
    """The places a name begins with, as short names, and the rest of the name."""
    places: list[str] = []
    at = 0
    while found := _PLACE.match(name, at):
        places.append(_PROVINCES.get(found[1], found[1]))
        at = found.end()
        district = _DISTRICT.match(name, at)
        at = district.end() if district else at
    return tuple(places), name[at:]


def place_of_brackets(inside: str) -> tuple[str, ...] | None:
    """The places a pair of brackets names (杭州, 广东横琴, 中国); None if it names something else."""
    if inside == _COUNTRY:
        return (_COUNTRY,)
    places, rest = strip_place(inside)
    if not rest:
        return places
    return (inside,) if _ELSEWHERE.fullmatch(inside) else None
