"""How the processes of the server share out the connections that come."""

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

COURTESY_SECONDS = 0.001


class FairWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, which lets the other processes go first while it has its hands full.

    Connections are kept open, so that a process which took all of those that came at once would do all the work of
    them from then on, beside others with nothing to do. Meanwhile its own threads go on with what they have.
    """

    def accept(self, listener: Any) -> None:
        under_way = self.nr_conns - len(self.keepalived_conns) - len(self.pending_conns)
        if under_way >= self.cfg.threads:
            time.sleep(COURTESY_SECONDS)
        super().accept(listener)
