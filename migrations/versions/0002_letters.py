"""The queue of mail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (address IS NULL)", name=op.f("ck_letter_one_recipient")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_letter_expires_later")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_letter_attempts_counted")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_letter_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_due_at"), "letter", ["due_at"])
    op.create_index(op.f("ix_letter_expires_at"), "letter", ["expires_at"])
    op.create_index(op.f("ix_letter_user_id"), "letter", ["user_id"])


def downgrade() -> None:
    op.drop_table("letter")
