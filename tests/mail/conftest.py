"""What the tests of mail share: a folder that mail goes to, and a server that takes it."""

import socketserver
import threading
from dataclasses import replace

import pytest

from consultation.commands.worker import Post


@pytest.fixture
def config(config):
    return replace(config, mail_url="mailbox:", base_url="http://127.0.0.1:8000")


@pytest.fixture
def sent(app):
    """Send all that waits; what the mailbox then holds, the oldest first."""

    def send():
        post = Post(app)
        while post.step():
            continue
        return [message for _name, message in reversed(app.extensions["mail"].messages())]

    return send


class Taking(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs; ``answers`` replaces the reply to a command."""

    def handle(self):
        self._say("220 here")
        body = None
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if body is not None:
                if line != ".":
                    body.append(line)
                    continue
                self.server.taken.append("\n".join(body))
                body = None
                self._say(self.server.answers.get("BODY", "250 kept"))
                continue
            command = line.partition(" ")[0].upper()
            self._say(self.server.answers.get(command, {"DATA": "354 go on", "QUIT": "221 bye"}.get(command, "250 ok")))
            if command == "DATA" and "DATA" not in self.server.answers:
                body = []
            if command == "QUIT":
                return

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Taking) as server:
        server.taken, server.answers, server.daemon_threads = [], {}, True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(5)
