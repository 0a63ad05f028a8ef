"""Where the database names people: what of it somebody is given when they ask for their data, and what becomes of it
when their account is erased. Pure data; a test walks the tables and fails where one that names people is missing here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """On erasure: a row is deleted, or stays under an id that leads to nobody because others need it."""

    DELETED = "deleted"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of ``table`` whose ``column`` is the person's id. They are exported as ``section``, ``without`` columns that
    open something, belong to somebody else or repeat others; with no section, for the reason ``why``."""

    table: str
    column: str
    section: str
    fate: Fate
    without: tuple[str, ...] = ()
    why: str = ""


HOLDINGS: tuple[Holding, ...] = (
    Holding("user", "id", "account", Fate.KEPT, ("password_hash", "pseudonym_key", "session_epoch")),
    Holding("user_role", "user_id", "roles", Fate.DELETED),
    Holding("user_session", "user_id", "sessions", Fate.DELETED, ("token_sha256", "epoch")),
    Holding("known_device", "user_id", "devices", Fate.DELETED, ("device_sha256",)),
    Holding(
        "sign_in_link", "user_id", "sign_in_links", Fate.DELETED, ("token_sha256", "code_digest", "browser_sha256")
    ),
    Holding("address_change", "user_id", "address_changes", Fate.DELETED, ("token_sha256",)),
    Holding("authenticator", "user_id", "second_step", Fate.DELETED, ("secret", "last_step")),
    Holding("recovery_code", "user_id", "recovery_codes", Fate.DELETED, ("code_sha256",)),
    Holding("passkey", "user_id", "passkeys", Fate.DELETED, ("credential_id", "public_key", "sign_count")),
    Holding("passkey_challenge", "user_id", "passkey_challenges", Fate.DELETED, ("challenge_sha256",)),
    Holding("linked_identity", "user_id", "linked_identities", Fate.DELETED),
    Holding("letter_refusal", "user_id", "letters_turned_off", Fate.DELETED),
    Holding("letter", "user_id", "letters_waiting", Fate.DELETED),
    Holding("notice", "user_id", "notices", Fate.DELETED),
    Holding("agreement", "user_id", "agreements", Fate.KEPT),
    Holding("account_closure", "user_id", "closures", Fate.KEPT, ("closed_by", "opened_by")),
    Holding("account_closure", "closed_by", "accounts_closed", Fate.KEPT, ("user_id", "reason", "opened_by")),
    Holding("account_closure", "opened_by", "accounts_opened", Fate.KEPT, ("user_id", "reason", "closed_by")),
    Holding("erasure", "user_id", "erasures", Fate.KEPT),
    Holding("mandate", "user_id", "mandates", Fate.KEPT),
    Holding("invitation", "invited_by", "invitations_sent", Fate.KEPT, ("email", "name", "token_sha256")),
    Holding("verification_step", "user_id", "verification_steps", Fate.KEPT),
    Holding("proposal", "author_id", "proposals", Fate.KEPT, ("search_text", "shuffle")),
    Holding("revision", "editor_id", "revisions", Fate.KEPT),
    Holding("endorsement", "endorsed_by", "endorsements", Fate.KEPT),
    Holding("comment", "author_id", "comments", Fate.KEPT),
    Holding("moderation_action", "moderator_id", "moderation", Fate.KEPT),
    Holding("moderation_claim", "moderator_id", "claims", Fate.DELETED),
    Holding("organization_merge", "merged_by", "merges", Fate.KEPT, ("trace",)),
    Holding("two_step_request", "asked_by", "second_person_asked", Fate.KEPT, ("payload",)),
    Holding("two_step_request", "decided_by", "second_person_decided", Fate.KEPT, ("payload",)),
    Holding("roll_entry", "user_id", "rolls", Fate.KEPT, ("voter_id",)),
    Holding("ballot_draft", "user_id", "ballot_drafts", Fate.DELETED, ("voter_id", "organization_id")),
    Holding("roll_objection", "raised_by", "roll_objections", Fate.KEPT, ("answer", "answered_by")),
    Holding("roll_objection", "answered_by", "roll_objections_answered", Fate.KEPT, ("text", "about", "raised_by")),
    Holding("paper_reading", "reader_id", "paper_readings", Fate.DELETED, ("voter", "reading", "number")),
    Holding("job", "requested_by", "jobs", Fate.KEPT, ("report", "error")),
    Holding("page_version", "saved_by", "pages_written", Fate.KEPT, ("text_en", "text_fr", "text_es")),
    Holding("release", "released_by", "releases", Fate.KEPT, ("snapshot",)),
    Holding("event", "actor_id", "events", Fate.KEPT, ("transaction_id",)),
)

#: Columns that hold an address: whose rows are exported and deleted with the account that has the address, and why not.
ADDRESSES: dict[tuple[str, str], Holding | str] = {
    ("user", "email"): "the account itself",
    ("invitation", "email"): Holding("invitation", "email", "invitations_received", Fate.DELETED, ("token_sha256",)),
    ("address_change", "email"): Holding(
        "address_change", "email", "address_changes_to_address", Fate.DELETED, ("token_sha256", "user_id", "id")
    ),
    ("letter", "address"): Holding("letter", "address", "letters_to_address", Fate.DELETED),
    ("consultation", "contact"): "the organizers' public address; a person's own is replaced there on erasure",
}

#: Identifiers without a foreign key that are not people's, although their names sound like it.
NOT_PEOPLE = {("affiliation", "proposed_by_id"): "an organization"}

#: What cannot be changed afterwards without breaking what others check: the log, what was agreed to, what was released
#: and what was voted on. None of it names people, but for words that somebody wrote into it.
FROZEN = frozenset(
    {
        "event",
        "page_version",
        "agreement",
        "release",
        "ballot_chain",
        "ballot_content",
        "cast_key",
        "checkpoint",
        "contest",
        "contest_option",
        "explanation",
        "roll_entry",
        "tally",
    }
)
