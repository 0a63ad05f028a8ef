"""Changes of people's addresses that wait to be taken."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "address_change",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_address_change_expires_later")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_address_change_email_lower")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_address_change_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("id", name=op.f("uq_address_change_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_address_change_token_sha256")),
    )
    op.create_index(op.f("ix_address_change_expires_at"), "address_change", ["expires_at"])
    op.create_index(op.f("ix_address_change_email"), "address_change", ["email"])


def downgrade() -> None:
    op.drop_table("address_change")
