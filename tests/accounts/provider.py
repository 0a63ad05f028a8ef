"""A provider of OpenID Connect on loopback, with a key of its own, as small as the protocol lets it be."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from consultation.config import OpenIdConnect
from tests.factories import NOW

CLIENT, SECRET = "this-site", "a secret between this site and the provider"
NAME = "Union ID"


class TestProvider:
    """``claims`` are what it says of whoever signs in there, ``changes`` what it says otherwise than it should."""

    __test__ = False

    def __init__(self):
        self.key, self.published = RSAKey.generate_key(2048, {"kid": "first"}), None
        self.signing = self.key
        self.claims = {"sub": "person-1", "email": "ana@example.org", "email_verified": True}
        self.changes, self.header, self.discovery = {}, {"alg": "RS256"}, {}
        self.given, self.asked, self.token_status = {}, [], 200
        self.issuer, self.drips = "", False

    @property
    def settings(self):
        return OpenIdConnect(issuer=self.issuer, client_id=CLIENT, client_secret=SECRET, name=NAME)

    def authorize(self, query):
        """The person agrees: where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert (asked["scope"], asked["code_challenge_method"]) == ("openid email", "S256")
        code = f"code-{len(self.asked)}-{asked['state'][:4]}"
        self.given[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form, authorization):
        asked = self.given.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or authorization != f"Basic {basic}"
            or form["redirect_uri"] != asked["redirect_uri"]
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        at = int(NOW.timestamp())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": asked["nonce"], **self.claims}
        said = {name: value for name, value in (said | self.changes).items() if value is not None}
        header = {"kid": self.signing.kid, **self.header}
        token = jwt.encode(header, said, self.signing, algorithms=[header["alg"]])
        return self.token_status, {"access_token": "none-needed", "token_type": "Bearer", "id_token": token}

    def answer(self, method, path, form, authorization):
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            } | self.discovery
        if path == "/keys":
            return 200, {"keys": [(self.published or self.key).as_dict(private=False)]}
        if path == "/token" and method == "POST":
            return self.token(form, authorization)
        return 404, {}


@contextmanager
def provider_on_loopback():
    provider = TestProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                self.send_response(303)
                self.send_header("Location", provider.authorize(parts.query))
                self.end_headers()
                return
            self._say(*provider.answer("GET", parts.path, {}, None))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(*provider.answer("POST", self.path, form, self.headers["Authorization"]))

        def _say(self, status, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not provider.drips:
                self.wfile.write(body)
                return
            with suppress(OSError):  # nobody listens to the end
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.02)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    provider.stop = lambda: (server.shutdown(), server.server_close())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield provider
    finally:
        provider.stop()
