"""The runs, and a line for every command."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables. Times are seconds since 1970 in UTC."""
    op.create_table(
        "runs",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double),
        sa.Column("lease_owner", sa.String(64), nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("cancelled_by", sa.String(32), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("runs_by_state", "runs", ["state", "asked_at"])
    op.create_index("runs_by_user", "runs", ["user_id", "asked_at"])
    op.create_index("runs_by_channel", "runs", ["channel", "asked_at"])
    op.create_table(
        "commands",
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("run_id", sa.String(16), nullable=False),
        sa.Column("scanned_bytes", sa.BigInteger),
        sa.Column("usd", sa.Double),
    )
    op.create_index("commands_by_time", "commands", ["at"])
    op.create_index("commands_by_run", "commands", ["run_id"])
