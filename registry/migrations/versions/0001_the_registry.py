"""the registry."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "": sa.String(), "str40": sa.String(40), "str64": sa.String(64), "str80": sa.String(80),
    "text": sa.Text(), "int": sa.Integer(), "bool": sa.Boolean(), "date": sa.Date(),
    "time": sa.DateTime(), "json": sa.JSON(),
}  # fmt: skip
_TABLES = (
    "alarms", "batches", "checks", "data_version", "documents", "entities", "events", "gaps",
    "receipt_keys", "receipts", "notes", "notices", "runs", "subscriptions", "deliveries",
    "entity_aliases", "entity_keys", "entity_links", "filings", "versions", "filing_flags",
    "filing_products", "listings",
)  # fmt: skip
"""In the order that they are made in."""


def _create(
    table: str, columns: str, *constraints: sa.Constraint, key: str = "id", indexes: str = ""
) -> None:
    """Make a table: `columns` are names, or `name:type`, with a `?` where there may be none; of `key` and
    `indexes` each word is a column."""
    are_counted = table not in ("events", "data_version")  # the ids of these two are given
    made: list[sa.Column[Any]] = []
    for column in columns.split():
        name, _, kind = column.removesuffix("?").partition(":")
        made.append(
            sa.Column(
                name, _TYPES[kind], nullable=column.endswith("?"),
                autoincrement="auto" if are_counted else False,
            )
        )  # fmt: skip
    op.create_table(table, *made, *constraints, sa.PrimaryKeyConstraint(*key.split()))
    for column in indexes.split():
        op.create_index(f"ix_{table}_{column}", table, [column])


def _references(column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], ondelete="CASCADE" if cascade else None)


def upgrade() -> None:
    _create("alarms", "monitor subject raised_at:time data:json", key="monitor subject")
    _create(
        "batches",
        "id source series period ordinal:int? title rows:int published_on:date? notice_url document_url"
        " current_version_id:int?",
        indexes="series",
    )
    _create(
        "checks", "source checked_at:time? succeeded_at:time? failures:int message", key="source"
    )
    _create("data_version", "id:int value:int")
    _create(
        "documents",
        "sha256:str64 format size:int url fetched_at:time parser accounting:json origin",
        key="sha256",
    )
    _create("entities", "id name former_names:json registrants:json")
    _create(
        "events",
        "id:int at:time type series? period? number? entity? entity_id? batch? data:json",
        indexes="batch entity_id number type",
    )
    _create("gaps", "id:int series data:json")
    _create("receipt_keys", "kid jwk:json added_at:time", key="kid")
    _create("receipts", "id issued_at:time body:json", indexes="issued_at")
    _create("notes", "key value:json at:time", key="key")
    _create("notices", "url source title published_on:date? first_seen_at:time", key="url")
    _create(
        "runs",
        "id:int kind origin holder started_at:time finished_at:time? outcome summary:json",
        indexes="started_at",
    )
    _create_messages()
    _create_entities()
    _create_lists()
    op.execute("INSERT INTO data_version (id, value) VALUES (1, 0)")


def _create_messages() -> None:
    _create(
        "subscriptions",
        "id:str40 name events:json filter:json deliver mode language secrets:json cursor:int"
        " digested_at:time created_at:time failing_since:time? state state_reason",
    )
    _create(
        "deliveries",
        "id:int message_id:str80 subscription_id:str40 kind first_event:int? last_event:int? events:json"
        " body:text state attempts:int next_at:time status:int? reason created_at:time done_at:time?",
        _references("subscription_id", "subscriptions.id", cascade=True),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("ix_deliveries_queue", "deliveries", ["state", "subscription_id", "id"])
    op.create_index("ix_deliveries_subscription_id", "deliveries", ["subscription_id"])


def _create_entities() -> None:
    of_entity = "entity_id", "entities.id"
    _create(
        "entity_aliases", "alias entity_id", _references(*of_entity),
        key="alias", indexes="entity_id",
    )  # fmt: skip
    _create(
        "entity_keys", "key entity_id", _references(*of_entity),
        key="key entity_id", indexes="entity_id",
    )  # fmt: skip
    _create(
        "entity_links", "id:int entity_id other_id? name kind number remark",
        _references(*of_entity), _references("other_id", "entities.id"),
        indexes="entity_id other_id",
    )  # fmt: skip
    _create(
        "filings",
        "id:int series number_key number name type? label role? entity_id entity entity_key"
        " former_entities:json product products:json purpose remark status region division registrant"
        " year:int? filed_on first_period last_period flags:json changes:json data_version:int",
        _references(*of_entity),
        sa.UniqueConstraint("series", "number_key"),
        indexes="data_version entity_id entity_key number number_key",
    )


def _create_lists() -> None:
    _create(
        "versions",
        "id:int batch_id sha256:str64 rows:int first_seen_at:time last_seen_at:time shown:bool"
        " content:str64 parser complete:bool accepted:bool",
        _references("batch_id", "batches.id"),
        _references("sha256", "documents.sha256"),
        sa.UniqueConstraint("batch_id", "sha256"),
        indexes="sha256",
    )
    _create(
        "filing_flags", "filing_id:int flag", _references("filing_id", "filings.id", cascade=True),
        key="filing_id flag", indexes="flag",
    )  # fmt: skip
    _create(
        "filing_products", "filing_id:int position:int name name_key kind",
        _references("filing_id", "filings.id", cascade=True),
        key="filing_id position", indexes="kind name_key",
    )  # fmt: skip
    _create(
        "listings",
        "id:int version_id:int position:int number_key entity_key seq name label entity product purpose"
        " number remark region filed_on table_no:int page:int? row_no:int extra:json flags:json boxes:json",
        _references("version_id", "versions.id"),
        indexes="entity_key number_key version_id",
    )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
