"""What a proposal's text speaks of, under which it is covered until a reader opens it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KINDS = "kind IN ('publish', 'request_changes', 'decline', 'hide', 'restore'{more})"
KNOWN, SAYS_WHICH = "ck_moderation_action_kind_known", "ck_moderation_action_annotation_says_which"


def upgrade() -> None:
    op.add_column("proposal", sa.Column("content_notes", JSON, nullable=False, server_default="[]"))
    op.add_column("proposal", sa.Column("notes_settled", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("moderation_action") as batch:
        batch.add_column(sa.Column("content_notes", JSON, nullable=True))
        batch.drop_constraint(op.f(KNOWN), type_="check")
        batch.create_check_constraint(op.f(KNOWN), KINDS.format(more=", 'annotate'"))
        batch.create_check_constraint(op.f(SAYS_WHICH), "kind <> 'annotate' OR content_notes IS NOT NULL")


def downgrade() -> None:
    # What the older version cannot hold goes; that the text was covered goes with it.
    op.execute("DELETE FROM moderation_action WHERE kind = 'annotate'")
    with op.batch_alter_table("moderation_action") as batch:
        batch.drop_constraint(op.f(SAYS_WHICH), type_="check")
        batch.drop_constraint(op.f(KNOWN), type_="check")
        batch.create_check_constraint(op.f(KNOWN), KINDS.format(more=""))
        batch.drop_column("content_notes")
    op.drop_column("proposal", "notes_settled")
    op.drop_column("proposal", "content_notes")
