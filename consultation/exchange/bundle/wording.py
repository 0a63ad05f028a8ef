"""What a bundle says of itself, in the three languages."""

from consultation.drafting.wording import licence

README = """\
{title}: open data / données ouvertes / datos abiertos

This bundle holds everything public of the consultation, and nothing else. Each table is there twice: in the folder
json with its texts as they are, and in the folder csv for spreadsheets. There, a cell that begins with = + - @ or a
tab has an apostrophe before it, since programs could take it for a formula; the JSON files do not have it.
schema.json describes each file of the folder json (JSON Schema 2020-12); manifest.json lists every file with its
SHA-256. Instants are in UTC. Texts are in the language that they were written in ("und": nobody said which).

Cet ensemble contient tout ce que la consultation a de public, et rien d’autre. Chaque tableau y est deux fois :
dans le dossier json avec ses textes tels quels, et dans le dossier csv pour les tableurs, où une apostrophe précède
les cellules qu’un logiciel pourrait prendre pour une formule. Les heures sont en UTC.

Este paquete contiene todo lo público de la consulta, y nada más. Cada tabla está dos veces: en la carpeta json con
sus textos tal como son, y en la carpeta csv para hojas de cálculo, donde un apóstrofo precede a las celdas que un
programa podría tomar por una fórmula. Las horas están en UTC.

{tables}

To check a published contest: the chain holds when every entry_hash follows from the row before it (the genesis from
the contest's code and frozen_sha256); a ballot is in it when its commitment is. Where fewer voters took part than
frozen.ballots_published_from says, ballots stay unpublished, since they could be recognized.
"""

_LICENCE = """\
The texts and data in this bundle may be used under the licence {en}, {url}, unless a text names another source in
source_url, whose own terms then hold. Name the consultation and its convener. The texts are those of civil society
organizations and persons, not a government's position.

Les textes et les données de cet ensemble sont offerts sous la licence {fr}, {url}, sauf si source_url nomme une autre
source, dont les conditions s’appliquent alors. Veuillez nommer la consultation et qui la convoque. Les textes sont
ceux d’organismes de la société civile et de personnes, non la position d’un gouvernement.

Los textos y datos de este paquete se ofrecen con la licencia {es}, {url}, salvo que source_url nombre otra fuente,
cuyas condiciones se aplican entonces. Nombre la consulta y a quien la convoca. Los textos son de organizaciones de la
sociedad civil y de personas, no la posición de un gobierno.
"""


def licence_text() -> str:
    """What LICENCE.txt says, of the licence that the agenda names too."""
    terms = licence()
    return _LICENCE.format(**terms["name"], url=terms["url"])
