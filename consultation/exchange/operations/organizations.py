"""Importing member organizations."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.exchange.operations.words import Words
from consultation.exchange.queries import Directory, stored_organizations
from consultation.exchange.reading import ImportReport, OrganizationRow, Reason
from consultation.exchange.rules import with_cells
from consultation.exchange.source import EVERY, Contents, Progress, in_silence
from consultation.kernel.permissions import Actor, Permission, require
from consultation.membership.operations import register_organization
from consultation.membership.rules import code_from


def import_organizations(
    session: Session,
    contents: Contents,
    *,
    verified: bool = True,
    progress: Progress = in_silence,
    actor: Actor,
    now: datetime,
) -> ImportReport:
    """Register the organizations of a file.

    ``verified``: the file is the network's own list of members, so that they may vote. Only the operator may say so;
    what anybody else imports has applied, and two people verify it.
    A row with the code of a registered organization, or without a code and with its exact name, is that organization.
    A row without a code gets one from its acronym or name.

    Raises:
        Denied: when the actor may not import, or not register organizations.
    """
    require(actor, Permission.IMPORT_RUN, now=now)
    verified = verified and actor.is_operator
    rows, report = contents.rows, contents.report()
    stored = stored_organizations(session, (row.identity for row in rows))
    directory = Directory(session)
    words = Words(vocabulary(session), contents.columns)
    codes, names = directory.codes, dict[str, str]()
    for done, row in enumerate(rows, start=1):
        name = row.name or row.name_fr or row.name_es
        known = stored.get(row.identity)
        taken = directory.code_of(row.code or name) or (row.code if row.code in codes else names.get(name, ""))
        if row.rejected:
            report.add(row, stored=False)
        elif known is not None:
            report.add(row, unchanged=True, also=_differs(known.name != name))
        elif taken and (row.code is None or row.code == taken):
            other = row.code is not None and directory.id_of(name) != directory.id_of(taken)
            report.add(row, unchanged=True, also=_differs(other))
        else:
            code = row.code or code_from(row.acronym or name, codes)
            codes.add(code)
            names[name] = code
            report.add(row, also=_register(session, row, code, name, words, verified, actor, now))
        if done % EVERY == 0:
            progress(done, len(rows))
    return report


def _register(
    session: Session,
    row: OrganizationRow,
    code: str,
    name: str,
    words: Words,
    verified: bool,
    actor: Actor,
    now: datetime,
) -> list[Reason]:
    sectors, unknown = words.terms(TermKind.SECTOR, "sector", (row.sector,) if row.sector else ())
    jurisdictions, others = words.terms(TermKind.JURISDICTION, "jurisdictions", row.jurisdictions)
    left: dict[str, Any] = {**unknown, **others}
    register_organization(
        session,
        code=code,
        name=name,
        name_fr=row.name_fr or None,
        name_es=row.name_es or None,
        acronym=row.acronym or None,
        sector_id=next(iter(sectors), None),
        jurisdiction_ids=jurisdictions,
        languages=row.languages,
        website=row.website,
        verified=verified,
        import_identity=row.identity,
        original=with_cells(row.original, left),
        actor=actor,
        now=now,
    )
    return [Reason.VOCABULARY_UNKNOWN] if left else []


def _differs(other: bool) -> list[Reason]:
    return [Reason.DIFFERS_FROM_STORED] if other else []
