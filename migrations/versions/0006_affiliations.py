"""Organizations say which other one they belong to, and contests whether a family casts one ballot."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "affiliation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("umbrella_id", sa.Uuid(), nullable=False),
        sa.Column("affiliate_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("umbrella_id <> affiliate_id", name=op.f("ck_affiliation_two_organizations")),
        sa.CheckConstraint(
            "proposed_by_id IN (umbrella_id, affiliate_id)", name=op.f("ck_affiliation_proposed_by_one")
        ),
        sa.CheckConstraint("agreed_at IS NULL OR agreed_at >= proposed_at", name=op.f("ck_affiliation_agreed_later")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= proposed_at", name=op.f("ck_affiliation_ended_later")),
        sa.ForeignKeyConstraint(
            ["umbrella_id"],
            ["member_organization.id"],
            name=op.f("fk_affiliation_umbrella_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["affiliate_id"],
            ["member_organization.id"],
            name=op.f("fk_affiliation_affiliate_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
    )
    op.create_index(op.f("ix_affiliation_umbrella_id"), "affiliation", ["umbrella_id"])
    for name, columns, condition in (
        ("standing", ["affiliate_id", "umbrella_id"], "ended_at IS NULL"),
        ("umbrella", ["affiliate_id"], "agreed_at IS NOT NULL AND ended_at IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(
            f"uq_affiliation_{name}", "affiliation", columns, unique=True, sqlite_where=where, postgresql_where=where
        )
    with op.batch_alter_table("contest") as batch:
        batch.add_column(sa.Column("affiliates_count", sa.Text(), nullable=False, server_default="each"))
        batch.create_check_constraint(
            op.f("ck_contest_affiliates_count_known"), "affiliates_count IN ('each', 'family')"
        )


def downgrade() -> None:
    with op.batch_alter_table("contest") as batch:
        batch.drop_constraint(op.f("ck_contest_affiliates_count_known"), type_="check")
        batch.drop_column("affiliates_count")
    op.drop_table("affiliation")
