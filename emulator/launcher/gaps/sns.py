"""Gaps of SNS."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.services import sns

from gaps.registry import closes_gap
from json_lines import iso_ms


@closes_gap("services.sns:_build_envelope")
def notifications_carry_milliseconds() -> None:
    """AWS stamps a notification with the instant of publishing, to the millisecond; latency is measured against it. MiniStack
    (services/sns.py:_build_envelope) writes whole seconds, always `.000Z`."""
    original = sns._build_envelope

    def build_envelope(topic_arn: str, message_id: str, message: str, subject: str, attributes: dict[str, Any], raw: bool) -> str:
        envelope = original(topic_arn, message_id, message, subject, attributes, raw)
        if raw:
            return envelope
        return json.dumps({**json.loads(envelope), "Timestamp": iso_ms(time.time() * 1000)})

    sns._build_envelope = build_envelope
