"""Voters cast through the server while its processes are killed: no acknowledged ballot is lost, nothing is stored that
was not sent, and what was stored unheard is found again by its key."""

import http.client
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import boxes
from benchmarks.processes import free_port
from benchmarks.visiting import Visitor, signed_in
from consultation.kernel.migrations import open_engine
from consultation.kernel.permissions import OPERATOR
from consultation.voting.chain import genesis, verify_chain
from consultation.voting.keys import KeyStore
from consultation.voting.models import BallotContent, ChainEntry, Contest
from consultation.voting.operations import close_contest
from consultation.voting.queries import chain_entries, final_contents
from consultation.voting.rules import from_content
from consultation.voting.signing import Signer
from tests.databases import durable

VOTERS, KILLS, PATIENCE = 4, 3, 60
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="gunicorn needs fork")


@dataclass
class Voter:
    """Casts one ballot after the other, each until it is acknowledged or the storm is over. What it sent and what was
    acknowledged: by key, the ballot."""

    number: int
    visitor: Visitor
    token: str
    codes: list[str]
    submitted: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)

    def cast(self, key: str, ballot: str) -> bool:
        self.submitted[key] = ballot
        form = {"csrf_token": self.token, "key": key, "ballot": ballot}
        try:
            self.visitor.rest()
            status, _body = self.visitor.ask("POST", boxes.BALLOTS, form)
        except (OSError, http.client.HTTPException):
            return False
        if status == http.client.SEE_OTHER:
            self.acknowledged[key] = ballot
            return True
        self.refused.append(status)
        return False

    def storm(self, over: threading.Event) -> None:
        draw = random.Random(self.number)
        while not over.is_set():
            ballot = json.dumps([[code] for code in draw.sample(self.codes, 5)])
            key = uuid.uuid4().hex
            while not self.cast(key, ballot) and not over.is_set() and draw.random() < 0.9:
                time.sleep(0.2)


class Service:
    """The server, which is started again under the same address each time it was killed."""

    def __init__(self, url, folder):
        self.url, self.folder, self.port = url, folder, free_port()
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            boxes.command(self.port, 2, 2),
            env={**os.environ, **boxes.settings(self.url, self.folder, self.port)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            assert self.process.poll() is None, "the server ended by itself"
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
                connection.request("GET", "/healthz")
                if connection.getresponse().status == http.client.OK:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the server did not answer")

    def kill(self):
        """All of it at once, as a power cut would: nothing can be tidied up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def url(database_url):
    if not database_url.startswith("postgresql"):
        yield database_url
        return
    with durable(database_url):
        yield database_url


def plain(ballot):
    return [list(tier) for tier in ballot]


def test_no_acknowledged_ballot_is_lost(url, tmp_path):
    codes = boxes.make(url, tmp_path, VOTERS)
    service = Service(url, tmp_path)
    try:
        voters = [_voter(service, number, codes) for number in range(VOTERS)]
        over = threading.Event()
        threads = [threading.Thread(target=voter.storm, args=(over,)) for voter in voters]
        for thread in threads:
            thread.start()
        draw = random.Random(7)
        for _ in range(KILLS):
            time.sleep(1 + draw.random())
            service.kill()
            service.start()
        time.sleep(1)
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
        before = stored(url)
        # What was committed and never heard of is found again by its key: no second entry, and the same answer.
        unheard = [(voter, key) for voter in voters for key in voter.submitted if key not in voter.acknowledged]
        again = {(voter.number, key) for voter, key in unheard if voter.cast(key, voter.submitted[key])}
        assert len(again) == len(unheard)
        after = stored(url)
    finally:
        service.kill()
    submitted = sum(len(voter.submitted) for voter in voters)
    heard = submitted - len(unheard)
    assert heard <= len(before) <= submitted
    assert len(after) == submitted
    assert heard > VOTERS
    sent = sorted(ballot for voter in voters for ballot in voter.submitted.values())
    assert sorted(json.dumps(ballot) for ballot in after) == sent
    assert [status for voter in voters for status in voter.refused if status != http.client.SERVICE_UNAVAILABLE] == []
    _counts_one_ballot_a_voter(url, tmp_path)


def _voter(service, number, codes):
    visitor = signed_in(service, number)
    token = TOKEN.search(visitor.read(f"{boxes.BOOTH}?blank=1")).group(1)
    return Voter(number, visitor, token, codes)


def stored(url):
    """The ballots in the box, once its chain was found to hold and each to lie under its entry's commitment."""
    engine = open_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with Session(engine) as session:
            contest = session.scalars(select(Contest)).one()
            start = genesis(contest.code, contest.frozen_sha256)
            assert verify_chain(contest.code, start, chain_entries(session, contest.id)) is None
            rows = session.scalars(
                select(BallotContent.content).join(ChainEntry, ChainEntry.commitment == BallotContent.commitment)
            ).all()
            return [plain(from_content(row).tiers) for row in rows]
    finally:
        engine.dispose()


def _counts_one_ballot_a_voter(url, folder):
    engine = open_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with Session(engine) as session:
            contest = session.scalars(select(Contest)).one()
            close_contest(
                session,
                contest,
                actor=OPERATOR,
                now=boxes.BEGAN,
                keys=KeyStore(folder / "contest-keys"),
                signer=Signer(folder / "signing-keys"),
            )
            session.commit()
            assert len(list(final_contents(session, contest.id))) == VOTERS
            assert contest.record["final"] == VOTERS
    finally:
        engine.dispose()
