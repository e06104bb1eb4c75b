"""Messages of the plain dialect: one JSON-RPC 2.0 value per line, in and out. No I/O here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .errors import InvalidParamsError

#: The server's default limit for one message (wire contract, section 1). A longer one would be skipped and
#: answered with ``id: null``, which no call could be told about, so it is refused before it is sent.
MESSAGE_LIMIT = 64 * 1024 * 1024

#: The server's default limit for nesting; the same reason.
DEPTH_LIMIT = 512

#: More than a server may ever send in one line; reaching it means the other end is no kling-server.
_LINE_LIMIT = 256 * 1024 * 1024


class Garbage(Exception):
    """Bytes on the server's output that are no JSON-RPC message."""


class LineBuffer:
    """Cuts a byte stream into lines at LF alone: U+2028 and a lone CR are ordinary text inside JSON."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield every line completed by `chunk`, without its line end. Linear in the bytes fed."""
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            self._parts.append(chunk[start:end])
            line = b"".join(self._parts)
            self._parts, self._size = [], 0
            yield line
            start = end + 1
        if start < len(chunk):
            self._parts.append(chunk[start:])
            self._size += len(chunk) - start
            if self._size > _LINE_LIMIT:
                raise Garbage(f"a line of more than {_LINE_LIMIT >> 20} MiB on its output")

    @property
    def rest(self) -> bytes:
        """The beginning of a line whose end has not come."""
        return b"".join(self._parts)


def encode(method: str, params: Mapping[str, Any], id: int | None = None) -> bytes:
    """Return the line for a request, or for a notification when `id` is None.

    Raises `InvalidParamsError` for what JSON or the server's limits cannot hold; nothing is sent then.
    """
    message: dict[str, Any] = {"jsonrpc": "2.0"}
    if id is not None:
        message["id"] = id
    message["method"] = method
    message["params"] = params
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        line = text.encode("utf-8") + b"\n"
    except RecursionError:
        raise InvalidParamsError.local(f"{method}: the parameters are nested too deeply.") from None
    except (TypeError, ValueError) as error:
        raise InvalidParamsError.local(f"{method}: the parameters are not JSON: {error}.") from error
    if len(line) > MESSAGE_LIMIT:
        raise InvalidParamsError.local(
            f"{method}: a message of {len(line)} bytes; the limit is {MESSAGE_LIMIT}."
        )
    if _is_deep(text):
        raise InvalidParamsError.local(f"{method}: the parameters are nested deeper than {DEPTH_LIMIT}.")
    return line


def decode(line: bytes) -> list[dict[str, Any]]:
    """Return the messages in one line: none for a blank one, several for a batch. Raises `Garbage`."""
    if not line.strip():
        return []
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise Garbage(f"no JSON on its output: {_excerpt(line)}") from None
    messages = value if isinstance(value, list) else [value]
    for message in messages:
        if not isinstance(message, dict) or not ("method" in message or "id" in message):
            raise Garbage(f"no JSON-RPC message on its output: {_excerpt(line)}")
    return messages


def _is_deep(text: str) -> bool:
    # Counting brackets is exact enough to skip the walk: without this many of them nothing can be that deep.
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return False
    level: list[Any] = [json.loads(text)]
    for _ in range(DEPTH_LIMIT + 1):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        if not below:
            return False
        level = below
    return True


def _excerpt(line: bytes) -> str:
    text = line[:160].decode("utf-8", "replace")
    return repr(text) + ("…" if len(line) > 160 else "")
