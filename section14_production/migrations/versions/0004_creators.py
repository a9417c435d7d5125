"""The creator of an item, and the time of its creation."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    """Add both columns, which are NULL for existing items."""
    with alter_items() as items:
        items.add_column(sa.Column("creator_id", sa.Integer))
        items.add_column(sa.Column("created_at", sa.DateTime(timezone=True)))
        items.create_foreign_key(
            "items_creator_id_fkey",
            "users",
            ["creator_id"],
            ["id"],
            ondelete="SET NULL",
        )
        items.create_index("ix_items_creator_id", ["creator_id"])


def downgrade():
    """Drop both columns."""
    with alter_items() as items:
        items.drop_index("ix_items_creator_id")
        items.drop_constraint("items_creator_id_fkey", type_="foreignkey")
        items.drop_column("created_at")
        items.drop_column("creator_id")


def alter_items():
    """Return a batch of changes; SQLite makes them by copying the table."""
    return op.batch_alter_table("items", table_kwargs={"sqlite_autoincrement": True})
