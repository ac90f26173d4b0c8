"""What a dataset says of itself: a Frictionless data package, Croissant, a dictionary, licence and sources."""

import hashlib
from pathlib import Path
from typing import Any

import orjson

from suanbei.search_api.export.dataset_tables import TABLES, ColumnType, DatasetTable

TITLE = "算备：中国算法与生成式人工智能备案数据集 · Suanbei: China's algorithm and generative-AI filings"
DESCRIPTION = (
    "Facts of the filing lists that the Cyberspace Administration of China publishes: every list, row, filing, company "
    "and change. 国家互联网信息办公室公布的各期备案清单所载事实。"
)
LICENCE = {"name": "CC0-1.0", "title": "Creative Commons Zero v1.0 Universal",
           "path": "https://creativecommons.org/publicdomain/zero/1.0/"}  # fmt: skip
ATTRIBUTION = "国家互联网信息办公室 Cyberspace Administration of China (https://www.cac.gov.cn), read by Suanbei 算备"
_LICENCE_TEXT = (
    f"数据来源 Source: {ATTRIBUTION}\n"
    f"算备对数据库不主张权利 Suanbei claims no rights in the database: {LICENCE['title']}, {LICENCE['path']}\n"
    "以国家网信办公布的清单为准。The lists that CAC publishes decide.\n"
)
CROISSANT_TYPES = {
    ColumnType.STRING: "sc:Text", ColumnType.INTEGER: "sc:Integer", ColumnType.DATE: "sc:Date",
}  # fmt: skip
DIFFERENCES_TABLE = ("change", "series", "number", "field", "before", "after")


def write_metadata(
    folder: Path, version: str, rows: dict[str, int], held: dict[str, Any], since: str | None
) -> None:
    """Write datapackage.json, croissant.json, README.md and LICENSE.txt beside the tables.

    `rows` are those of each table, `held` is the coverage, `since` the earlier version compared with.
    """
    (folder / "README.md").write_text(_dictionary(version, rows, since), "utf-8")
    (folder / "LICENSE.txt").write_text(_LICENCE_TEXT, "utf-8")
    _write_json(folder / "croissant.json", _croissant(folder, version))
    _write_json(folder / "datapackage.json", _data_package(version, rows, held, since))


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def _data_package(
    version: str, rows: dict[str, int], held: dict[str, Any], since: str | None
) -> dict[str, Any]:
    resources = []
    for table in TABLES:
        described = {"title": table.means.zh, "description": table.means.en}
        fields = [
            {"name": column.name, "type": column.type.value, "title": column.means.zh,
             "description": column.means.en}
            for column in table.columns
        ]  # fmt: skip
        schema = {"fields": fields, "primaryKey": list(table.key), "missingValues": [""]}
        resources.append(_csv_resource(table.name, schema) | described)
        # A Parquet file says itself which columns it has, and of what types.
        parquet = {"name": f"{table.name}-parquet", "path": f"{table.name}.parquet", "format": "parquet",
                   "type": "file", "mediatype": "application/vnd.apache.parquet"}  # fmt: skip
        resources.append(parquet | described)
    if since is not None:
        fields = [{"name": name, "type": "string"} for name in DIFFERENCES_TABLE]
        resources.append(_csv_resource("differences", {"fields": fields}))
    return {
        "name": "suanbei",
        "title": TITLE,
        "description": DESCRIPTION,
        "version": version,
        "since": since,
        "licenses": [LICENCE],
        "sources": [{"title": ATTRIBUTION, "path": "https://www.cac.gov.cn"}],
        "rows": rows,
        "coverage": held,
        "resources": resources,
    }


def _csv_resource(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "path": f"{name}.csv", "format": "csv", "profile": "tabular-data-resource",
            "mediatype": "text/csv", "encoding": "utf-8", "schema": schema}  # fmt: skip


def _croissant(folder: Path, version: str) -> dict[str, Any]:
    # Of the Parquet files: readers of the CSV would take codes for numbers.
    files = [
        {
            "@type": "cr:FileObject",
            "@id": f"{table.name}.parquet",
            "name": f"{table.name}.parquet",
            "description": table.means.en,
            "contentUrl": f"{table.name}.parquet",
            "encodingFormat": "application/x-parquet",
            "sha256": file_sha256(folder / f"{table.name}.parquet"),
        }
        for table in TABLES
    ]
    return {
        "@context": _CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "suanbei",
        "description": DESCRIPTION,
        "version": _semantic(version),
        "license": LICENCE["path"],
        "url": "https://www.cac.gov.cn",
        "creator": {"@type": "sc:Organization", "name": "Suanbei 算备"},
        "citeAs": f"Suanbei 算备, dataset {version}. {ATTRIBUTION}",
        "datePublished": f"{version[:7]}-01" if version[:4].isdecimal() else "2022-08-01",
        "distribution": files,
        "recordSet": [_record_set(table) for table in TABLES],
    }


def _semantic(version: str) -> str:
    """Croissant wants MAJOR.MINOR.PATCH: year, month, and the hash as a number."""
    period, _, digest = version.rpartition("-")
    year, _, month = period.partition("-")
    dated = f"{year}.{int(month or 0)}" if year.isdecimal() else "0.0"
    return f"{dated}.{int(digest, 16)}"


def _record_set(table: DatasetTable) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.means.en,
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{column.name}",
                "name": column.name,
                "description": column.means.en,
                "dataType": CROISSANT_TYPES[column.type],
                "source": {
                    "fileObject": {"@id": f"{table.name}.parquet"},
                    "extract": {"column": column.name},
                },
            }
            for column in table.columns
        ],
    }


def _dictionary(version: str, rows: dict[str, int], since: str | None) -> str:
    lines = [f"# {TITLE}", "", DESCRIPTION, "", f"版本 version: `{version}`", ""]
    if since:
        lines += [f"`differences.csv`: 自 `{since}` 以来的变化 what changed since then", ""]
    lines += [
        "CSV 为 UTF-8，代码与期次均为文本（如 `0738200`、`2023-06`）：读入时请指定文本类型，或用 Parquet。",
        "CSV is UTF-8; codes and periods are texts (`0738200`, `2023-06`): read them as text, or take Parquet.",
        "",
        "    pandas.read_csv('filings.csv', dtype=str)      pandas.read_parquet('filings.parquet')",
        "    duckdb.sql(\"SELECT series, count(*) FROM 'filings.parquet' GROUP BY series\")",
        "",
    ]
    for table in TABLES:
        lines += [
            f"## {table.name}", "", f"{table.means.zh} · {table.means.en}（{rows[table.name]}）", "",
            "| column | type | 含义 | meaning |", "|---|---|---|---|",
            *(f"| `{one.name}` | {one.type.value} | {one.means.zh} | {one.means.en} |" for one in table.columns),
            "",
        ]  # fmt: skip
    return "\n".join([*lines, _LICENCE_TEXT])


_CROISSANT_CONTEXT: dict[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/", "data": {"@id": "cr:data", "@type": "@json"},
    "equivalentProperty": "cr:equivalentProperty", "samplingRate": "cr:samplingRate",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
    "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
    "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField",
    "path": "cr:path", "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
    "repeated": "cr:repeated", "replace": "cr:replace", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
}  # fmt: skip
"""The context that Croissant 1.0 prescribes."""
