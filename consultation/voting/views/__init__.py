"""Pages of the ranking and the results."""

from consultation.voting.views import casting, checkpoints, ranking, results
from consultation.voting.views.blueprint import bp

__all__ = ["bp", "casting", "checkpoints", "ranking", "results"]
