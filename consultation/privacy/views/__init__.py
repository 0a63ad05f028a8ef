"""The pages about privacy: the texts that organizers write, and what a person decides about their own data."""

from consultation.privacy.views import asking, data, letters_off, own, texts, writing
from consultation.privacy.views.blueprint import bp

__all__ = ["asking", "bp", "data", "letters_off", "own", "texts", "writing"]
