"""Each engine over a small registry."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from suanbei.common.settings import Settings
from suanbei.registry.database import Database
from suanbei.registry.importing.documents import import_document
from suanbei.registry.importing.published import Series
from suanbei.registry.models import Filing
from suanbei.search_api.search.engine import Engine, Query
from suanbei.search_api.search.meilisearch import MeiliEngine
from suanbei.search_api.search.tantivy import TantivyEngine
from tests.lists import listed, number, row
from tests.trial.meilisearch import MISSING, Address, meilisearch

NewEngine = Callable[..., Engine]
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
def filled(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A registry of four filings in two lists, for a test to change."""
    with _filled(sqlite_template, tmp_path) as database:
        yield database


@contextmanager
def _filled(template: Path, folder: Path) -> Iterator[Database]:
    path = folder / "registry.sqlite3"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    import_document(database, listed(ROWS))
    import_document(database, listed([GENAI]))
    yield database
    database.close()


@pytest.fixture(scope="session")
def meili(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """One Meilisearch for all tests; they are skipped, loudly, where there is none."""
    with meilisearch(tmp_path_factory.mktemp("meilisearch")) as address:
        if address is None:
            pytest.skip(MISSING)
        yield address


@pytest.fixture(
    scope="session", params=["tantivy", pytest.param("meilisearch", marks=pytest.mark.meilisearch)]
)
def new_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewEngine]:
    """Opens the engine under test over a registry, with an index of its own or that of a home."""
    opened: list[Engine] = []
    there: dict[str, str] = {}
    if request.param == "meilisearch":
        address: Address = request.getfixturevalue("meili")
        there = {"search_url": address.url, "search_key": address.key}

    def make(database: Database, home: Path | None = None) -> Engine:
        home = home or tmp_path_factory.mktemp("home")
        settings = Settings(home=home).model_copy(update=there)
        if there:
            opened.append(MeiliEngine(settings, database, f"test{secrets.token_hex(4)}"))
        else:
            embedded = TantivyEngine(settings, database)
            embedded.seconds = 60  # what is found must not depend on how busy the machine is
            opened.append(embedded)
        return opened[-1]

    yield make
    for engine in opened:
        if isinstance(engine, MeiliEngine):
            engine.indexes.drop()
        engine.close()


@dataclass(frozen=True)
class Shared:
    """A registry that tests only read, and the engine under test over it."""

    database: Database
    engine: Engine

    def names(self, query: Query) -> list[str]:
        """The names of what is found, in order."""
        return names(self.database, self.engine, query)


@pytest.fixture(scope="session")
def shared(
    new_engine: NewEngine, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shared]:
    """For tests that change nothing."""
    with _filled(sqlite_template, tmp_path_factory.mktemp("shared")) as database:
        yield Shared(database, new_engine(database))


@pytest.fixture(scope="session")
def real(new_engine: NewEngine, shipped_registry: Database) -> tuple[Database, Engine]:
    """Every filing of the shipped snapshot, which are those of all real lists; only to be read."""
    home = Path(str(shipped_registry.engine.url.database)).parent
    return shipped_registry, new_engine(shipped_registry, home)


@pytest.fixture
def engine(filled: Database, new_engine: NewEngine) -> Engine:
    """The engine under test over a registry of the test's own."""
    return new_engine(filled)


def names(database: Database, engine: Engine, query: Query) -> list[str]:
    """The names of the filings found, in order."""
    with database.read() as session:
        known = {one.id: one.name for one in session.execute(select(Filing)).scalars()}
    return [known[hit.id] for hit in engine.search(query).hits]
