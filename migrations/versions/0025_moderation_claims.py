"""Who has taken which proposal to decide."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "moderation_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until > claimed_at", name=op.f("ck_moderation_claim_ends_later")),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["user.id"], name=op.f("fk_moderation_claim_moderator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_moderation_claim_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_claim")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_moderation_claim_proposal_id")),
    )
    op.create_index(op.f("ix_moderation_claim_moderator_id"), "moderation_claim", ["moderator_id"])


def downgrade() -> None:
    op.drop_table("moderation_claim")
