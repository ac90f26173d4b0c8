"""The registers that a number may be of, and why one of CAC's may be malformed; with their names."""

from enum import StrEnum
from typing import Final

from suanbei.common.texts import Text


class NumberKind(StrEnum):
    """Which register a number belongs to."""

    ALGORITHM = "algorithm"
    GENAI_FILING = "genai_filing"
    GENAI_REGISTRATION = "genai_registration"
    ICP_FILING = "icp_filing"
    ICP_LICENCE = "icp_licence"
    PUBLIC_SECURITY = "public_security"
    BLOCKCHAIN = "blockchain"
    TELECOM_LICENCE = "telecom_licence"
    ID_CARD = "id_card"
    CREDIT_CODE = "credit_code"


KIND_TEXTS: Final[dict[NumberKind, Text]] = {
    NumberKind.ALGORITHM: Text("算法备案编号", "algorithm filing number"),
    NumberKind.GENAI_FILING: Text("生成式人工智能服务备案号", "generative-AI filing number"),
    NumberKind.GENAI_REGISTRATION: Text(
        "生成式人工智能服务上线编号", "generative-AI registration number"
    ),
    NumberKind.ICP_FILING: Text("ICP备案号（网站备案）", "ICP filing number (of a website)"),
    NumberKind.ICP_LICENCE: Text("ICP经营许可证号", "ICP licence number"),
    NumberKind.PUBLIC_SECURITY: Text(
        "公安机关互联网站备案号", "public-security filing number (of a website)"
    ),
    NumberKind.BLOCKCHAIN: Text("区块链信息服务备案编号", "blockchain service filing number"),
    NumberKind.TELECOM_LICENCE: Text(
        "增值电信业务经营许可证号", "value-added telecom licence number"
    ),
    NumberKind.ID_CARD: Text("居民身份证号码", "number of an identity card"),
    NumberKind.CREDIT_CODE: Text(
        "统一社会信用代码（营业执照）", "unified social credit code (of a business licence)"
    ),
}
"""The registers by name."""


class Malformation(StrEnum):
    """Why a text that is meant as a number of CAC's is none as it stands."""

    TOO_FEW_DIGITS = "too_few_digits"
    TOO_MANY_DIGITS = "too_many_digits"
    FOREIGN_CHARACTER = "foreign_character"
    ROUNDED = "rounded"
    NO_NAME = "no_name"
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    BAD_SERIAL = "bad_serial"
    CHINESE_REGION = "chinese_region"
    DASHED_DATE = "dashed_date"
    OTHER_SIGNS = "other_signs"


MALFORMATION_TEXTS: Final[dict[Malformation, Text]] = {
    Malformation.TOO_FEW_DIGITS: Text("编号不足 21 位数字", "fewer than 21 digits"),
    Malformation.TOO_MANY_DIGITS: Text("编号多于 21 位数字", "more than 21 digits"),
    Malformation.FOREIGN_CHARACTER: Text(
        "编号中含有数字以外的字符", "characters other than digits inside the number"
    ),
    Malformation.ROUNDED: Text(
        "编号被电子表格四舍五入，末尾数字已丢失",
        "rounded by a spreadsheet, its last digits are lost",
    ),
    Malformation.NO_NAME: Text("缺少名称部分", "the name part is missing"),
    Malformation.NO_DATE: Text("缺少日期部分", "the date part is missing"),
    Malformation.BAD_DATE: Text("日期部分不是有效日期", "the date part is not a date"),
    Malformation.BAD_SERIAL: Text("日期后的流水号不是四位数字", "the serial is not four digits"),
    Malformation.CHINESE_REGION: Text(
        "属地写成了汉字，公布的编号用拼音",
        "the region is in Chinese; published numbers spell it in Latin",
    ),
    Malformation.DASHED_DATE: Text(
        "日期写成了带分隔符的形式，公布的编号是八位数字",
        "the date has signs inside; in published numbers it is eight digits",
    ),
    Malformation.OTHER_SIGNS: Text(
        "属地、名称、日期之间不是连字符，公布的编号用“-”",
        "no dashes between region, name and date, as published numbers have them",
    ),
}
"""Why a number is malformed."""
