"""revision of filings: what an index follows."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there already is the first revision.
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.create_index(batch_op.f("ix_filings_revision"), ["revision"], unique=False)
    op.execute("INSERT INTO counters (name, value) VALUES ('revision', 1)")


def downgrade() -> None:
    op.execute("DELETE FROM counters WHERE name = 'revision'")
    with op.batch_alter_table("filings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filings_revision"))
        batch_op.drop_column("revision")
