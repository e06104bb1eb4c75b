"""What a method call is, before any I/O: something that starts on a connection and has a future."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar, Union

from ._feed import Feed
from .errors import CallTimeout
from .model import Task

if TYPE_CHECKING:
    from ._connection import Connection

T = TypeVar("T")


class Step(Generic[T]):
    """One wait. `timeout`: seconds this side waits, None for as long as it takes."""

    timeout: float | None

    def start(self, connection: Connection) -> Future[T]:
        """Begin, without blocking. Raises `ServerGone` when there is nobody to ask."""
        raise NotImplementedError

    def timed_out(self) -> CallTimeout:
        """The error for a wait that was longer than `timeout`."""
        raise NotImplementedError


@dataclass(frozen=True)
class Call(Step[T]):
    """One request. `decode` runs on the reader thread, before the next message is looked at: what it
    registers misses no notification.
    """

    method: str
    params: Mapping[str, Any]
    decode: Callable[[Any, Connection], T]
    timeout: float | None = None

    def start(self, connection: Connection) -> Future[T]:
        return connection.send(self)

    def timed_out(self) -> CallTimeout:
        return CallTimeout(
            f"`{self.method}` was not answered within {self.timeout:g} s.", data=self.consequences(sent=True)
        )

    def consequences(self, *, sent: bool) -> dict[str, Any]:
        """What is known about money when no answer came. Never suggests what could pay twice."""
        if self.method != "submit" or not sent or self.params.get("dryRun"):
            return {"billed": "no", "retry": "now"}
        if "idempotencyKey" in self.params:
            return {"billed": "unknown", "retry": "sameKey"}
        look = {"method": "list", "params": {"limit": 20}}
        return {"billed": "unknown", "retry": "never", "next": look}


@dataclass(frozen=True)
class NextUpdate(Step["Task | None"]):
    """The next update of a feed; None at its end."""

    feed: Feed
    timeout: float | None = None

    def start(self, connection: Connection) -> Future[Task | None]:
        return self.feed.next()

    def timed_out(self) -> CallTimeout:
        return CallTimeout(f"No update within {self.timeout:g} s.")


@dataclass(frozen=True)
class Script(Generic[T]):
    """Several steps, one after the other, written once for both faces: yields a step, is sent its result."""

    steps: Generator[Step[Any], Any, T]


Action = Union[Step[T], Script[T]]
