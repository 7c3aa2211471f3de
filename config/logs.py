"""What is not worth a line in the log."""

from __future__ import annotations

import logging


class NotHealth(logging.Filter):
    """Monitors ask often, and /healthz says itself what is wrong: Django need not repeat each 503 as an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path", "") != "/healthz"
