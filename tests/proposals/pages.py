"""What the tests of the pages share: addresses, the fields of a proposal, and reading an answer."""

import re

LIST = "/en/consultations/sample/proposals"
PROPOSE = "/en/consultations/sample/propose"
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
FIELDS = {
    "title": "Count hate incidents",
    "barrier": "Each counts alone.",
    "remedy": "One standard.",
    "theme": "T1",
    "language": "en",
    "organization": "ORG-A",
}


def text_of(response):
    return response.get_data(as_text=True)


def codes(response):
    return re.findall(r'<h2><a href="/\w\w/proposals/([^"]+)"', text_of(response))


def read_anew(session):
    session.rollback()
    session.expire_all()
