"""The admin endpoints under /_metronome/: faults, firings and the phase of rules, while the emulator runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from access import AsgiApp
from answers import WithheldAnswers, parse_answer_fault
from faults import ANSWER_WITHHELD, BadRequest, parse_fault, refuse_unknown, rule_name, whole_number
from firing import Phase, PhaseError
from gaps.registry import closed_gaps
from rule_clock import RuleClock

PREFIX = "/_metronome/"
LARGEST_BODY = 64 * 1024

Answer = tuple[int, dict[str, Any]]


class Admin:
    """Answers the admin endpoints; knows nothing of HTTP servers."""

    def __init__(self, clock: RuleClock, answers: WithheldAnswers) -> None:
        self._clock = clock
        self._answers = answers
        self._routes: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
            ("GET", "process"): self._show_process,
            ("GET", "gaps"): self._show_gaps,
            ("GET", "faults"): self._show_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "firings"): self._show_firings,
            ("GET", "firing"): self._show_phase,
            ("POST", "firing"): self._change_phase,
            ("POST", "fire"): self._fire,
        }

    def answer(self, method: str, path: str, raw: bytes) -> Answer:
        """Status and JSON body for a request. Bad input gets a 400 that says what is wrong."""
        name = path[len(PREFIX) :].strip("/")
        route = self._routes.get((method, name))
        if route is None:
            known = ", ".join(f"{verb} {PREFIX}{noun}" for verb, noun in self._routes)
            return 404, {"error": f"no {method} {path}; there are {known}"}
        try:
            return 200, route(_parse(raw))
        except BadRequest as error:
            return 400, {"error": str(error)}

    def _show_process(self, _body: Any) -> dict[str, Any]:
        return {"pid": os.getpid()}

    def _show_gaps(self, _body: Any) -> dict[str, Any]:
        return {"gaps": [gap.as_json() for gap in closed_gaps()]}

    def _show_faults(self, _body: Any) -> dict[str, Any]:
        pending = (*self._clock.faults.pending, *self._answers.faults.pending)
        return {"faults": [fault.as_json() for fault in sorted(pending, key=lambda fault: fault.id)], "withheld": self._answers.met()}

    def _add_fault(self, body: Any) -> dict[str, Any]:
        if isinstance(body, dict) and body.get("fault") == ANSWER_WITHHELD:
            return {"fault": self._answers.faults.add(parse_answer_fault(body)).as_json()}
        return {"fault": self._clock.faults.add(parse_fault(body)).as_json()}

    def _clear_faults(self, _body: Any) -> dict[str, Any]:
        return {"cleared": self._clock.faults.clear() + self._answers.faults.clear()}

    def _show_firings(self, _body: Any) -> dict[str, Any]:
        return {"firings": self._clock.firings(), "upcoming": self._clock.upcoming()}

    def _show_phase(self, _body: Any) -> dict[str, Any]:
        phase = self._clock.phase
        return {"second": phase.second, "jitterMs": phase.jitter_ms, "seed": phase.seed, "upcoming": self._clock.upcoming()}

    def _change_phase(self, body: Any) -> dict[str, Any]:
        refuse_unknown(body, {"second", "jitterMs"})
        now = self._clock.phase
        try:
            phase = Phase(
                whole_number(body, "second", now.second, 0, 59), whole_number(body, "jitterMs", now.jitter_ms, 0, 59_999), now.seed
            )
        except PhaseError as error:
            raise BadRequest(str(error)) from None
        self._clock.change_phase(phase)
        return self._show_phase(None)

    def _fire(self, body: Any) -> dict[str, Any]:
        refuse_unknown(body, {"rule"})
        rule = rule_name(body)
        if not self._clock.fire_by_hand(rule):
            raise BadRequest(f"no enabled scheduled rule is named {rule!r}; there are {', '.join(self._clock.names()) or 'none'}")
        return {"fired": self._clock.firings()[-1]}


def _parse(raw: bytes) -> Any:
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except ValueError:
        raise BadRequest("the body is not JSON") from None


def with_admin(app: AsgiApp, admin: Admin) -> AsgiApp:
    """The app with the admin endpoints in front of it."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body") or len(body) > LARGEST_BODY:
                break
        status, answer = admin.answer(scope["method"], scope["path"], body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    return serve
