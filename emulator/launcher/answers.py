"""Answers that are withheld: requests that are carried out, or not, and never answered."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from ministack.core.router import detect_service

from access import AsgiApp
from faults import ANSWER_WITHHELD, BadRequest, FaultBook, refuse_unknown, whole_number
from json_lines import iso_ms, log

# Services whose operations can be told apart, by MiniStack's names of them.
SERVICES = ("dynamodb", "events", "lambda", "logs", "monitoring", "sns", "sqs", "states")
LARGEST_BODY = 8 * 1024 * 1024
REMEMBERED = 1000


@dataclass(frozen=True)
class AnswerFault:
    """The next `requests` requests of a service's operation get no answer, after `afterRequests` that are answered.

    `carriedOut` says whether they take effect all the same; `contains` is a text of their path or body, "" for any.
    """

    service: str
    operation: str
    carriedOut: bool
    contains: str = ""
    requests: int = 1
    afterRequests: int = 0
    id: int = 0

    def fits(self, request: Request) -> bool:
        """Whether the fault is for this request."""
        return (self.service, self.operation) == (request.service, request.operation) and self.contains in request.text

    @property
    def ready(self) -> bool:
        """Whether it lets no more requests pass first."""
        return self.afterRequests == 0

    def passed(self) -> AnswerFault:
        """What is left when one request has passed that it lets pass."""
        return replace(self, afterRequests=self.afterRequests - 1)

    def used(self) -> AnswerFault | None:
        """What is left when one request has met it."""
        return replace(self, requests=self.requests - 1) if self.requests > 1 else None

    def as_json(self) -> dict[str, Any]:
        """The fault as the admin endpoint shows it."""
        return {"fault": ANSWER_WITHHELD, **asdict(self)}


@dataclass(frozen=True)
class Request:
    """What of a request decides which fault it meets. `operation` is None if it cannot be told."""

    service: str
    operation: str | None
    text: str


def parse_answer_fault(body: Any) -> AnswerFault:
    """The fault that a request body asks for. Raises BadRequest."""
    refuse_unknown(body, {"fault", "service", "operation", "carriedOut", "contains", "requests", "afterRequests"})
    service, operation, carried_out = body.get("service"), body.get("operation"), body.get("carriedOut")
    if service not in SERVICES:
        raise BadRequest(f"service must be one of {', '.join(SERVICES)}, not {service!r}")
    if not isinstance(operation, str) or not re.fullmatch(r"[A-Z]\w*", operation):
        raise BadRequest(f"operation must be an operation of {service}, such as PutItem, Publish or Invoke, not {operation!r}")
    if not isinstance(carried_out, bool):
        raise BadRequest(f"carriedOut must be true (the request takes effect) or false, not {carried_out!r}")
    contains = body.get("contains", "")
    if not isinstance(contains, str):
        raise BadRequest(f"contains must be a text of the request's path or body, not {contains!r}")
    requests = whole_number(body, "requests", AnswerFault.requests, 1, 10_000)
    after = whole_number(body, "afterRequests", AnswerFault.afterRequests, 0, 10_000)
    return AnswerFault(service, operation, carried_out, contains, requests, after)


def read_request(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Request:
    """A request as its service sees it."""
    text = f"{path}\n{body.decode('utf-8', errors='replace')}"
    parameters = parse_qs(query)
    return Request(detect_service(method, path, dict(headers), parameters), _operation(method, path, headers, parameters, body), text)


def _operation(method: str, path: str, headers: Mapping[str, str], query: Mapping[str, list[str]], body: bytes) -> str | None:
    target = headers.get("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    rpc = re.fullmatch(r"/service/[^/]+/operation/(\w+)", path)
    if rpc:
        return rpc.group(1)
    if method == "POST" and re.fullmatch(r"/2015-03-31/functions/[^/]+/invocations", path):
        return "Invoke"
    form = parse_qs(body.decode("utf-8", errors="replace")) if "form-urlencoded" in headers.get("content-type", "") else {}
    return next(iter(form.get("Action") or query.get("Action") or [None]))


class WithheldAnswers:
    """The answers to be withheld, and those that were."""

    def __init__(self, faults: FaultBook[AnswerFault]) -> None:
        self.faults = faults
        self._met: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)

    def met(self) -> list[dict[str, Any]]:
        """The last requests whose answer was withheld, oldest first: service, operation, carriedOut, at."""
        return list(self._met)

    def around(self, app: AsgiApp, now_ms: Any) -> AsgiApp:
        """The app, with answers withheld. @param now_ms tells the time: epoch ms."""

        async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http" or not self.faults.pending:
                await app(scope, receive, send)
                return
            messages = await _whole_body(receive)
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            body = b"".join(message.get("body", b"") for message in messages)
            request = read_request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, body)
            fault = self.faults.take(request)
            waiting = _then(messages, receive)
            if fault is None:
                await app(scope, waiting, send)
                return
            met = {"service": fault.service, "operation": fault.operation, "carriedOut": fault.carriedOut, "at": iso_ms(now_ms())}
            self._met.append(met)
            log.info("answer withheld", extra={"fields": met})
            if fault.carriedOut:
                await app(scope, waiting, _into_the_void)
            # The connection stays open until the client closes it, or the emulator ends.
            while (await receive())["type"] != "http.disconnect":
                pass

        return serve


async def _whole_body(receive: Any) -> list[dict[str, Any]]:
    messages, size = [], 0
    while True:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body") or size > LARGEST_BODY:
            return messages


def _then(messages: list[dict[str, Any]], receive: Any) -> Any:
    """Receives the messages that were read already, and then the rest."""
    left = deque(messages)

    async def receiving() -> dict[str, Any]:
        return left.popleft() if left else await receive()

    return receiving


async def _into_the_void(_message: dict[str, Any]) -> None:
    """Sends nothing."""
