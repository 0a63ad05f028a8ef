"""A world for the walk over all addresses: two organizations with the same belongings, and a person of each role.

``own`` is what belongs to the delegate's organization, or to the person; ``other`` is what belongs to another one, or
to another person; ``shared`` belongs to the consultation.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from consultation.accounts.address_models import AddressChange
from consultation.accounts.models import LinkedIdentity, UserSession
from consultation.accounts.operations import add_passkey, create_sign_in_link, link_identity
from consultation.accounts.operations.closing import deactivate
from consultation.accounts.operations.granting import ROLE
from consultation.curation.operations import admit
from consultation.discussion.operations import post
from consultation.drafting.operations import draft_agenda, release
from consultation.exchange.jobs import IMPORT, ImportOrder
from consultation.exchange.uploads import Uploads
from consultation.kernel import jobs, two_steps
from consultation.kernel.ids import uuid7
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.operations import invite, propose_affiliation
from consultation.membership.queries import organization_by_code
from consultation.moderation.operations import hide, publish
from consultation.moderation.states import ReasonCode
from consultation.notifications.models import Notice
from consultation.privacy.operations import agree
from consultation.privacy.queries import ledger_of
from consultation.privacy.states import Occasion, PageName
from consultation.voting.jobs import TALLY
from consultation.voting.operations import announce_roll, close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.roll_models import RollObjection
from consultation.voting.states import ContestKind, ObjectionKind, Secrecy
from consultation.voting.tally import BallotRow
from consultation.web.mail.unsubscribing import sign
from tests.factories import (
    NOW,
    actor_of,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
    sign_in,
)
from tests.voting.factories import commit, make_contest

#: Who asks; nobody signed in stands first.
PERSONAS = ("anonymous", *Role)


@dataclass
class World:
    """``cookies`` by persona; ``subjects`` are the arguments of addresses by the name of a thing, ``personal`` those
    that each persona has of their own."""

    cookies: dict[str, str] = field(default_factory=dict)
    subjects: dict[str, dict[str, Any]] = field(default_factory=dict)
    personal: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def arguments(self, name: str, persona: str) -> dict[str, Any]:
        """What an address of this thing holds, for this persona."""
        return {"lang": "en", "slug": "sample", **self.subjects.get(name, {}), **self.personal.get((persona, name), {})}


def build(session: Any, app: Any) -> World:
    """Everything that an address can name, at least once for each side."""
    world = World()
    consultation = make_consultation(session)
    people = {role: make_user(session, role) for role in Role}
    sides = {"own": people[Role.DELEGATE], "other": make_user(session)}
    for side, delegate in sides.items():
        _organization(session, world, consultation, side, delegate)
    _affiliations(session, world)
    _contests(session, world, consultation)
    _uploads(session, world, consultation, people[Role.ORGANIZER], Uploads(app.extensions["settings"].data_dir))
    _two_steps(session, world, people)
    _notices(session, world, people, sides["other"])
    _agreements(session, world, people, sides["other"])
    closed = make_user(session)
    deactivate(session, closed, reason="They left.", actor=OPERATOR, now=NOW)
    world.subjects["shared.closed"] = {"user_id": closed.id}
    secret = app.extensions["settings"].secret_key
    off = {"kind": "decision", "token": sign(secret, sides["other"].id, "decision")}
    world.subjects["shared.letters_off"] = off
    commit(session)
    for role, person in (*people.items(), ("other", sides["other"])):
        client = app.test_client()
        sign_in(session, client, person)
        begun = session.scalars(select(UserSession.id).where(UserSession.user_id == person.id)).one()
        passkey, change = _passkey(session, person), _address_change(session, person)
        identity = _identity(session, person)
        if role == "other":
            world.subjects |= {"other.session": {"session_id": begun}, "other.passkey": {"passkey_id": passkey}}
            world.subjects["other.change"] = change
            world.subjects["other.identity"] = {"identity_id": identity}
        else:
            world.cookies[role] = client.get_cookie("session").value
            world.personal[role, "own.session"] = {"session_id": begun}
            world.personal[role, "own.passkey"] = {"passkey_id": passkey}
            world.personal[role, "own.change"] = change
            world.personal[role, "own.identity"] = {"identity_id": identity}
    world.subjects["shared.link"] = {"token": create_sign_in_link(session, sides["other"], now=NOW)}
    session.commit()
    return world


def _agreements(session: Any, world: World, people: dict[Role, Any], other: Any) -> None:
    """What each has agreed to."""
    given = {}
    for name, person in [*people.items(), ("other", other)]:
        said = {"language": "en", "occasion": Occasion.INVITATION, "actor": OPERATOR, "now": NOW}
        agree(session, user_id=person.id, pages=(PageName.TERMS,), **said)
        given[name] = {"agreement_id": ledger_of(session, person.id)[0].id}
    world.subjects["other.agreement"] = world.subjects["own.agreement"] = given["other"]
    world.personal |= {(role, "own.agreement"): given[role] for role in people}


def _organization(session: Any, world: World, consultation: Any, side: str, delegate: Any) -> None:
    """One side: an organization that is not in the directory, its people, what it brought and said."""
    name = side.upper()
    organization = make_organization(session, name, name=f"Organization {name}")
    make_mandate(session, delegate, organization)
    deputy = make_mandate(session, make_user(session), organization, kind=MandateKind.DEPUTY)
    details = {"name": "", "language": "en", "kind": MandateKind.EDITOR, "actor": OPERATOR, "now": NOW}
    invitation = invite(session, organization, email=f"{side}@example.net", **details)
    invitation.token_sha256 = hashlib.sha256(side.encode()).hexdigest()
    world.subjects |= {
        side: {"code": name},
        f"{side}.mandate": {"code": name, "mandate_id": deputy.id},
        f"{side}.invitation": {"code": name, "invitation_id": invitation.id},
        f"{side}.letter": {"token": side},
    }
    applied = make_organization(session, f"{name}-NEW", verified=False)
    world.subjects[f"{side}.applied"] = {"code": applied.code, "act": "question"}
    if side == "own":
        make_mandate(session, delegate, applied)
    for state in ("submitted", "published", "placed"):
        made = make_proposal(session, consultation, title=f"{name} {state}", organization_id=organization.id)
        if state != "submitted":
            publish(session, made, actor=OPERATOR, now=NOW)
        if state == "placed":
            admit(session, made, actor=OPERATOR, now=NOW)
        world.subjects[f"{side}.{state}"] = {"code": made.code}
        if state == "published":
            actor = actor_of(session, delegate)
            said = {"language": "en", "organization_id": organization.id, "actor": actor, "now": NOW}
            shown, hidden = (post(session, made, body=body, **said) for body in ("Seen", "Hidden"))
            hide(session, hidden, code=ReasonCode.OTHER, reason="Off topic", actor=OPERATOR, now=NOW)
            world.subjects[f"{side}.comment"] = {"comment_id": shown.id}
            world.subjects[f"{side}.hidden"] = {"comment_id": hidden.id}


def _affiliations(session: Any, world: World) -> None:
    """The delegate's organization is asked by another, and two others by one another."""
    for side, code in (("own", "OWN"), ("other", "OTHER")):
        umbrella, affiliate = make_organization(session, f"{code}-ABOVE"), organization_by_code(session, code)
        sides = {"umbrella": umbrella, "affiliate": affiliate, "by": umbrella}
        made = propose_affiliation(session, **sides, actor=OPERATOR, now=NOW)
        world.subjects[f"{side}.affiliation"] = {"code": code, "affiliation_id": made.id}


def _contests(session: Any, world: World, consultation: Any) -> None:
    """One that is over and published, with its agenda; one that is configured; one that is open."""
    over = make_contest(
        session, consultation, NOW, code="OVER", kind=ContestKind.SHORTLIST, secrecy=Secrecy.NO_ROLL, places=1
    )
    ballots = {str(number): BallotRow((("NG27-A001",),)) for number in range(100)}
    import_ballots(session, over, ballots, actor=OPERATOR, now=NOW)
    close_contest(session, over, actor=OPERATOR, now=NOW)
    tally_contest(session, over, beacon="", actor=OPERATOR, now=NOW)
    publish_contest(session, over, actor=OPERATOR, now=NOW)
    draft_agenda(session, consultation, over, actor=OPERATOR, now=NOW)
    release(session, consultation, final=False, base_url="http://127.0.0.1:8000", actor=OPERATOR, now=NOW)
    counted = jobs.enqueue(
        session, TALLY, subject_id=over.id, parameters={"contest": "OVER", "beacon": ""}, actor=OPERATOR, now=NOW
    )
    ready = make_contest(session, consultation, NOW, code="READY", places=1, opened=False)
    announce_roll(session, ready, objections_until=NOW + timedelta(days=7), actor=OPERATOR, now=NOW)
    objection = RollObjection(
        id=uuid7(),
        contest_id=ready.id,
        organization_id=organization_by_code(session, "OTHER").id,
        kind=ObjectionKind.OTHER,
        about="",
        text="Our name is wrong.",
        raised_at=NOW,
    )
    session.add(objection)
    make_contest(session, consultation, NOW, code="OPEN", places=1)
    world.subjects |= {
        "shared.over": {"code": "OVER", "rule": over.rule, "format_name": "toc"},
        "shared.tally": {"code": "OVER", "job_id": counted.id},
        "shared.ready": {"code": "READY"},
        "shared.objection": {"code": "READY", "objection_id": objection.id},
        "shared.open": {"code": "OPEN"},
        "shared.release": {"number": "0.1", "format_name": "json"},
        "shared.item": {"code": "NG27-A001"},
        "shared.phase": {"name": "discuss"},
        "shared.vocabulary": {"kind": "sector"},
        "shared.term": {"kind": "sector", "code": "health"},
        "shared.file": {"filename": "icon.svg"},
        "shared.page": {"name": "terms", "version": 0},
    }


def _two_steps(session: Any, world: World, people: Any) -> None:
    """A role that the administrator asked for, so that the organizer can confirm it, and they cannot."""
    asked = two_steps.ask(
        session,
        ROLE,
        subject_id=people[Role.MODERATOR].id,
        payload={"role": "organizer"},
        reason="She runs it.",
        actor=actor_of(session, people[Role.ADMINISTRATOR]),
        now=NOW,
    )
    world.subjects["shared.request"] = {"request_id": asked.id}


def _uploads(session: Any, world: World, consultation: Any, organizer: Any, uploads: Uploads) -> None:
    """A file and its preview, of the organizer and of another one."""
    for side, person in (("own", organizer), ("other", make_user(session, Role.ORGANIZER))):
        kept = uploads.keep(
            lambda path: path.write_text("title\nA title\n"),
            owner=person.id,
            slug="sample",
            kind="proposals",
            filename="proposals.csv",
            now=NOW,
        )
        order = ImportOrder(kind="proposals", filename="proposals.csv", columns=(("title", "title"),), rehearse=True)
        queued = jobs.enqueue(
            session,
            IMPORT,
            subject_id=consultation.id,
            parameters=order.to_parameters(),
            file=kept.token,
            actor=actor_of(session, person),
            now=NOW,
        )
        world.subjects[f"{side}.upload"] = {"token": kept.token, "job_id": queued.id}


def _passkey(session: Any, person: Any) -> Any:
    details = {"name": "Key", "public_key": "", "sign_count": 0, "actor": OPERATOR, "now": NOW}
    return add_passkey(session, person, credential_id=str(person.id), **details).id


def _address_change(session: Any, person: Any) -> dict[str, Any]:
    token = f"change-{person.id}"
    details = {"email": f"new-{person.id}@example.org", "created_at": NOW, "expires_at": NOW + timedelta(hours=1)}
    kept = hashlib.sha256(token.encode()).hexdigest()
    session.add(AddressChange(user_id=person.id, token_sha256=kept, **details))
    return {"token": token}


def _notices(session: Any, world: World, people: Any, other: Any) -> None:
    for persona, person in (*people.items(), ("other", other)):
        notice = Notice(
            id=uuid7(),
            user_id=person.id,
            event_position=1,
            name="ProposalPublished",
            subject_code="NG27-001",
            subject_title="A title",
            created_at=NOW,
        )
        session.add(notice)
        if persona == "other":
            world.subjects["other.notice"] = {"notice_id": notice.id}
        else:
            world.personal[persona, "own.notice"] = {"notice_id": notice.id}


def _identity(session: Any, person: Any) -> Any:
    link_identity(session, person, issuer="https://id.example.org", subject=str(person.id), now=NOW)
    return session.scalars(select(LinkedIdentity.id).where(LinkedIdentity.user_id == person.id)).one()
