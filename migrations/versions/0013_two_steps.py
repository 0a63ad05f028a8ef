"""What takes two people: one asks, another one confirms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
CHECKS = (
    ("outcome_known", "outcome IN ('confirmed', 'declined', 'withdrawn', 'expired')"),
    ("expires_later", "expires_at > asked_at"),
    ("decision_is_dated", "(outcome IS NULL) = (decided_at IS NULL)"),
    ("decider_has_decided", "decided_by IS NULL OR outcome IS NOT NULL"),
    ("two_people", "outcome = 'withdrawn' OR decided_by <> asked_by"),
    ("confirmed_in_time", "outcome <> 'confirmed' OR decided_at < expires_at"),
)


def upgrade() -> None:
    op.create_table(
        "two_step_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        *(sa.CheckConstraint(condition, name=op.f(f"ck_two_step_request_{name}")) for name, condition in CHECKS),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user.id"], name=op.f("fk_two_step_request_asked_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name=op.f("fk_two_step_request_decided_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_step_request")),
    )
    for column in ("asked_at", "asked_by", "decided_by"):
        op.create_index(op.f(f"ix_two_step_request_{column}"), "two_step_request", [column])
    where = sa.text("outcome IS NULL")
    op.create_index(
        "uq_two_step_request_standing",
        "two_step_request",
        ["kind", "subject_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_table("two_step_request")
