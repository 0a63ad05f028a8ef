"""What waits at the paper desk until two people have read the same."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "paper_reading",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("voter", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_paper_reading_number_counted")),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_paper_reading_contest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reader_id"], ["user.id"], name=op.f("fk_paper_reading_reader_id")),
        sa.PrimaryKeyConstraint("contest_id", "voter", "reader_id", name=op.f("pk_paper_reading")),
        sa.UniqueConstraint("contest_id", "voter", "number", name=op.f("uq_paper_reading_contest_id_voter_number")),
    )
    op.create_index(op.f("ix_paper_reading_reader_id"), "paper_reading", ["reader_id"])


def downgrade() -> None:
    op.drop_table("paper_reading")
