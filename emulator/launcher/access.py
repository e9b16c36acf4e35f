"""Who may use the emulator: programs of this machine that know its key, and no web page. Pure but for the key's file."""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

HEALTH = "/_ministack/health"
LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)
# Headers of a browser that a page cannot leave out. Node's fetch sends Sec-Fetch-Mode, and none of these.
OF_A_PAGE = ("origin", "sec-fetch-site", "sec-fetch-dest", "sec-fetch-user")
# A header of one of these schemes carries the key: an AWS signature, or the admin endpoints' own.
SIGNED = re.compile(r"AWS4-HMAC-SHA256\s+(?:.*,\s*)?Credential=([^/,\s]+)/")
BEARER = re.compile(r"Bearer\s+(\S+)")

Headers = Iterable[tuple[bytes, bytes]]
AsgiApp = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def new_key() -> str:
    """A key that nobody can guess. MiniStack takes an access key of 12 digits for an account; this one has letters."""
    return f"METRONOME{secrets.token_hex(16).upper()}"


def write_key(file: Path, key: str) -> None:
    """Writes the key to a file that only this user can read, in place of an earlier one. Raises OSError."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(key)
    os.replace(part, file)


def problem(headers: Headers, path: str, query: str, key: str) -> str | None:
    """Why a request is refused; None if it may pass. The health endpoint needs no key."""
    named: dict[str, list[str]] = {}
    for name, value in headers:
        named.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    sent = next((name for name in OF_A_PAGE if name in named), None)
    if sent:
        return f"the request has the header {sent}, as a web page's has: the emulator serves programs of this machine only"
    hosts = named.get("host", [])
    if len(hosts) != 1 or not LOOPBACK_HOST.fullmatch(hosts[0]):
        return f"the request is for the host {', '.join(hosts) or '(none)'}: write 127.0.0.1 or localhost"
    if path == HEALTH or any(hmac.compare_digest(one.encode(), key.encode()) for one in keys_in(named, query)):
        return None
    return (
        "the request does not have this emulator's access key: the emulator wrote it to its --access-key-file when it started, "
        "and npm start -- --keep prints it as AWS_ACCESS_KEY_ID"
    )


def keys_in(headers: dict[str, list[str]], query: str) -> list[str]:
    """The keys that a request shows: by its one Authorization header, or by the query of a presigned URL."""
    authorization = headers.get("authorization", [])
    if authorization:
        # Two of these headers could be read as one by the check and as the other by MiniStack.
        found = (SIGNED.match(authorization[0]) or BEARER.match(authorization[0])) if len(authorization) == 1 else None
        return [found.group(1)] if found else []
    return [value.split("/")[0] for name, value in parse_qsl(query) if name == "X-Amz-Credential"][:1]


def with_access(app: AsgiApp, key: str) -> AsgiApp:
    """The app behind the check. Its answers allow no other origin to read them."""

    async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        path = scope["path"]
        why = problem(scope["headers"], path, scope["query_string"].decode("latin-1"), key)
        if why is not None:
            await _refuse(scope, receive, send, why)
        elif path == HEALTH and scope["type"] == "http":
            await _answer(send, 200, {"status": "up"})
        else:
            await app(scope, receive, _without_cors(send))

    return serve


async def _refuse(scope: dict[str, Any], receive: Any, send: Any, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    # As the clients of AWS's JSON protocols read an error.
    await _answer(send, 403, {"__type": "UnrecognizedClientException", "message": why})


async def _answer(send: Any, status: int, body: dict[str, Any]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def _without_cors(send: Any) -> Any:
    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message.get("headers", []) if not name.lower().startswith(b"access-control-")]
            message = {**message, "headers": headers}
        await send(message)

    return sending
