"""People join in their own name, and consultations say what they may do."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BODIES = "('organization', 'nation')"
CHECKS = (
    ("people_are_not_listed", f"kind IN {BODIES} OR NOT listed"),
    ("approvals_two_or_one", f"approvals_needed = 2 OR (approvals_needed = 1 AND kind NOT IN {BODIES})"),
)


def upgrade() -> None:
    with op.batch_alter_table("member_organization") as batch:
        batch.add_column(sa.Column("expertise", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("works_at", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("approvals_needed", sa.Integer(), nullable=False, server_default="2"))
        batch.drop_constraint(op.f("ck_member_organization_kind_known"), type_="check")
        batch.create_check_constraint(
            op.f("ck_member_organization_kind_known"),
            "kind IN ('organization', 'nation', 'individual', 'expert', 'observer')",
        )
        for name, condition in CHECKS:
            batch.create_check_constraint(op.f(f"ck_member_organization_{name}"), condition)
    with op.batch_alter_table("consultation") as batch:
        batch.add_column(sa.Column("member_rule", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("personal_approvals", sa.Integer(), nullable=False, server_default="2"))
        batch.create_check_constraint(
            op.f("ck_consultation_personal_approvals_one_or_two"), "personal_approvals IN (1, 2)"
        )
    with op.batch_alter_table("contest") as batch:
        batch.add_column(sa.Column("voters", JSON, nullable=False, server_default='["nation", "organization"]'))


def downgrade() -> None:
    with op.batch_alter_table("contest") as batch:
        batch.drop_column("voters")
    with op.batch_alter_table("consultation") as batch:
        batch.drop_constraint(op.f("ck_consultation_personal_approvals_one_or_two"), type_="check")
        batch.drop_column("personal_approvals")
        batch.drop_column("member_rule")
    # What cannot be said any more is said as nearly as it can: a person becomes an application that somebody looks at.
    op.execute(
        "UPDATE member_organization SET state = 'suspended', verified_at = NULL, kind = 'organization',"
        " approvals_needed = 2 WHERE kind NOT IN ('organization', 'nation')"
    )
    with op.batch_alter_table("member_organization") as batch:
        for name in ("kind_known", *(name for name, _condition in CHECKS)):
            batch.drop_constraint(op.f(f"ck_member_organization_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_member_organization_kind_known"), f"kind IN {BODIES}")
        for name in ("approvals_needed", "works_at", "expertise"):
            batch.drop_column(name)
