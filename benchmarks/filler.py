"""Filler text in three languages: the same text for the same number, on any machine. It says nothing of anybody."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LANGUAGES = ("en", "fr", "es")

_SUBJECTS: Mapping[str, Sequence[str]] = {
    "en": ("the program", "a local office", "this service", "every school", "the public form", "our region"),
    "fr": ("le programme", "un bureau local", "ce service", "chaque école", "le formulaire public", "notre région"),
    "es": ("el programa", "una oficina local", "este servicio", "cada escuela", "el formulario", "nuestra región"),
}
_VERBS: Mapping[str, Sequence[str]] = {
    "en": ("should publish", "does not yet have", "could share", "has to measure", "often delays", "needs"),
    "fr": ("devrait publier", "n’a pas encore", "pourrait partager", "doit mesurer", "retarde souvent", "réclame"),
    "es": ("debería publicar", "aún no tiene", "podría compartir", "debe medir", "retrasa a menudo", "necesita"),
}
_OBJECTS: Mapping[str, Sequence[str]] = {
    "en": ("clear deadlines", "a yearly report", "stable funding", "translated notices", "open data", "an appeal"),
    "fr": ("des délais clairs", "un rapport annuel", "un budget stable", "des avis traduits", "un recours équitable"),
    "es": ("plazos claros", "un informe anual", "fondos estables", "avisos traducidos", "datos abiertos", "un recurso"),
}
_ENDINGS: Mapping[str, Sequence[str]] = {
    "en": ("in every city", "before winter", "for newcomers and elders", "at no cost", "within ninety days"),
    "fr": (
        "dans chaque ville",
        "avant l’hiver",
        "pour les personnes aînées",
        "sans frais",
        "en quatre-vingt-dix jours",
    ),
    "es": ("en cada ciudad", "antes del invierno", "para personas mayores", "sin costo", "en un plazo de noventa días"),
}


@dataclass(frozen=True, slots=True)
class Filler:
    """A source of sentences in one language."""

    language: str
    source: random.Random

    def sentence(self) -> str:
        parts = (table[self.language] for table in (_SUBJECTS, _VERBS, _OBJECTS, _ENDINGS))
        words = " ".join(self.source.choice(part) for part in parts)
        return f"{words[0].upper()}{words[1:]}."

    def text(self, least: int, most: int) -> str:
        """A number of sentences between the two, in paragraphs of four."""
        sentences = [self.sentence() for _ in range(self.source.randint(least, most))]
        return "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))

    def title(self, number: int) -> str:
        return f"{self.sentence().rstrip('.')} ({number})"


def filler(number: int, language: str) -> Filler:
    """The filler of one proposal or comment; numbers draw independently of one another."""
    return Filler(language, random.Random(f"{language} {number}"))  # noqa: S311 - text, not a secret
