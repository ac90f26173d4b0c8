"""The guide: who must file what, how, and what a number says, each claim with the rule behind it.

It is prose, so each language has a template of its own; the rules cited are one table for both.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from suanbei.common.late_imports import importing
from suanbei.common.texts import Language, Text
from suanbei.registry.cells.numbers import parse_number
from suanbei.registry.queries.number_parts import anatomy
from suanbei.search_api.language import language_of_request
from suanbei.search_api.pages.templating import environment, render

router = APIRouter(include_in_schema=False)
EXAMPLES = ("网信算备330110507206401230035号", "Beijing-WenXinYiYan-20230821",
            "Guangdong-ZhongJinCaiFuZhiNeng-20260817S0065")  # fmt: skip
CAC = "https://www.cac.gov.cn"
STANDARDS = "https://openstd.samr.gov.cn"


@dataclass(frozen=True, slots=True)
class Source:
    """A rule or a report that the guide rests on.

    `short` is what a citation says, `title` the published title, `note` what is to be known of it.
    """

    short: Text
    title: str
    url: str
    note: Text


SOURCES = {
    "rec": Source(Text("算法推荐规定", "Recommendation Provisions"), "《互联网信息服务算法推荐管理规定》",
                  f"{CAC}/2022-01/04/c_1642894606364259.htm", Text("2022年3月1日起施行", "in force since 1 March 2022")),
    "deep": Source(Text("深度合成规定", "Deep Synthesis Provisions"), "《互联网信息服务深度合成管理规定》",
                   f"{CAC}/2022-12/11/c_1672221949354811.htm", Text("2023年1月10日起施行", "in force since 10 January 2023")),
    "gen": Source(Text("生成式AI办法", "Generative AI Measures"), "《生成式人工智能服务管理暂行办法》",
                  f"{CAC}/2023-07/13/c_1690898327029107.htm", Text("2023年8月15日起施行", "in force since 15 August 2023")),
    "assess": Source(Text("安全评估规定", "Security Assessment Provisions"), "《具有舆论属性或社会动员能力的互联网信息服务安全评估规定》",
                     f"{CAC}/2018-11/15/c_1123716072.htm", Text("2018年11月30日起施行", "in force since 30 November 2018")),
    "label": Source(Text("标识办法", "Labelling Measures"), "《人工智能生成合成内容标识办法》",
                    f"{CAC}/2025-03/14/c_1743654684782215.htm", Text("2025年9月1日起施行", "in force since 1 September 2025")),
    "gb45438": Source(Text("GB 45438", "GB 45438"), "GB 45438—2025《网络安全技术 人工智能生成合成内容标识方法》",
                      STANDARDS, Text("强制性国家标准，2025年9月1日起实施", "mandatory standard, since 1 September 2025")),
    "gb45654": Source(Text("GB/T 45654", "GB/T 45654"), "GB/T 45654—2025《网络安全技术 生成式人工智能服务安全基本要求》",
                      STANDARDS, Text("2025年11月1日起实施，取代 TC260-003；同批还有 GB/T 45652、45674", "since 1 November 2025, replacing TC260-003; GB/T 45652 and 45674 came with it")),
    "csl": Source(Text("网络安全法", "Cybersecurity Law"), "《中华人民共和国网络安全法》（2025年修正）",
                  f"{CAC}/2025-12/29/c_1768735112911946.htm", Text("修正后2026年1月1日起施行", "as amended, in force since 1 January 2026")),
    "human": Source(Text("拟人化互动办法", "Human-like Interaction Measures"), "《人工智能拟人化互动服务管理暂行办法》（第21号令）",
                    f"{CAC}/2026-04/10/c_1777558395078289.htm", Text("2026年7月15日起施行", "order no. 21, in force since 15 July 2026")),
    "campaign": Source(Text("清朗行动", "Qinglang campaign"), "“清朗·整治AI应用乱象”专项行动",
                       f"{CAC}/2026-04/30/c_1779289298718765.htm", Text("2026年4月30日部署，7月6日通报成效，9月2日进入第二阶段", "announced 30 April 2026, results 6 July, second phase from 2 September")),
    "agents": Source(Text("智能体意见", "Opinions on agents"), "《智能体规范应用与创新发展实施意见》",
                     f"{CAC}/2026-05/08/c_1779979789523320.htm", Text("2026年5月8日公布", "published 8 May 2026")),
    "framework": Source(Text("治理框架3.0", "Governance Framework 3.0"), "《人工智能安全治理框架》3.0版",
                        "https://www.tc260.org.cn", Text("2026年9月14日发布，不具强制力", "published 14 September 2026; not binding")),
    "ethics": Source(Text("伦理审查", "Ethics review"), "《人工智能科技伦理审查与服务办法（试行）》（工信部联科〔2026〕75号）",
                     "https://www.miit.gov.cn", Text("2026年", "2026")),
    "minors": Source(Text("未成年人信息分类", "Classification for minors"), "《可能影响未成年人身心健康的网络信息分类办法》",
                     f"{CAC}/2026-01/23/c_1770728781060093.htm", Text("2026年1月23日公布", "published 23 January 2026")),
    "n2404": Source(Text("2024年4月公告", "CAC notice of April 2024"), "国家互联网信息办公室关于发布生成式人工智能服务已备案信息的公告",
                    f"{CAC}/2024-04/02/c_1713729983803145.htm", Text("", "")),
    "n2501": Source(Text("2025年1月公告", "CAC notice of January 2025"), "国家互联网信息办公室关于发布2024年生成式人工智能服务已备案信息的公告",
                    f"{CAC}/2025-01/08/c_1738034725920930.htm", Text("", "")),
    "beian": Source(Text("备案系统", "Filing system"), "互联网信息服务算法备案系统",
                    "https://beian.cac.gov.cn", Text("", "")),
    "aliyun": Source(Text("阿里云开发者社区", "Alibaba Cloud developers"), "阿里云开发者社区文章",
                     "https://developer.aliyun.com/article/1663287", Text("服务商说法，非官方", "a provider's account, not official")),
    "agency": Source(Text("代办机构", "A filing agency"), "大通天成《大模型备案与大模型登记是什么？有什么区别？》",
                     "http://www.dttc-gw.com/art/23417.html", Text("代办机构说法（2026年1月），非官方", "an agency's account (January 2026), not official")),
    "lists": Source(Text("据清单统计", "Read off the lists"), "国家网信办公布的各期清单",
                    f"{CAC}/2022-08/12/c_1661927474338504.htm", Text("算备据此统计或推断", "counted or inferred by Suanbei")),
}  # fmt: skip
"""What is cited, by the key that the templates use."""


@router.get("/guide")
def guide(request: Request) -> Response:
    """The guide."""
    language = language_of_request(request)
    return render(request, _template(language), **_values(language))


def guide_text(language: Language) -> str:
    """The guide as plain text, headings marked as in Markdown: for programs that read."""
    with importing:
        from bs4 import BeautifulSoup, Tag

    empty = dict.fromkeys(("here", "base", "other_language", "other_lang", "switch"), "")
    template = environment(language).get_template(_template(language))
    page = BeautifulSoup(template.render(path="/guide", **empty, **_values(language)), "lxml")
    main = page.find("main")
    if not isinstance(main, Tag):
        raise RuntimeError(f"{_template(language)} has no main part")
    for heading in main.find_all(("h1", "h2", "h3")):
        heading.insert(0, "#" * int(heading.name[1]) + " ")
    for cell in main.find_all(("td", "th")):
        cell.append(" | ")
    for inline in main.find_all(("a", "b", "em", "span", "strong", "time", "wbr", "code")):
        inline.unwrap()
    main.smooth()
    lines = (" ".join(line.split()) for line in main.get_text("\n").splitlines())
    return "\n".join(line for line in lines if line)


def _template(language: Language) -> str:
    return f"guide_{language.value}.html"


def _values(language: Language) -> dict[str, Any]:
    return {
        "examples": [(number, anatomy(parse_number(number), language)) for number in EXAMPLES],
        "sources": SOURCES,
        "language": language,
    }
