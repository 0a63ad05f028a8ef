"""How people are named, which letters they want, and erasure."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

CHECKS = (
    ("shown_as_known", "shown_as IN ('delegate', 'pseudonym', 'name')"),
    ("pseudonym_present", "shown_as <> 'pseudonym' OR pseudonym IS NOT NULL"),
    ("pseudonym_has_key", "(pseudonym IS NULL) = (pseudonym_key IS NULL)"),
    ("erased_is_nobody", "erased_at IS NULL OR (NOT active AND name = '')"),
)
COLUMNS = ("shown_as", "pseudonym", "pseudonym_key", "last_signed_in_at", "erased_at")
LAST_SIGN_IN = """
UPDATE "user" SET last_signed_in_at = (
    SELECT max(occurred_at) FROM event WHERE event.subject_id = "user".id AND event.name = 'UserSignedIn')
"""


def upgrade() -> None:
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("shown_as", sa.Text(), nullable=False, server_default="delegate"))
        batch.add_column(sa.Column("pseudonym", sa.Text(), nullable=True))
        batch.add_column(sa.Column("pseudonym_key", sa.Text(), nullable=True))
        batch.add_column(sa.Column("last_signed_in_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_unique_constraint(op.f("uq_user_pseudonym_key"), ["pseudonym_key"])
        for name, condition in CHECKS:
            batch.create_check_constraint(op.f(f"ck_user_{name}"), condition)
    op.execute(LAST_SIGN_IN)
    op.create_table(
        "letter_refusal",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_letter_refusal_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_letter_refusal")),
    )


def downgrade() -> None:
    op.drop_table("letter_refusal")
    with op.batch_alter_table("user") as batch:
        for name, _condition in CHECKS:
            batch.drop_constraint(op.f(f"ck_user_{name}"), type_="check")
        batch.drop_constraint(op.f("uq_user_pseudonym_key"), type_="unique")
        for name in COLUMNS:
            batch.drop_column(name)
