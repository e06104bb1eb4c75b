"""How often a task's state is asked for, and how late its end is noticed, in real time and over real HTTP.

    python3 Tests/faults/pace.py 120 600 --known 10 --measured 20

For each length in seconds: as many tasks as are to be known first, then those that are measured; the real
length of each is drawn from 10 % around it. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import threading
from typing import Any

from process import Params, Place, Process

from gateway import Gateway
from task_book import Task

# A kind of its own for each length, because what is learnt is learnt per kind.
KINDS: tuple[Params, ...] = (
    {"mode": "std", "duration": 5}, {"mode": "pro", "duration": 10}, {"mode": "4k", "duration": 15},
)  # fmt: skip


class Pace:
    """One server, and tasks of several lengths side by side."""

    def __init__(self, lengths: list[float], known: int, measured: int, spread: float = 0.1) -> None:
        self._lengths, self._known, self._measured = lengths, known, measured
        self._gateway = Gateway(speed=1)
        self._place = Place()
        self._noticed: dict[str, float] = {}
        self._changed = threading.Condition()
        chance = random.Random("pace")
        accept = self._gateway.book.accept

        def accepted(request: Params, *rest: Any) -> Task:
            task = accept(request, *rest)
            length = lengths[[kind["mode"] for kind in KINDS].index(request["mode"])]
            task.takes = length * chance.uniform(1 - spread, 1 + spread)
            return task

        self._gateway.book.accept = accepted  # type: ignore[method-assign]

    def run(self) -> dict[str, Any]:
        with self._gateway:
            self._process = Process(
                self._place, "--gateway", self._gateway.url, "--max-active", "1000", KLING_API_KEY="k"
            )
            self._process.on_notification = self._heard
            self._process.call("subscribe", all=True)
            results: dict[str, Any] = {}
            threads = [
                threading.Thread(target=self._measure, args=(length, kind, results))
                for length, kind in zip(self._lengths, KINDS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self._process.finish()
        self._place.remove()
        return results

    def _heard(self, method: str, params: Params) -> None:
        if method == "task/update" and params["task"]["state"] == "completed":
            with self._changed:
                self._noticed[params["task"]["taskId"]] = self._gateway.clock.now()
                self._changed.notify_all()

    def _measure(self, length: float, kind: Params, results: dict[str, Any]) -> None:
        first = self._make(self._known, kind, f"known {length}")
        tasks = self._make(self._measured, kind, f"measured {length}")
        results[f"{length:g} s"] = {"first": self._figures(first), "known": self._figures(tasks)}

    def _make(self, count: int, kind: Params, name: str) -> list[str]:
        ids = []
        for number in range(count):
            request = {"model": "kling-v3", "prompt": f"{name} {number}", **kind}
            ids.append(self._process.call("submit", request=request)["taskId"])
        with self._changed:
            self._changed.wait_for(lambda: all(name in self._noticed for name in ids), 3600)
        return ids

    def _figures(self, ids: list[str]) -> dict[str, float]:
        tasks = [self._gateway.book.tasks[name] for name in ids]
        delays = [self._noticed[task.id] - task.accepted - task.takes for task in tasks]
        reads = [task.reads for task in tasks]
        return {
            "tasks": len(tasks), "creates": len(set(ids)) / len(tasks),
            "readsMean": round(statistics.mean(reads), 1), "readsMedian": statistics.median(reads),
            "readsMost": max(reads), "delayMedian": round(statistics.median(delays), 2),
            "delayMost": round(max(delays), 2),
        }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lengths", nargs="+", type=float)
    parser.add_argument("--known", type=int, default=10)
    parser.add_argument("--measured", type=int, default=20)
    parser.add_argument("--spread", type=float, default=0.1)
    given = parser.parse_args()
    print(json.dumps(Pace(given.lengths, given.known, given.measured, given.spread).run(), indent=1))


if __name__ == "__main__":
    main()
