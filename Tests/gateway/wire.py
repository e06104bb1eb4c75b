"""HTTP/1.1 on a bare socket: just enough to serve, and to break, one exchange at a time."""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

REASONS = {status.value: status.phrase for status in HTTPStatus}
HEADER_LIMIT = 64 * 1024
BODY_LIMIT = 64 * 1024 * 1024


class Malformed(Exception):
    """The client did not speak HTTP/1.1."""


@dataclass
class Request:
    """One request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.time)

    @property
    def path(self) -> str:
        """The path without query; a proxy's absolute form is reduced to it."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What to answer, before any fault touches it."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> Reply:
        body = json.dumps(value, ensure_ascii=False).encode()
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, body, {"content-type": "application/json; charset=utf-8", **named})

    def head(self, length: int | None, close: bool = False) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if length is not None:
            lines.append(f"content-length: {length}")
        if close:
            lines.append("connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Connection:
    """One accepted socket, read with a buffer because requests may arrive in any pieces."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.port: int = sock.getpeername()[1]
        self.on_head: Callable[[str], None] = lambda target: None
        self._buffer = bytearray()

    def read_request(self) -> Request | None:
        """The next request, or None when the client has closed between two."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > HEADER_LIMIT:
                raise Malformed("header block too long")
            if not self._fill():
                if self._buffer.strip():
                    raise Malformed("connection closed inside the header block")
                return None
        first, *lines = self._take(end + 4).decode("latin-1").strip().split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise Malformed(f"not a request line: {first[:80]!r}")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        self.on_head(words[1])
        if headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(words[0], words[1], headers, self._read_body(headers))

    def _read_body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = bytearray()
            while size := int(self._line().split(b";")[0], 16):
                body += self._exactly(size)
                self._line()
            while self._line():
                pass
            return bytes(body)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            raise Malformed(f"content-length {length[:30]!r}")
        return self._exactly(int(length))

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if not self._fill():
                raise Malformed("connection closed inside a body")
        return self._take(end + 2)[:-2]

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            if not self._fill():
                raise Malformed("connection closed inside a body")
        return self._take(count)

    def _fill(self) -> bool:
        piece = self.socket.recv(65536)
        self._buffer += piece
        return bool(piece)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reset(self) -> None:
        """Ends the connection with RST instead of FIN, losing what was not yet delivered."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def wait_for_close(self) -> None:
        """Answers nothing, for as long as the client (or the end of the gateway) lets it."""
        while self.socket.recv(65536):
            pass
