"""Queries as analysts and lawyers type them, each with what they should see first.

The filings are those of the shipped snapshot. What is expected is a text within a field of the filing: a
number names one filing, a company's name any of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from suanbei.registry.database import Database
from suanbei.registry.models import Filing
from suanbei.search_api.filings import interpret
from suanbei.search_api.search.engine import Engine, Query

MOST = 5
"""So many results are looked at."""


class Judged(NamedTuple):
    """A query and its first result; `forgiven`: only another spelling of the query finds it."""

    query: str
    field: str
    text: str
    forgiven: bool = False

    def is_met(self, filing: Mapping[str, Any]) -> bool:
        """Whether a filing is what was expected."""
        return self.text in filing[self.field]


class Place(NamedTuple):
    """Where the expected filing was found, from 1 on, and whether it was forgiven."""

    rank: int
    forgiven: bool


def judge(database: Database, engine: Engine) -> list[tuple[Judged, Place | None]]:
    """Ask each judged query; None where the expected filing is not among the first."""
    columns = (Filing.id, Filing.number, Filing.name, Filing.entity, Filing.product)
    with database.read() as session:
        known = {row["id"]: dict(row) for row in session.execute(select(*columns)).mappings()}

    def places(one: Judged) -> Iterator[Place]:
        meant, _ = interpret(engine, Query(one.query, limit=MOST))
        for rank, hit in enumerate(engine.search(meant).hits, 1):
            if one.is_met(known[hit.id]):
                yield Place(rank, hit.forgiven)

    return [(one, next(places(one), None)) for one in JUDGED]


def success(ranks: Sequence[int | None], at: int) -> float:
    """The share of queries whose expected result is among the first so many; ranks from 1."""
    return sum(rank is not None and rank <= at for rank in ranks) / len(ranks)


_DALI = "网信算备330110507206401230035号"
_NUMBERS = (
    Judged("网信算备330110507206401230035号", "number", _DALI),
    Judged("330110507206401230035", "number", _DALI),
    Judged("网信算备 330110 5072064 01 23 003 5 号", "number", _DALI),
    Judged("３３０１１０５０７２０６４０１２３００３５", "number", _DALI),
    Judged("507206401230035", "number", _DALI),
    Judged("Beijing-WenXinYiYan-20230821", "number", "Beijing-WenXinYiYan-20230821"),
    Judged("beijing-wenxinyiyan-20230821", "number", "Beijing-WenXinYiYan-20230821"),
    Judged("Beijing WenXinYiYan 20230821", "number", "Beijing-WenXinYiYan-20230821"),
    Judged("20250512S0081", "number", "Shanghai-TongYi-20250512S0081"),
    Judged("5072064", "entity", "阿里巴巴达摩院"),
    Judged("网信算备440305295988702220055号", "number", "网信算备440305295988702220055号"),
)
_NAMES = (
    Judged("文心一言", "number", "Beijing-WenXinYiYan-20230821"),
    Judged("达摩院交互式多能型合成算法", "number", _DALI),
    Judged("通义", "number", "Shanghai-TongYi-20250512S0081"),
    Judged("通义千问", "number", "ZheJiang-TongYiQianWen-20230901"),
    Judged("Moonshot", "number", "Beijing-MoonShot-20231016"),
    Judged("讯飞星火", "entity", "科大讯飞股份有限公司"),
    Judged("豆包", "name", "豆包大模型算法"),
    Judged("百度", "name", "百度个性化推荐算法"),
    Judged("小红书", "entity", "行吟信息科技（上海）有限公司"),
    Judged("滴滴出行", "product", "滴滴出行(APP)"),
    Judged("支付宝", "product", "支付宝"),
    Judged("美团", "entity", "北京三快科技有限公司"),
    Judged("得物", "entity", "上海得物信息集团有限公司"),
    Judged("ChatGLM", "name", "智谱ChatGLM生成算法"),
    Judged("哔哩哔哩", "entity", "上海宽娱数码科技有限公司"),
    Judged("腾讯混元助手大模型", "number", "Guangdong-TencentHunyuan-20230901"),
    Judged("Soul", "entity", "上海任意门科技有限公司"),
    Judged("智联招聘", "product", "智联招聘"),
    Judged("网易新闻", "product", "网易新闻"),
)
_COMPANIES = (
    Judged("科大讯飞", "entity", "科大讯飞股份有限公司"),
    Judged("北京百度网讯科技有限公司", "entity", "北京百度网讯科技有限公司"),
    Judged("月之暗面", "entity", "北京月之暗面科技有限公司"),
    Judged("深度求索", "entity", "北京深度求索人工智能基础技术研究有限公司"),
    Judged("商汤", "entity", "商汤"),
    Judged("比亚迪", "entity", "比亚迪汽车工业有限公司"),
    Judged("特斯拉", "entity", "特斯拉（上海）有限公司"),
    Judged("抖音", "entity", "北京抖音信息服务有限公司"),
    Judged("腾讯", "entity", "腾讯"),
    Judged("华为", "entity", "华为"),
    Judged("平安科技", "entity", "平安科技（深圳）有限公司"),
    Judged("阿里巴巴达摩院", "entity", "阿里巴巴达摩院"),
    Judged("上海人工智能实验室", "entity", "上海人工智能实验室"),
    Judged("北京网聘咨询有限公司", "entity", "北京网聘信息技术有限公司"),
    Judged("识装信息", "entity", "上海得物信息集团有限公司"),
)
_FRAGMENTS = (
    Judged("混元", "entity", "深圳市腾讯计算机系统有限公司"),
    Judged("求索", "entity", "深度求索"),
    Judged("院交互式多能型合成", "number", _DALI),
    Judged("盘古NLP", "entity", "华为云计算技术有限公司"),
    Judged("虚拟主播", "name", "东方财富虚拟主播数字人合成算法"),
    Judged("SparkDesk", "name", "讯飞星火认知大模型算法-SparkDesk"),
    Judged("kimi", "entity", "北京月之暗面科技有限公司"),
    Judged("TencentHunyuan", "number", "Guangdong-TencentHunyuan-20230901"),
    Judged("百度 文生图", "name", "百度文生图内容生成算法"),
    Judged("淘宝 图搜", "name", "淘宝图搜算法"),
    Judged("比亚迪 语音助理", "entity", "比亚迪汽车工业有限公司"),
    Judged("月之暗面 语言模型", "entity", "北京月之暗面科技有限公司"),
    Judged("考拉海购", "entity", "杭州优卖网络科技有限公司"),
    Judged("小艺", "entity", "华为软件技术有限公司"),
)
_SAME_IN_OTHER_SIGNS = (
    Judged("淘寶", "entity", "浙江淘宝网络有限公司"),
    Judged("騰訊混元助手大模型", "number", "Guangdong-TencentHunyuan-20230901"),
    Judged("達摩院", "entity", "阿里巴巴达摩院"),
    Judged("ｃｈａｔｇｌｍ", "name", "ChatGLM"),
    Judged("MOONSHOT", "number", "Beijing-MoonShot-20231016"),
    Judged("阿里巴巴达摩院(杭州)科技有限公司", "entity", "阿里巴巴达摩院"),
    Judged("特斯拉【上海】有限公司", "entity", "特斯拉（上海）有限公司"),
)
_FORGIVEN = (
    Judged("DeepSek", "entity", "深度求索", forgiven=True),
    Judged("DepSeek", "entity", "深度求索", forgiven=True),
    Judged("ChatGML", "entity", "北京智谱华章科技", forgiven=True),
    Judged("Moonshoot", "entity", "北京月之暗面科技有限公司", forgiven=True),
    Judged("文心一盐", "number", "Beijing-WenXinYiYan-20230821", forgiven=True),
    Judged("通义前问", "number", "ZheJiang-TongYiQianWen-20230901", forgiven=True),
    Judged("科大迅飞", "entity", "科大讯飞股份有限公司", forgiven=True),
    Judged("月之暗", "entity", "北京月之暗面科技有限公司"),
    Judged("深度求锁", "entity", "深度求索", forgiven=True),
    Judged("北京百度网讯有限公司", "entity", "北京百度网讯科技有限公司", forgiven=True),
    Judged("阿里巴巴达摩院有限公司", "entity", "阿里巴巴达摩院", forgiven=True),
    Judged("baidu", "entity", "北京百度网讯科技有限公司"),
    Judged("kuaishou", "entity", "北京快手科技有限公司", forgiven=True),
    Judged("zhipuhuazhang", "entity", "智谱华章", forgiven=True),
    Judged("yuezhianmian", "entity", "北京月之暗面科技有限公司", forgiven=True),
    Judged("kdxf", "entity", "科大讯飞股份有限公司", forgiven=True),
    Judged("yzam", "entity", "北京月之暗面科技有限公司", forgiven=True),
    Judged("wenxinyiyan", "number", "Beijing-WenXinYiYan-20230821"),
)
_FORMER = (
    Judged("云雀大模型算法", "name", "豆包大模型算法"),
    Judged("云雀大模型算法-企业版", "name", "豆包企业版大模型算法"),
    Judged("河马教育大模型算法", "name", "豆包爱学大模型算法"),
    Judged("河马教育", "entity", "北京抖音信息服务有限公司"),
)
_BRANDS = (
    Judged("字节跳动", "entity", "北京春田知韵科技有限公司"),
    Judged("ByteDance", "entity", "北京春田知韵科技有限公司"),
    Judged("zjtd", "entity", "北京春田知韵科技有限公司"),
    Judged("zijietiaodong", "entity", "北京春田知韵科技有限公司", forgiven=True),
    Judged("字节跳动 推荐", "name", "抖音个性化推荐算法"),
    Judged("Qwen", "name", "千问"),
    Judged("Tongyi", "number", "Shanghai-TongYi-20250512S0081"),
    Judged("智谱AI", "name", "智谱"),
    Judged("Zhipu", "name", "智谱"),
    Judged("ERNIE", "name", "文心"),
    Judged("Hunyuan", "name", "混元"),
    Judged("Tencent", "entity", "腾讯"),
    Judged("WeChat", "entity", "深圳市腾讯计算机系统有限公司"),
    Judged("Alipay", "entity", "支付宝（杭州）数字服务技术有限公司"),
    Judged("Baidu Inc", "entity", "百度"),
    Judged("Huawei", "entity", "华为"),
    Judged("iFlytek", "entity", "讯飞"),
    Judged("海螺AI", "entity", "上海稀宇"),
)
_AS_EXPECTED = (
    Judged("星火", "entity", "科大讯飞股份有限公司"),
    Judged("盘古", "name", "华为云盘古"),
    Judged("文心", "name", "文心"),
    Judged("抖音推荐", "name", "抖音个性化推荐算法"),
    Judged("抖音推荐算法", "name", "抖音个性化推荐算法"),
    Judged("百度推荐算法", "name", "百度个性化推荐算法"),
    Judged("小红书推荐算法", "name", "小红书个性化推荐算法"),
    Judged("sora", "name", "AISora"),
    Judged("豆包APP", "name", "豆包大模型算法"),
    Judged("豆包（网站）", "name", "豆包大模型算法"),
    Judged("小红书app", "product", "小红书"),
    Judged("微信小程序", "product", "微信小程序"),
)
_QUESTIONS = (
    Judged("豆包是哪家公司的", "name", "豆包"),
    Judged("豆包是哪家公司的？", "name", "豆包"),
    Judged("文心一言备案号", "number", "Beijing-WenXinYiYan-20230821"),
    Judged("文心一言的备案号是多少", "number", "Beijing-WenXinYiYan-20230821"),
    Judged("通义千问备案了吗", "number", "ZheJiang-TongYiQianWen-20230901"),
    Judged("小红书是谁家的", "entity", "行吟信息科技（上海）有限公司"),
    Judged("滴滴出行属于哪个公司", "product", "滴滴出行"),
    Judged("who owns Moonshot", "entity", "北京月之暗面科技有限公司"),
)
_FILTERS = (
    Judged("广东 医疗", "number", "网信算备44"),
    Judged("北京市 2025 医疗", "number", "网信算备110"),
    Judged("上海 小红书", "entity", "行吟信息科技（上海）有限公司"),
    Judged("安徽 星火", "entity", "科大讯飞股份有限公司"),
)
_VERSIONS = (
    Judged("DeepSeek-V3", "entity", "深度求索"),
    Judged("deepseek r1", "entity", "深度求索"),
    Judged("Qwen2.5-Max", "name", "千问"),
    Judged("GLM-4", "entity", "智谱"),
    Judged("文心大模型4.0", "name", "文心"),
    Judged("讯飞星火V4.0", "entity", "科大讯飞股份有限公司"),
    Judged("豆包1.6", "name", "豆包"),
)
_MORE_QUESTIONS = (
    Judged("文心一言是百度的吗", "number", "Beijing-WenXinYiYan-20230821"),
    Judged("抖音的推荐算法是哪个", "name", "抖音个性化推荐算法"),
    Judged("哪些公司备案了数字人", "product", "数字人"),
    Judged("抖音算法", "name", "抖音个性化推荐算法"),
    Judged("知乎直答", "entity", "北京智者天下科技有限公司"),
    Judged("百度在线", "entity", "北京百度网讯科技有限公司", forgiven=True),
    Judged("Zhipu AI", "entity", "智谱"),
    Judged("Moonshot AI", "entity", "北京月之暗面科技有限公司"),
    Judged("腾讯科技有限公司", "entity", "腾讯", forgiven=True),
    Judged("华为技术有限公司", "entity", "华为", forgiven=True),
)
_BY_SOUND = (
    Judged("腾迅", "entity", "腾讯", forgiven=True),
    Judged("百渡", "name", "百度", forgiven=True),
    Judged("华唯", "entity", "华为", forgiven=True),
    Judged("抖因", "entity", "抖音", forgiven=True),
    Judged("商堂", "entity", "商汤", forgiven=True),
    Judged("旷世科技", "entity", "旷视", forgiven=True),
    Judged("海康微视", "entity", "海康威视", forgiven=True),
    Judged("jingdong", "entity", "京东", forgiven=True),
)
_MORE_FILTERS = (
    Judged("科大讯飞 合肥", "entity", "科大讯飞股份有限公司"),
    Judged("杭州 教育 2025", "number", "网信算备3301"),
    Judged("Guangdong 医疗", "number", "网信算备44"),
    Judged("广东医疗", "number", "网信算备44"),
    Judged("上海数字人", "number", "网信算备310"),
    Judged("2024年4月 文心一言", "number", "Beijing-WenXinYiYan-20230821"),
)
JUDGED = (
    *_NUMBERS, *_NAMES, *_COMPANIES, *_FRAGMENTS, *_SAME_IN_OTHER_SIGNS, *_FORGIVEN, *_FORMER, *_BRANDS,
    *_AS_EXPECTED, *_QUESTIONS, *_FILTERS, *_VERSIONS, *_MORE_QUESTIONS, *_BY_SOUND, *_MORE_FILTERS,
)  # fmt: skip
