"""An invitation says until when the mandate goes that it offers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("invitation") as batch:
        batch.add_column(sa.Column("mandate_ends_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            op.f("ck_invitation_mandate_ends_later"), "mandate_ends_at IS NULL OR mandate_ends_at > created_at"
        )


def downgrade() -> None:
    with op.batch_alter_table("invitation") as batch:
        batch.drop_constraint(op.f("ck_invitation_mandate_ends_later"), type_="check")
        batch.drop_column("mandate_ends_at")
