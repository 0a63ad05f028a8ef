"""A page about an error also tells programs what they need: which methods there are, when to try again."""

import pytest
from flask import abort, request

from consultation.kernel.moves import WrongState
from consultation.proposals.states import PUBLICATION, ProposalState
from consultation.web.authorize import public
from consultation.web.errors import AWAY_SECONDS


@pytest.fixture
def failing(app):
    """A visitor to addresses that fail."""

    @app.get("/fails/<int:status>")
    @public
    def fails(status):
        abort(status)

    @app.route("/quicker", methods=["GET", "POST"])
    @public
    def quicker():
        raise WrongState(PUBLICATION, ProposalState.PUBLISHED)

    @app.post("/uploads")
    @public
    def uploads():
        return str(len(request.get_data()))

    return app.test_client()


def told(answer):
    return answer.status_code, answer.headers.get("Allow"), answer.headers.get("Retry-After"), answer.mimetype


def test_a_wrong_method_is_told_which_there_are(failing):
    answer = failing.put("/quicker")
    status, allowed, again, kind = told(answer)
    assert (status, set(allowed.split(", ")), again, kind) == (
        405,
        {"GET", "HEAD", "OPTIONS", "POST"},
        None,
        "text/html",
    )
    assert "This address takes no such request" in answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_what_is_away_says_when_to_ask_again(failing):
    answer = failing.get("/fails/503")
    assert told(answer) == (503, None, str(AWAY_SECONDS), "text/html")
    assert "Not available for a moment" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/fails/403", 403, "You cannot do this"),
        ("/en/nowhere", 404, "Page not found"),
        ("/fr/nowhere", 404, "Page introuvable"),
        ("/es/consultations/nowhere/x/y", 404, "Página no encontrada"),
        ("/quicker", 409, "Somebody was quicker"),
    ],
)
def test_other_errors_say_what_happened_and_nothing_of_time(failing, path, status, said):
    answer = failing.get(path)
    assert (told(answer), said in answer.text) == ((status, None, None, "text/html"), True)
    assert answer.headers["Content-Security-Policy"]


def test_what_is_too_large_is_told_so(app, failing):
    app.config["MAX_CONTENT_LENGTH"] = 10
    answer = failing.post("/uploads", data=b"x" * 11)
    assert (told(answer), "This is too large" in answer.text) == ((413, None, None, "text/html"), True)
    assert failing.post("/uploads", data=b"x" * 10).text == "10"
