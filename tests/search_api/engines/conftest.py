"""Each engine over a small registry."""

from collections.abc import Iterator

import pytest

from registry.db import Database
from registry.imports import import_document
from registry.lists import Series
from registry.settings import Settings
from search_api.engines import open_engine
from search_api.engines.base import Engine
from tests.lists import listed, number, row

ROWS = [
    row(1, name="字节推荐算法", entity="北京字节跳动科技有限公司", product="抖音（APP）、西瓜 视频(网站)"),
    row(2, name="文心大模型算法-2", entity="北京百度网讯科技有限公司", product="--", label="服务技术支持者",
        number=number(2, "1234567", "110108")),
    row(3, name="AI Agent 对话算法", entity="上海测试（集团）有限公司", product="Deep Talk(小程序)",
        number=number(3, "7654321", "310104", "02", "24")),
]  # fmt: skip
GENAI = row(
    1, series=Series.GENAI_FILING, period="2024-04", name="文心一言", label="", product="",
    number="Beijing-WenXinYiYan-20230821", region="北京市", entity="北京百度网讯科技有限公司", purpose="",
)  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    """A registry of four filings in two lists."""
    import_document(database, listed(ROWS))
    import_document(database, listed([GENAI]))
    return database


@pytest.fixture
def engine(filled: Database, settings: Settings) -> Iterator[Engine]:
    """The engine under test."""
    settings.home.mkdir()
    opened = open_engine(settings, filled)
    yield opened
    opened.close()
