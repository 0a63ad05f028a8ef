"""A roll keeps the names of its members in French and in Spanish too, as they were at the opening."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    # Rolls that are frozen already stay as they are: what a member was called then in another language is not known.
    op.add_column("roll_entry", sa.Column("name_fr", sa.Text(), nullable=True))
    op.add_column("roll_entry", sa.Column("name_es", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("roll_entry", "name_es")
    op.drop_column("roll_entry", "name_fr")
