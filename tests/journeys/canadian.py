"""The Canadian reference consultation, from import to agenda: what both journeys do, and with which words.

174 statements of which 22 were declined, and 12,018 votes of 448 people, are read from where they lie. Two sample
organizations, one proposal in French and one comment of our own join them, so that a moderator has something to decide.
"""

from pathlib import Path
from typing import Any

FOLDER = "polis-canadian-electoral-reform"
SLUG = "reform"
PREFIX = "RF27"
TITLES = {"en": "Electoral reform", "fr": "Réforme électorale", "es": "Reforma electoral"}
PLACES = 20
BEACON = "sample beacon of the journey"
SHORTLIST = "RF27-S"
PRIORITIES = "RF27-P"
PROPOSED_CODE = "RF27-175"
PROPOSED_TITLE = "Des bureaux de vote ouverts plus tard (exemple)"
PROPOSED_BARRIER = "Les bureaux ferment avant la fin de bien des quarts de travail."
PROPOSED_REMEDY = "Fermer les bureaux de vote à 22 h."
PROPOSED_THEME = "T5"

ORGANIZATIONS_CSV = """code,name,name_fr,sector,jurisdictions,languages
ORG-A,Sample Coalition of the Lakes,Coalition des Lacs (exemple),community,CA-ON,en;fr
ORG-B,Sample Circle of the Rivers,Cercle des Rivières (exemple),education,CA-QC,fr
"""
PROPOSALS_CSV = f"""ref,title,barrier,remedy,theme,organization,language
journey-1,{PROPOSED_TITLE},{PROPOSED_BARRIER},{PROPOSED_REMEDY},{PROPOSED_THEME},ORG-B,fr
"""
COMMENT = "Would this also hold for advance polls?"
COMMENTS_CSV = f"""ref,item_ref,text,organization,language,stance
journey-c1,journey-1,{COMMENT},ORG-A,en,question
"""
PRIORITY_BALLOTS_CSV = """voter,item,value
ORG-A,RF27-A001,1
ORG-A,RF27-A003,2
ORG-B,RF27-A003,1
"""


def write_files(folder: Path) -> dict[str, Path]:
    """The journey's own files, by what they hold."""
    contents = {
        "organizations": ORGANIZATIONS_CSV,
        "proposals": PROPOSALS_CSV,
        "comments": COMMENTS_CSV,
        "priorities": PRIORITY_BALLOTS_CSV,
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, content in contents.items():
        paths[name] = folder / f"{name}.csv"
        paths[name].write_text(content, encoding="utf-8")
    return paths


def check_agenda(agenda: dict[str, Any]) -> None:
    """What any true agenda of this consultation says."""
    counts = agenda["method"]["counts"]
    assert counts == {
        "submitted": 175,
        "published": 153,
        "declined": 22,
        "withdrawn": 0,
        "merged": 0,
        "items": 153,
    }
    items = [item for section in agenda["sections"] for item in section["items"]]
    assert [item["rank"] for item in items] == list(range(1, PLACES + 1))
    # 448 people voted; one of them on declined statements only, and 47 approved of nothing that is public.
    contest = agenda["method"]["contest"]
    assert (contest["ballots"], contest["blank"], contest["electorate"]) == (447, 47, None)
    assert len(agenda["annexes"]["withheld"]) == 22
    assert {entry["disposition"] for entry in agenda["annexes"]["concordance"]} == {"in_agenda", "ranked_not_placed"}
    assert len(agenda["annexes"]["concordance"]) == 153
