"""The registered blocks and the networks that name them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables; stores that had them before their schema was counted keep them."""
    op.create_table(
        "blocks",
        sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("prefix", sa.Integer, primary_key=True, autoincrement=False),
        if_not_exists=True,
    )
    op.create_table(
        "network_blocks",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("prefix", sa.Integer, primary_key=True, autoincrement=False),
        if_not_exists=True,
    )
