"""Pages of the ranking and the results."""

from consultation.voting.views import casting, ranking, results
from consultation.voting.views.blueprint import bp

__all__ = ["bp", "casting", "ranking", "results"]
