"""The texts of the pages: all there in both languages, with the same places to fill."""

import re

import pytest
from fastapi.testclient import TestClient

from suanbei.common.texts import Language
from suanbei.registry.cells.vocabulary import STATUS_TEXTS
from suanbei.registry.importing.events import EventType
from suanbei.registry.queries.event_text import _FILINGS
from suanbei.registry.verify import MATCH_TEXTS, VERDICT_TEXTS, Verdict
from suanbei.registry.verify.reason_texts import REASON_TEXTS
from suanbei.search_api.app import create_app
from suanbei.search_api.deps import Services
from suanbei.search_api.language import accepted_language, translations
from suanbei.search_api.pages.docs import summary_of
from suanbei.search_api.pages.labels import EVENTS, STANDINGS
from suanbei.search_api.pages.templating import environment
from suanbei.search_api.pages.verdict import questions_of
from tests.pages import registry as small
from tests.pages.messages import is_translated, kept_texts, source_texts

PLACES = re.compile(r"%\((\w+)\)")


def test_every_text_is_in_the_chinese_catalogue() -> None:
    """New texts were taken in and translated: `python -m tests.pages.messages`."""
    kept = kept_texts(Language.ZH)
    missing = [
        one.id for one in source_texts()
        if one.id and (one.id not in kept or not is_translated(kept[one.id]))
    ]  # fmt: skip
    assert missing == []


def test_no_text_is_left_over() -> None:
    """The catalogue holds nothing that no page says."""
    said = {one.id for one in source_texts()}
    assert [one.id for one in kept_texts(Language.ZH) if one.id and one.id not in said] == []


def test_translations_fill_the_same_places() -> None:
    """What is filled into the English text has its place in the Chinese one."""
    for one in kept_texts(Language.ZH):
        if not one.id:
            continue
        source = one.id[0] if isinstance(one.id, tuple) else one.id
        target = one.string[0] if isinstance(one.string, tuple) else one.string
        assert set(PLACES.findall(source)) == set(PLACES.findall(target)), source


def test_english_is_the_source() -> None:
    """English texts are those of the source: there is no catalogue to fall behind."""
    assert translations(Language.EN).gettext("Guide") == "Guide"
    assert translations(Language.ZH).gettext("Guide") == "指南"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("asked", "verdict"),
    [(small.LISTED, Verdict.ACTIVE), (small.WITHDRAWN, Verdict.DEREGISTERED),
     (small.UNLISTED, Verdict.NOT_LISTED), ("网信算备123号", Verdict.MALFORMED)],
)  # fmt: skip
def test_a_verdict_has_one_name(
    services: Services, asked: str, verdict: Verdict, language: Language
) -> None:
    """The heading of the page is what the terminal, the API and tables call it."""
    client = TestClient(create_app(services), headers={"accept-language": language.value})
    page = client.get("/verify", params={"q": asked}).text
    heading = re.search('<h1 id="verdict">(.*?)</h1>', page)
    assert heading
    assert heading[1].lower() == VERDICT_TEXTS[verdict].say(language)


@pytest.mark.parametrize("language", list(Language))
def test_no_longer_in_its_list_has_one_name(language: Language) -> None:
    """Events, duties and statuses say the same of a row that a list leaves out."""
    said = STATUS_TEXTS["vanished"].say(language)
    assert EVENTS["filing.vanished"].say(language).lower() == said
    assert STANDINGS["vanished"].say(language) == said
    told = _FILINGS[EventType.FILING_VANISHED].say(language)
    assert told.lower().startswith(said)


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("fr", "zh"), ("en", "en"), ("zh-TW,en;q=0.5", "zh"), ("zh;q=0.1,en-US", "en"),
     ("en;q=x,zh", "zh"), (";;,,=", "zh")],
)  # fmt: skip
def test_accept_language(header: str, language: str) -> None:
    """The language liked best is spoken, and nonsense does no harm."""
    assert accepted_language(header, Language.ZH).value == language


@pytest.mark.parametrize(
    ("language", "day"), [(Language.ZH, "2026年8月31日"), (Language.EN, "31 Aug 2026")]
)
def test_a_missing_total_has_its_day_as_the_rest_of_the_page(language: Language, day: str) -> None:
    """In the table of what is held, as in those beside it; a gap without a day is as it was."""
    text = environment(language).globals["gap_text"]
    total = {"kind": "total", "as_of": "2026-08-31", "published": 731, "held": 730}
    assert day in text(total)
    assert "263" in text({"kind": "serial", "from": 263, "to": 263})


def test_the_status_claims_no_more_than_that_there_is_no_alert(services: Services) -> None:
    """No source was checked yet: whether any has failed or is overdue is not known."""
    page = TestClient(create_app(services)).get("/status?lang=en").text
    assert "A source has failed repeatedly: no alert" in page


def test_every_operation_of_the_api_is_told_in_chinese(services: Services) -> None:
    """A Chinese page says no English sentence: what is new in the API gets its words there."""
    paths = create_app(services).openapi()["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert summary_of(method, path, operation, Language.ZH), f"{method} {path}"


def test_an_app_is_registered_in_the_words_of_its_list(services: Services) -> None:
    """A registration is no filing: its list says 上线编号, 登记单位 and 登记时间, and so do the pages."""
    client = TestClient(create_app(services), headers={"accept-language": "zh"})
    rows = client.get("/batches/genai_registration-2024-04").text
    assert [word for word in ("上线编号", "登记单位", "登记时间") if word not in rows] == []
    page = client.get(f"/filings/{small.REGISTRATION}").text
    assert "登记时间" in page
    assert "备案时间" not in page


def test_a_registrant_is_called_the_same_in_verdicts_and_reasons() -> None:
    """主体 on the pages and in tables, for hospitals and bureaus file too: never 所称公司 beside 所称主体."""
    said = [text.zh for text in (*MATCH_TEXTS.values(), *REASON_TEXTS.values())]
    assert [text for text in said if "所称公司" in text or text.startswith("公司")] == []


NUMBER = "网信算备330110507206401230035号"


@pytest.mark.parametrize(
    ("line", "claimed"),
    [
        (f"1|甲公司|某算法|{NUMBER}", "甲公司"),
        (f"甲公司,{NUMBER},服务提供者", "甲公司"),
        (f"甲公司，备案编号：{NUMBER}。", "甲公司"),
        (f"{NUMBER}；甲公司", "甲公司"),
        (f"我司算法已备案，备案编号为{NUMBER}，特此说明", ""),
        (f"我司已备案，{NUMBER}，特此说明", ""),
        (f"We have filed it, with the number {NUMBER}", ""),
    ],
)
def test_a_part_of_a_sentence_is_no_claimed_company(line: str, claimed: str) -> None:
    """A verdict must not say of what nobody claimed that it does not match."""
    (asked,) = questions_of(line)
    assert (asked.entity, NUMBER in asked.number) == (claimed, True)
