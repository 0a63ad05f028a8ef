"""Signed checkpoints of ballot chains, and the record that a close leaves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
CHECKS = (
    ("record_is_digested", "(record IS NULL) = (record_sha256 IS NULL)"),
    ("record_of_a_close", "record IS NULL OR closed_at IS NOT NULL"),
)


def upgrade() -> None:
    with op.batch_alter_table("contest") as batch:
        batch.add_column(sa.Column("record", JSON, nullable=True))
        batch.add_column(sa.Column("record_sha256", sa.Text(), nullable=True))
        for name, condition in CHECKS:
            batch.create_check_constraint(op.f(f"ck_contest_{name}"), condition)
    op.create_table(
        "checkpoint",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.Text(), nullable=False),
        sa.Column("record_sha256", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('opening', 'step', 'closing')", name=op.f("ck_checkpoint_kind_known")),
        sa.CheckConstraint("number >= 0 AND position >= 0", name=op.f("ck_checkpoint_counted_from_zero")),
        sa.CheckConstraint("(kind = 'opening') = (number = 0)", name=op.f("ck_checkpoint_opening_first")),
        sa.CheckConstraint(
            "(kind = 'closing') = (record_sha256 <> '')", name=op.f("ck_checkpoint_closing_covers_the_record")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_checkpoint_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "number", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint("contest_id", "kind", "position", name=op.f("uq_checkpoint_contest_id_kind_position")),
    )


def downgrade() -> None:
    op.drop_table("checkpoint")
    with op.batch_alter_table("contest") as batch:
        for name, _condition in CHECKS:
            batch.drop_constraint(op.f(f"ck_contest_{name}"), type_="check")
        batch.drop_column("record_sha256")
        batch.drop_column("record")
