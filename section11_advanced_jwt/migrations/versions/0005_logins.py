"""Logins, so that they can end before their tokens do."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    """Make the table. Nobody is logged in: tokens from before it name no login."""
    op.create_table(
        "logins",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column(
            "user_id",
            sa.Integer,
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("refresh_jti", sa.String(36), nullable=False),
        sa.Column("spent_jti", sa.String(36)),
        sa.Column("spent_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def downgrade():
    """Delete the table."""
    op.drop_table("logins")
