"""Stores, each with many items, as in section 6."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    """Create the table of stores, and put existing items into one store."""
    op.create_table(
        "stores",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.add_column("items", sa.Column("store_id", sa.Integer))
    # Every item must be in a store, and existing items are in none yet.
    op.execute(
        "INSERT INTO stores (name)"
        " SELECT 'My Wonderful Store' WHERE EXISTS (SELECT * FROM items)"
    )
    op.execute("UPDATE items SET store_id = (SELECT id FROM stores)")
    with alter_items() as items:
        items.alter_column("store_id", nullable=False)
        items.create_foreign_key(
            "items_store_id_fkey", "stores", ["store_id"], ["id"], ondelete="CASCADE"
        )
        items.create_index("ix_items_store_id", ["store_id"])


def downgrade():
    """Drop the stores, and keep their items."""
    with alter_items() as items:
        items.drop_index("ix_items_store_id")
        items.drop_column("store_id")  # and the foreign key with it
    op.drop_table("stores")


def alter_items():
    """Return a batch of changes; SQLite makes them by copying the table."""
    return op.batch_alter_table("items", table_kwargs={"sqlite_autoincrement": True})
