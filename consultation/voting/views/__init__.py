"""Pages of the ranking, the roll and the results."""

from consultation.voting.views import casting, checkpoints, downloads, ranking, results, roll
from consultation.voting.views.blueprint import bp

__all__ = ["bp", "casting", "checkpoints", "downloads", "ranking", "results", "roll"]
