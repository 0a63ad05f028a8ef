"""Signing in at a provider by OpenID Connect: the authorization code flow with PKCE, and what of it is believed.

Whatever comes from the provider is bounded in time and size, is fetched from where it was asked for alone (redirects
are not followed), and counts only once the provider's signature has been verified.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from consultation.config import OpenIdConnect

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session
    from joserfc.jwk import KeySet
    from requests import PreparedRequest, Response

CONNECT_WITHIN, READ_WITHIN, ALL_WITHIN = 3.0, 5.0, 10.0
MOST_BYTES = 256 * 1024
KEPT_FOR = timedelta(hours=1)
KEYS_ANEW_EVERY = timedelta(minutes=1)
CLOCKS_APART_SECONDS = 60
LONGEST_SUBJECT = 255
# Signatures that only the holder of the private key can make; never "none", nor one under the client's secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


class NotAnswering(Exception):
    """The provider cannot be reached, or answers what makes no sense: nothing is known about the person."""


class NotGenuine(Exception):
    """What came back does not show who the person is."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is; the address only when it says that it has verified it."""

    subject: str
    verified_email: str | None


@dataclass(frozen=True, slots=True)
class Round:
    """What goes to the provider and must fit what comes back."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Known:
    at: datetime
    endpoints: dict[str, Any]
    keys: "KeySet"


class Provider:
    """Where its pages and keys are is asked of it once an hour."""

    def __init__(self, settings: OpenIdConnect) -> None:
        self.issuer, self.name = settings.issuer, settings.name
        self._settings = settings
        self._known: _Known | None = None

    def address(self, going: Round, *, language: str, now: datetime) -> str:
        """The provider's page to send the browser to.

        Raises:
            NotAnswering: when the provider does not say where that is.
        """
        with self._client(going) as client:
            known = self._discovered(client, now)
            where, _state = client.create_authorization_url(
                known.endpoints["authorization_endpoint"],
                state=going.state,
                nonce=going.nonce,
                code_verifier=going.verifier,
                ui_locales=language,
            )
        return str(where)

    def identity(self, coming: Round, code: str, *, now: datetime) -> Identity:
        """Who has signed in there, in exchange for the code that the browser brought back.

        Raises:
            NotAnswering: when the provider gives no answer.
            NotGenuine: when it refuses the code, or its answer does not hold.
        """
        from authlib.integrations.base_client import OAuthError
        from requests import RequestException

        with self._client(coming) as client:
            known = self._discovered(client, now)
            supported = known.endpoints.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
            if "client_secret_basic" not in supported:
                client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 - the name of a method
            try:
                tokens = client.fetch_token(
                    known.endpoints["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=coming.verifier,
                    redirect_uri=coming.redirect_uri,
                    allow_redirects=False,
                )
            except OAuthError as error:
                raise NotGenuine from error
            except (RequestException, ValueError, TypeError, AttributeError) as error:
                raise NotAnswering from error
            return self._verified(client, tokens, coming.nonce, now)

    def _verified(self, client: "OAuth2Session", tokens: Any, nonce: str, now: datetime) -> Identity:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        written = tokens.get("id_token")
        if not isinstance(written, str):
            raise NotGenuine
        try:
            try:
                token = jwt.decode(written, self._discovered(client, now).keys, algorithms=ALGORITHMS)
            except InvalidKeyIdError:
                # The provider signs with a new key.
                token = jwt.decode(written, self._discovered(client, now, KEYS_ANEW_EVERY).keys, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "nonce": {"essential": True, "value": nonce},
                },
                {"nonce": nonce, "client_id": self._settings.client_id, "access_token": tokens.get("access_token")},
            )
            claims.validate(int(now.timestamp()), CLOCKS_APART_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotGenuine from error
        subject, email = claims["sub"], claims.get("email")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise NotGenuine
        verified = claims.get("email_verified") is True and isinstance(email, str)
        return Identity(subject, email if verified else None)

    def _discovered(self, client: "OAuth2Session", now: datetime, fresh: timedelta = KEPT_FOR) -> _Known:
        known = self._known
        if known is None or not timedelta() <= now - known.at < fresh:
            known = self._known = self._discover(client, now)
        return known

    def _discover(self, client: "OAuth2Session", now: datetime) -> _Known:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        told = _fetched(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self.issuer:
            raise NotAnswering
        secure = urlsplit(self.issuer).scheme == "https"
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            where = told.get(name)
            if not isinstance(where, str) or urlsplit(where).scheme not in (
                ("https",) if secure else ("https", "http")
            ):
                raise NotAnswering
        try:
            keys = KeySet.import_key_set(_fetched(client, told["jwks_uri"]))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotAnswering from error
        return _Known(now, told, keys)

    def _client(self, going: Round) -> "OAuth2Session":
        from authlib.integrations.requests_client import OAuth2Session

        client = OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            scope="openid email",
            redirect_uri=going.redirect_uri,
            code_challenge_method="S256",
        )
        bounded = _bounded()
        client.mount("https://", bounded)
        client.mount("http://", bounded)
        return client


def _fetched(client: "OAuth2Session", address: str) -> dict[str, Any]:
    """What lies there, as long as it is an object in JSON."""
    from requests import RequestException

    try:
        answer = client.get(address, withhold_token=True, allow_redirects=False)
        content = answer.json() if answer.status_code == 200 else None
    except (RequestException, ValueError) as error:
        raise NotAnswering from error
    if not isinstance(content, dict):
        raise NotAnswering
    return content


def _bounded() -> Any:
    """The way to the provider: answers that are too slow or too long are given up."""
    from requests.adapters import HTTPAdapter
    from requests.exceptions import ChunkedEncodingError, ReadTimeout
    from urllib3.exceptions import HTTPError

    class Bounded(HTTPAdapter):
        def send(self, request: "PreparedRequest", *_: Any, **named: Any) -> "Response":
            until = time.monotonic() + ALL_WITHIN
            named |= {"stream": True, "timeout": (CONNECT_WITHIN, READ_WITHIN)}
            answer = super().send(request, **named)
            body = bytearray()
            try:
                while some := answer.raw.read1(MOST_BYTES, decode_content=True):
                    body += some
                    if len(body) > MOST_BYTES:
                        raise ChunkedEncodingError
                    if time.monotonic() > until:
                        raise ReadTimeout
            except (HTTPError, OSError) as error:
                raise ChunkedEncodingError(error) from error
            finally:
                answer.close()
            answer._content, answer._content_consumed = bytes(body), True
            return answer

    return Bounded()
