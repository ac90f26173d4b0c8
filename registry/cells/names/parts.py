"""A registrant's name taken apart: where, who, what trade, which legal form, which branch.

For similarity and search only: two companies can share every part but one.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from suanbei.registry.cells.names.normalise import entity_key, simplified
from suanbei.registry.cells.regions import CENTRAL, REGIONS

# Cities are the prefecture-level ones of GB/T 2260 in their short form, and the county-level ones and
# zones that occur in brackets. 阿里 (Ngari) is left out: in a company's name it is a brand.
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


# Words of trade that stand between a brand and the legal form; counted on the published lists.
_TRADE = """
科技 技术 信息 网络 智能 人工智能 数字 数据 数智 软件 教育 文化 传媒 传播 发展 服务 咨询 管理
电子 商务 健康 医疗 医药 云计算 计算机 计算 系统 互联网 联网 互联 物联网 物联 通信 通讯 电信 移动
投资 控股 集团 实业 产业 工业 工程 设计 开发 研究院 研究所 研究 实验室 创新 创意 未来 时代 世纪
生物 汽车 出行 金融 证券 银行 基金 保险 期货 信托 小额贷款 支付 销售 贸易 商贸 国际 在线 平台
运营 影视 娱乐 游戏 动漫 广告 旅游 旅行 物流 供应链 能源 电力 环保 安全 资讯 媒体 新媒体 融媒体
出版 出版社 医院 大学 学院 中心 日报社 日报 报业 广播电视台 广播电视总台 广播电视 电视台 电器
电气 家居 地产 房地产 食品 餐饮 酒店 农业 制造 机器人 芯片 半导体 设备 装备 材料 新能源 数码 视觉
语音 大模型 模型 算法 人才 人力资源 财务 法律 律师事务所 事务所 体育 音乐 艺术 智慧 数科 企业
财经 商业 航空 地铁 交通 轨道交通 建设 城市 政务 公共 协会 学会 工作室 经营部 文旅 创新中心
信息中心 数据中心
"""
TRADE_WORDS = frozenset(_TRADE.split())
_TRADE_END = re.compile(
    "(?:{})$".format("|".join(sorted(map(re.escape, TRADE_WORDS), key=len, reverse=True)))
)
_ALL_TRADE = re.compile(_TRADE_END.pattern.replace("$", "*"))

_LEGAL_END = re.compile(
    r"(?:(?:股份)?有限(?:责任)?公司|股份公司|总公司|公司|有限合伙|(?:控股)?集团|股份|"
    r"个体工商户|(?:特殊)?普通合伙)$"
)
_LEGAL_BRACKETS = frozenset(("集团", "控股", "有限合伙", "普通合伙", "特殊普通合伙", "个体工商户"))
_LATIN_LEGAL_END = re.compile(
    r"[\s,.]+(?:co|company|inc|llc|ltd|limited|corp|corporation|group|holdings?|plc|gmbh)\.?$"
)
_INSTITUTION_END = re.compile(
    r"(?:大学|学院|学校|医院|研究院|研究所|出版社|日报社|报社|通讯社|电视台|广播电视总台|总台|协会|学会|联合会|"
    r"实验室|事务所|银行|中心|委员会|办公室|办公厅|[局厅部馆]|工作室|合作社)$"
)
# 腾讯公司, 阿里巴巴集团: people say it of any company; it makes no whole name.
_SAID_OF_ANY = frozenset(("", "公司", "集团", "集团公司", "总公司"))
_LATIN_TRADE_WORDS = """
technology technologies tech science sciences network networks networking information software
data artificial intelligence intelligent ai internet digital service services basic research
computer computing systems system cloud group holding holdings international global culture media
education electronic electronics commerce communication communications interactive entertainment
and of the china chinese hong kong prc sg singapore
co company inc llc ltd limited corp corporation plc gmbh
beijing shanghai shenzhen guangzhou hangzhou chengdu nanjing xiamen wuhan hefei suzhou
guangdong zhejiang jiangsu anhui sichuan fujian hainan
"""
_LATIN_TRADE = frozenset(_LATIN_TRADE_WORDS.split())
_BRANCH = re.compile(
    r"(.+?公司|[^公]+?(?:集团|银行|大学|医院))(.*?(?:分公司|支公司|分行|支行|分社|分院|分店|分中心|分校|分部|"
    r"办事处|代表处|营业部|事业部))"
)
_COUNTRIES = ("中国", "国家", "中华")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_LATIN = re.compile(r"[\x21-\x7e\s]+")


class NameParts(NamedTuple):
    """The parts of one name, each a key (see `entity_key`).

    `places` are short names; `core` is the name without place and legal form; `brand` the core
    without its words of trade; `legal` the legal form (有限公司), empty if the name has none;
    `complete`: it ends like a whole name of a company or an institution. Of a branch
    (X有限公司上海分公司) `parent` is the name of the company it belongs to.
    """

    key: str
    places: frozenset[str]
    core: str
    brand: str
    legal: str
    complete: bool
    parent: str


_FULL_END = re.compile(
    r"(?:有限(?:责任)?公司|股份公司|总公司|分公司|支公司|分行|支行|有限合伙|普通合伙|个体工商户|"
    r"大学|学院|医院|研究院|研究所|出版社|日报社|报社|通讯社|电视台|总台|协会|学会|联合会|委员会|合作社|"
    r"事务所|办公室|[局厅])$"
)


def is_full_name(parts: NameParts) -> bool:
    """Whether a Chinese name is one that a company or an institution is registered under: it
    names its legal form, or ends like an institution. A short name, a brand and a name in another
    language are not."""
    end = _FULL_END.search(parts.key)
    return end is not None and end.start() >= 2 and not parts.key.isascii()


@lru_cache(maxsize=65_536)
def name_parts(name: str) -> NameParts:
    """Take a name apart. Core, brand and legal form of a branch are those of its company."""
    text = " ".join(simplified(unicodedata.normalize("NFKC", name)).casefold().split())
    latin = bool(_LATIN.fullmatch(text))
    text = text if latin else text.replace(" ", "")
    branch = _BRANCH.fullmatch(text)
    named, bracketed = _without_place_brackets(branch[1] if branch else text)
    rest, legal = _without_legal_form(named, _LATIN_LEGAL_END if latin else _LEGAL_END)
    leading, core = strip_place(_without_latin_trade(rest) if latin else rest)
    if len(core) < 2 or is_trade(entity_key(core)):
        core = rest
    core_key = entity_key(core)
    return NameParts(
        key=entity_key(name),
        places=frozenset((*leading, *bracketed)),
        core=core_key,
        brand=brand_of(core_key),
        legal=entity_key(legal),
        complete=entity_key(legal) not in _SAID_OF_ANY or bool(_INSTITUTION_END.search(rest)),
        parent=entity_key(branch[1]) if branch else "",
    )


def is_trade(key: str) -> bool:
    """Whether a key is a place or nothing but words of trade: it tells no company from another."""
    return not key or key in PLACES or bool(_ALL_TRADE.fullmatch(key))


def is_trade_somewhere(key: str) -> bool:
    """The same of a place with words of trade: 上海科技."""
    return is_trade(key) or bool(_ALL_TRADE.fullmatch(strip_place(key)[1]))


def brand_of(core: str) -> str:
    """A core without its last words of trade, as long as two characters of it stay, and more
    than a place (山东财经大学) or the country (中国移动)."""
    if is_trade_somewhere(core):
        return core
    brand = core
    while found := _TRADE_END.search(brand):
        rest = brand[: found.start()]
        if len(rest) < 2 or rest in _COUNTRIES or not strip_place(rest)[1]:
            break
        brand = rest
    return brand


def _without_place_brackets(text: str) -> tuple[str, list[str]]:
    """The text without brackets that hold a place or a legal form, and the places."""
    places: list[str] = []

    def keep(found: re.Match[str]) -> str:
        inside = found[1].strip()
        named = place_of_brackets(inside)
        if inside in _LEGAL_BRACKETS or named is not None:
            places.extend(named or ())
            return ""
        return found[0]

    return _BRACKETS.sub(keep, text), places


def latin_words(name: str) -> list[str]:
    """The words of a Latin name that are neither trade, place nor legal form.

    >>> latin_words("Hangzhou DeepSeek Artificial Intelligence Co., Ltd.")
    ['deepseek']
    """
    return [w for w in re.findall(r"[a-z0-9]+", name.casefold()) if w not in _LATIN_TRADE]


def _without_latin_trade(name: str) -> str:
    """A Latin name without words of trade and places; whole if nothing else would be left."""
    return "".join(latin_words(name)) or name


def _without_legal_form(name: str, ending: re.Pattern[str]) -> tuple[str, str]:
    """The name without its legal forms (集团股份有限公司 is two), and these; never empty."""
    rest = name
    while (found := ending.search(rest)) and found.start() >= 2:
        rest = rest[: found.start()].rstrip(" ,.")
    return rest, name[len(rest) :]
