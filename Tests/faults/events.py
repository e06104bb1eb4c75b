"""Follows all tasks with reconnections, and says what it missed."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import threading
import time
from pathlib import Path

from process import Died, Host, Params, Process, Refused


class Follower:
    """One client that subscribes to everything with ``since``, again and again, through any process."""

    def __init__(self, seed: int, hosts: list[Host], seconds: tuple[float, float] = (0.05, 0.6)) -> None:
        self._chance = random.Random(f"follower {seed}")
        self._hosts, self._seconds = hosts, seconds
        self._mutex = threading.Lock()
        self._subscription: tuple[Process, str] | None = None
        self._early: list[tuple[Process, Params]] = []
        self.told: list[tuple[int, Params]] = []
        self.problems: list[str] = []
        self.reconnects = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def since(self) -> int:
        return self.told[-1][0] if self.told else 0

    def heard(self, process: Process, method: str, params: Params) -> None:
        """To be called for every notification, of any process."""
        if method != "task/update":
            return
        with self._mutex:
            if self._subscription is None:
                self._early.append((process, params))
            elif self._subscription == (process, params["subscription"]):
                self._take(params)

    def _take(self, params: Params) -> None:
        seq = params["seq"]
        if seq <= self.since:
            self.problems.append(f"told {seq} after {self.since}")
        if params["task"]["seq"] != seq:
            self.problems.append(f"told {seq} with a task of {params['task']['seq']}")
        self.told.append((seq, params["task"]))

    def _run(self) -> None:
        while not self._stop.is_set():
            self._connect()
            self._stop.wait(self._chance.uniform(*self._seconds))
            if not self._stop.is_set():
                self._disconnect()

    def _connect(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(Died):
                process = self._chance.choice(self._hosts).process()
                since = self.since
                result = process.call("subscribe", all=True, since=since)
                if result["snapshot"] or result["seq"] < since:
                    self.problems.append(f"since {since} was answered with {result['seq']}, a snapshot")
                with self._mutex:
                    self._subscription = (process, result["subscription"])
                    for early, params in self._early:
                        if self._subscription == (early, params["subscription"]):
                            self._take(params)
                    self._early = []
                self.reconnects += 1
                return
            time.sleep(0.01)

    def _disconnect(self) -> None:
        with self._mutex:
            subscription, self._subscription, self._early = self._subscription, None, []
        if subscription:
            process, name = subscription
            with contextlib.suppress(Died, Refused):
                process.call("unsubscribe", subscription=name)

    def finish(self, journal: Path, seconds: float = 20) -> list[str]:
        """Waits until the last change is told, ends, and says what was missed, told twice or told wrongly."""
        deadline = time.monotonic() + seconds
        while self.since < last_number(journal) and time.monotonic() < deadline:
            time.sleep(0.05)
        self._stop.set()
        self._thread.join()
        self._disconnect()
        return self.problems + missed(journal, self.told)


def last_number(journal: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=10)) as reader:
        row = reader.execute("SELECT max(seq) FROM events").fetchone()
    return row[0] or 0


def missed(journal: Path, told: list[tuple[int, Params]]) -> list[str]:
    """What the journal has and was not told, or not as it is there: every change; of progress the newest."""
    with contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=10)) as reader:
        written = reader.execute("SELECT seq, kind, body FROM events ORDER BY seq").fetchall()
    by_number = dict(told)
    problems = [f"{len(told) - len(by_number)} told twice"] if len(told) != len(by_number) else []
    for seq, kind, body in written:
        task = by_number.get(seq)
        if task is None:
            problems.append(f"missed {'progress' if kind == 1 else 'change'} {seq}")
        elif json.loads(body).get("state") != task["state"]:
            problems.append(f"{seq} was told as {task['state']} and is {json.loads(body).get('state')}")
    return problems
