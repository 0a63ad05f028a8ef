"""Contests say who of the members votes, show a provisional roll to which members object, and can be declared void."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
DATED = "(state = 'configured') = (opened_at IS NULL)"
CHECKS = (
    ("publication_threshold_positive", "ballots_published_from > 0"),
    ("objections_take_time", "objections_until IS NULL OR announced_at < objections_until"),
    (
        "void_is_dated_and_said_why",
        "(state = 'void') = (voided_at IS NOT NULL) AND (voided_at IS NULL) = (void_reason IS NULL)",
    ),
)


def upgrade() -> None:
    with op.batch_alter_table("contest") as batch:
        batch.add_column(sa.Column("electorate", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("objections_until", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("void_reason", sa.Text(), nullable=True))
        batch.add_column(sa.Column("ballots_published_from", sa.Integer(), nullable=False, server_default="100"))
        batch.drop_constraint(op.f("ck_contest_opening_is_dated"), type_="check")
        batch.create_check_constraint(op.f("ck_contest_opening_is_dated"), f"{DATED} OR state = 'void'")
        for name, condition in CHECKS:
            batch.create_check_constraint(op.f(f"ck_contest_{name}"), condition)
    op.create_table(
        "roll_objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('missing', 'not_entitled', 'other')", name=op.f("ck_roll_objection_kind_known")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (upheld IS NULL)",
            name=op.f("ck_roll_objection_answered_whole"),
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_by <> raised_by", name=op.f("ck_roll_objection_somebody_else_answers")
        ),
        sa.CheckConstraint(
            "answered_by IS NULL OR answered_at IS NOT NULL", name=op.f("ck_roll_objection_answerer_has_answered")
        ),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_roll_objection_contest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["member_organization.id"],
            name=op.f("fk_roll_objection_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["user.id"], name=op.f("fk_roll_objection_raised_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user.id"], name=op.f("fk_roll_objection_answered_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_objection")),
    )
    op.create_index(op.f("ix_roll_objection_organization_id"), "roll_objection", ["organization_id"])
    op.create_index(op.f("ix_roll_objection_contest_id_raised_at"), "roll_objection", ["contest_id", "raised_at"])
    op.create_index(op.f("ix_roll_objection_raised_by"), "roll_objection", ["raised_by"])
    op.create_index(op.f("ix_roll_objection_answered_by"), "roll_objection", ["answered_by"])
    op.create_index(
        "uq_roll_objection_waiting",
        "roll_objection",
        ["contest_id", "organization_id", "kind", "about"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("roll_objection")
    with op.batch_alter_table("contest") as batch:
        for name, _condition in CHECKS:
            batch.drop_constraint(op.f(f"ck_contest_{name}"), type_="check")
    # What was declared void before any opening can only be configured again.
    op.execute("UPDATE contest SET state = 'configured' WHERE state = 'void' AND opened_at IS NULL")
    with op.batch_alter_table("contest") as batch:
        batch.drop_constraint(op.f("ck_contest_opening_is_dated"), type_="check")
        batch.create_check_constraint(op.f("ck_contest_opening_is_dated"), DATED)
        for name in (
            *("ballots_published_from", "void_reason", "voided_at", "objections_until", "announced_at", "electorate"),
        ):
            batch.drop_column(name)
