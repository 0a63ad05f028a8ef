"""Commands for consultations and their phases."""

import json
from datetime import datetime
from typing import Any

import click

from consultation.convening.models import Consultation
from consultation.convening.operations import create_consultation, enter_phase, set_phase
from consultation.convening.queries import consultation_by_slug, consultations
from consultation.convening.rules import Problem, Unusable, check_zone, open_phases, prefix_from, read_moment, standing
from consultation.convening.states import PhaseName
from consultation.kernel.orm import Trilingual
from consultation.web.console import No, Work, command_work, fail_use, say

PHASES = click.Choice([name.value for name in PhaseName])
TAKEN = frozenset({Problem.SLUG_TAKEN, Problem.PREFIX_TAKEN})


@click.group("consultations")
def group() -> None:
    """Consultations and their phases."""


@group.command("create")
@click.argument("slug")
@click.option("--title-en", required=True, help="Title in English.")
@click.option("--title-fr", required=True, help="Title in French.")
@click.option("--title-es", required=True, help="Title in Spanish.")
@click.option("--prefix", help="Begins the codes of its proposals, as in NG27 (default: made from SLUG).")
@click.option("--zone", default="America/Toronto", show_default=True, help="Time zone of its dates.")
@click.option("--contact", default="", help="Whom to write to: an e-mail address.")
@command_work
def create(
    work: Work, slug: str, title_en: str, title_fr: str, title_es: str, prefix: str | None, zone: str, contact: str
) -> None:
    """Create a consultation with its seven phases, none of them dated. Prints its short address and its prefix."""
    try:
        made = create_consultation(
            work.session,
            slug=slug,
            prefix=prefix or prefix_from(slug),
            title=Trilingual(title_en, title_fr, title_es),
            contact=contact,
            zone=zone,
            actor=work.actor,
            now=work.now,
        )
    except Unusable as error:
        raise _refusal(error) from error
    say(f"Created. Next: consultation consultations phase {made.slug} propose")
    click.echo(f"{made.slug}\t{made.prefix}")


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@command_work
def list_all(work: Work, as_json: bool) -> None:
    """List the consultations, the newest first."""
    found = consultations(work.session)
    if as_json:
        click.echo(json.dumps([_described(one, work.now) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        now_open = ", ".join(phase.name.value for phase in open_phases(one.phases, work.now)) or "no phase open"
        click.echo(f"{one.slug}\t{one.prefix}\t{now_open}\t{one.title.en}")
    if not found:
        say("There is no consultation yet. Make one with 'consultation consultations create'.")


@group.command("show")
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@command_work
def show(work: Work, slug: str, as_json: bool) -> None:
    """Show a consultation: its titles, phases and numbers."""
    found = _found(work, slug)
    described = _described(found, work.now)
    if as_json:
        click.echo(json.dumps(described, ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.slug} ({found.prefix}), dates in {found.zone}")
    for language, title in described["title"].items():
        click.echo(f"  {language}  {title}")
    click.echo("Phases")
    for phase in described["phases"]:
        dates = f"{phase['opens'] or '-'} to {phase['closes'] or '-'}"
        click.echo(f"  {phase['name']:<10} {phase['standing']:<8} {dates if phase['opens'] else ''}".rstrip())
    click.echo("Numbers")
    for name, number in described["counts"].items():
        click.echo(f"  {name:<10} {number}")


@group.command("phase")
@click.argument("slug")
@click.argument("phase", type=PHASES)
@click.option("--opens", metavar="DATE", help="When it opens: 2027-03-01 or 2027-03-01T09:00, in its time zone.")
@click.option("--closes", metavar="DATE", help="When it closes; that instant is outside the phase.")
@command_work
def set_dates(work: Work, slug: str, phase: str, opens: str | None, closes: str | None) -> None:
    """Date a phase, or, without dates, enter it now, which closes the phases that are open.

    A date that is not given stays as it was.
    """
    found = _found(work, slug)
    name = PhaseName(phase)
    if opens is None and closes is None:
        enter_phase(work.session, found, name, actor=work.actor, now=work.now)
        say(f"{found.slug} is in the phase {name} now.")
        return
    dated = next(one for one in found.phases if one.name is name)
    try:
        zone = check_zone(found.zone)
        set_phase(
            work.session,
            found,
            name,
            opens_at=dated.opens_at if opens is None else read_moment(opens, zone, field="opens"),
            closes_at=dated.closes_at if closes is None else read_moment(closes, zone, field="closes"),
            actor=work.actor,
            now=work.now,
        )
    except Unusable as error:
        raise _refusal(error) from error
    say(f"The phase {name} of {found.slug} is dated.")


def _found(work: Work, slug: str) -> Consultation:
    found = consultation_by_slug(work.session, slug)
    if found is None:
        raise No(f"There is no consultation {slug}. See 'consultation consultations list'.")
    return found


def _refusal(error: Unusable) -> click.ClickException:
    """What is taken could be right elsewhere (exit 1); a wrong shape is wrong use (exit 2)."""
    message = f"{error.field}: {error}"
    return No(message) if error.problem in TAKEN else fail_use(message)


def _described(consultation: Consultation, now: datetime) -> dict[str, Any]:
    zone = check_zone(consultation.zone)

    def local(instant: datetime | None) -> str | None:
        return None if instant is None else instant.astimezone(zone).isoformat(timespec="minutes")

    return {
        "slug": consultation.slug,
        "prefix": consultation.prefix,
        "title": consultation.title.to_dict(),
        "contact": consultation.contact,
        "zone": consultation.zone,
        "phases": [
            {
                "name": phase.name.value,
                "standing": standing(phase, now).value,
                "opens": local(phase.opens_at),
                "closes": local(phase.closes_at),
            }
            for phase in consultation.phases
        ],
        "counts": {
            "submitted": consultation.submitted_count,
            "published": consultation.published_count,
            "items": consultation.item_count,
            "comments": consultation.comment_count,
        },
    }
