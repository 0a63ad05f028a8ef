"""The core model: people, organizations, consultations, proposals, comments, items, contests, ballots, agendas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

SEARCH_SQLITE = (
    (
        "CREATE VIRTUAL TABLE proposal_search USING fts5("
        "search_text, content='proposal', content_rowid='shuffle', tokenize='unicode61 remove_diacritics 2')"
    ),
    (
        "CREATE TRIGGER proposal_search_insert AFTER INSERT ON proposal BEGIN "
        "INSERT INTO proposal_search(rowid, search_text) VALUES (NEW.shuffle, NEW.search_text); END"
    ),
    (
        "CREATE TRIGGER proposal_search_delete AFTER DELETE ON proposal BEGIN "
        "INSERT INTO proposal_search(proposal_search, rowid, search_text) "
        "VALUES ('delete', OLD.shuffle, OLD.search_text); END"
    ),
    (
        "CREATE TRIGGER proposal_search_update AFTER UPDATE OF search_text, shuffle ON proposal BEGIN "
        "INSERT INTO proposal_search(proposal_search, rowid, search_text) "
        "VALUES ('delete', OLD.shuffle, OLD.search_text); "
        "INSERT INTO proposal_search(rowid, search_text) VALUES (NEW.shuffle, NEW.search_text); END"
    ),
)
POSTGRESQL = (
    "CREATE INDEX ix_proposal_search ON proposal USING gin (to_tsvector('simple', search_text))",
    "ALTER TABLE event ALTER transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint)",
)


def upgrade() -> None:

    op.create_table(
        "consumer_cursor",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name=op.f("pk_consumer_cursor")),
    )
    op.create_table(
        "event",
        sa.Column(
            "position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(always=True), nullable=False
        ),
        sa.Column("transaction_id", sa.BigInteger(), server_default=sa.FetchedValue(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_subject_id_position"), "event", ["subject_id", "position"], unique=False)

    op.create_table(
        "gathering",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_es", sa.Text(), nullable=False),
        sa.Column("place_en", sa.Text(), nullable=False),
        sa.Column("place_fr", sa.Text(), nullable=False),
        sa.Column("place_es", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_gathering_ends_later")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("report", JSON, nullable=True),
        sa.Column("error", JSON, nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'done') = (report IS NOT NULL)", name=op.f("ck_job_done_has_report")),
        sa.CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name=op.f("ck_job_failed_has_error")),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)", name=op.f("ck_job_ended_is_dated")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_job_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('running', 'done', 'failed') OR started_at IS NOT NULL", name=op.f("ck_job_run_is_dated")
        ),
        sa.CheckConstraint("done >= 0 AND (total IS NULL OR done <= total)", name=op.f("ck_job_progress_in_bounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_state", "job", ["state", "created_at"], unique=False)
    op.create_index("ix_job_subject", "job", ["subject_id", "created_at"], unique=False)
    op.create_index(
        "uq_job_file",
        "job",
        ["file"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )

    op.create_table(
        "term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_es", sa.Text(), nullable=False),
        sa.Column("short_en", sa.Text(), nullable=False),
        sa.Column("short_fr", sa.Text(), nullable=False),
        sa.Column("short_es", sa.Text(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('theme', 'issue', 'sector', 'jurisdiction', 'instrument')", name=op.f("ck_term_kind_known")
        ),
        sa.CheckConstraint("label_en <> '' AND label_fr <> '' AND label_es <> ''", name=op.f("ck_term_labels_present")),
        sa.ForeignKeyConstraint(["parent_id"], ["term.id"], name=op.f("fk_term_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_term_kind_code")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('en', 'fr', 'es')", name=op.f("ck_user_language_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "consultation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_es", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("summary_fr", sa.Text(), nullable=False),
        sa.Column("summary_es", sa.Text(), nullable=False),
        sa.Column("convener_en", sa.Text(), nullable=False),
        sa.Column("convener_fr", sa.Text(), nullable=False),
        sa.Column("convener_es", sa.Text(), nullable=False),
        sa.Column("funder_en", sa.Text(), nullable=False),
        sa.Column("funder_fr", sa.Text(), nullable=False),
        sa.Column("funder_es", sa.Text(), nullable=False),
        sa.Column("decider_en", sa.Text(), nullable=False),
        sa.Column("decider_fr", sa.Text(), nullable=False),
        sa.Column("decider_es", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("late_proposals", sa.Boolean(), nullable=False),
        sa.Column("gathering_id", sa.Uuid(), nullable=True),
        sa.Column("next_proposal_number", sa.Integer(), nullable=False),
        sa.Column("next_item_number", sa.Integer(), nullable=False),
        sa.Column("submitted_count", sa.Integer(), nullable=False),
        sa.Column("published_count", sa.Integer(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "title_en <> '' AND title_fr <> '' AND title_es <> ''", name=op.f("ck_consultation_titles_present")
        ),
        sa.CheckConstraint(
            "submitted_count >= 0 AND published_count >= 0 AND item_count >= 0 AND comment_count >= 0",
            name=op.f("ck_consultation_counts_positive"),
        ),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"], name=op.f("fk_consultation_gathering_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("prefix", name=op.f("uq_consultation_prefix")),
        sa.UniqueConstraint("slug", name=op.f("uq_consultation_slug")),
    )
    op.create_table(
        "member_organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=True),
        sa.Column("name_es", sa.Text(), nullable=True),
        sa.Column("acronym", sa.Text(), nullable=True),
        sa.Column("sector_id", sa.Uuid(), nullable=True),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_identity", sa.Text(), nullable=True),
        sa.Column("original", JSON, nullable=False),
        sa.CheckConstraint(
            "(state = 'verified') = (verified_at IS NOT NULL)", name=op.f("ck_member_organization_verified_is_dated")
        ),
        sa.CheckConstraint(
            "state IN ('applied', 'verified', 'refused', 'suspended')", name=op.f("ck_member_organization_state_known")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["term.id"], name=op.f("fk_member_organization_sector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_organization")),
        sa.UniqueConstraint("code", name=op.f("uq_member_organization_code")),
        sa.UniqueConstraint("import_identity", name=op.f("uq_member_organization_import_identity")),
    )
    op.create_index(op.f("ix_member_organization_name"), "member_organization", ["name"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("event_position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject_code", sa.Text(), nullable=False),
        sa.Column("subject_title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("user_id", "event_position", name=op.f("uq_notice_user_id_event_position")),
    )
    op.create_index(op.f("ix_notice_user_id_created_at"), "notice", ["user_id", "created_at"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_sign_in_link_expires_later")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_link_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in_link")),
    )
    op.create_index(op.f("ix_sign_in_link_user_id"), "sign_in_link", ["user_id"], unique=False)

    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('delegate', 'moderator', 'organizer', 'administrator', 'auditor')",
            name=op.f("ck_user_role_role_known"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_role_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("barrier", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "relation IN ('alone', 'grouped', 'fusion', 'sequence', 'dialogue')",
            name=op.f("ck_agenda_item_relation_known"),
        ),
        sa.CheckConstraint(
            "state IN ('drafting', 'consent_requested', 'locked')", name=op.f("ck_agenda_item_state_known")
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_agenda_item_title_present")),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name=op.f("ck_agenda_item_minutes_positive")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_agenda_item_consultation_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["term.id"], name=op.f("fk_agenda_item_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("code", name=op.f("uq_agenda_item_code")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_agenda_item_consultation_id_number")),
    )
    op.create_index(
        op.f("ix_agenda_item_consultation_id_state_number"),
        "agenda_item",
        ["consultation_id", "state", "number"],
        unique=False,
    )
    op.create_index(op.f("ix_agenda_item_theme_id"), "agenda_item", ["theme_id"], unique=False)

    op.create_table(
        "contest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("question_en", sa.Text(), nullable=False),
        sa.Column("question_fr", sa.Text(), nullable=False),
        sa.Column("question_es", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("secrecy", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("max_choices", sa.Integer(), nullable=False),
        sa.Column("max_essential", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beacon_source", sa.Text(), nullable=False),
        sa.Column("beacon", sa.Text(), nullable=True),
        sa.Column("frozen", JSON, nullable=True),
        sa.Column("frozen_sha256", sa.Text(), nullable=True),
        sa.Column("blank_count", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'configured') = (opened_at IS NULL)", name=op.f("ck_contest_opening_is_dated")),
        sa.CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_contest_publication_is_dated")
        ),
        sa.CheckConstraint("kind IN ('tiers', 'ranking', 'shortlist')", name=op.f("ck_contest_kind_known")),
        sa.CheckConstraint("secrecy IN ('secret', 'named', 'no_roll')", name=op.f("ck_contest_secrecy_known")),
        sa.CheckConstraint(
            "state IN ('configured', 'open', 'closed', 'tallied', 'published', 'void')",
            name=op.f("ck_contest_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'tallied', 'published') OR closed_at IS NOT NULL",
            name=op.f("ck_contest_close_is_dated"),
        ),
        sa.CheckConstraint("(opened_at IS NULL) = (frozen_sha256 IS NULL)", name=op.f("ck_contest_opening_is_frozen")),
        sa.CheckConstraint(
            "closes_at IS NULL OR opens_at IS NULL OR closes_at > opens_at", name=op.f("ck_contest_closes_later")
        ),
        sa.CheckConstraint("max_choices > 0 AND max_essential >= 0", name=op.f("ck_contest_limits_positive")),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name=op.f("ck_contest_minutes_positive")),
        sa.CheckConstraint("places > 0", name=op.f("ck_contest_places_positive")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_contest_consultation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
        sa.UniqueConstraint("code", name=op.f("uq_contest_code")),
    )
    op.create_index(op.f("ix_contest_consultation_id"), "contest", ["consultation_id"], unique=False)

    op.create_table(
        "mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('delegate', 'deputy', 'editor')", name=op.f("ck_mandate_kind_known")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_mandate_ends_later")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["member_organization.id"], name=op.f("fk_mandate_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mandate_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(op.f("ix_mandate_organization_id"), "mandate", ["organization_id"], unique=False)
    op.create_index(
        "uq_mandate_current",
        "mandate",
        ["user_id", "organization_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )

    op.create_table(
        "organization_jurisdiction",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["member_organization.id"],
            name=op.f("fk_organization_jurisdiction_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_organization_jurisdiction_term_id")),
        sa.PrimaryKeyConstraint("organization_id", "term_id", name=op.f("pk_organization_jurisdiction")),
    )
    op.create_table(
        "phase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "name IN ('propose', 'discuss', 'curate', 'rank', 'draft', 'gathering', 'progress')",
            name=op.f("ck_phase_name_known"),
        ),
        sa.CheckConstraint("closes_at IS NULL OR closes_at > opens_at", name=op.f("ck_phase_closes_later")),
        sa.CheckConstraint("closes_at IS NULL OR opens_at IS NOT NULL", name=op.f("ck_phase_closes_after_opening")),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_phase_consultation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phase")),
        sa.UniqueConstraint("consultation_id", "name", name=op.f("uq_phase_consultation_id_name")),
    )
    op.create_index(op.f("ix_phase_consultation_id_position"), "phase", ["consultation_id", "position"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("barrier", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_label", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_code", sa.Text(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("endorsement_count", sa.Integer(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("shuffle", sa.BigInteger(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("import_identity", sa.Text(), nullable=True),
        sa.Column("original", JSON, nullable=False),
        sa.CheckConstraint(
            "(state = 'declined') = (declined_at IS NOT NULL AND decline_code IS NOT NULL AND decline_reason IS NOT NULL)",  # noqa: E501
            name=op.f("ck_proposal_decline_has_reason_and_date"),
        ),
        sa.CheckConstraint("(state = 'draft') = (number IS NULL)", name=op.f("ck_proposal_number_at_submission")),
        sa.CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name=op.f("ck_proposal_submission_is_dated")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'needs_changes', 'published', 'placed', 'declined', 'withdrawn')",
            name=op.f("ck_proposal_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'placed') OR published_at IS NOT NULL",
            name=op.f("ck_proposal_publication_is_dated"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_proposal_title_present")),
        sa.CheckConstraint("endorsement_count >= 0 AND comment_count >= 0", name=op.f("ck_proposal_counts_positive")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_proposal_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_proposal_consultation_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["member_organization.id"], name=op.f("fk_proposal_organization_id")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["term.id"], name=op.f("fk_proposal_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_code")),
        sa.UniqueConstraint(
            "consultation_id", "import_identity", name=op.f("uq_proposal_consultation_id_import_identity")
        ),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_proposal_consultation_id_number")),
        sa.UniqueConstraint("shuffle", name=op.f("uq_proposal_shuffle")),
    )
    op.create_index(op.f("ix_proposal_author_id"), "proposal", ["author_id"], unique=False)
    op.create_index(
        "ix_proposal_listing_discussed", "proposal", ["consultation_id", "state", "comment_count", "id"], unique=False
    )
    op.create_index(
        "ix_proposal_listing_endorsed",
        "proposal",
        ["consultation_id", "state", "endorsement_count", "id"],
        unique=False,
    )
    op.create_index(
        "ix_proposal_listing_newest", "proposal", ["consultation_id", "state", "published_at", "id"], unique=False
    )
    op.create_index(
        "ix_proposal_listing_shuffle", "proposal", ["consultation_id", "state", "shuffle", "id"], unique=False
    )
    op.create_index("ix_proposal_listing_theme", "proposal", ["consultation_id", "theme_id", "state"], unique=False)
    op.create_index(op.f("ix_proposal_organization_id"), "proposal", ["organization_id"], unique=False)
    op.create_index("ix_proposal_queue", "proposal", ["consultation_id", "state", "submitted_at", "id"], unique=False)
    op.create_index("ix_proposal_queue_of_all", "proposal", ["state", "submitted_at", "id"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("snapshot", JSON, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'final')", name=op.f("ck_release_status_known")),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_release_consultation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_release_consultation_id_number")),
    )
    op.create_table(
        "agenda_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('working', 'released', 'final', 'corrigendum')", name=op.f("ck_agenda_draft_state_known")
        ),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_agenda_draft_consultation_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_agenda_draft_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_draft")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_agenda_draft_consultation_id")),
    )
    op.create_table(
        "ballot_chain",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("voter_tag", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("position >= 1 AND revision >= 1", name=op.f("ck_ballot_chain_counted_from_one")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_ballot_chain_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "position", name=op.f("pk_ballot_chain")),
        sa.UniqueConstraint("contest_id", "commitment", name=op.f("uq_ballot_chain_contest_id_commitment")),
        sa.UniqueConstraint("contest_id", "prev_hash", name=op.f("uq_ballot_chain_contest_id_prev_hash")),
        sa.UniqueConstraint(
            "contest_id", "voter_tag", "revision", name=op.f("uq_ballot_chain_contest_id_voter_tag_revision")
        ),
    )
    op.create_table(
        "ballot_draft",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
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
        sa.PrimaryKeyConstraint("contest_id", "organization_id", name=op.f("pk_ballot_draft")),
    )
    op.create_table(
        "cast_key",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("key_sha256", sa.Text(), nullable=False),
        sa.Column("body_sha256", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_cast_key_contest_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contest_id", "key_sha256", name=op.f("pk_cast_key")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("answers_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("author_label", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.Column("import_identity", sa.Text(), nullable=True),
        sa.Column("original", JSON, nullable=False),
        sa.CheckConstraint(
            "(visibility = 'hidden') = (hidden_reason IS NOT NULL)", name=op.f("ck_comment_hidden_has_reason")
        ),
        sa.CheckConstraint("body <> ''", name=op.f("ck_comment_body_present")),
        sa.CheckConstraint(
            "stance IN ('for', 'against', 'question', 'evidence', 'none')", name=op.f("ck_comment_stance_known")
        ),
        sa.CheckConstraint("visibility IN ('visible', 'hidden')", name=op.f("ck_comment_visibility_known")),
        sa.CheckConstraint(
            "answers_id IS NULL OR thread_id IS NOT NULL", name=op.f("ck_comment_answers_within_thread")
        ),
        sa.CheckConstraint("thread_id IS NULL OR thread_id <> id", name=op.f("ck_comment_not_its_own_thread")),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["comment.id"], name=op.f("fk_comment_answers_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_comment_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["member_organization.id"], name=op.f("fk_comment_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_comment_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["comment.id"], name=op.f("fk_comment_thread_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("proposal_id", "import_identity", name=op.f("uq_comment_proposal_id_import_identity")),
    )
    op.create_index(op.f("ix_comment_answers_id"), "comment", ["answers_id"], unique=False)
    op.create_index(op.f("ix_comment_author_id"), "comment", ["author_id"], unique=False)
    op.create_index(op.f("ix_comment_organization_id"), "comment", ["organization_id"], unique=False)
    op.create_index(op.f("ix_comment_thread_id_created_at"), "comment", ["thread_id", "created_at"], unique=False)
    op.create_index(
        "ix_comment_threads", "comment", ["proposal_id", "visibility", "thread_id", "created_at", "id"], unique=False
    )

    op.create_table(
        "contest_option",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("item_revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_contest_option_contest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_contest_option_item_id")),
        sa.PrimaryKeyConstraint("contest_id", "item_id", name=op.f("pk_contest_option")),
        sa.UniqueConstraint("contest_id", "code", name=op.f("uq_contest_option_contest_id_code")),
        sa.UniqueConstraint("contest_id", "position", name=op.f("uq_contest_option_contest_id_position")),
    )
    op.create_table(
        "endorsement",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("endorsed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["endorsed_by"], ["user.id"], name=op.f("fk_endorsement_endorsed_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["member_organization.id"],
            name=op.f("fk_endorsement_organization_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_endorsement_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "organization_id", name=op.f("pk_endorsement")),
    )
    op.create_index(op.f("ix_endorsement_endorsed_by"), "endorsement", ["endorsed_by"], unique=False)
    op.create_index(op.f("ix_endorsement_organization_id"), "endorsement", ["organization_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('statistics', 'study', 'testimony', 'law', 'news', 'finding', 'other')",
            name=op.f("ck_evidence_kind_known"),
        ),
        sa.CheckConstraint("title <> ''", name=op.f("ck_evidence_title_present")),
        sa.CheckConstraint(
            "url IS NULL OR url LIKE 'http://%' OR url LIKE 'https://%'", name=op.f("ck_evidence_url_is_web")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_evidence_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("proposal_id", "position", name=op.f("uq_evidence_proposal_id_position")),
    )
    op.create_table(
        "proposal_term",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_term_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_proposal_term_term_id")),
        sa.PrimaryKeyConstraint("proposal_id", "term_id", name=op.f("pk_proposal_term")),
    )
    op.create_index(op.f("ix_proposal_term_term_id"), "proposal_term", ["term_id"], unique=False)

    op.create_table(
        "provenance",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("proposal_revision", sa.Integer(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("minority_note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "consent IN ('not_needed', 'asked', 'agreed', 'agreed_with_note', 'objected', 'no_reply')",
            name=op.f("ck_provenance_consent_known"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_provenance_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_provenance_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_provenance")),
        sa.UniqueConstraint("item_id", "position", name=op.f("uq_provenance_item_id_position")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("barrier", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("editor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_revision_number_positive")),
        sa.ForeignKeyConstraint(["editor_id"], ["user.id"], name=op.f("fk_revision_editor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_revision_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_revision_proposal_id_number")),
    )
    op.create_index(op.f("ix_revision_editor_id"), "revision", ["editor_id"], unique=False)

    op.create_table(
        "roll_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("voted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contest_id"], ["contest.id"], name=op.f("fk_roll_entry_contest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["member_organization.id"], name=op.f("fk_roll_entry_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_entry")),
        sa.UniqueConstraint("contest_id", "organization_id", name=op.f("uq_roll_entry_contest_id_organization_id")),
    )
    op.create_index(op.f("ix_roll_entry_organization_id"), "roll_entry", ["organization_id"], unique=False)

    op.create_table(
        "tally",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("input_sha256", sa.Text(), nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_tally_contest_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
        sa.UniqueConstraint("contest_id", "rule", name=op.f("uq_tally_contest_id_rule")),
    )
    op.create_table(
        "translation",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("barrier", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.CheckConstraint("language IN ('en', 'fr', 'es')", name=op.f("ck_translation_language_known")),
        sa.CheckConstraint("state IN ('translated', 'reviewed', 'stale')", name=op.f("ck_translation_state_known")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_translation_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "language", name=op.f("pk_translation")),
    )
    op.create_table(
        "ballot_content",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contest_id", "commitment"],
            ["ballot_chain.contest_id", "ballot_chain.commitment"],
            name=op.f("fk_ballot_content_contest_id_commitment"),
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_ballot_content_contest_id")),
        sa.PrimaryKeyConstraint("contest_id", "commitment", name=op.f("pk_ballot_content")),
    )
    op.create_table(
        "moderation_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("moderator_id", sa.Uuid(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('publish', 'request_changes', 'decline', 'hide', 'restore')",
            name=op.f("ck_moderation_action_kind_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('request_changes', 'decline', 'hide') OR (reason_code IS NOT NULL AND reason <> '')",
            name=op.f("ck_moderation_action_refusal_has_reason"),
        ),
        sa.CheckConstraint(
            "reason_code IN ('out_of_scope', 'unclear', 'duplicate', 'personal_details', 'harmful', 'spam', 'imported_decision', 'other')",  # noqa: E501
            name=op.f("ck_moderation_action_reason_code_known"),
        ),
        sa.CheckConstraint(
            "(proposal_id IS NULL) <> (comment_id IS NULL)", name=op.f("ck_moderation_action_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_moderation_action_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["user.id"], name=op.f("fk_moderation_action_moderator_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_moderation_action_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_action")),
    )
    op.create_index(
        op.f("ix_moderation_action_comment_id_created_at"),
        "moderation_action",
        ["comment_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_moderation_action_moderator_id"), "moderation_action", ["moderator_id"], unique=False)
    op.create_index(
        op.f("ix_moderation_action_proposal_id_created_at"),
        "moderation_action",
        ["proposal_id", "created_at"],
        unique=False,
    )

    op.create_table(
        "section",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["agenda_draft.id"], name=op.f("fk_section_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["term.id"], name=op.f("fk_section_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("draft_id", "position", name=op.f("uq_section_draft_id_position")),
        sa.UniqueConstraint("draft_id", "theme_id", name=op.f("uq_section_draft_id_theme_id")),
    )
    op.create_table(
        "placement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tally_rank", sa.Integer(), nullable=True),
        sa.Column("departure_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "departure_reason IS NULL OR departure_reason <> ''", name=op.f("ck_placement_departure_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["agenda_draft.id"], name=op.f("fk_placement_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_placement_item_id")),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_placement_section_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sa.UniqueConstraint("draft_id", "item_id", name=op.f("uq_placement_draft_id_item_id")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_placement_draft_id_number")),
        sa.UniqueConstraint("section_id", "position", name=op.f("uq_placement_section_id_position")),
    )
    op.create_index(op.f("ix_placement_item_id"), "placement", ["item_id"], unique=False)

    for statement in SEARCH_SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for moment in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER proposal_search_{moment}")
        op.execute("DROP TABLE proposal_search")

    op.drop_index(op.f("ix_placement_item_id"), table_name="placement")

    op.drop_table("placement")
    op.drop_table("section")
    op.drop_index(op.f("ix_moderation_action_proposal_id_created_at"), table_name="moderation_action")
    op.drop_index(op.f("ix_moderation_action_moderator_id"), table_name="moderation_action")
    op.drop_index(op.f("ix_moderation_action_comment_id_created_at"), table_name="moderation_action")

    op.drop_table("moderation_action")
    op.drop_table("ballot_content")
    op.drop_table("translation")
    op.drop_table("tally")
    op.drop_index(op.f("ix_roll_entry_organization_id"), table_name="roll_entry")

    op.drop_table("roll_entry")
    op.drop_index(op.f("ix_revision_editor_id"), table_name="revision")

    op.drop_table("revision")
    op.drop_table("provenance")
    op.drop_index(op.f("ix_proposal_term_term_id"), table_name="proposal_term")

    op.drop_table("proposal_term")
    op.drop_table("evidence")
    op.drop_index(op.f("ix_endorsement_organization_id"), table_name="endorsement")
    op.drop_index(op.f("ix_endorsement_endorsed_by"), table_name="endorsement")

    op.drop_table("endorsement")
    op.drop_table("contest_option")
    op.drop_index("ix_comment_threads", table_name="comment")
    op.drop_index(op.f("ix_comment_thread_id_created_at"), table_name="comment")
    op.drop_index(op.f("ix_comment_organization_id"), table_name="comment")
    op.drop_index(op.f("ix_comment_author_id"), table_name="comment")
    op.drop_index(op.f("ix_comment_answers_id"), table_name="comment")

    op.drop_table("comment")
    op.drop_table("cast_key")
    op.drop_table("ballot_draft")
    op.drop_table("ballot_chain")
    op.drop_table("agenda_draft")
    op.drop_table("release")
    op.drop_index("ix_proposal_queue_of_all", table_name="proposal")
    op.drop_index("ix_proposal_queue", table_name="proposal")
    op.drop_index(op.f("ix_proposal_organization_id"), table_name="proposal")
    op.drop_index("ix_proposal_listing_theme", table_name="proposal")
    op.drop_index("ix_proposal_listing_shuffle", table_name="proposal")
    op.drop_index("ix_proposal_listing_newest", table_name="proposal")
    op.drop_index("ix_proposal_listing_endorsed", table_name="proposal")
    op.drop_index("ix_proposal_listing_discussed", table_name="proposal")
    op.drop_index(op.f("ix_proposal_author_id"), table_name="proposal")

    op.drop_table("proposal")
    op.drop_index(op.f("ix_phase_consultation_id_position"), table_name="phase")

    op.drop_table("phase")
    op.drop_table("organization_jurisdiction")
    op.drop_index("uq_mandate_current", table_name="mandate")
    op.drop_index(op.f("ix_mandate_organization_id"), table_name="mandate")

    op.drop_table("mandate")
    op.drop_index(op.f("ix_contest_consultation_id"), table_name="contest")

    op.drop_table("contest")
    op.drop_index(op.f("ix_agenda_item_theme_id"), table_name="agenda_item")
    op.drop_index(op.f("ix_agenda_item_consultation_id_state_number"), table_name="agenda_item")

    op.drop_table("agenda_item")
    op.drop_table("user_role")
    op.drop_index(op.f("ix_sign_in_link_user_id"), table_name="sign_in_link")

    op.drop_table("sign_in_link")
    op.drop_index(op.f("ix_notice_user_id_created_at"), table_name="notice")

    op.drop_table("notice")
    op.drop_index(op.f("ix_member_organization_name"), table_name="member_organization")

    op.drop_table("member_organization")
    op.drop_table("consultation")
    op.drop_table("user")
    op.drop_table("term")
    op.drop_index("uq_job_file", table_name="job")
    op.drop_index("ix_job_subject", table_name="job")
    op.drop_index("ix_job_state", table_name="job")

    op.drop_table("job")
    op.drop_table("gathering")
    op.drop_index(op.f("ix_event_subject_id_position"), table_name="event")

    op.drop_table("event")
    op.drop_table("consumer_cursor")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_change() CASCADE")
