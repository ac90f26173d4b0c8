"""The golden documents that are laid out by a word processor: each as DOCX and as PDF."""

from tests.golden.making.case import (
    ALGORITHM,
    DEEP_SYNTHESIS,
    DEREGISTRATION,
    FILED,
    FILED_2024_04,
    ON_DEVICE,
    REGISTERED,
    Case,
    Sheet,
    algorithm_row,
    filed_row,
    number,
    registered_row,
    synthesis_row,
)

LONG = (
    "，并对样例内容逐条核对，核对不通过的样例内容不予展示，核对通过的样例内容按时间先后展示给用户"
    * 3
)


def algorithm() -> Case:
    """The layout of algorithm lists, 附件N above it; remarks of several kinds."""
    rows = [algorithm_row(serial) for serial in range(1, 8)]
    rows[1][-1] = "已注销"
    rows[3][-1] = "变更内容：原主体名称“北京旧样例科技有限公司”变更为“北京样例4号科技有限公司”"
    rows[4][2] = "检索过滤类"
    title = "境内互联网信息服务算法备案清单（2024年10月）"
    sheet = Sheet("algorithm", ALGORITHM, rows)
    return Case("algorithm", ["附件9", title], [sheet], period="2024-10", ordinal=9)


def deep_synthesis() -> Case:
    """The layout of deep-synthesis lists, rows broken by page ends, 序号 printed."""
    rows = [synthesis_row(serial) for serial in range(1, 13)]
    for index in (2, 5, 6, 9):
        rows[index][5] = rows[index][5].rstrip("。") + LONG + "。"
    rows[3][2], rows[3][4] = "服务技术支持者", "--"
    rows[7][4] = "样例助手(APP)、AI Agent样例(网站)、样例Smart Reader(小程序)"
    title = "境内深度合成服务算法备案清单（2025年5月）"
    sheet = Sheet("deep_synthesis", DEEP_SYNTHESIS, rows)
    return Case("deep_synthesis", ["附件", title], [sheet], period="2025-05")


def unnumbered() -> Case:
    """No 序号 anywhere: nothing but its content marks the second half of a broken row."""
    rows = [synthesis_row(serial, seq="") for serial in range(1, 15)]
    for index in (1, 4, 6, 10):
        rows[index][5] = rows[index][5].rstrip("。") + LONG + "。"
    rows[8][7] = "变更内容：新增产品" + "、".join(f"样例新品{n}(APP)" for n in range(1, 16))
    title = "境内深度合成服务算法备案清单（2024年12月）"
    sheet = Sheet("deep_synthesis", DEEP_SYNTHESIS, rows)
    return Case("unnumbered", ["附件", title], [sheet], period="2024-12")


def automatic() -> Case:
    """序号 left to automatic numbering, which starts at 7; a jump after the second row."""
    rows = [synthesis_row(serial) for serial in (7, 8, 20, 21)]
    title = "境内深度合成服务算法备案清单（2024年4月）"
    sheet = Sheet("deep_synthesis", DEEP_SYNTHESIS, rows)
    return Case("automatic", ["附件", title], [sheet], period="2024-04")


def filed_2024_04() -> Case:
    """The first generative-AI list: 模型名称 and 备案号, numbers without a serial."""
    rows = [
        filed_row(1, number="Beijing-YangLiA-20230831", region="北京市", filed_on="2023/8/31"),
        filed_row(2, number="Shanghai-Yang.Li·B’s-20231104", filed_on="2023/11/4"),
    ]
    title = "生成式人工智能服务已备案信息（2024年4月）"
    sheet = Sheet("genai_filing", FILED_2024_04, rows)
    return Case("filed_2024_04", ["附件", title], [sheet], period="2024-04")


def genai() -> Case:
    """Two tables in one document; 补登, an out-of-order 序号, swapped columns, an odd number."""
    filed = [filed_row(serial) for serial in range(539, 549)]
    filed[2][2], filed[2][3] = filed[2][3], filed[2][2]
    filed[9][0], filed[9][4] = "286", "Jiangsu-YangLiZhiSuanYun-"
    registered = [registered_row(serial) for serial in range(264, 270)]
    registered[5][5] = "2025/8/28（补登）"
    title = "生成式人工智能服务已备案和已登记信息（2025年10月）"
    sheets = [
        Sheet(
            "genai_filing", FILED, filed, "一、已备案信息",
            flags={4: ["suspect_columns"], 11: ["malformed_number"]},
        ),
        Sheet("genai_registration", REGISTERED, registered, "二、已登记信息"),
    ]  # fmt: skip
    return Case("genai", ["附件", title], sheets, title=title, period="2025-10")


def on_device() -> Case:
    """Three tables: on-device models have a column of their own."""
    device = [[*filed_row(serial), "手机端侧"] for serial in (1, 2)]
    title = "生成式人工智能服务已备案和已登记信息（2026年2月）"
    sheets = [
        Sheet("genai_filing", FILED, [filed_row(1), filed_row(2)], "一、已备案信息"),
        Sheet("genai_filing", ON_DEVICE, device, "二、手机端侧已备案信息"),
        Sheet("genai_registration", REGISTERED, [registered_row(5)], "三、已登记信息"),
    ]
    return Case("on_device", ["附件", title], sheets, title=title, period="2026-02")


def deregistration() -> Case:
    """Deregistrations: the title names no period, 注销时间 does, row by row."""
    rows = [
        [*synthesis_row(serial, purpose="--")[:7], f"2025年{month}月"]
        for serial, month in ((1, 6), (2, 7), (3, 7))
    ]
    rows[1][2] = "个性化推送类"
    sheet = Sheet("deregistration", DEREGISTRATION, rows)
    return Case("deregistration", ["附件", "算法备案编号注销清单"], [sheet], period="2025-07")


def odd_numbers() -> Case:
    """Numbers as printed: 22 digits, a wrong check digit, one listed twice, brackets unlike."""
    rows = [algorithm_row(serial) for serial in range(1, 6)]
    rows[0][6] = "网信算备1101082242366066220017号"
    rows[1][6] = number(2, "02")[:-2] + {"1": "3"}.get(number(2, "02")[-2], "1") + "号"
    rows[3][6] = rows[2][6]
    rows[4][3] = "样例（北京)科技有限公司"
    title = "境内互联网信息服务算法备案清单（2022年8月）"
    flags = {2: ["malformed_number"], 3: ["check_digit"]}
    sheet = Sheet("algorithm", ALGORITHM, rows, flags=flags)
    return Case("odd_numbers", ["附件1", title], [sheet], period="2022-08", ordinal=1)


def header_again() -> Case:
    """The header turns up as a data row, and there is a row with nothing in it."""
    rows = [algorithm_row(1), list(ALGORITHM), algorithm_row(2), [""] * 8, algorithm_row(3)]
    title = "境内互联网信息服务算法备案清单（2023年1月）"
    reported = {3: "header_as_data", 5: "empty_row"}
    sheet = Sheet("algorithm", ALGORITHM, rows, reported=reported)
    return Case("header_again", ["附件3", title], [sheet], period="2023-01", ordinal=3)


def unknown_column() -> Case:
    """A column that nobody knows goes into `extra` and is reported."""
    columns = ALGORITHM | {"算法安全责任人": "extra:算法安全责任人"}
    rows = [[*algorithm_row(serial), "样例责任人"] for serial in (1, 2)]
    title = "境内互联网信息服务算法备案清单（2026年5月）"
    sheet = Sheet("algorithm", columns, rows)
    unknown = ["算法安全责任人"]
    return Case(
        "unknown_column", ["附件18", title], [sheet], period="2026-05", ordinal=18,
        unknown_columns=unknown,
    )  # fmt: skip


def split_header() -> Case:
    """A header of two rows: names split over them, and one merged downwards."""
    sheet = Sheet("algorithm", ALGORITHM, [algorithm_row(1), algorithm_row(2)], header_rows=2)
    title = "境内互联网信息服务算法备案清单（2023年4月）"
    return Case("split_header", ["附件4", title], [sheet], period="2023-04", ordinal=4)


def doubled_header() -> Case:
    """A column twice under one name, its texts repeated or split between the two."""
    rows = [algorithm_row(1), algorithm_row(2)]
    flags = {3: ["doubled_column"]}
    sheet = Sheet("algorithm", ALGORITHM, rows, flags=flags)
    title = "境内互联网信息服务算法备案清单（2022年10月）"
    return Case("doubled_header", ["附件2", title], [sheet], period="2022-10", ordinal=2)


def merged_rows() -> Case:
    """A company printed once for two rows (a vertical merge): both rows have it."""
    rows = [algorithm_row(1), algorithm_row(2), algorithm_row(3)]
    rows[1][3] = rows[0][3]
    title = "境内互联网信息服务算法备案清单（2024年6月）"
    sheet = Sheet("algorithm", ALGORITHM, rows)
    return Case("merged_rows", ["附件7", title], [sheet], period="2024-06", ordinal=7)


def breaks() -> Case:
    """Words cut by a narrow column, words parted there, and breaks set by the author."""
    rows = [algorithm_row(serial) for serial in range(1, 6)]
    rows[0][4] = "SAMPLEWONGGROUP(小程序)"
    rows[1][4] = "Sample Agent(APP)"
    rows[2][4] = "样例数据(APP)、样例妙想(APP)"
    rows[3][4] = "Sample Agent(网站)、SAMPLEWONGGROUP(网站)"
    rows[4][4] = "样例Pro Max(APP)"
    title = "境内互联网信息服务算法备案清单（2025年3月）"
    sheet = Sheet("algorithm", ALGORITHM, rows)
    return Case("breaks", ["附件11", title], [sheet], period="2025-03", ordinal=11)


def rare_letters() -> Case:
    """Letters beyond U+FFFF, full-width letters, signs of one letter, a compatibility ideograph."""
    row = algorithm_row(
        1, name="样例𠮷野推荐算法", entity="北京样例𬭎科技有限公司", product="样例㎡①Ⅷé€™(APP)",
        purpose="用于Ｆｕｌｌ全角，“引号”‘引号’·中点—破折……省略。",
    )  # fmt: skip
    other = algorithm_row(2, name="样例" + "\uf900" + "算法")
    title = "境内互联网信息服务算法备案清单（2024年8月）"
    case = Case("rare_letters", ["附件8", title], [], period="2024-08", ordinal=8)
    case.sheets = [Sheet("algorithm", ALGORITHM, [row, other])]
    return case


CASES = (
    algorithm, deep_synthesis, unnumbered, automatic, filed_2024_04, genai, on_device,
    deregistration, odd_numbers, header_again, unknown_column, split_header, doubled_header,
    merged_rows, breaks, rare_letters,
)  # fmt: skip
