"""the lease of whoever brings a shared search index up to date."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO leases (name, holder, beat) VALUES ('index', '', 0)")


def downgrade() -> None:
    op.execute("DELETE FROM leases WHERE name = 'index'")
