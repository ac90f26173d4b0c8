"""What `suanbei doctor` finds of the search index."""

from collections.abc import Iterator

from suanbei.common.errors import SearchUnavailable
from suanbei.common.texts import Text
from suanbei.registry.doctor import Finding, Health
from suanbei.search_api.search.engine import Engine


def examine_index(engine: Engine) -> Iterator[Finding]:
    """Whether the engine answers, and how far it is behind the registry."""
    try:
        health = engine.health()
    except SearchUnavailable as error:
        said = str(error)
        yield Finding(Health.BAD, Text(f"检索：{said}", f"search: {said}"))
        return
    name = f"{health.engine} {health.version}"
    if not health.documents:
        yield Finding(
            Health.WARN,
            Text(f"检索 {name}：尚无索引，首次检索时建立",
                 f"search {name}: no index yet, the first search builds it"),
        )  # fmt: skip
    elif health.lag:
        yield Finding(
            Health.WARN,
            Text(
                f"检索 {name}：{health.documents} 条，落后 {health.lag} 次写入",
                f"search {name}: {health.documents} filings, {health.lag} writes behind",
            ),
        )
    else:
        yield Finding(
            Health.OK,
            Text(
                f"检索 {name}：{health.documents} 条，与数据库同步",
                f"search {name}: {health.documents} filings, 0 writes behind",
            ),
        )
