"""Codes of six digits beside the links that are mailed."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

CHECKS = (("code_for_a_browser", "(code_digest IS NULL) = (browser_sha256 IS NULL)"), ("tries_counted", "tries >= 0"))


def upgrade() -> None:
    with op.batch_alter_table("sign_in_link") as batch:
        batch.add_column(sa.Column("code_digest", sa.Text(), nullable=True))
        batch.add_column(sa.Column("browser_sha256", sa.Text(), nullable=True))
        batch.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        for name, condition in CHECKS:
            batch.create_check_constraint(op.f(f"ck_sign_in_link_{name}"), condition)
        batch.create_index(op.f("ix_sign_in_link_browser_sha256"), ["browser_sha256"])
    # Letters that were asked for before name no browser, and lapse.
    op.execute("DELETE FROM letter WHERE kind = 'sign_in_link'")


def downgrade() -> None:
    with op.batch_alter_table("sign_in_link") as batch:
        batch.drop_index(op.f("ix_sign_in_link_browser_sha256"))
        for name, _condition in CHECKS:
            batch.drop_constraint(op.f(f"ck_sign_in_link_{name}"), type_="check")
        for name in ("tries", "browser_sha256", "code_digest"):
            batch.drop_column(name)
