"""A small registry for the pages: every series, a withdrawal, a change, and a hostile name."""

from datetime import UTC, date, datetime

from suanbei.registry.database import Database
from suanbei.registry.importing.documents import Import, import_document
from suanbei.registry.importing.published import Row, Series
from tests.lists import listed, number, row

HOSTILE = "<script>alert(1)</script>"
LISTED = number(1)
WITHDRAWN = number(9)
CHANGED = number(7)
HOSTILE_NUMBER = number(8)
LONG = number(11)
UNLISTED = number(77, registrant="9999999")
MODEL = "Beijing-CeShiMoXing-202401150001"
REGISTRATION = "Guangdong-CeShiYingYong-20240620S0002"
COMPANY = "测试（杭州）科技有限公司"
OTHER_COMPANY = "北京示例智能科技有限公司"


def fill(database: Database) -> None:
    """Take the lists in, in the order in which they came out."""
    for rows, day in (
        (_algorithms(), date(2022, 10, 20)),
        (_syntheses("2023-06", range(1, 8)), date(2023, 6, 20)),
        (_syntheses("2023-08", range(8, 60)), date(2023, 8, 20)),
        (_models(), date(2024, 4, 2)),
        (_withdrawals(), date(2025, 7, 14)),
    ):
        import_document(database, _import(rows, day))
    # The list of June is replaced: one product has another name now.
    changed = _syntheses("2023-06", range(1, 8), {7: "更名后的产品(APP)"})
    import_document(database, _import(changed, date(2023, 6, 20), hour=9))


def _import(rows: list[Row], day: date, hour: int = 8) -> Import:
    return listed(
        rows,
        published_on=day,
        notice_url=f"https://www.cac.gov.cn/{day:%Y-%m}/c_1.htm",
        notice_title=f"公告 {day}",
        fetched_at=datetime(2026, 1, 1, hour, tzinfo=UTC),
    )


def _algorithms() -> list[Row]:
    return [
        row(
            serial,
            series=Series.ALGORITHM,
            period="2022-10",
            name=f"示例推荐算法{serial}",
            label="个性化推送类",
            entity=OTHER_COMPANY,
            number=number(serial, registrant="1234567", division="110108", kind="02", year="22"),
        )
        for serial in range(1, 6)
    ]


def _syntheses(period: str, serials: range, products: dict[int, str] | None = None) -> list[Row]:
    found = []
    for serial in serials:
        special: dict[str, object] = {"product": (products or {}).get(serial, f"产品{serial}(APP)")}
        if serial == 8:
            special |= {"name": HOSTILE, "product": f"{HOSTILE}(网站)", "purpose": HOSTILE}
        if serial == 5:
            special |= {"remark": "算法名称原“旧名算法”变更为“测试算法5”"}
        if serial == 11:  # as long as any on the real lists
            names = "、".join(f"很长的产品名称{n}(APP)" for n in range(1, 31))
            special |= {"product": names, "remark": f"2024年8月，变更内容：新增产品{names}"}
        if serial % 3 == 0:
            special |= {"label": "服务技术支持者", "product": "--"}
        found.append(row(serial, period=period, **special))
    return found


def _models() -> list[Row]:
    facts = {"period": "2024-04", "label": "", "product": "", "purpose": ""}
    return [
        row(1, series=Series.GENAI_FILING, number=MODEL, name="测试模型", entity=COMPANY,
            region="北京市", filed_on="2024年1月15日", **facts),
        row(2, series=Series.GENAI_REGISTRATION, number=REGISTRATION, name="测试应用",
            entity=OTHER_COMPANY, region="广东省", filed_on="2024年6月20日", table=2, **facts),
    ]  # fmt: skip


def _withdrawals() -> list[Row]:
    return [
        row(
            9,
            series=Series.DEREGISTRATION,
            period="2025-07",
            number=WITHDRAWN,
            filed_on="2025年7月",
        )
    ]
