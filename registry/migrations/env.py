"""Runs the migrations on the connection that `suanbei.registry.database` hands over."""

from typing import Any, Literal

from alembic import context

from suanbei.registry.models import UtcDateTime
from suanbei.registry.watching import Subscription


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration names database types only: models may change, migrations may not."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Subscription.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
