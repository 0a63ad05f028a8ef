"""Erasure of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "asked_by IN ('person', 'administrator', 'inactivity')", name=op.f("ck_erasure_asked_by_known")
        ),
        sa.CheckConstraint("withdrawn_at IS NULL OR done_at IS NULL", name=op.f("ck_erasure_one_end")),
        sa.CheckConstraint("due_at >= asked_at", name=op.f("ck_erasure_due_later")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_erasure_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    standing = sa.text("withdrawn_at IS NULL AND done_at IS NULL")
    op.create_index(
        "uq_erasure_standing",
        "erasure",
        ["user_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index(op.f("ix_erasure_due_at"), "erasure", ["due_at"])
    op.create_index(op.f("ix_erasure_user_id"), "erasure", ["user_id"])


def downgrade() -> None:
    op.drop_table("erasure")
