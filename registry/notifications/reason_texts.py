"""Why a message did not arrive, in the reader's language: kept in English, as attempts record it."""

import re

from suanbei.common.texts import Language

_CHINESE = (
    (r"HTTP 410: .*", "接收方已拒收（HTTP 410）"),
    (r"HTTP (\d+): moved to (.*)", r"接收方返回 HTTP \1，地址已迁至 \2"),
    (r"HTTP (\d+)", r"接收方返回 HTTP \1"),
    (r"no answer within ([\d.]+) s", r"\1 秒内无响应"),
    (r"not sent within ([\d.]+) s", r"\1 秒内未能发出"),
    (r"refused by the service: (.*)", r"服务方拒收：\1"),
    (r"the service .*", "服务方的答复无法确认是否送达"),
    (r"(?:(\S+): )?(\S+) is not a public address.*", r"\2 不是公网地址"),
    (r"(\S+): no such host.*", r"找不到主机 \1"),
    (r"more than \d+ redirects", "重定向次数过多"),
    (r"(?:ConnectError|ConnectTimeout).*", "无法连接"),
    (
        r"cannot be put into words.*|its messages cannot be made.*",
        "消息无法生成（程序错误，已记入日志）",
    ),
    (r"cannot be sent.*", "消息无法发出（程序错误，已记入日志）"),
    (r"deliver: .*", "该地址不再受支持，请更换地址"),
)


def reason_text(reason: str, language: Language) -> str:
    """A reason for people; one that no pattern knows stays as the other side said it.

    >>> reason_text("HTTP 503", Language.ZH)
    '接收方返回 HTTP 503'
    """
    if language is Language.EN or not reason:
        return reason
    for pattern, chinese in _CHINESE:
        if found := re.fullmatch(pattern, reason, re.DOTALL):
            return found.expand(chinese)
    return f"发送失败：{reason}"
