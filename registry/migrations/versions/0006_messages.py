"""messages know their events; a subscription knows whether it is confirmed, or was stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("events", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.String(), nullable=False, server_default="active")
        )
        batch_op.add_column(
            sa.Column("state_reason", sa.String(), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_column("state_reason")
        batch_op.drop_column("state")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_column("events")
