"""The settings of a provider to sign in at, and what loading its library costs whoever has none."""

import subprocess
import sys

import pytest

from consultation.config import Config, UnsafeSettings

NAME = "Union ID"
COMPLETE = {
    "CONSULTATION_OIDC_ISSUER": "https://id.example.org",
    "CONSULTATION_OIDC_CLIENT_ID": "site",
    "CONSULTATION_OIDC_CLIENT_SECRET": "secret",
    "CONSULTATION_OIDC_NAME": NAME,
}
PRODUCTION = {
    "CONSULTATION_ENV": "production",
    "CONSULTATION_SECRET_KEY": "x" * 40,
    "CONSULTATION_BASE_URL": "https://agenda.example.org",
}


def test_settings_are_all_or_none(tmp_path):
    folder = {"CONSULTATION_DATA_DIR": str(tmp_path)}
    assert Config.from_environment(folder).oidc is None
    read = Config.from_environment(folder | COMPLETE | PRODUCTION).oidc
    assert (read.issuer, read.client_id, read.client_secret, read.name) == tuple(COMPLETE.values())
    assert "secret=" not in repr(read)
    for name in COMPLETE:
        with pytest.raises(UnsafeSettings, match=f"missing: {name}"):
            Config.from_environment(folder | COMPLETE | {name: ""})


@pytest.mark.parametrize(
    "issuer", ["id.example.org", "ftp://id.example.org", "https://", "https://id.example.org/?a=b"]
)
def test_an_issuer_that_is_no_address_is_refused(tmp_path, issuer):
    settings = {"CONSULTATION_DATA_DIR": str(tmp_path)} | COMPLETE | {"CONSULTATION_OIDC_ISSUER": issuer}
    with pytest.raises(UnsafeSettings, match="CONSULTATION_OIDC_ISSUER must be an address"):
        Config.from_environment(settings)


def test_in_production_the_issuer_is_reached_over_https(tmp_path):
    settings = {"CONSULTATION_DATA_DIR": str(tmp_path)} | COMPLETE | PRODUCTION
    with pytest.raises(UnsafeSettings, match="CONSULTATION_OIDC_ISSUER must begin with https://"):
        Config.from_environment(settings | {"CONSULTATION_OIDC_ISSUER": "http://id.example.org"})


def test_the_server_starts_without_the_library():
    loaded = "import sys, consultation.app; print([m for m in ('authlib', 'joserfc', 'requests') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
