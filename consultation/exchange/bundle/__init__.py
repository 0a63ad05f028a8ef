"""The open-data bundle: everything public of a consultation in one ZIP file, as JSON and as CSV.

What is not in a table's columns cannot leave: the columns are an allow-list. The same data give the same bytes.
"""

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.exchange.bundle.archive import archive
from consultation.exchange.bundle.texts import tables_of_texts
from consultation.exchange.bundle.votes import tables_of_votes

__all__ = ["write_bundle"]


def write_bundle(session: Session, consultation: Consultation, *, audited: Collection[uuid.UUID] = ()) -> bytes:
    """The bundle of a consultation as the bytes of a ZIP file.

    No e-mail address, no account, no author, no original data of imports, no text that is not published; of what was
    declined or withdrawn the code and the public reason. Contests are in it once their results are published. The
    ballots of the ``audited`` contests are in it even if they are too few to be published: for auditors alone.
    """
    votes = tables_of_votes(session, consultation, audited=audited)
    tables = [*tables_of_texts(session, consultation), *votes]
    about = {
        "slug": consultation.slug,
        "prefix": consultation.prefix,
        "title": consultation.title.to_dict(),
        "summary": consultation.summary.to_dict(),
        "convener": consultation.convener.to_dict(),
        "funder": consultation.funder.to_dict(),
        "decider": consultation.decider.to_dict(),
        "zone": consultation.zone,
        "counts": {
            "submitted": consultation.submitted_count,
            "published": consultation.published_count,
            "items": consultation.item_count,
            "comments": consultation.comment_count,
        },
    }
    return archive(about, tables)
