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

To check the published contests, run the stand-alone verifier (one file, Python 3.9 or newer, nothing to install; it
is on the transparency page): python ballot_box_verifier.py BUNDLE.zip. With a checkpoint or a receipt that you kept,
add --checkpoint FILE or --receipt FILE. Where fewer voters took part than frozen.ballots_published_from says, ballots
stay unpublished, since they could be recognized.

Pour vérifier les scrutins publiés, exécutez le vérificateur autonome (un seul fichier, Python 3.9 ou plus récent, rien
à installer; il est sur la page de transparence) : python ballot_box_verifier.py ENSEMBLE.zip --lang fr. Avec un point
de contrôle ou un reçu que vous avez gardé, ajoutez --checkpoint FICHIER ou --receipt FICHIER.

Para verificar las votaciones publicadas, ejecute el verificador independiente (un solo archivo, Python 3.9 o más
reciente, nada que instalar; está en la página de transparencia): python ballot_box_verifier.py PAQUETE.zip --lang es.
Con un punto de control o un comprobante que haya guardado, agregue --checkpoint ARCHIVO o --receipt ARCHIVO.
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
