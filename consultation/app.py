"""The only composition root: what the application is made of, and in which order."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, redirect, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from consultation import extensions, models
from consultation.accounts import identity
from consultation.accounts import views as accounts_views
from consultation.accounts.address_letters import NEW_ADDRESS, OLD_ADDRESS
from consultation.accounts.closing_letters import ACCOUNT_CLOSED, ACCOUNT_OPENED
from consultation.accounts.letters import PASSWORD_CHANGED, SIGN_IN_LINK
from consultation.accounts.models import User
from consultation.accounts.operations.granting import ROLE
from consultation.accounts.passwords import Passwords
from consultation.accounts.provider import Provider
from consultation.accounts.vault import Vault
from consultation.config import ROOT, Config
from consultation.curation import views as curation_views
from consultation.directory import views as directory_views
from consultation.discussion import views as discussion_views
from consultation.drafting import views as drafting_views
from consultation.exchange import views as exchange_views
from consultation.exchange.contacts import CONTACTS
from consultation.exchange.jobs import IMPORT
from consultation.kernel.clock import Clock, SystemClock
from consultation.kernel.due import DueAct
from consultation.kernel.jobs import JobKind
from consultation.kernel.letters import LetterKind
from consultation.kernel.orm import LANGUAGES, prepare_engine
from consultation.kernel.outbox import Subscription
from consultation.kernel.two_steps import TwoStepKind
from consultation.membership.operations.confirming import CONFIRMING
from consultation.membership.operations.inviting import INVITATION
from consultation.membership.queries import actor_by_email, reading_along, signed_in
from consultation.moderation import views as moderation_views
from consultation.moderation.operations import LAPSING
from consultation.notifications import mailbox
from consultation.notifications.letters import ACCOUNT_CHANGED, DECISION, TWO_STEP, VERIFICATION
from consultation.notifications.subscribers import CONFIRMATIONS, DECISIONS, SECURITY, VERIFICATIONS
from consultation.organizing import views as organizing_views
from consultation.portal import views as portal_views
from consultation.privacy import views as privacy_views
from consultation.privacy.letters import ERASURE_ASKED
from consultation.privacy.operations import ERASING, KEEPING, SLEEPING
from consultation.privacy.queries import may_owe
from consultation.proposals import views as proposals_views
from consultation.voting import views as voting_views
from consultation.voting.jobs import TALLY
from consultation.voting.letters import BALLOT_RECORDED, CHECKPOINT
from consultation.voting.operations import CLOSING, ELECTORATE, SIGN_OFF, VOID
from consultation.web import (
    authorize,
    console,
    design,
    errors,
    forms,
    kept,
    locale,
    logs,
    mail,
    markdown,
    render,
    security,
    transactions,
)
from consultation.web.addresses import LateRule
from consultation.web.authorize import present, public
from consultation.web.cookies import Cookies

__all__ = ["BLUEPRINTS", "COMMANDS", "DUE", "JOBS", "LETTERS", "SUBSCRIPTIONS", "create_app", "models"]

BLUEPRINTS: tuple[Blueprint, ...] = (
    proposals_views.bp,
    discussion_views.bp,
    portal_views.bp,
    portal_views.site,
    accounts_views.bp,
    moderation_views.bp,
    curation_views.bp,
    directory_views.bp,
    voting_views.bp,
    exchange_views.bp,
    drafting_views.bp,
    organizing_views.bp,
    privacy_views.bp,
)

COMMANDS: Mapping[str, str] = {
    "agenda": "drafting.cli:agenda",
    "backup": "commands.backup.command:backup",
    "consultations": "convening.cli:group",
    "contests": "voting.cli.contests:group",
    "db": "commands.database:group",
    "demo": "commands.demonstration:command",
    "export": "exchange.cli:export_group",
    "import": "exchange.cli:import_group",
    "items": "curation.cli:group",
    "organizations": "membership.cli:organizations",
    "proposals": "moderation.cli:proposals",
    "restore": "commands.backup.command:restore",
    "serve": "commands.serving:command",
    "tally": "voting.cli.tally:tally",
    "users": "membership.cli:users",
    "verify": "exchange.cli:verify",
    "worker": "commands.worker:command",
}
"""Where each command is: its module is loaded when it runs, or when its help is asked for."""

SUBSCRIPTIONS: tuple[Subscription, ...] = (DECISIONS, SECURITY, VERIFICATIONS, CONFIRMATIONS)

DUE: tuple[DueAct, ...] = (CLOSING, CONFIRMING, ERASING, KEEPING, LAPSING, SLEEPING)

JOBS: tuple[JobKind, ...] = (IMPORT, TALLY)

LETTERS: tuple[LetterKind, ...] = (
    SIGN_IN_LINK,
    PASSWORD_CHANGED,
    NEW_ADDRESS,
    OLD_ADDRESS,
    ACCOUNT_CLOSED,
    ACCOUNT_OPENED,
    ACCOUNT_CHANGED,
    INVITATION,
    DECISION,
    VERIFICATION,
    TWO_STEP,
    ERASURE_ASKED,
    BALLOT_RECORDED,
    CHECKPOINT,
)

TWO_STEPS: tuple[TwoStepKind, ...] = (ROLE, CONTACTS, ELECTORATE, SIGN_OFF, VOID)

MAXIMUM_REQUEST_BYTES = 60 * 1024 * 1024


class _Site(Flask):
    url_rule_class = LateRule
    session_interface = Cookies()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No function of this application is asynchronous (a test holds that), so that none is looked at for it: each
        request calls some twenty."""
        return func


def create_app(config: Config | None = None, *, clock: Clock | None = None) -> Flask:
    """The application, from settings (the environment's by default) and a clock (the system's by default).

    Raises:
        UnsafeSettings: when the environment's settings would be unsafe.
    """
    config = config or Config.from_environment()
    app = _Site(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        static_url_path="/static",
    )
    app.config.update(_flask_settings(config))
    app.extensions["settings"] = config
    app.extensions["clock"] = clock or SystemClock()
    app.extensions["passwords"] = Passwords.with_cost(
        time_cost=config.argon2_time_cost, memory_kib=config.argon2_memory_kib
    )
    app.extensions["vault"] = Vault(config.secret_key)
    app.extensions["provider"] = None if config.oidc is None else Provider(config.oidc)
    app.extensions["actor_by_email"] = actor_by_email
    app.extensions["subscriptions"] = SUBSCRIPTIONS
    app.extensions["due"] = DUE if config.mail_url else tuple(act for act in DUE if act is not SLEEPING)
    app.extensions["jobs"] = {kind.name: kind for kind in JOBS}
    app.extensions["letters"] = {kind.name: kind for kind in LETTERS}
    app.extensions["two_steps"] = {kind.name: kind for kind in TWO_STEPS}
    app.extensions["create_app"] = create_app
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    _extensions(app)
    for part in (
        logs,
        transactions,
        authorize,
        locale,
        design,
        render,
        mail,
        markdown,
        forms,
        security,
        errors,
        identity,
    ):
        part.init_app(app)
    public(app.view_functions["static"])
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if isinstance(app.extensions["mail"], mail.Mailbox):
        app.register_blueprint(mailbox.bp)
    app.cli = console.Commands("consultation", COMMANDS)
    _root(app)
    if config.trusted_proxies:
        # The visitor's address alone: scheme and host are those of the public address, whatever a header says.
        behind = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies, x_proto=0, x_host=0)
        app.wsgi_app = behind  # type: ignore[method-assign]
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    secure = urlsplit(config.base_url).scheme == "https"
    return {
        "SECRET_KEY": config.secret_key,
        "TESTING": config.testing,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "TRANSLATIONS": ROOT / "translations",
        "BABEL_DEFAULT_LOCALE": "en",
        "MAX_CONTENT_LENGTH": MAXIMUM_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        # Whatever one does sets the cookie anew; to sign it again for each page that is read takes a tenth of its time.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
        "KEEP_RENDERED": True,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "RATELIMIT_STORAGE_URI": config.cache_url,
        "RATELIMIT_ENABLED": not config.testing,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        # A cache that goes away between a request's beginning and its end must not turn the answer into a failure.
        "RATELIMIT_SWALLOW_ERRORS": True,
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "image/svg+xml",
        ],
        "COMPRESS_ALGORITHM": ["gzip"],
        "COMPRESS_STREAMS": False,
    }


def _extensions(app: Flask) -> None:
    extensions.db.init_app(app)
    with app.app_context():
        prepare_engine(extensions.db.engine)
    kept.init_app(app)
    extensions.compress.init_app(app)
    extensions.csrf.init_app(app)
    kept.install(app)
    extensions.htmx.init_app(app)
    extensions.limiter.init_app(app)
    extensions.login.init_app(app)

    @extensions.login.user_loader
    def _signed_in(value: str) -> identity.SignedIn | None:
        return kept.remembered(lambda: _person(value), "signed in", value)


# What each act must know besides of who is signed in, though of other rooms, is read with it.
_SIGNED_IN = reading_along(may_owe(User.id))


def _person(value: str) -> identity.SignedIn | None:
    """Whose session this is, with what they may do now."""
    found = signed_in(transactions.session(), value, present(), _SIGNED_IN)
    if found is None:
        return None
    begun, user, actor, owes = found
    return identity.SignedIn(user, actor, begun, value, may_owe=owes)


def _root(app: Flask) -> None:
    @app.get("/")
    @public
    def root() -> Response:
        chosen = request.accept_languages.best_match(LANGUAGES, "en")
        response = redirect(url_for("portal.front", lang=chosen), code=302)
        response.vary.add("Accept-Language")
        return response  # type: ignore[return-value]
