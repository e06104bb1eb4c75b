"""The three things everything is about: a task, its videos, and what the validator finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import _fields as wire

#: States a task never leaves.
TERMINAL_STATES = frozenset({"completed", "failed", "cancelled", "abandoned"})


@dataclass(frozen=True)
class Video(wire.WireValue):
    """One result of a task. `path` is set once it has been downloaded."""

    url: str | None = wire.text("url")
    expires_at: datetime | None = wire.time("expiresAt")
    path: str | None = wire.text("path")


@dataclass(frozen=True)
class Diagnostic(wire.WireValue):
    """One finding of the validator: a stable `code`, where it is, and how it can be fixed."""

    code: str = wire.text("code", "")
    severity: str = wire.text("severity", "error")
    message: str = wire.text("message", "")
    path: str | None = wire.text("path")
    range: dict[str, Any] | None = wire.optional_mapping("range")
    fixes: list[dict[str, Any]] = wire.array("fixes")
    allowed: Any = wire.anything("allowed")
    source: str | None = wire.text("source")
    related: list[dict[str, Any]] = wire.array("related")


@dataclass(frozen=True)
class Task(wire.WireValue):
    """One video on its way, as of `seq`. Times are aware UTC datetimes; `progress` is percent or None."""

    id: str = wire.text("id", "")
    task_id: str | None = wire.text("taskId")
    model: str | None = wire.text("model")
    mode: str | None = wire.text("mode")
    state: str = wire.text("state", "unknown")
    progress: float | None = wire.number("progress")
    created_at: datetime | None = wire.time("createdAt")
    submitted_at: datetime | None = wire.time("submittedAt")
    updated_at: datetime | None = wire.time("updatedAt")
    completed_at: datetime | None = wire.time("completedAt")
    elapsed_seconds: float | None = wire.number("elapsedSeconds")
    estimate: dict[str, Any] | None = wire.optional_mapping("estimate")
    queue: dict[str, Any] | None = wire.optional_mapping("queue")
    last_contact_at: datetime | None = wire.time("lastContactAt")
    degraded: bool = wire.flag("degraded")
    videos: list[Video] = wire.array_of("videos", Video)
    error: dict[str, Any] | None = wire.optional_mapping("error")
    billed: str | None = wire.text("billed")
    idempotency_key: str | None = wire.text("idempotencyKey")
    labels: dict[str, str] = wire.mapping("labels")
    request: dict[str, Any] | None = wire.optional_mapping("request")
    seq: int | None = wire.integer("seq")
    previous: str | None = wire.text("previous")
    replaced_by: str | None = wire.text("replacedBy")
    deduplicated: bool = wire.flag("deduplicated")
    simulated: bool = wire.flag("simulated")
    diagnostics: list[Diagnostic] = wire.array_of("diagnostics", Diagnostic)

    @property
    def is_terminal(self) -> bool:
        """Whether the task can never change again."""
        return self.state in TERMINAL_STATES

    @property
    def is_settled(self) -> bool:
        """Whether waiting longer is pointless: terminal, or ``unconfirmed`` and in need of a decision."""
        return self.is_terminal or self.state == "unconfirmed"

    @property
    def seconds_left(self) -> float | None:
        """The server's estimate, if it has one."""
        left = (self.estimate or {}).get("secondsLeft")
        return left if isinstance(left, (int, float)) else None
