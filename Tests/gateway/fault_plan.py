"""Faults by name: which exist, when each fires, and how a spec such as ``429:0.2:retry-after=7`` is read.

A spec is ``NAME[:AMOUNT][:KEY[=VALUE]]...``. AMOUNT is a probability (``0.2``) or a count (``x3``: the first
three chances); without one the fault always fires. ``on=create|read|file`` narrows where it applies;
``accept`` makes a refusal arrive although the task was taken. A colon inside a value is written ``%3A``.

Chance is drawn from (seed, fault, subject, how often this subject was asked), never from one shared stream,
so a run repeats for the same seed however its requests interleave.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CONNECT, CREATE, READ, FILE = "connect", "create", "read", "file"

# What happens to one exchange, and where it may happen.
EXCHANGE_FAULTS: dict[str, tuple[str, ...]] = {
    "reset-at-connect": (CONNECT,),
    "reset-before-accept": (CREATE,),
    "reset-after-accept": (CREATE,),
    "reset": (READ, FILE),
    "timeout-before-accept": (CREATE,),
    "timeout-after-accept": (CREATE,),
    "timeout": (CREATE, READ, FILE),
    "400": (CREATE,),
    "401": (CREATE, READ),
    "402": (CREATE,),
    "403": (CREATE, READ),
    "404": (READ,),
    "408": (CREATE, READ),
    "413": (CREATE,),
    "429": (CREATE, READ),
    "429-1303": (CREATE,),
    "500": (CREATE, READ),
    "500-build_request_failed": (CREATE,),
    "502": (CREATE, READ),
    "503": (CREATE, READ),
    "503-retry-after": (CREATE, READ),
    "504": (CREATE, READ),
    "truncated-body": (CREATE, READ, FILE),
    "garbage-200": (CREATE, READ),
    "html-error": (CREATE, READ),
    "error-in-200": (CREATE, READ),
    "redirect": (CREATE, READ),
    "slow-body": (CREATE, READ, FILE),
    "delay": (CREATE, READ, FILE),
    "accepted-202": (CREATE,),
    "object-data": (CREATE,),
    "flat": (READ,),
    "no-range": (FILE,),
    "no-length": (FILE,),
    "changed-file": (FILE,),
    "not-a-video": (FILE,),
    "wrong-range": (FILE,),
    "bare-part": (FILE,),
}

# These only colour an answer; of all others at most one befalls an exchange.
MODIFIERS = frozenset(
    ("accepted-202", "object-data", "flat", "slow-body", "delay", "no-range", "no-length", "changed-file",
     "wrong-range", "bare-part")
)  # fmt: skip

# What becomes of a task; drawn once, when it is accepted.
TASK_FATES = (
    "stuck",
    "unknown-status",
    "failed",
    "content-policy",
    "string-error",
    "cancelled",
    "no-url",
    "expired-link",
    "string-url",
    "synonyms",
    "no-progress",
    "backwards",
)


class FaultError(ValueError):
    """A fault spec that names nothing this gateway can do."""


@dataclass(frozen=True)
class Fault:
    """One fault and when it fires."""

    name: str
    probability: float = 1.0
    count: int | None = None
    options: dict[str, str] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """Where it may befall. What happens at connect is drawn before there is an exchange; ``on`` then
        names what the connection was opened for."""
        usual = EXCHANGE_FAULTS.get(self.name, ())
        only = self.options.get("on")
        return (only,) if only and CONNECT not in usual else usual

    @classmethod
    def parse(cls, spec: str) -> Fault:
        name, *parts = spec.split(":")
        if name not in EXCHANGE_FAULTS and name not in TASK_FATES:
            raise FaultError(
                f"no fault is called {name!r}; known: {', '.join([*EXCHANGE_FAULTS, *TASK_FATES])}"
            )
        probability, count, options = 1.0, None, {}
        for part in parts:
            key, equals, value = part.partition("=")
            if equals or (part[:1].isalpha() and not part[1:].isdigit()):
                options[key] = unquote(value)
                if key == "on" and value not in (CREATE, READ, FILE):
                    raise FaultError(f"{spec!r}: on= takes {CREATE}, {READ} or {FILE}, not {value!r}")
            elif part[:1] == "x":
                count = int(part[1:])
            else:
                probability = _probability(spec, part)
        return cls(name, probability, count, options)


def _probability(spec: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise FaultError(f"{spec!r}: {text!r} is neither a probability from 0 to 1 nor a count such as x3")
    return value


if TYPE_CHECKING:
    FaultSpecs = str | Fault | Iterable[str | Fault] | None


class FaultPlan:
    """The faults in force, and how often each has fired. Safe to use from any thread."""

    def __init__(self, seed: int, specs: FaultSpecs = None) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._asked: Counter[tuple[str, str]] = Counter()
        self._fired_in_force: Counter[int] = Counter()
        self.fired: Counter[str] = Counter()
        self.in_force: list[Fault] = []
        self.replace(specs)

    def replace(self, specs: FaultSpecs) -> None:
        """Puts these faults in force instead of the present ones; counts (``x3``) begin anew."""
        if specs is None:
            specs = []
        elif isinstance(specs, (str, Fault)):
            specs = [specs]
        faults = [spec if isinstance(spec, Fault) else Fault.parse(spec) for spec in specs]
        with self._lock:
            self.in_force = faults
            self._fired_in_force.clear()

    def for_exchange(self, place: str, subject: str) -> list[Fault]:
        """The faults this exchange suffers, in the order they were given."""
        return self._draw(lambda fault: place in fault.places, f"{place} {subject}")

    def for_connection(self, place: str | None) -> bool:
        """Whether a connection whose first request belongs to this place is ended before it is read."""
        return bool(
            self._draw(
                lambda fault: CONNECT in fault.places and fault.options.get("on", place) == place,
                f"{CONNECT} ",
            )
        )

    def for_task(self, subject: str) -> dict[str, Fault]:
        """The fates of a task just accepted, by name."""
        return {fault.name: fault for fault in self._draw(lambda fault: fault.name in TASK_FATES, subject)}

    def _draw(self, applies: Callable[[Fault], bool], subject: str) -> list[Fault]:
        drawn: list[Fault] = []
        with self._lock:
            for index, fault in enumerate(self.in_force):
                if not applies(fault) or self._excluded(fault, drawn):
                    continue
                self._asked[fault.name, subject] += 1
                if fault.count is not None and self._fired_in_force[index] >= fault.count:
                    continue
                turn = self._asked[fault.name, subject]
                if random.Random(f"{self._seed} {fault.name} {subject} {turn}").random() < fault.probability:
                    self._fired_in_force[index] += 1
                    self.fired[fault.name] += 1
                    drawn.append(fault)
        return drawn

    @staticmethod
    def _excluded(fault: Fault, drawn: list[Fault]) -> bool:
        alone = fault.name in EXCHANGE_FAULTS and fault.name not in MODIFIERS
        return alone and any(other.name not in MODIFIERS for other in drawn)
