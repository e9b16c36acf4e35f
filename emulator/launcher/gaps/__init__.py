"""The gaps between MiniStack and AWS that the emulator closes."""

from __future__ import annotations

import inspect

from gaps import cloudwatch, eventbridge, lambda_async, lambda_logs, lambda_worker, sns, stepfunctions_api, stepfunctions_run
from gaps.registry import ClosedGap, check_ministack, closed_gaps
from rule_clock import RuleClock

MODULES = (eventbridge, lambda_async, lambda_logs, lambda_worker, stepfunctions_api, stepfunctions_run, sns, cloudwatch)


def close_gaps(clock: RuleClock) -> list[ClosedGap]:
    """Closes every gap, before MiniStack serves. Raises GapError if MiniStack is not as expected."""
    check_ministack()
    gaps = closed_gaps()
    for gap in gaps:
        if inspect.signature(gap.close).parameters:
            gap.close(clock)
        else:
            gap.close()
    return gaps
