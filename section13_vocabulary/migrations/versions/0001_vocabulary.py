"""Users, logins, lists, words, progress and mail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade():
    """Create the tables."""
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("confirmed_at", TIME),
        sa.Column("reminders", sa.Boolean, nullable=False),
        sa.Column("unsubscribe_token", sa.String(22), nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "logins",
        sa.Column("id", sa.String(36), primary_key=True),
        reference("user_id", "users.id", nullable=False, index=True),
        sa.Column("refresh_jti", sa.String(36), nullable=False),
        sa.Column("rotated_jti", sa.String(36)),
        sa.Column("rotated_at", TIME),
        sa.Column("csrf_token", sa.String(36), nullable=False),
        sa.Column("expires_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "lists",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("lesson", sa.String(80), unique=True),
        reference("owner_id", "users.id"),
        sa.UniqueConstraint("owner_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "words",
        sa.Column("id", sa.Integer, primary_key=True),
        reference("list_id", "lists.id", nullable=False),
        sa.Column("spanish", sa.String(80), nullable=False),
        sa.Column("english", sa.String(80), nullable=False),
        sa.UniqueConstraint("list_id", "spanish"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "progress",
        reference("user_id", "users.id", primary_key=True),
        reference("word_id", "words.id", primary_key=True, index=True),
        sa.Column("box", sa.Integer, nullable=False),
        sa.Column("due_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("email", sa.String(254), nullable=False, index=True),
        sa.Column("once", sa.String(80), unique=True),
        sa.Column("message_id", sa.String(36), nullable=False, unique=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False, index=True),
        sqlite_autoincrement=True,
    )


def reference(name, to, **options):
    """Return a column for a row of another table, with which this one is deleted."""
    return sa.Column(name, sa.Integer, sa.ForeignKey(to, ondelete="CASCADE"), **options)


def downgrade():
    """Drop the tables."""
    for name in "mails", "progress", "words", "lists", "logins", "users":
        op.drop_table(name)
