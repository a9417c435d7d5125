"""A circuit breaker: while the database hangs, only one request in a while tries it.

Each request that waits for the database occupies a thread. Without a circuit breaker,
no thread would be left for /health.
"""

import time

from sqlalchemy.exc import TimeoutError
from sqlalchemy.pool import QueuePool

SLOW = 1  # seconds; if the database is not running, a connection fails sooner
PAUSE = 5  # seconds between two attempts


class CircuitBreakerPool(QueuePool):
    """Connections to the database, with a pause after one that took too long."""

    retry_at = 0.0  # the time of the next attempt; 0 while the database responds

    def connect(self):
        """Return a connection; raise TimeoutError at once if the database hangs."""
        start = time.monotonic()
        if start < self.retry_at:
            raise TimeoutError("It hangs, and it is too early to try it again.")
        if self.retry_at:
            self.retry_at = start + PAUSE  # other requests do not try it meanwhile
        try:
            connection = super().connect()
        except Exception:
            if time.monotonic() - start > SLOW:
                self.retry_at = time.monotonic() + PAUSE
            raise
        self.retry_at = 0.0
        return connection
