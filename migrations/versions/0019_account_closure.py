"""Accounts that administrators deactivate."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "account_closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("opened_at IS NULL OR opened_at >= closed_at", name=op.f("ck_account_closure_opened_later")),
        sa.CheckConstraint("opened_by IS NULL OR opened_at IS NOT NULL", name=op.f("ck_account_closure_opened_by_at")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_account_closure_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["closed_by"], ["user.id"], name=op.f("fk_account_closure_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_account_closure_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_closure")),
    )
    op.create_index(op.f("ix_account_closure_user_id"), "account_closure", ["user_id"])


def downgrade() -> None:
    op.drop_table("account_closure")
