"""What the pages may cost: the budgets that the table is marked with. Nothing in the tests depends on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit; ``least`` says that the figure must reach it instead of staying under it."""

    limit: float
    least: bool = False

    def met(self, figure: float) -> bool:
        return figure >= self.limit if self.least else figure <= self.limit


RATIO_ANONYMOUS = Budget(0.5, least=True)
RATIO_SIGNED_IN = Budget(0.4, least=True)
QUERIES_LIST = Budget(4)
QUERIES_ITEM = Budget(6)
QUERIES_SIGNED_IN = Budget(8)
LIST_BYTES_SENT = Budget(15_000)
MEMORY_MB = Budget(90)
STARTED_SECONDS = Budget(1)
COLD_START_RATIO = Budget(2)
CASTS_SQLITE, CASTS_POSTGRESQL = Budget(100, least=True), Budget(300, least=True)
CAST_P95_MS = Budget(500)
COMMENT_P50_MS, COMMENT_P95_MS = Budget(10), Budget(20)
PROPOSAL_P50_MS, PROPOSAL_P95_MS = Budget(15), Budget(30)
