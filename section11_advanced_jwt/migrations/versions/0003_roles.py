"""Roles: a user is a user, or an admin."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    """Give everybody the role user: who is an admin, nobody has said yet."""
    role = sa.Column("role", sa.String(10), nullable=False, server_default="user")
    op.add_column("users", role)


def downgrade():
    """Forget who is an admin."""
    op.drop_column("users", "role")
