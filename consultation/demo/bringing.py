"""What organizations bring to a consultation of the sample, and what becomes of it until its ranking."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.demo.sample import (
    Sample,
    delegate_address,
    find_actor,
    find_consultation,
    find_organization,
    find_role,
    interleaved,
    read,
    window,
)
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.discussion.states import Stance
from consultation.kernel.permissions import OPERATOR, Actor
from consultation.kernel.roles import Role
from consultation.membership.models import MemberOrganization
from consultation.moderation.operations import decline, hide, publish, request_changes
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.operations import amend, endorse, submit, translate
from consultation.proposals.rules import ProposalText, Source
from consultation.proposals.states import EvidenceKind

SCREENED_AFTER = timedelta(hours=5)
BETWEEN_LATEST = timedelta(hours=3)

Act = Callable[[datetime], None]
Text = dict[str, Any]


class Bringing:
    """The acts on the proposals of one consultation, in the order of their time, so that the log reads as it would."""

    def __init__(self, session: Session, sample: Sample, entry: dict[str, Any]) -> None:
        self.session = session
        self.entry = entry
        self.consultation = find_consultation(session, entry)
        self.opens, closes = window(sample, entry, "propose")
        self.closes = min(closes, sample.now)
        self.until = min(window(sample, entry, "discuss")[1], sample.now)
        self.made: dict[str, Proposal] = {}
        self.moderator = find_role(session, Role.MODERATOR, self.opens)
        self.voices = {
            one["code"]: (
                find_organization(session, one["code"]),
                find_actor(session, delegate_address(one["code"]), self.opens),
            )
            for one in read()["organizations"]
        }

    def schedule(self) -> list[tuple[datetime, Act]]:
        """Every act with its time."""
        acts: list[tuple[datetime, Act]] = []
        texts = self.entry["proposals"]
        step = (self.closes - self.opens) / (len(texts) + 1)
        for number, text in enumerate(texts, start=1):
            at = self.opens + number * step
            acts += [(at, partial(self.submit, text)), (at + SCREENED_AFTER, partial(self.publish, text))]
            acts += self._answers(text, at + SCREENED_AFTER)
        for number, text in enumerate(self.entry["moderated"], start=1):
            at = self.closes - number * BETWEEN_LATEST
            acts.append((at, partial(self.submit, text)))
            if "reason" in text:
                acts.append((at + BETWEEN_LATEST / 2, partial(self.refuse, text)))
        return sorted(acts, key=lambda timed: timed[0])

    def _answers(self, text: Text, published: datetime) -> Iterator[tuple[datetime, Act]]:
        """What others do with a proposal, spread over the time from its publication to the end of the discussion."""
        supports: list[Act] = [partial(self.endorse, text, code) for code in text["endorsed_by"]]
        threads = [act for comment in text.get("comments", ()) for act in self._thread(text, comment)]
        acts = interleaved(supports, threads)
        if "remedy_revised" in text:
            acts.append(partial(self.revise, text))
        acts += [partial(self.translate, text, language) for language in text.get("translations", ())]
        for number, act in enumerate(acts, start=1):
            yield published + (self.until - published) * number / (len(acts) + 1), act

    def _thread(self, text: Text, comment: Text) -> list[Act]:
        posted: list[Comment] = []
        replies = [partial(self.reply, text, one, posted) for one in comment.get("replies", ())]
        hiding = [partial(self.hide, comment, posted)] if "hidden" in comment else []
        return [partial(self.comment, text, comment, posted), *replies, *hiding]

    def submit(self, text: Text, at: datetime) -> None:
        words = vocabulary(self.session)
        theme = words.by_code(TermKind.THEME, text["theme"])
        issues = [words.by_code(TermKind.ISSUE, code) for code in text["issues"]]
        organization, delegate = self._voice(text)
        self.made[text["key"]] = submit(
            self.session,
            self.consultation,
            text=ProposalText(text["title"], text["barrier"], text["evidence"], text["remedy"]),
            language=text["language"],
            organization_id=organization.id,
            theme_id=theme.id if theme else None,
            term_ids=[issue.id for issue in issues if issue],
            sources=[_source(key) for key in text["sources"]],
            content_notes=text.get("content_notes", ()),
            actor=delegate,
            now=at,
        )

    def publish(self, text: Text, at: datetime) -> None:
        publish(self.session, self.made[text["key"]], actor=self.moderator, now=at)

    def refuse(self, text: Text, at: datetime) -> None:
        """Send back or decline, with a reason in the author's language."""
        verb = {"changes": request_changes, "declined": decline}[text["fate"]]
        said = text["reason"]
        verb(
            self.session,
            self.made[text["key"]],
            code=ReasonCode(said["code"]),
            reason=said["words"],
            actor=self.moderator,
            now=at,
        )

    def revise(self, text: Text, at: datetime) -> None:
        changed = ProposalText(text["title"], text["barrier"], text["evidence"], text["remedy_revised"])
        amend(self.session, self.made[text["key"]], text=changed, actor=self._voice(text)[1], now=at)

    def translate(self, text: Text, language: str, at: datetime) -> None:
        said = text["translations"][language]
        words = ProposalText(said["title"], said["barrier"], said["evidence"], said["remedy"])
        proposal = self.made[text["key"]]
        translate(self.session, proposal, language=language, text=words, actor=OPERATOR, now=at)

    def endorse(self, text: Text, code: str, at: datetime) -> None:
        organization, delegate = self.voices[code]
        endorse(self.session, self.made[text["key"]], organization_id=organization.id, actor=delegate, now=at)

    def comment(self, text: Text, said: Text, posted: list[Comment], at: datetime) -> None:
        posted.append(self._post(text, said, None, at))

    def reply(self, text: Text, said: Text, posted: list[Comment], at: datetime) -> None:
        self._post(text, said, posted[0], at)

    def hide(self, said: Text, posted: list[Comment], at: datetime) -> None:
        """Hide a comment, with a reason in the language of who wrote it."""
        reason = said["hidden"]
        code, words = ReasonCode(reason["code"]), reason["words"]
        hide(self.session, posted[0], code=code, reason=words, actor=self.moderator, now=at)

    def _post(self, text: Text, said: Text, answers: Comment | None, at: datetime) -> Comment:
        organization, delegate = self._voice(said)
        return post(
            self.session,
            self.made[text["key"]],
            body=said["body"],
            language=said["language"],
            stance=Stance(said.get("stance", Stance.NONE)),
            answers=answers,
            organization_id=organization.id,
            actor=delegate,
            now=at,
        )

    def _voice(self, said: Text) -> tuple[MemberOrganization, Actor]:
        return self.voices[said["organization"]]


def _source(key: str) -> Source:
    kept = read()["sources"][key]
    return Source(
        kept["title"], EvidenceKind(kept["kind"]), kept["publisher"], kept["year"], kept["place"], kept["url"]
    )
