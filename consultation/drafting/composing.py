"""From the database to the snapshot: every public fact of an agenda, gathered in a fixed number of queries.

Only what the schema allows leaves here; texts of declined and withdrawn proposals, people and addresses are never read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.drafting.blocks import item_block, named, source_block
from consultation.drafting.comparing import changes_since
from consultation.drafting.facts import Facts, facts_of
from consultation.drafting.models import AgendaDraft
from consultation.drafting.rules import readable_score
from consultation.drafting.states import ReleaseStatus
from consultation.drafting.wording import Localized, filled, licence, sentence, sentences
from consultation.kernel.orm import LANGUAGES
from consultation.voting.models import Contest, StoredTally
from consultation.voting.states import Secrecy, VotingUnit

SCHEMA_VERSION = "1.1"


def compose(
    session: Session,
    consultation: Consultation,
    draft: AgendaDraft,
    *,
    number: str,
    status: ReleaseStatus,
    previous: Mapping[str, Any] | None,
    base_url: str,
    now: datetime,
) -> dict[str, Any]:
    """The snapshot of a release, without its hash.

    Args:
        consultation: with phases and gathering loaded.
        draft: with contest, sections, placements and their items loaded.
        previous: the snapshot of the release before, to say what changed.
    """
    facts = facts_of(session, consultation, draft)
    headline = next(tally for tally in facts.tallies if tally.rule == draft.contest.rule)
    snapshot: dict[str, Any] = {
        "meta": _meta(consultation, number, status, base_url, now),
        "statement": sentence("statement"),
        "method": _method(consultation, draft, facts),
        "sections": _sections(draft, facts, headline),
        "changes": {"since": None, "entries": []},
        "annexes": _annexes(consultation, draft, facts, number, base_url, now),
        "sign_off": [],
    }
    if previous is not None:
        snapshot["changes"] = changes_since(previous, snapshot)
    return snapshot


def _or_not_stated(value: Localized) -> Localized:
    return value if any(value.values()) else sentence("not_stated")


def _addresses(consultation: Consultation, number: str, base_url: str) -> Localized:
    """Where the release is read and checked, in each language."""
    path = f"consultations/{consultation.slug}/agenda/releases/{number}"
    return {language: f"{base_url}/{language}/{path}" for language in LANGUAGES}


def _meta(
    consultation: Consultation, number: str, status: ReleaseStatus, base_url: str, now: datetime
) -> dict[str, Any]:
    gathering = consultation.gathering
    addresses = _addresses(consultation, number, base_url)
    dated = gathering is not None and gathering.starts_on is not None and gathering.ends_on is not None
    return {
        "schema_version": SCHEMA_VERSION,
        "consultation": {
            "slug": consultation.slug,
            "title": consultation.title.to_dict(),
            "convener": _or_not_stated(consultation.convener.to_dict()),
            "funder": consultation.funder.to_dict() if consultation.funder.en else None,
            "decider": _or_not_stated(consultation.decider.to_dict()),
            "timezone": consultation.zone,
        },
        "gathering": {
            "title": gathering.title.to_dict(),
            "place": gathering.place.to_dict() if gathering.place.en else None,
            "starts": gathering.starts_on.isoformat() if gathering.starts_on else "",
            "ends": gathering.ends_on.isoformat() if gathering.ends_on else "",
        }
        if gathering is not None and dated
        else None,
        "release": number,
        "status": "FINAL" if status == ReleaseStatus.FINAL else "DRAFT",
        "released_at": now.isoformat(),
        "url": addresses["en"],
        "addresses": addresses,
    }


def _method(consultation: Consultation, draft: AgendaDraft, facts: Facts) -> dict[str, Any]:
    contest = draft.contest
    shared = sum(len(sources) for sources in facts.sources_of.values() if len(sources) > 1)
    return {
        "phases": [
            {
                "phase": phase.name.value,
                "opens": phase.opens_at.isoformat() if phase.opens_at else None,
                "closes": phase.closes_at.isoformat() if phase.closes_at else None,
            }
            for phase in consultation.phases
        ],
        "eligibility": sentence("eligibility_no_roll" if contest.secrecy == Secrecy.NO_ROLL else "eligibility_roll"),
        "counts": {
            "submitted": facts.counts.submitted,
            "published": facts.counts.published,
            "declined": facts.counts.declined,
            "withdrawn": facts.counts.withdrawn,
            "merged": shared,
            "items": facts.counts.items,
        },
        "contest": _contest(contest, facts),
        "departures": [
            {
                "item": placement.item.code,
                "reason": dict.fromkeys(LANGUAGES, placement.departure_reason),
            }
            for section in draft.sections
            for placement in section.placements
            if placement.departure_reason
        ],
        "limits": sentences("limits"),
    }


def _contest(contest: Contest, facts: Facts) -> dict[str, Any]:
    without_roll = contest.secrecy == Secrecy.NO_ROLL
    return {
        "code": contest.code,
        "question": contest.question.to_dict(),
        "kind": contest.kind.value,
        "places": contest.places,
        "minutes": contest.minutes,
        "rule": contest.rule,
        "tie_break": sentence("tie_break"),
        "beacon": contest.beacon or None,
        "electorate": None if without_roll else facts.electorate,
        "ballots": facts.ballots,
        "blank": contest.blank_count or 0,
        "turnout": None if without_roll or not facts.electorate else round(facts.ballots / facts.electorate, 4),
    } | ({"unit": contest.unit.value} if contest.unit is VotingUnit.DELEGATES else {})


def _sections(draft: AgendaDraft, facts: Facts, headline: StoredTally) -> list[dict[str, Any]]:
    support = {line["item"]: line for line in headline.result["rounds"] if "supporters" in line}
    return [
        {
            "id": section.theme.code if section.theme else "none",
            "title": section.theme.label.to_dict() if section.theme else sentence("no_theme"),
            "items": [
                item_block(placement, facts.sources_of[placement.item_id], support.get(placement.item.code), facts)
                for placement in section.placements
            ],
        }
        for section in draft.sections
    ]


def _annexes(
    consultation: Consultation, draft: AgendaDraft, facts: Facts, number: str, base_url: str, now: datetime
) -> dict[str, Any]:
    placed = {placement.item.code for section in draft.sections for placement in section.placements}
    return {
        "tallies": [_tally(tally, tally.rule == draft.contest.rule) for tally in facts.tallies],
        "concordance": [source_block(proposal, facts, placed) for proposal in facts.public_proposals],
        "withheld": [
            {
                "proposal": row.code,
                "disposition": row.disposition,
                "reason_code": row.reason_code,
                "reason": sentence("reasons", row.reason_code) if row.reason_code else None,
            }
            for row in facts.withheld
        ],
        "participants": [
            {
                "organization": named(organization),
                "sector": facts.terms[organization.sector_id].label.to_dict() if organization.sector_id else None,
                "place": None,
            }
            for organization in facts.participants
        ],
        "participants_unnamed": 0,
        "moderation": {
            "reports": 0,
            "hidden": facts.counts.hidden_comments,
            "restored": 0,
            "appeals": 0,
            "appeals_upheld": 0,
            "median_hours": None,
        },
        "not_heard": [
            {
                "group": filled("theme_not_heard", name=theme.label.to_dict()),
                "detail": sentence("no_proposal_in_theme"),
            }
            for theme in facts.silent_themes
        ],
        "funding": [consultation.funder.to_dict()] if consultation.funder.en else [],
        "conflicts": [],
        "translators": [],
        "data_statement": sentence("data_statement"),
        "licence": licence(),
        "citation": filled(
            "citation",
            title=consultation.title.to_dict(),
            convener=_or_not_stated(consultation.convener.to_dict()),
            number=number,
            year=str(now.astimezone(ZoneInfo(consultation.zone)).year),
            url=_addresses(consultation, number, base_url),
        ),
    }


def _tally(tally: StoredTally, headline: bool) -> dict[str, Any]:
    scores = tally.result.get("scores") or {}
    rank = 1
    order = []
    for tier in tally.result["order"]:
        order.append({"rank": rank, "items": list(tier), "score": readable_score(scores.get(tier[0]))})
        rank += len(tier)
    return {"rule": tally.rule, "headline": headline, "order": order}
