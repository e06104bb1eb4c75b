"""What befalls each intent: faults of its create, its reads and its file, drawn from one seed."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from process import Params

from fault_plan import Fault, FaultPlan
from task_book import TaskBook

# The create's answer is lost or says nothing about the task.
LOST = (
    "reset-before-accept", "reset-after-accept", "500:on=create", "500:on=create:accept",
    "502:accept:on=create",
    "503:on=create", "503:accept:on=create", "504:accept:on=create", "408:accept:on=create",
    "truncated-body:on=create", "truncated-body:on=create:share=0", "garbage-200:on=create",
    "html-error:on=create:accept", "error-in-200:on=create:accept", "error-in-200:on=create:accept:flag",
)  # fmt: skip
TIMEOUTS = ("timeout-before-accept", "timeout-after-accept")
# The gateway says that it has not taken it, and that it may be asked again.
NOT_TAKEN = (
    "429:on=create", "429:on=create:retry-after=1", "429:on=create:retry-after=date+1",
    "429:on=create:body=1",
    "503-retry-after:on=create",
)  # fmt: skip
# It will not take it.
REFUSED = ("400", "413", "500-build_request_failed")
# It will take none: what stands in line waits for the next try, 15 s and longer.
NONE_TAKEN = ("401:on=create", "402", "403:on=create", "redirect:on=create")
ODD = ("slow-body:on=create:seconds=0.3", "delay:on=create:accept:seconds=0.3", "accepted-202", "object-data")
READS = (
    "reset:on=read", "404", "408:on=read", "429:on=read", "500:on=read", "502:on=read", "503:on=read",
    "503-retry-after:on=read", "504:on=read", "truncated-body:on=read", "garbage-200:on=read",
    "html-error:on=read", "error-in-200:on=read", "401:on=read", "403:on=read", "redirect:on=read",
    "slow-body:on=read:seconds=0.3", "delay:on=read:seconds=0.2", "flat",
)  # fmt: skip
READ_TIMEOUTS = ("timeout:on=read",)
FILES = (
    "reset:on=file", "truncated-body:on=file", "no-range", "no-length", "changed-file", "not-a-video",
    "slow-body:on=file:seconds=0.3",
)  # fmt: skip
FATES = (
    "failed", "string-error", "cancelled", "no-url:reads=2", "expired-link", "synonyms", "string-url",
    "backwards",
)  # fmt: skip


@dataclass
class Intent:
    """One video that a user wants once."""

    number: int
    request: Params
    key: str | None
    download: bool
    faults: dict[str, list[str]]
    fate: str | None
    # Filled while it runs.
    befallen: list[tuple[str, str]] = field(default_factory=list)
    task: str | None = None

    @property
    def body(self) -> bytes:
        """What the server sends for it."""
        return json.dumps(self.request, separators=(",", ":")).encode()


def draw_intents(seed: int, count: int, timeouts: float = 0.0, holds: bool = False) -> list[Intent]:
    """Every intent with at least one fault; the kinds in turn, so that each comes up equally often."""
    chance = random.Random(f"intents {seed}")
    creates = _in_turn(chance, (*LOST, *NOT_TAKEN, *REFUSED, *ODD, *(NONE_TAKEN if holds else ())))
    reads, files, fates = (_in_turn(chance, kinds) for kinds in (READS, FILES, FATES))
    intents = []
    for number in range(count):
        request = {"model": "kling-v3", "prompt": f"Intent {number} of {seed}", "duration": 5}
        faults: dict[str, list[str]] = {"create": [], "read": [], "file": []}
        if chance.random() < 0.75:
            faults["create"] = [next(creates) for _ in range(chance.choice((1, 1, 1, 2)))]
        if chance.random() < timeouts:
            faults["create"].insert(0, chance.choice(TIMEOUTS))
        if chance.random() < 0.5 or not faults["create"]:
            faults["read"] = [next(reads) for _ in range(chance.choice((1, 1, 2)))]
        if chance.random() < timeouts:
            faults["read"].append(chance.choice(READ_TIMEOUTS))
        download = chance.random() < 0.5
        if download and chance.random() < 0.5:
            faults["file"] = [next(files)]
        key = f"key-{seed}-{number}" if chance.random() < 0.8 else None
        fate = next(fates) if chance.random() < 0.3 else None
        intents.append(Intent(number, request, key, download, faults, fate))
    return intents


def _in_turn(chance: random.Random, kinds: tuple[str, ...]) -> Any:
    while True:
        yield from chance.sample(kinds, len(kinds))


class IntentPlan(FaultPlan):
    """Gives each exchange the next fault of the intent it is about."""

    def __init__(self, seed: int, intents: list[Intent], book: TaskBook) -> None:
        super().__init__(seed)
        self._by_body = {hashlib.sha256(intent.body).hexdigest(): intent for intent in intents}
        self._book = book
        self._chance = random.Random(f"connections {seed}")
        self._mutex = threading.Lock()
        self.resets_at_connect = 0.0
        self.injected: Counter[str] = Counter()

    def intent(self, place: str, subject: str) -> Intent | None:
        if place == "create":
            return self._by_body.get(subject)
        if place != "task":
            task = self._book.tasks.get(subject.rpartition("/")[2].removesuffix(".mp4"))
            if task is None:
                return None
            body = json.dumps(task.request, separators=(",", ":")).encode()
            subject = hashlib.sha256(body).hexdigest()
        return self._by_body.get(subject)

    def for_exchange(self, place: str, subject: str) -> list[Fault]:
        intent = self.intent(place, subject)
        if intent is None:
            return []
        with self._mutex:
            left = intent.faults[place]
            spec = left.pop(0) if left else ""
            intent.befallen.append((place, spec))
            if not spec:
                return []
            self.injected[label(spec, place)] += 1
        return [Fault.parse(spec)]

    def for_connection(self, place: str | None) -> bool:
        with self._mutex:
            if place is None or self._chance.random() >= self.resets_at_connect:
                return False
            self.injected[f"{place} reset-at-connect"] += 1
        return True

    def for_task(self, subject: str) -> dict[str, Fault]:
        intent = self.intent("task", subject)
        if intent is None or intent.fate is None:
            return {}
        with self._mutex:
            self.injected[f"fate {intent.fate.partition(':')[0]}"] += 1
        fault = Fault.parse(intent.fate)
        return {fault.name: fault}


def label(spec: str, place: str) -> str:
    """How a fault is called in the table: with its place, and whether the task was taken all the same."""
    name, *options = spec.split(":")
    said = [
        option for option in options if option == "accept" or option.startswith(("retry", "body", "share"))
    ]
    return " ".join([place, name, *said])
