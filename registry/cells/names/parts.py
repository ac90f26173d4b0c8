"""A registrant's name: one key for it, whatever the accidents of printing; and the name taken apart:
where, who, what trade, which legal form, which branch.

The parts are for similarity and search only: two companies can share every part but one.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from suanbei.registry.cells.divisions import city_names
from suanbei.registry.cells.regions import CENTRAL, REGIONS

_NOT_A_LETTER = re.compile(r"[\W_]+")
_FILLERS = """
na nan none null nil no unknown tbd tba tbc xxx notapplicable notavailable notprovided pending
无 暂无 没有 不详 未知 未填 未填写 未提供 空 待定 待补充 待确认 待核实 待核对 待查 待填 同上
不适用 不清楚 不知道 见附件 见备注 其他 自研 自主研发 自有 个人 第三方 本公司 我司 我公司 该公司
无供应商 公司 集团 企业 供应商 厂商 有限公司 股份公司 有限责任公司 股份有限公司 集团有限公司
集团公司 分公司 公司名称 主体名称 company companyname vendor supplier ltd inc coltd
"""
_NO_NAMES = frozenset(_FILLERS.split())
"""Keys of what people put where they name no company."""


@lru_cache(maxsize=65_536)
def entity_key(name: str) -> str:
    """The name for comparing: compatibility forms unified (NFKC), case folded, traditional
    characters simplified, and everything that is neither letter nor digit taken out (brackets,
    spaces, quotes, dots, dashes).

    `阿里巴巴达摩院（杭州）科技有限公司` and the same with half-width brackets share a key. Over all
    names of the published lists only such variants do. Empty for a name without letters.
    """
    # Taking a sign out can bring two characters together that compose: fold until it rests.
    text, key = "", name
    while key != text:
        text = key
        key = _NOT_A_LETTER.sub("", simplified(unicodedata.normalize("NFKC", text).casefold()))
    return key


def simplified(text: str) -> str:
    """The text with traditional characters as simplified ones, one for one.

    >>> simplified("深圳市騰訊計算機系統有限公司")
    '深圳市腾讯计算机系统有限公司'
    """
    return text if text.isascii() else text.translate(_simplified_names())


@cache
def simplified_characters() -> dict[str, list[str]]:
    """Traditional character → the simplified ones it may stand for, by the table of OpenCC."""
    table = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {old: new.split() for old, new in pairs}


@cache
def _simplified_names() -> dict[int, str]:
    """Without characters that are in use in China as well: 乾 stands in names for itself."""
    pairs = simplified_characters().items()
    return {ord(old): new[0] for old, new in pairs if len(old) == 1 and old not in new}


_PLACEHOLDER = re.compile(
    "[0-9]|(?:x{2,}|某+)(?:科技|网络|信息|技术|集团)*(?:股份)?(?:有限)?(?:责任)?(?:公司)?"
)


def names_no_company(claim: str) -> bool:
    """Whether a claimed name is only a filler: empty, N/A, -, 无, 有限公司, XX公司.

    >>> [names_no_company(claim) for claim in ("N/A", "——", "有限公司", "某某科技有限公司", "腾讯")]
    [True, True, True, True, False]
    """
    key = entity_key(claim)
    return not key or key in _NO_NAMES or _PLACEHOLDER.fullmatch(key) is not None


# County-level cities, counties and zones that stand in names of companies.
_SMALLER_PLACES = """
雄安 昆山 太仓 常熟 江阴 张家港 宜兴 义乌 余姚 慈溪 诸暨 德清 海宁 桐乡 晋江 平潭 莱芜 济源 仙桃 潜江
天门 横琴 澄迈 琼海 陵水 贵安 西咸 滨海 浦东
"""
_BRANDS = frozenset(("阿里",))
"""In a company's name it is a brand, not the prefecture in Xizang."""
_PROVINCES = {region.full: region.zh for region in REGIONS if region is not CENTRAL}


@cache
def _places() -> frozenset[str]:
    """Short names of provinces, cities and some smaller places: 北京, 广东, 深圳, 昆山."""
    return (city_names() - _BRANDS).union(_PROVINCES.values(), _SMALLER_PLACES.split())


@cache
def _place() -> re.Pattern[str]:
    """Any place with the word behind it, the longest name first: 广西壮族自治区 before 广西."""
    names = sorted({*_PROVINCES, *_places()}, key=len, reverse=True)
    return re.compile(f"({'|'.join(names)})(?:[省市州县]|特区|地区|盟)?")


# 武汉市硚口区: a district only where a city stands before it, and not 社区, 园区, 景区.
_DISTRICT = re.compile(r"(?<=[市州])[\u4e00-\u9fff]{2,5}?(?:新区|(?<![社小园景校])区|(?<!知)县)")
_ELSEWHERE = re.compile(r"[\u4e00-\u9fff]{2,10}(?:省|市|区|县|旗|州|镇)")
_COUNTRY = "中国"


def strip_place(name: str) -> tuple[tuple[str, ...], str]:
    """The places a name begins with, as short names, and the rest of the name."""
    places: list[str] = []
    at = 0
    while found := _place().match(name, at):
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
_TRADE_WORD = f"(?:{'|'.join(sorted(TRADE_WORDS))})"
_TRADE_END = re.compile(f"{_TRADE_WORD}$")
_ALL_TRADE = re.compile(f"{_TRADE_WORD}*")

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
    leading, core = strip_place((latin and "".join(latin_words(rest))) or rest)
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
    return not key or key in _places() or bool(_ALL_TRADE.fullmatch(key))


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


def _without_legal_form(name: str, ending: re.Pattern[str]) -> tuple[str, str]:
    """The name without its legal forms (集团股份有限公司 is two), and these; never empty."""
    rest = name
    while (found := ending.search(rest)) and found.start() >= 2:
        rest = rest[: found.start()].rstrip(" ,.")
    return rest, name[len(rest) :]
