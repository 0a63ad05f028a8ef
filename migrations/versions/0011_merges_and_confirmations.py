"""Duplicate registrations are merged, and members confirm once a year that they take part."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = ("applied", "information_asked", "verified", "refused", "suspended", "merged")
CHECKS = (
    ("merged_into_one", "(state = 'merged') = (merged_into_id IS NOT NULL)"),
    ("merged_into_another", "merged_into_id <> id"),
)


def _state_known(states: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{state}'" for state in states)
    return f"state IN ({listed})"


def upgrade() -> None:
    with op.batch_alter_table("member_organization") as batch:
        batch.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("confirmation_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_member_organization_merged_into_id"), "member_organization", ["merged_into_id"], ["id"]
        )
        batch.drop_constraint(op.f("ck_member_organization_state_known"), type_="check")
        for name, condition in (("state_known", _state_known(STATES)), *CHECKS):
            batch.create_check_constraint(op.f(f"ck_member_organization_{name}"), condition)
        batch.create_index(op.f("ix_member_organization_merged_into_id"), ["merged_into_id"])
    op.create_table(
        "organization_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trace", JSON, nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kept_id"], ["member_organization.id"], name=op.f("fk_organization_merge_kept_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["member_organization.id"], name=op.f("fk_organization_merge_gone_id")),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["user.id"], name=op.f("fk_organization_merge_merged_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_merge")),
        sa.UniqueConstraint("gone_id", name=op.f("uq_organization_merge_gone_id")),
    )
    op.create_index(op.f("ix_organization_merge_kept_id"), "organization_merge", ["kept_id"])
    op.create_index(op.f("ix_organization_merge_merged_by"), "organization_merge", ["merged_by"])


def downgrade() -> None:
    op.drop_table("organization_merge")
    # Not said any more: that it went up in another. It comes back as one that was not accepted.
    op.execute("UPDATE member_organization SET state = 'refused', merged_into_id = NULL WHERE state = 'merged'")
    before = _state_known(tuple(state for state in STATES if state != "merged"))
    with op.batch_alter_table("member_organization") as batch:
        batch.drop_index(op.f("ix_member_organization_merged_into_id"))
        for name in ("state_known", *(name for name, _condition in CHECKS)):
            batch.drop_constraint(op.f(f"ck_member_organization_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_member_organization_state_known"), before)
        batch.drop_constraint(op.f("fk_member_organization_merged_into_id"), type_="foreignkey")
        for name in ("merged_into_id", "confirmation_asked_at", "confirmed_at"):
            batch.drop_column(name)
