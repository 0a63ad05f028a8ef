"""Settings, typed, read from the environment once, and refused when they would be unsafe in production."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent

MINIMUM_SECRET_LENGTH = 32


class UnsafeSettings(Exception):
    """The settings would start an unsafe server; the message says which one and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdConnect:
    """A provider at which people may sign in besides: its issuer address, what this site is there, and what people call
    it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that an installation decides.

    ``data_dir`` holds what is not in the database: the key files of contests, uploads, the SQLite file by default.
    ``base_url`` is the public address, used in documents and mail, and the only host that sign-in links name.
    ``trusted_proxies`` is how many proxies of our own stand before the server, each of which adds the address it was
    called from to ``X-Forwarded-For``; with none, that header is anybody's word and ignored.
    ``second_step_required`` is whether moderators, organizers and administrators must sign in with a second step.
    ``oidc`` is the provider at which people may sign in by OpenID Connect, if there is one.
    """

    database_url: str
    data_dir: Path
    secret_key: str
    cache_url: str = "memory://"
    mail_url: str = ""
    mail_from: str = "agenda@localhost"
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    second_step_required: bool = True
    oidc: OpenIdConnect | None = None
    production: bool = False
    testing: bool = False
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 65536

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read ``CONSULTATION_*``.

        Raises:
            UnsafeSettings: in production (``CONSULTATION_ENV=production``) without a strong secret or with a plain
                http address, or with a mailbox for trying things out; anywhere with a number of proxies that is none,
                or with a provider that is described in part.
        """
        data_dir = Path(environ.get("CONSULTATION_DATA_DIR", ROOT / "var"))
        production = environ.get("CONSULTATION_ENV", "") == "production"
        base_url = environ.get("CONSULTATION_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        secret = environ.get("CONSULTATION_SECRET_KEY", "")
        if not secret and not production:
            secret = _kept_secret(data_dir)
        config = cls(
            database_url=_with_driver(
                environ.get("CONSULTATION_DATABASE_URL", f"sqlite:///{data_dir / 'consultation.sqlite'}")
            ),
            data_dir=data_dir,
            secret_key=secret,
            cache_url=environ.get("CONSULTATION_CACHE_URL", "memory://"),
            mail_url=environ.get("CONSULTATION_MAIL_URL", ""),
            mail_from=environ.get("CONSULTATION_MAIL_FROM") or f"agenda@{urlsplit(base_url).hostname}",
            base_url=base_url,
            trusted_proxies=_count(environ, "CONSULTATION_TRUSTED_PROXIES"),
            second_step_required=_is_required(environ, "CONSULTATION_SECOND_STEP"),
            oidc=_provider(environ),
            production=production,
        )
        config.refuse_unsafe()
        return config

    @classmethod
    def for_tests(cls, *, database_url: str, data_dir: Path, **changes: Any) -> "Config":
        """Settings for tests: a fixed secret and the cheapest password hashing that argon2 accepts."""
        config = cls(
            database_url=_with_driver(database_url),
            data_dir=data_dir,
            secret_key="a secret that only tests use, and long enough",  # noqa: S106
            testing=True,
            second_step_required=False,
            argon2_time_cost=1,
            argon2_memory_kib=8,
        )
        return replace(config, **changes)

    def refuse_unsafe(self) -> None:
        if not self.production:
            return
        if len(self.secret_key) < MINIMUM_SECRET_LENGTH:
            raise UnsafeSettings(
                f"CONSULTATION_SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters. "
                'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        if urlsplit(self.base_url).scheme != "https":
            raise UnsafeSettings("CONSULTATION_BASE_URL must begin with https:// in production.")
        if self.oidc is not None and urlsplit(self.oidc.issuer).scheme != "https":
            raise UnsafeSettings("CONSULTATION_OIDC_ISSUER must begin with https:// in production.")
        if self.mail_url.startswith("mailbox:"):
            raise UnsafeSettings(
                "CONSULTATION_MAIL_URL=mailbox: shows everybody's mail to everybody; not in production."
            )


def _count(environ: Mapping[str, str], name: str) -> int:
    written = environ.get(name, "0")
    if not (written.isascii() and written.isdigit()):
        raise UnsafeSettings(f"{name} must be a whole number, such as 1; it is {written!r}.")
    return int(written)


def _provider(environ: Mapping[str, str]) -> OpenIdConnect | None:
    names = {part: f"CONSULTATION_OIDC_{part.upper()}" for part in ("issuer", "client_id", "client_secret", "name")}
    written = {part: environ.get(name, "").strip() for part, name in names.items()}
    if not any(written.values()):
        return None
    missing = [names[part] for part, value in written.items() if not value]
    if missing:
        raise UnsafeSettings(f"Of CONSULTATION_OIDC_* set all four or none; missing: {', '.join(missing)}.")
    parts = urlsplit(written["issuer"])
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UnsafeSettings("CONSULTATION_OIDC_ISSUER must be an address such as https://id.example.org.")
    return OpenIdConnect(**written)


def _is_required(environ: Mapping[str, str], name: str) -> bool:
    written = environ.get(name, "required")
    if written not in ("required", "optional"):
        raise UnsafeSettings(f"{name} must be 'required' or 'optional'; it is {written!r}.")
    return written == "required"


def _with_driver(url: str) -> str:
    """Name the PostgreSQL driver that is installed, so that the usual spelling of the address works."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _kept_secret(data_dir: Path) -> str:
    """Outside production a secret is made once and kept beside the data, so that sessions outlive a restart."""
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Written whole under a name of its own, which only its owner reads, then linked: of two processes that start
        # at once the first link stands, and both read the same secret.
        descriptor, made = tempfile.mkstemp(prefix="secret-key-", dir=data_dir)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(made, path)
        os.unlink(made)
    secret = path.read_text().strip()
    if not secret:
        raise UnsafeSettings(f"{path} is empty. Remove it; another secret is made at the next start.")
    return secret
