"""Roles: user or admin."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    """Give every user the role user."""
    role = sa.Column("role", sa.String(10), nullable=False, server_default="user")
    op.add_column("users", role)


def downgrade():
    """Drop the roles."""
    op.drop_column("users", "role")
