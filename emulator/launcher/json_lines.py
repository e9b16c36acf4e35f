"""Log lines: one JSON object each, on stdout, which carries nothing else."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone

# Our own lines, always shown; MiniStack's and the server's follow --log-level.
log = logging.getLogger("emulator")


def iso_ms(epoch_ms: float) -> str:
    """An instant in UTC, ISO 8601 with milliseconds."""
    moment = datetime.fromtimestamp(int(epoch_ms) / 1000, tz=timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; `extra={"fields": {…}}` adds fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": iso_ms(record.created * 1000),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def log_as_json_lines(level: str) -> None:
    """Sends every log record of the process to stdout as JSON."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    log.setLevel(logging.INFO)
    # asyncio says at this level that an executor thread took long; a Lambda that waits is our daily business.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
