"""Contests in which each delegate has a ballot: rolls and drafts are of voters, a member or a person."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from consultation.kernel.migrations import CannotGoBack

revision = "0026"
down_revision = "0025"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UNIT = "unit IN ('members', 'delegates')"
ON_A_ROLL = "unit = 'members' OR secrecy <> 'no_roll'"
ONE_VOTER = "voter_id = coalesce(user_id, organization_id)"
ONE_OF_TWO = f"(organization_id IS NULL) <> (user_id IS NULL) AND {ONE_VOTER}"


def upgrade() -> None:
    with op.batch_alter_table("contest") as batch:
        batch.add_column(sa.Column("unit", sa.Text(), nullable=False, server_default="members"))
        batch.create_check_constraint(op.f("ck_contest_unit_known"), UNIT)
        batch.create_check_constraint(op.f("ck_contest_delegates_are_on_a_roll"), ON_A_ROLL)
    with op.batch_alter_table("contest") as batch:
        batch.alter_column("unit", server_default=None)
    with op.batch_alter_table("roll_entry") as batch:
        batch.add_column(sa.Column("user_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("voter_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("code", sa.Text(), nullable=True))
    op.execute(
        "UPDATE roll_entry SET voter_id = organization_id,"
        " code = (SELECT code FROM member_organization WHERE member_organization.id = roll_entry.organization_id)"
    )
    with op.batch_alter_table("roll_entry") as batch:
        batch.alter_column("voter_id", existing_type=sa.Uuid(), nullable=False)
        batch.alter_column("code", existing_type=sa.Text(), nullable=False)
        batch.drop_constraint(op.f("uq_roll_entry_contest_id_organization_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_roll_entry_contest_id_voter_id"), ["contest_id", "voter_id"])
        batch.create_unique_constraint(op.f("uq_roll_entry_contest_id_code"), ["contest_id", "code"])
        batch.create_check_constraint(op.f("ck_roll_entry_voter_is_person_or_member"), ONE_VOTER)
        batch.create_foreign_key(op.f("fk_roll_entry_user_id"), "user", ["user_id"], ["id"])
        batch.create_index(op.f("ix_roll_entry_user_id"), ["user_id"])
    _drafts(
        "INSERT INTO ballot_draft (contest_id, voter_id, organization_id, tiers, saved_at)"
        " SELECT contest_id, organization_id, organization_id, tiers, saved_at FROM ballot_draft_kept",
        sa.Column("voter_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(ONE_OF_TWO, name=op.f("ck_ballot_draft_voter_is_person_or_member")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ballot_draft_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contest_id", "voter_id", name=op.f("pk_ballot_draft")),
    )


def downgrade() -> None:
    found = op.get_bind().execute(sa.text("SELECT code FROM contest WHERE unit = 'delegates' ORDER BY code")).scalars()
    codes = list(found)
    if codes and context.get_revision_argument() is not None:  # None empties the database, contests and all
        raise CannotGoBack(
            f"In these contests delegates vote, whom an earlier version cannot put on a roll: {', '.join(codes)}. "
            "Nothing was changed."
        )
    if codes:
        op.execute("DELETE FROM ballot_draft")
        op.execute("DELETE FROM roll_entry")
    _drafts(
        "INSERT INTO ballot_draft (contest_id, organization_id, tiers, saved_at)"
        " SELECT contest_id, organization_id, tiers, saved_at FROM ballot_draft_kept",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("contest_id", "organization_id", name=op.f("pk_ballot_draft")),
    )
    with op.batch_alter_table("roll_entry") as batch:
        batch.drop_index(op.f("ix_roll_entry_user_id"))
        batch.drop_constraint(op.f("fk_roll_entry_user_id"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_roll_entry_voter_is_person_or_member"), type_="check")
        batch.drop_constraint(op.f("uq_roll_entry_contest_id_code"), type_="unique")
        batch.drop_constraint(op.f("uq_roll_entry_contest_id_voter_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_roll_entry_contest_id_organization_id"), ["contest_id", "organization_id"]
        )
        for name in ("code", "voter_id", "user_id"):
            batch.drop_column(name)
    with op.batch_alter_table("contest") as batch:
        batch.drop_constraint(op.f("ck_contest_delegates_are_on_a_roll"), type_="check")
        batch.drop_constraint(op.f("ck_contest_unit_known"), type_="check")
        batch.drop_column("unit")


def _drafts(put_back: str, *parts: sa.schema.SchemaItem) -> None:
    """Make the table of drafts anew, whose primary key changes, with the rows that there are."""
    op.execute(
        "CREATE TABLE ballot_draft_kept AS SELECT contest_id, organization_id, tiers, saved_at FROM ballot_draft"
    )
    op.drop_table("ballot_draft")
    op.create_table(
        "ballot_draft",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        *parts,
        sa.Column("tiers", JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_ballot_draft_contest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["member_organization.id"],
            name=op.f("fk_ballot_draft_organization_id"),
            ondelete="CASCADE",
        ),
    )
    op.execute(put_back)
    op.drop_table("ballot_draft_kept")
