"""The answers of the methods that do not answer with a `Task`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import _fields as wire
from .model import Diagnostic, Task


@dataclass(frozen=True)
class ServerInfo(wire.WireValue):
    """Answer of `hello`: what the server is and can do."""

    server: dict[str, Any] = wire.mapping("server")
    protocol: str | None = wire.text("protocol")
    methods: list[str] = wire.array("methods")
    notifications: list[str] = wire.array("notifications")
    models: list[str] = wire.array("models")
    gateway: dict[str, Any] = wire.mapping("gateway")
    limits: dict[str, Any] = wire.mapping("limits")
    locale: str | None = wire.text("locale")


@dataclass(frozen=True)
class Validation(wire.WireValue):
    """Answer of `validate`. `valid`, also its truth value, means no error (in strict mode: nor warning)."""

    valid: bool = wire.flag("valid")
    diagnostics: list[Diagnostic] = wire.array_of("diagnostics", Diagnostic)
    normalized: dict[str, Any] | None = wire.optional_mapping("normalized")
    summary: dict[str, Any] | None = wire.optional_mapping("summary")

    def __bool__(self) -> bool:
        return self.valid


@dataclass(frozen=True)
class DryRun(wire.WireValue):
    """The HTTP request `submit` would have made; the key in `headers` is redacted."""

    method: str | None = wire.text("method")
    url: str | None = wire.text("url")
    headers: Any = wire.anything("headers")
    body: Any = wire.anything("body")


@dataclass(frozen=True)
class WaitResult(wire.WireValue):
    """Answer of `wait`: the tasks as they are; `done` says whether all have come to an end."""

    tasks: list[Task] = wire.array_of("tasks", Task)
    done: bool = wire.flag("done")


@dataclass(frozen=True)
class TaskPage(wire.WireValue):
    """Answer of `list`, newest first; pass `next_cursor` as `cursor` for the following page."""

    tasks: list[Task] = wire.array_of("tasks", Task)
    next_cursor: str | None = wire.text("nextCursor")


@dataclass(frozen=True)
class DownloadedFile(wire.WireValue):
    """One file on disk, complete and checked."""

    path: str = wire.text("path", "")
    bytes: int | None = wire.integer("bytes")
    sha256: str | None = wire.text("sha256")
    content_type: str | None = wire.text("contentType")
