"""New words in the likeness of real ones: their characters follow each other as in these."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from random import Random

_SYLLABLES = [
    "ai",
    "an",
    "bai",
    "bei",
    "bo",
    "chang",
    "cheng",
    "chuang",
    "da",
    "dian",
    "dong",
    "fei",
    "feng",
    "guang",
    "hai",
    "han",
    "heng",
    "hong",
    "hua",
    "hui",
    "jia",
    "jian",
    "jin",
    "jing",
    "kai",
    "ke",
    "lan",
    "li",
    "lian",
    "ling",
    "long",
    "lu",
    "mei",
    "ming",
    "mo",
    "nan",
    "neng",
    "ning",
    "peng",
    "ping",
    "qi",
    "qian",
    "qing",
    "rui",
    "run",
    "shan",
    "sheng",
    "shi",
    "shu",
    "si",
    "su",
    "tai",
    "tan",
    "tian",
    "tong",
    "wan",
    "wei",
    "wen",
    "xi",
    "xin",
    "xing",
    "xu",
    "ya",
    "yan",
    "yi",
    "yin",
    "ying",
    "yu",
    "yuan",
    "yun",
    "zhen",
    "zheng",
    "zhi",
    "zhong",
    "zhou",
    "zhu",
    "zi",
]

Followers = Mapping[str, Sequence[str]]


def learn_followers(words: Iterable[str]) -> Followers:
    """For each character those that follow it, as often as they do; the empty one begins."""
    followers: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for before, after in zip(["", *word], word, strict=False):
            followers[before].append(after)
    return dict(followers)


def new_word(followers: Followers, length: int, random: Random) -> str:
    """A word of so many characters."""
    word = ""
    while len(word) < length:
        word += random.choice(followers.get(word[-1:]) or followers[""])
    return word


def new_latin(random: Random) -> str:
    """Pinyin of two to five syllables, each with a capital."""
    return "".join(random.choice(_SYLLABLES).title() for _ in range(random.randint(2, 5)))


_SCENES = [
    "在线客服",
    "内容创作",
    "智能问答",
    "短视频推荐",
    "新闻资讯",
    "电商购物",
    "外卖配送",
    "网约车派单",
    "医疗问诊",
    "在线教育",
    "办公写作",
    "营销文案",
    "数字人播报",
    "语音合成",
    "图像生成",
    "代码辅助",
    "法律咨询",
    "金融投顾",
    "政务服务",
    "旅游规划",
    "招聘匹配",
    "游戏陪伴",
    "音乐创作",
    "直播互动",
    "社区检索",
]
_INPUTS = [
    "文本",
    "语音",
    "图片",
    "视频",
    "用户行为",
    "历史订单",
    "位置信息",
    "知识库文档",
    "关键词",
    "传感数据",
]
_MEANS = [
    "大语言模型",
    "深度神经网络",
    "协同过滤",
    "向量检索",
    "扩散模型",
    "知识图谱",
    "强化学习",
    "语义理解",
    "多模态融合",
    "规则引擎",
]
_RESULTS = [
    "生成相应的文字内容",
    "生成符合要求的图像",
    "合成自然的语音",
    "输出排序后的列表",
    "给出个性化推荐",
    "返回最相关的结果",
    "完成运力调度",
    "过滤不良信息",
]


def new_purpose(random: Random) -> str:
    """A 主要用途 of our own wording."""
    scene, given, means = random.choice(_SCENES), random.choice(_INPUTS), random.choice(_MEANS)
    return f"应用于{scene}场景，根据用户输入的{given}，利用{means}，{random.choice(_RESULTS)}。"
