"""The parts of a snapshot that stand for one thing each: an item, a source, an organization."""

from collections.abc import Mapping, Sequence
from typing import Any

from consultation.convening.states import TermKind
from consultation.curation.models import Provenance
from consultation.drafting.facts import Facts
from consultation.drafting.models import Placement
from consultation.drafting.wording import filled
from consultation.kernel.orm import LANGUAGES
from consultation.membership.models import MemberOrganization
from consultation.proposals.models import Proposal, Translation

TEXTS = ("title", "barrier", "evidence", "remedy")


def named(organization: MemberOrganization) -> dict[str, Any]:
    """An organization by its names, or, when its listing is protected, by a label with its code."""
    if organization.protected:
        return {"name": None, "label": filled("protected", code=organization.code)}
    return {"name": {language: organization.name_in(language) for language in LANGUAGES}, "label": None}


def submitted(text: str, language: str, translations: Mapping[str, Translation], field: str) -> dict[str, Any]:
    """A text with its state in each other language; a language that is absent is pending."""
    return {
        "language": language,
        "text": text,
        "translations": {
            other: {"text": getattr(translation, field), "state": translation.state.value}
            for other, translation in translations.items()
            if other != language and getattr(translation, field)
        },
    }


def item_block(
    placement: Placement, sources: Sequence[Provenance], support: Mapping[str, Any] | None, facts: Facts
) -> dict[str, Any]:
    """One line of the agenda. A text that came alone keeps its source's translations."""
    item = placement.item
    translations = facts.translations_of(sources[0].proposal_id) if len(sources) == 1 else {}
    texts = {
        field: submitted(getattr(item, field), item.language, translations, field) if getattr(item, field) else None
        for field in TEXTS
    }
    terms = facts.terms_of_item(item.id)
    return {
        "number": placement.number,
        "code": item.code,
        "title": texts["title"],
        "decision": None,
        "barrier": texts["barrier"],
        "remedy": texts["remedy"],
        "evidence": _evidence(sources, texts["evidence"], facts),
        "addressees": [],
        "jurisdictions": [_term(term) for term in terms if term.kind == TermKind.JURISDICTION],
        "issues": [_term(term) for term in terms if term.kind == TermKind.ISSUE],
        "sectors": [_term(term) for term in terms if term.kind == TermKind.SECTOR],
        "instruments": [term.label.to_dict() for term in terms if term.kind == TermKind.INSTRUMENT],
        "minutes": item.minutes,
        "lead": None,
        "rank": placement.tally_rank,
        "support": {"supporters": support["supporters"], "newly_served": support["unserved"]} if support else None,
        "represented": [],
        "relation": item.relation.value,
        "related": [],
        "provenance": [_provenance(source, item.relation.value, facts) for source in sources],
        "minority_notes": [
            {
                "organization": _organization(source.proposal, facts),
                "text": submitted(source.minority_note, source.proposal.language, {}, "title"),
            }
            for source in sources
            if source.minority_note
        ],
        "indicators": [],
    }


def _term(term: Any) -> dict[str, Any]:
    return {"id": term.code, "label": term.label.to_dict()}


def _organization(proposal: Proposal, facts: Facts) -> dict[str, Any] | None:
    organization = facts.organizations.get(proposal.organization_id) if proposal.organization_id else None
    return named(organization) if organization else None


def _evidence(sources: Sequence[Provenance], written: dict[str, Any] | None, facts: Facts) -> list[dict[str, Any]]:
    """The item's own account first, then the numbered sources of every proposal in it."""
    entries: list[dict[str, Any]] = []
    if written is not None:
        entries.append({"kind": "other", "text": written, "place": None, "date": None, "url": None})
    for source in sources:
        for evidence in facts.evidence_of(source.proposal_id):
            text = ", ".join(part for part in (evidence.title, evidence.publisher) if part)
            entries.append(
                {
                    "kind": evidence.kind.value,
                    "text": submitted(text, source.proposal.language, {}, "title"),
                    "place": dict.fromkeys(LANGUAGES, evidence.place) if evidence.place else None,
                    "date": f"{evidence.year:04d}" if evidence.year else None,
                    "url": evidence.url,
                }
            )
    return [{"number": number, **entry} for number, entry in enumerate(entries, start=1)]


def _provenance(source: Provenance, relation: str, facts: Facts) -> dict[str, Any]:
    proposal = source.proposal
    return {
        "proposal": proposal.code,
        "title": submitted(proposal.title, proposal.language, facts.translations_of(proposal.id), "title"),
        "organization": _organization(proposal, facts),
        "relation": relation,
        "consent": source.consent.value,
    }


def source_block(proposal: Proposal, facts: Facts, placed: set[str]) -> dict[str, Any]:
    """What became of a published proposal."""
    code = facts.item_code_of(proposal.id)
    disposition = "not_ranked" if code is None else "in_agenda" if code in placed else "ranked_not_placed"
    return {
        "proposal": proposal.code,
        "title": submitted(proposal.title, proposal.language, facts.translations_of(proposal.id), "title"),
        "disposition": disposition,
        "items": [code] if code else [],
    }
