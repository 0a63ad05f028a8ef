"""Organizations apply, are verified by two people, and invite those who speak for them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


CHECKS = (
    ("kind_known", "kind IN ('organization', 'nation')"),
    ("protected_is_not_listed", "NOT (listed AND protected)"),
)
STATES = ("applied", "information_asked", "verified", "refused", "suspended")


def _state_known(states: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{state}'" for state in states)
    return f"state IN ({listed})"


def upgrade() -> None:
    with op.batch_alter_table("member_organization") as batch:
        batch.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="organization"))
        batch.add_column(sa.Column("communities", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("existence", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("scrutiny", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_constraint(op.f("ck_member_organization_state_known"), type_="check")
        for name, condition in (("state_known", _state_known(STATES)), *CHECKS):
            batch.create_check_constraint(op.f(f"ck_member_organization_{name}"), condition)
    op.create_table(
        "verification_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("scrutiny", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("vouching_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('approval', 'vouching', 'question', 'answer', 'refusal', 'suspension')",
            name=op.f("ck_verification_step_step_known"),
        ),
        sa.CheckConstraint(
            "step <> 'vouching' OR vouching_id IS NOT NULL", name=op.f("ck_verification_step_vouching_is_somebodys")
        ),
        sa.CheckConstraint(
            "vouching_id IS NULL OR vouching_id <> organization_id",
            name=op.f("ck_verification_step_nobody_vouches_for_itself"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["member_organization.id"],
            name=op.f("fk_verification_step_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_verification_step_user_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["vouching_id"],
            ["member_organization.id"],
            name=op.f("fk_verification_step_vouching_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_step")),
    )
    op.create_index(
        op.f("ix_verification_step_organization_id_created_at"), "verification_step", ["organization_id", "created_at"]
    )
    for name, columns in (
        ("approval", ["organization_id", "scrutiny", "user_id"]),
        ("vouching", ["organization_id", "vouching_id"]),
    ):
        where = sa.text(f"step = '{name}'")
        op.create_index(
            f"uq_verification_step_{name}",
            "verification_step",
            columns,
            unique=True,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("founding", sa.Boolean(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("token_sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('delegate', 'deputy', 'editor')", name=op.f("ck_invitation_kind_known")),
        sa.CheckConstraint("language IN ('en', 'fr', 'es')", name=op.f("ck_invitation_language_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitation_email_lower")),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_invitation_expires_later")),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitation_one_end")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["member_organization.id"],
            name=op.f("fk_invitation_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["user.id"], name=op.f("fk_invitation_invited_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitation_token_sha256")),
    )
    where = sa.text("accepted_at IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "uq_invitation_standing",
        "invitation",
        ["organization_id", "email"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_table("invitation")
    op.drop_table("verification_step")
    op.execute("UPDATE member_organization SET state = 'applied' WHERE state = 'information_asked'")
    before = _state_known(tuple(state for state in STATES if state != "information_asked"))
    with op.batch_alter_table("member_organization") as batch:
        for name in ("state_known", *(name for name, _condition in CHECKS)):
            batch.drop_constraint(op.f(f"ck_member_organization_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_member_organization_state_known"), before)
        for name in ("scrutiny", "listed", "existence", "communities", "kind"):
            batch.drop_column(name)
