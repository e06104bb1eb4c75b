"""When processes are killed: at drawn moments of exchanges with the gateway, and of the client's own."""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter

from process import Host, owns_port

MOMENTS = {
    "create": ("connected", "head", "body", "ready", "half", "sent"),
    "read": ("connected", "body", "ready", "half", "sent"),
    "file": ("connected", "body", "ready", "half", "sent"),
    # Seen by the client: the answer to its submit; a notification.
    "client": ("replied", "told"),
}


class Kills:
    """Per place a list of moments; each is waited for in turn, a drawn number of times, and is then the end
    of the process whose exchange it is."""

    def __init__(self, seed: int, hosts: list[Host], counts: dict[str, int], intents: int) -> None:
        self._chance = random.Random(f"kills {seed}")
        self._hosts = hosts
        self._mutex = threading.Lock()
        self._next: dict[str, list[tuple[str, int]]] = {}
        self.done: Counter[str] = Counter()
        for place, count in counts.items():
            gap = max(1, intents * (3 if place == "client" else 1) // (2 * count + 1))
            self._next[place] = [
                (self._chance.choice(MOMENTS[place]), self._chance.randint(1, gap)) for _ in range(count)
            ]

    def watch(self, moment: str, place: str, port: int) -> None:
        """The gateway's hook; returns when the process is gone, so that the exchange goes on without it."""
        host = self._due(moment, place)
        if host is None:
            return
        if port and len(self._hosts) > 1:
            owners = [one for one in self._hosts if one.pid and owns_port(one.pid, port)]
            host = owners[0] if owners else host
        # Now and then politely; a create under way is waited for then, so the gateway must go on.
        if self._chance.random() < 0.1:
            threading.Thread(target=self._end, args=(host, signal.SIGTERM, moment, place)).start()
        else:
            self._end(host, signal.SIGKILL, moment, place)

    def seen(self, moment: str) -> None:
        self.watch(moment, "client", 0)

    def _due(self, moment: str, place: str) -> Host | None:
        with self._mutex:
            waiting = self._next.get(place)
            if not waiting or waiting[0][0] != moment:
                return None
            if waiting[0][1] > 1:
                waiting[0] = (moment, waiting[0][1] - 1)
                return None
            living = [host for host in self._hosts if host.pid]
            if not living:
                return None
            waiting.pop(0)
            return self._chance.choice(living)

    def _end(self, host: Host, number: int, moment: str, place: str) -> None:
        if host.kill(number):
            name = "SIGTERM" if number == signal.SIGTERM else "SIGKILL"
            with self._mutex:
                self.done[f"{name} {place} {moment}"] += 1
