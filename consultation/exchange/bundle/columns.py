"""The tables of the bundle and their columns: the list of what may leave."""

from consultation.exchange.bundle.tables import columns

PROPOSAL_FIELDS = (
    "code",
    "state",
    "language",
    "title",
    "barrier",
    "evidence",
    "remedy",
    "revision",
    "late",
    "created_at",
    "published_at",
    "endorsement_count",
    "comment_count",
    "source_url",
    "content_notes",
)
ITEM_FIELDS = (
    "code",
    "relation",
    "language",
    "title",
    "summary",
    "barrier",
    "evidence",
    "remedy",
    "minutes",
    "revision",
    "created_at",
)

_LANGUAGE = ("string", "Language of the text (BCP 47; und: not said)")
_ORGANIZATION = ("string null", "Code of the organization that speaks; none for a person alone")

PROPOSALS = (
    "proposals",
    "Published proposals",
    columns(
        {
            "code": ("string", "Public code"),
            "state": ("string", "published, or placed: it is in an agenda item"),
            "language": _LANGUAGE,
            "title": ("string", "Title"),
            "barrier": ("string", "What is wrong (Markdown)"),
            "evidence": ("string", "On what it rests (Markdown)"),
            "remedy": ("string", "What should change (Markdown)"),
            "theme": ("string null", "Code of the theme"),
            "issues": ("array", "Codes of critical issues"),
            "sectors": ("array", "Codes of sectors"),
            "jurisdictions": ("array", "Codes of jurisdictions"),
            "instruments": ("array", "Codes of legal instruments"),
            "organization": _ORGANIZATION,
            "revision": ("integer", "Number of the text shown here; 1 is the first"),
            "late": ("boolean", "Whether it came after the phase for proposals"),
            "created_at": ("string", "When it was written"),
            "published_at": ("string", "When it became public"),
            "endorsement_count": ("integer", "Organizations that endorse it"),
            "comment_count": ("integer", "Visible comments"),
            "source_url": ("string null", "Where it was published before"),
            "content_notes": ("array", "What the text speaks of, under which it is covered until a reader opens it"),
            "sources": ("array", "Sources: kind, title, publisher, year, place, url"),
            "translations": ("array", "Translations: language, state, revision, title, barrier, evidence, remedy"),
        }
    ),
)
DISPOSITIONS = (
    "dispositions",
    "Declined and withdrawn proposals, by code and reason",
    columns(
        {
            "code": ("string", "Public code"),
            "state": ("string", "declined or withdrawn"),
            "reason": ("string null", "Code of the public reason, for declined ones"),
        }
    ),
)
ENDORSEMENTS = (
    "endorsements",
    "Which organizations endorse which proposals",
    columns({"proposal": ("string", "Code"), "organization": ("string", "Code")}),
)
COMMENTS = (
    "comments",
    "Visible comments on published proposals",
    columns(
        {
            "id": ("string", "Identifier"),
            "proposal": ("string", "Code of the proposal"),
            "thread": ("string null", "The comment at the top of its thread; none for that one, or where it is hidden"),
            "answers": ("string null", "The comment that it answers, unless that is hidden"),
            "organization": _ORGANIZATION,
            "language": _LANGUAGE,
            "stance": ("string", "for, against, question, evidence or none"),
            "body": ("string", "Text (Markdown)"),
            "created_at": ("string", "When it was written"),
        }
    ),
)
ITEMS = (
    "items",
    "Agenda items",
    columns(
        {
            "code": ("string", "Public code"),
            "relation": ("string", "How it was made: alone, grouped, fusion, sequence or dialogue"),
            "language": _LANGUAGE,
            "title": ("string", "Title"),
            "summary": ("string", "Summary"),
            "barrier": ("string", "What is wrong (Markdown)"),
            "evidence": ("string", "On what it rests (Markdown)"),
            "remedy": ("string", "What should change (Markdown)"),
            "theme": ("string null", "Code of the theme"),
            "minutes": ("integer null", "Minutes asked for at the gathering"),
            "revision": ("integer", "Number of the text shown here"),
            "created_at": ("string", "When it was made"),
        }
    ),
)
PROVENANCE = (
    "provenance",
    "Of which proposals each item is made, and what their organizations said to that",
    columns(
        {
            "item": ("string", "Code of the item"),
            "relation": ("string", "How the item was made"),
            "position": ("integer", "Place among the item's sources"),
            "proposal": ("string", "Code of the proposal"),
            "proposal_revision": ("integer", "The revision that was taken"),
            "consent": ("string", "not_needed, asked, agreed, agreed_with_note, objected or no_reply"),
            "minority_note": ("string null", "What its organization wants said beside the item"),
        }
    ),
)
ORGANIZATIONS = (
    "organizations",
    "Organizations named in the other tables",
    columns(
        {
            "code": ("string", "Code"),
            "name": ("string null", "Name as registered; none where the organization is listed under protection"),
            "name_fr": ("string null", "Name in French"),
            "name_es": ("string null", "Name in Spanish"),
        }
    ),
)
CONTEST_FIELDS = (
    "code",
    "kind",
    "secrecy",
    "unit",
    "rule",
    "places",
    "minutes",
    "max_choices",
    "max_essential",
    "opens_at",
    "closes_at",
    "opened_at",
    "closed_at",
    "published_at",
    "beacon_source",
    "beacon",
    "frozen",
    "frozen_sha256",
    "record",
    "record_sha256",
    "blank_count",
)
CONTESTS = (
    "contests",
    "Contests whose results are published, with all that was frozen at their opening",
    columns(
        {
            "code": ("string", "Code"),
            "question": ("object", "The question by language"),
            "kind": ("string", "tiers, ranking or shortlist"),
            "secrecy": ("string", "secret, named or no_roll"),
            "unit": ("string", "Who has a ballot: members, or delegates"),
            "rule": ("string", "The rule that decides"),
            "places": ("integer", "Places to fill"),
            "minutes": ("integer null", "Minutes of the gathering"),
            "max_choices": ("integer", "Most items on a ballot"),
            "max_essential": ("integer", "Most essential items on a ballot"),
            **{
                name: ("string null", f"When: {name.removesuffix('_at')}")
                for name in ("opens_at", "closes_at", "opened_at", "closed_at", "published_at")
            },
            "beacon_source": ("string", "The public value that was announced to break ties"),
            "beacon": ("string null", "That value"),
            "frozen": ("object", "What was frozen at the opening, the options included"),
            "frozen_sha256": ("string", "Its digest, with which the chain begins"),
            "signing_key": ("string null", "Public key (Ed25519) of its checkpoints and receipts, frozen too"),
            "record": ("object null", "What was written down at the close: who voted, how many ballots count"),
            "record_sha256": ("string null", "Its digest, which the closing checkpoint signs"),
            "ballot_count": ("integer", "Ballots that count"),
            "blank_count": ("integer null", "Blank ones among them"),
            "ballots_published": ("boolean", "Whether the table of ballots has them"),
        }
    ),
)
ROLL = (
    "roll",
    "Who could vote, by name, and whether they did",
    columns(
        {
            "contest": ("string", "Code of the contest"),
            "code": ("string", "Code of the voter: the organization's or, where each delegate votes, one of their own"),
            "organization": ("string", "Code of the organization"),
            "name": ("string null", "Its name at the opening; none where it is listed under protection"),
            "person": ("string null", "Name or pseudonym of a delegate who votes themselves and chose to be named"),
            "voted": ("boolean null", "Whether the voter cast a ballot"),
        }
    ),
)
CHAIN = (
    "chain",
    "The ballot chain, entry by entry",
    columns(
        {
            "contest": ("string", "Code of the contest"),
            "position": ("integer", "Place in the chain, from 1"),
            "prev_hash": ("string", "Hash of the entry before; of the genesis for the first"),
            "commitment": ("string", "What binds the entry to a ballot"),
            "voter_tag": ("string", "What stands for the voter"),
            "revision": ("integer", "Which of the voter's ballots this is, from 1; the last counts"),
            "entry_hash": ("string", "Hash over all of these"),
        }
    ),
)
CHECKPOINTS = (
    "checkpoints",
    "What was signed of the chain at the opening, on its way and at the close",
    columns(
        {
            "contest": ("string", "Code of the contest"),
            "number": ("integer", "Which of its checkpoints this is, from 0"),
            "kind": ("string", "opening, step or closing"),
            "position": ("integer", "Place in the chain, 0 before its first entry"),
            "entry_hash": ("string", "Hash of the entry there; at 0 the genesis"),
            "record_sha256": ("string", "Digest of the record of the close; empty but for the closing"),
            "signed_at": ("string", "When, as it was signed"),
            "signature": ("string", "Ed25519, under the contest's signing_key"),
        }
    ),
)
BALLOTS = (
    "ballots",
    "Ballots that count, sorted by commitment, where there are enough of them to be published",
    columns(
        {
            "contest": ("string", "Code of the contest"),
            "commitment": ("string", "Its entry of the chain"),
            "nonce": ("string", "Opens the commitment"),
            "ballot": ("object", "tiers (best first), and support and weight where the ballot has them"),
        }
    ),
)
TALLIES = (
    "tallies",
    "Results under each rule",
    columns(
        {
            "contest": ("string", "Code of the contest"),
            "rule": ("string", "Rule"),
            "version": ("string", "Version of the rule"),
            "headline": ("boolean", "Whether this rule decides"),
            "input_sha256": ("string", "Digest of the ballots counted"),
            "result": ("object", "Order, selected items, scores, rounds, ties and audit"),
        }
    ),
)
