"""An invented agenda in three languages. Sample text: nobody said or wrote any of it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from consultation.drafting.export import seal

NASTY = (
    '<script>alert("x")</script> & <b>bold</b>',
    '#read("/etc/passwd") $x^2$ @label *stars* _under_ `code` [link](http://example.org) \\n',
    "=cmd()|' /C calc'!A0",
    "\u200fעברית\u200f \u202eabc\u202c",
    "🎉 🇨🇦 é",
    "x" * 300,
    "ᐃᓄᒃᑎᑐᑦ ᐃᓕᓐᓂᐊᖅᑎᑦᑎᔨ",
    "1. not a list | not a cell\u00a0– +1 -2 @me http://example.org/ ~no~ {{ no }} {% no %}",
)


def words(en: str, fr: str | None = None, es: str | None = None) -> dict[str, str]:
    """A text of the organizers."""
    return {key: value for key, value in (("en", en), ("fr", fr or f"{en} [fr]"), ("es", es or f"{en} [es]")) if value}


def submitted(text: str, language: str = "en", **translations: tuple[str, str]) -> dict[str, Any]:
    """A text of an organization: `fr=("reviewed", "…")`; what is not given is pending."""
    return {
        "language": language,
        "text": text,
        "translations": {key: {"state": state, "text": said} for key, (state, said) in translations.items()},
    }


def organization(name: str) -> dict[str, Any]:
    return {"name": {"en": name}, "label": None}


PROTECTED = {
    "name": None,
    "label": words("Protected organization 7, community, Ontario", "Organisme protégé 7, communautaire, Ontario"),
}


def item(number: int, *, title: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """One agenda item, complete, with what the test changes."""
    made: dict[str, Any] = {
        "id": f"0190-{number}",
        "number": number,
        "code": f"SMP-I{number:03}",
        "title": title
        or submitted(
            f"Sample item {number}: count who is served",
            fr=("reviewed", f"Point fictif {number} : compter qui est servi"),
            es=("translated", f"Punto de muestra {number}: contar a quién se atiende"),
        ),
        "decision": submitted(
            f"Adopt a common count for sample {number}.", fr=("reviewed", "Adopter un compte commun.")
        ),
        "barrier": submitted("Sample barrier. Services are not counted.\nNobody can tell who is left out."),
        "evidence": [
            {
                "number": 1,
                "kind": "statistics",
                "text": submitted("Sample table of services, invented."),
                "place": words("Canada", "Canada", "Canadá"),
                "date": "2025-03",
                "url": "https://example.org/table?a=1&b=2",
            },
            {
                "number": 2,
                "kind": "testimony",
                "text": submitted("Témoignage fictif.", "fr"),
                "place": None,
                "date": None,
                "url": None,
            },
        ],
        "remedy": submitted(
            "Sample remedy: publish the count each year.", es=("stale", "Medida de muestra: publicar.")
        ),
        "addressees": [words("Sample ministry", "Ministère fictif", "Ministerio de muestra")],
        "jurisdictions": [{"id": "CA-ON", "label": words("Ontario", "Ontario", "Ontario")}],
        "issues": [{"id": "I09", "label": words("Access to services", "Accès aux services", "Acceso a servicios")}],
        "sectors": [{"id": "community", "label": words("Community", "Milieu communautaire", "Sector comunitario")}],
        "instruments": [
            words("Sample Convention, article 5", "Convention fictive, article 5", "Convención de muestra, artículo 5")
        ],
        "minutes": 12,
        "lead": organization("Sample Lead Network"),
        "rank": number,
        "support": {"supporters": 1400 - number, "newly_served": 9},
        "represented": [
            words("Sample rural communities", "Communautés rurales fictives", "Comunidades rurales de muestra")
        ],
        "relation": "fusion",
        "related": [],
        "provenance": [
            {
                "proposal": f"SMP-{number * 2:03}",
                "title": submitted(f"Propuesta de muestra {number}", "es"),
                "organization": organization("Red de Muestra"),
                "relation": "fusion",
                "consent": "agreed",
            },
            {
                "proposal": f"SMP-{number * 2 + 1:03}",
                "title": submitted(f"Sample proposal {number}", fr=("reviewed", f"Proposition fictive {number}")),
                "organization": PROTECTED,
                "relation": "fusion",
                "consent": "agreed_with_note",
            },
        ],
        "minority_notes": [
            {"organization": PROTECTED, "text": submitted("Sample note: the count must stay voluntary.")}
        ],
        "indicators": [
            {
                "name": submitted("People counted", fr=("reviewed", "Personnes comptées")),
                "unit": words("persons", "personnes", "personas"),
                "baseline": None,
                "target": "1000",
                "due": "2029-12-31",
            }
        ],
    }
    return {**made, **changed}


def snapshot(items: int = 5, **changed: Any) -> dict[str, Any]:
    """A sealed snapshot with so many items in two themes, and one item titled with each nasty text."""
    made = [item(number) for number in range(1, items + 1)]
    made += [
        item(items + position, title=submitted(text, "en", fr=("reviewed", text)), barrier=submitted(text, "es"))
        for position, text in enumerate(NASTY, start=1)
    ]
    half = len(made) // 2
    order = [*made[half:], *made[:half]]
    codes = [one["code"] for one in sorted(made, key=lambda one: one["rank"])]
    data: dict[str, Any] = {
        "meta": {
            "schema_version": "1.1",
            "consultation": {
                "slug": "sample-2027",
                "title": words("Sample agenda", "Programme d’action fictif", "Agenda de muestra"),
                "convener": words("Sample Network", "Réseau fictif", "Red de muestra"),
                "funder": None,
                "decider": words(
                    "The organizations on the sample roll", "Les organismes inscrits", "Las organizaciones"
                ),
                "timezone": "America/Toronto",
            },
            "gathering": {
                "title": words("Sample gathering", "Rassemblement fictif", "Encuentro de muestra"),
                "place": words("Ottawa", "Ottawa", "Ottawa"),
                "starts": "2027-06-03",
                "ends": "2027-06-04",
            },
            "release": "0.2",
            "status": "DRAFT",
            "released_at": "2027-05-01T16:00:00Z",
            "url": "https://example.org/en/consultations/sample-2027/agenda/releases/2",
            "addresses": {
                lang: f"https://example.org/{lang}/consultations/sample-2027/agenda/releases/2"
                for lang in ("en", "fr", "es")
            },
            "sha256": "",
            "short_hash": "",
        },
        "statement": words(
            "This is a civil society text, not a government’s position. Sample data.",
            "Ceci est un texte de la société civile, et non la position d’un gouvernement. Données fictives.",
            "Este es un texto de la sociedad civil, no la posición de un gobierno. Datos de muestra.",
        ),
        "method": {
            "phases": [
                {"phase": "propose", "opens": "2027-01-10T05:00:00Z", "closes": "2027-02-10T05:00:00Z"},
                {"phase": "rank", "opens": "2027-04-01T04:00:00Z", "closes": None},
            ],
            "eligibility": words(
                "Any verified sample organization.", "Tout organisme fictif vérifié.", "Toda organización."
            ),
            "counts": {
                "submitted": 40,
                "published": 34,
                "declined": 4,
                "withdrawn": 2,
                "merged": 20,
                "items": len(made) + 1,
            },
            "contest": {
                "code": "SMP-C1",
                "question": words("What comes first?", "Qu’est-ce qui vient en premier?", "¿Qué va primero?"),
                "kind": "tiers",
                "places": 10,
                "minutes": 120,
                "rule": "expanding_approvals",
                "tie_break": words(
                    "SHA-256 of a public value", "SHA-256 d’une valeur publique", "SHA-256 de un valor público"
                ),
                "beacon": "sample-beacon",
                "electorate": 2000,
                "ballots": 1500,
                "blank": 3,
                "turnout": 0.75,
            },
            "departures": [
                {"item": codes[0], "reason": words("Heard after its sector.", "Entendu après son secteur.")}
            ],
            "limits": [words("The sample is invented.", "L’échantillon est inventé.", "La muestra es inventada.")],
        },
        "sections": [
            {
                "id": "T1",
                "title": words("Lived experience", "Expérience vécue", "Experiencia vivida"),
                "introduction": words("Sample introduction.", "Introduction fictive.", "Introducción de muestra."),
                "items": order[: len(order) // 2],
            },
            {
                "id": "T4",
                "title": {"en": "Justice system", "fr": "Système de justice"},
                "items": order[len(order) // 2 :],
            },
        ],
        "changes": {
            "since": "0.1",
            "entries": [
                {"kind": "added", "item": codes[1], "text": words("New item.", "Nouveau point.", "Punto nuevo.")},
                {"kind": "corrected", "item": None, "text": words("Typing errors.", "Coquilles.", "Erratas.")},
            ],
        },
        "annexes": {
            "tallies": [
                {
                    "rule": "expanding_approvals",
                    "headline": True,
                    "order": [{"rank": n, "items": [code], "score": None} for n, code in enumerate(codes, start=1)],
                },
                {
                    "rule": "schulze",
                    "headline": False,
                    "order": [
                        {"rank": 1, "items": codes[:2], "score": "1030"},
                        {"rank": 3, "items": [codes[2]], "score": "7/2"},
                    ],
                    "pairwise": {"items": codes[:3], "weights": [[0, 5, 6], [4, 0, 3], [2, 1, 0]]},
                },
            ],
            "concordance": [
                *(
                    {
                        "proposal": source["proposal"],
                        "title": source["title"],
                        "disposition": "in_agenda",
                        "items": [one["code"]],
                    }
                    for one in made
                    for source in one["provenance"]
                ),
                {
                    "proposal": "SMP-900",
                    "title": submitted("Sample proposal not placed"),
                    "disposition": "ranked_not_placed",
                    "items": ["SMP-I900"],
                },
            ],
            "withheld": [
                {
                    "proposal": "SMP-901",
                    "disposition": "declined",
                    "reason_code": "off_topic",
                    "reason": words("Outside the question."),
                },
                {"proposal": "SMP-902", "disposition": "withdrawn", "reason_code": None, "reason": None},
            ],
            "participants": [
                {"organization": organization("Red de Muestra"), "sector": words("Community"), "place": None},
                {"organization": PROTECTED, "sector": None, "place": None},
            ],
            "participants_unnamed": 3,
            "moderation": {
                "reports": 6,
                "hidden": 2,
                "restored": 1,
                "appeals": 1,
                "appeals_upheld": 1,
                "median_hours": 20.5,
            },
            "not_heard": [{"group": words("Sample territories"), "detail": words("No proposal came from there.")}],
            "funding": [words("Sample fund, CA$1,000")],
            "conflicts": [{"organization": organization("Sample Network"), "text": words("Is also a voter.")}],
            "translators": ["Sample Translator"],
            "data_statement": words("Sample data statement."),
            "licence": {
                "name": words("Creative Commons Attribution 4.0"),
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
            "citation": words("Sample Network, Sample agenda, version 0.2 (2027)."),
        },
        "sign_off": [{"role": words("Sample organizer", "Organisation fictive"), "name": None, "signed_at": None}],
    }
    return seal(deepcopy({**data, **changed}))
