"""Which gaps the tests cover; test_registry compares it with the gaps that are closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])

COVERED: set[str] = set()


def covers(*gaps: str) -> Callable[[Test], Test]:
    """Marks a test as the one that shows these gaps closed."""

    def mark(test: Test) -> Test:
        COVERED.update(gaps)
        return test

    return mark
