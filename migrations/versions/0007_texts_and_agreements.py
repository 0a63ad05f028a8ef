"""The texts that organizers write, and the ledger of agreements."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

PAGES = "('privacy', 'accessibility', 'terms', 'contact')"


def upgrade() -> None:
    op.create_table(
        "page_version",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_es", sa.Text(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"name IN {PAGES}", name=op.f("ck_page_version_name_known")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_page_version_version_positive")),
        sa.CheckConstraint(
            "text_en <> '' AND text_fr <> '' AND text_es <> ''", name=op.f("ck_page_version_texts_present")
        ),
        sa.PrimaryKeyConstraint("name", "version", name=op.f("pk_page_version")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"page IN {PAGES}", name=op.f("ck_agreement_page_known")),
        sa.CheckConstraint("step IN ('agreed', 'withdrawn')", name=op.f("ck_agreement_step_known")),
        sa.CheckConstraint(
            "occasion IN ('application', 'invitation', 'act', 'own_page')", name=op.f("ck_agreement_occasion_known")
        ),
        sa.CheckConstraint("language IN ('en', 'fr', 'es')", name=op.f("ck_agreement_language_known")),
        sa.CheckConstraint("(user_id IS NULL) <> (invitation_id IS NULL)", name=op.f("ck_agreement_somebodys")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_agreement_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_user_id"), "agreement", ["user_id"])
    op.create_index(op.f("ix_agreement_invitation_id"), "agreement", ["invitation_id"])


def downgrade() -> None:
    op.drop_table("agreement")
    op.drop_table("page_version")
