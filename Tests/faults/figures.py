"""Figures of a full journal and a busy client: start, memory, processor, requests, submits, queries, updates.

    python3 Tests/faults/figures.py [--short] [NAME…]     following, submits, queries, updates; prints JSON

Nothing else should run meanwhile. Journals are filled by writing rows like those of a task that the server
has made.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import random
import sqlite3
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from process import Params, Place, Process, binary

from gateway import Gateway
from harness import peak_memory

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REQUEST: Params = {"model": "kling-v3", "prompt": "A cat in the sun", "mode": "4k", "duration": 15}
Row = dict[str, Any]


# Journals


def mixed(value: int) -> int:
    """The bits of a 64-bit number mixed, as the simulator does for the check sum of its ids (SplitMix64)."""
    mask = (1 << 64) - 1
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & mask
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & mask
    return value ^ value >> 31


def simulated_id(template: str, number: int, start: int, lasting: int | None) -> str:
    """The simulator's id of another task: begun at another time, with another seed, taking so many ms."""
    payload = template[9:56]
    length = payload[12:20] if lasting is None else f"{lasting:08x}"
    payload = f"{start:012x}" + length + payload[20:28] + f"{number:08x}" + payload[36:]
    total = 0
    for byte in payload.encode():
        total = mixed((total + byte + 1) & ((1 << 64) - 1))
    return f"task_sim_{payload}{total & 0xFFFF:04x}"


def made(place: Place, gateway: Gateway | None = None) -> Row:
    """The row of a task that a server has made; its journal has nothing else."""
    arguments = ("--gateway", gateway.url) if gateway else ("--simulate", "speed=1")
    process = Process(place, *arguments, KLING_API_KEY="k")
    process.call("submit", request=REQUEST, labels={"part": "0"})
    time.sleep(0.2)
    process.finish()
    with contextlib.closing(sqlite3.connect(place.journal)) as journal:
        journal.row_factory = sqlite3.Row
        row = dict(journal.execute("SELECT * FROM tasks").fetchone())
        journal.execute("DELETE FROM events")
        journal.execute("DELETE FROM facets")
        journal.execute("DELETE FROM tasks")
        journal.commit()
    return row


def filled(
    place: Place,
    count: int,
    *,
    events: int = 1,
    states: Sequence[str] = ("processing",),
    gateway: Gateway | None = None,
    prompt: str = "",
    lasting: int | None = None,
) -> list[str]:
    """Fills the journal with tasks in these states by turns, begun within the last minutes; their ids.

    With `lasting` they begin together in a second from now, and take so many ms.
    """
    template = made(place, gateway)
    if prompt:
        template["request"] = json.dumps({**REQUEST, "prompt": prompt}, separators=(",", ":"))
    template_body = json.loads(template["body"])
    now = int(time.time() * 1000)
    tasks, changes, ids = [], [], []
    facets: dict[tuple[int, str, str], list[int]] = {}
    for number in range(count):
        # Ids rise with the time of the task, as the server's do.
        begun = now - 400_000 + number * 300_000 // count if lasting is None else now + 1000
        text, rest = "", begun * (1 << 80) + number
        for _ in range(26):
            text, rest = CROCKFORD[rest & 31] + text, rest >> 5
        if gateway:
            name = gateway.book.accept(REQUEST, {}, None).id
        else:
            name = simulated_id(template_body["taskId"], number, begun, lasting)
        state = states[number % len(states)]
        labels = {"part": str(number % 100), "half": str(number * 2 // count), "take": str(number)}
        body = {
            **template_body, "id": f"kt_{text}", "state": state, "createdAt": begun,
            "progress": 10 if lasting is None else 0,
            "updatedAt": begun, "submittedAt": begun, "billed": "pending",
            "taskId": name,
            "labels": labels,
        }  # fmt: skip
        is_open = state in ("queued", "processing")
        if state == "queued":
            body = {
                key: value for key, value in body.items() if key not in ("taskId", "progress", "submittedAt")
            }
            body["billed"] = "no"
        elif not is_open:
            video = {"url": f"https://simulator.invalid/files/{number}.mp4", "expiresAt": begun + 86_400_000}
            body.update(progress=100, billed="yes", completedAt=begun + 1, videos=[video])
        stored = json.dumps(body, separators=(",", ":"))
        sent = template["gateway"] if "taskId" in body else None
        tasks.append(
            (number + 1, body["id"], body.get("taskId"), None, 0, state, int(is_open), body["billed"],
             template["model"], template["mode"], template["seconds"], begun, None, number + 1,
             template["request"], stored, sent, number, None)
        )  # fmt: skip
        for facet in ((0, "", state), (1, "", template["model"]), *((2, *label) for label in labels.items())):
            facets.setdefault(facet, []).append(number + 1)
        ids.append(body["id"])
        changes += [(number + 1, 0, begun, stored)]
    with contextlib.closing(sqlite3.connect(place.journal)) as journal:
        journal.execute("PRAGMA synchronous = OFF")
        marks = ",".join("?" * len(tasks[0]))
        journal.executemany(f"INSERT INTO tasks VALUES ({marks})", tasks)
        journal.executemany("INSERT INTO facets VALUES (?, ?, ?, ?, ?)", rows_of(facets))
        for _ in range(events):
            journal.executemany("INSERT INTO events (place, kind, at, body) VALUES (?, ?, ?, ?)", changes)
        journal.execute("UPDATE tasks SET seq = place + ?", (count * (events - 1),))
        journal.commit()
        journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return ids


def rows_of(facets: dict[tuple[int, str, str], list[int]]) -> Iterator[tuple[Any, ...]]:
    """Which places have a facet: few of 4096 are two bytes each, many are a bit each."""
    for facet, places in facets.items():
        for chunk, members in itertools.groupby(places, key=lambda place: place // 4096):
            numbers = [place % 4096 for place in members]
            if len(numbers) < 256:
                yield (*facet, chunk, b"".join(number.to_bytes(2, "little") for number in numbers))
            else:
                yield (*facet, chunk, sum(1 << number for number in numbers).to_bytes(512, "little"))


# A client that costs little


class Raw:
    """A server whose pipes are used as they are."""

    def __init__(self, place: Place, *arguments: str) -> None:
        self.child = subprocess.Popen(
            [binary(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=place.environment(KLING_API_KEY="k"), cwd=place.path, bufsize=0,
        )  # fmt: skip
        assert self.child.stdin and self.child.stdout
        self.input, self.output = self.child.stdin.fileno(), self.child.stdout.fileno()
        self._rest = b""

    def ask(self, number: int, method: str, **params: Any) -> bytes:
        """Sends a call and returns the line that answers it."""
        os.write(self.input, call(number, method, **params))
        head = b'{"jsonrpc":"2.0","id":%d,' % number
        while True:
            line = self.line()
            if line.startswith(head):
                return line

    def line(self) -> bytes:
        while b"\n" not in self._rest:
            piece = os.read(self.output, 1 << 20)
            if not piece:
                raise EOFError
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def end(self) -> None:
        assert self.child.stdin
        self.child.stdin.close()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.child.pid)


def call(number: int, method: str, **params: Any) -> bytes:
    message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


# Figures


def following(short: bool) -> Params:
    """10,000 unfinished tasks: the first reply, memory, processor."""
    count = 2_000 if short else 10_000
    figures: Params = {"tasks": count}
    for state in ("processing", "queued"):
        figures[f"first reply, {state}"] = first_replies(count, state, 3 if short else 15)
    figures["simulator"] = followed(count, None, short)
    # Nothing moves here: what is counted is how often it is asked.
    with Gateway(speed=0) as gateway:
        figures["over HTTP"] = followed(count, gateway, short)
    return figures


def first_replies(count: int, state: str, repeats: int) -> Params:
    """How long the first reply takes, from the start of the process; beside it that with a single task."""
    full, few = Place(), Place()
    names = {place: filled(place, number, states=[state])[0] for place, number in ((full, count), (few, 1))}
    calls: dict[str, Callable[[str], Params]] = {
        "validate": lambda _: {"request": REQUEST},
        "submit": lambda _: {"request": REQUEST, "waitFor": "queued"},
        "status": lambda name: {"task": name},
        "list": lambda _: {},
        "wait": lambda name: {"task": name, "timeoutSeconds": 0},
        "subscribe": lambda _: {"labels": {"take": "0"}},
    }
    figures: Params = {}
    for method, params in calls.items():
        times: dict[Place, list[float]] = {full: [], few: []}
        for _ in range(repeats):
            for place, seen in times.items():
                began = time.perf_counter()
                server = Raw(place, "--simulate", "speed=1")
                server.ask(1, method, **params(names[place]))
                seen.append((time.perf_counter() - began) * 1000)
                server.child.kill()
                server.child.wait()
        figures[method + ", ms"] = {
            f"of {count}": round(statistics.median(times[full]), 2), "most": round(max(times[full]), 2),
            "of 1": round(statistics.median(times[few]), 2), "most of 1": round(max(times[few]), 2),
        }  # fmt: skip
    for place in (full, few):
        place.remove()
    return figures


def followed(count: int, gateway: Gateway | None, short: bool) -> Params:
    """What following so many tasks costs."""
    place = Place()
    filled(place, count, gateway=gateway)
    arguments = ("--gateway", gateway.url) if gateway else ("--simulate", "speed=1")
    server = Raw(place, *arguments, "--max-active", "1000")
    before, began = server.cpu_seconds(), time.monotonic()
    server.ask(1, "validate", request=REQUEST)
    length = 10 if short else 60
    while time.monotonic() < began + length * 0.4:
        time.sleep(0.2)
    middle, when, reads = server.cpu_seconds(), time.monotonic(), gateway.reads if gateway else 0
    while time.monotonic() < began + length:
        time.sleep(0.2)
    seconds = time.monotonic() - when
    figures: Params = {
        "processor while starting, % of a core": round(100 * (middle - before) / (when - began), 1),
        "processor while following, % of a core": round(100 * (server.cpu_seconds() - middle) / seconds, 1),
        "memory, MiB": round(resident(server.child.pid), 1),
        "memory, MiB, most": round(peak_memory(server.child.pid) / (1 << 20), 1),
    }
    if gateway:
        figures["requests per second"] = round((gateway.reads - reads) / seconds, 1)
    else:
        with contextlib.closing(sqlite3.connect(place.journal)) as journal:
            query = "SELECT count(DISTINCT place) FROM events WHERE seq > ?"
            (figures["tasks seen to have moved"],) = journal.execute(query, (count,)).fetchone()
    server.end()
    place.remove()
    return figures


def submits(short: bool) -> Params:
    """Durable submits per second, beside the syncs per second of the same disk."""
    count = 2_000 if short else 20_000
    place = Place()
    figures: Params = {"syncs per second": sync_floor(place.path)}
    server = Raw(place, "--simulate", "speed=1", "--max-active", "1")
    server.ask(0, "submit", request=REQUEST, waitFor="queued")
    began = time.perf_counter()
    alone = 100 if short else 500
    for number in range(1, alone + 1):
        server.ask(number, "submit", request={**REQUEST, "prompt": f"alone {number}"}, waitFor="queued")
    figures["one after the other, per second"] = round(alone / (time.perf_counter() - began))
    calls = b"".join(
        call(1000 + number, "submit", request={**REQUEST, "prompt": f"{number}"}, waitFor="queued")
        for number in range(count)
    )
    began = time.perf_counter()
    processor = server.cpu_seconds()
    threading.Thread(target=write_all, args=(server.input, calls), daemon=True).start()
    answered, failed = 0, 0
    while answered < count:
        line = server.line()
        if line.startswith(b'{"jsonrpc":"2.0","id":'):
            answered += 1
            failed += b'"error":{' in line[:60]
    seconds = time.perf_counter() - began
    figures["side by side, per second"] = round(count / seconds)
    figures["failed"] = failed
    figures["processor per submit, microseconds"] = round((server.cpu_seconds() - processor) / count * 1e6)
    figures["memory, MiB, most"] = round(peak_memory(server.child.pid) / (1 << 20), 1)
    server.child.kill()
    server.child.wait()
    with contextlib.closing(sqlite3.connect(place.journal)) as journal:
        (kept,) = journal.execute("SELECT count(*) FROM tasks").fetchone()
    figures["in the journal after SIGKILL, of those answered"] = f"{kept} of {count + alone + 1}"
    figures["syncs per second, again"] = sync_floor(place.path)
    place.remove()
    return figures


def write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view[: 1 << 16]) :]


def sync_floor(folder: Path) -> int:
    """How often 4 KiB at the end of a file can be written and synced in a second."""
    descriptor = os.open(folder / "floor", os.O_CREAT | os.O_RDWR)
    began, count = time.perf_counter(), 0
    while time.perf_counter() < began + 1:
        os.pwrite(descriptor, bytes(4096), count * 4096)
        os.fdatasync(descriptor)
        count += 1
    os.close(descriptor)
    (folder / "floor").unlink()
    return count


def queries(short: bool) -> Params:
    """`status` and `list` on 100,000 tasks."""
    count = 10_000 if short else 100_000
    place = Place()
    # A hundred to one are in the rarer states.
    ids = filled(place, count, states=["completed"] * 99 + ["failed"])
    chance = random.Random("queries")
    server = Raw(place, "--simulate", "speed=1")
    server.ask(0, "list", limit=1)
    figures: Params = {"tasks": count}
    cursors: list[str] = []
    kinds: dict[str, Callable[[], tuple[str, Params]]] = {
        "status": lambda: ("status", {"task": chance.choice(ids)}),
        "list of 50": lambda: ("list", {}),
        "list of 50, by cursor": lambda: ("list", {"cursor": chance.choice(cursors)}),
        "list of 50, by state": lambda: ("list", {"states": ["completed", "failed"]}),
        "list of 50, by model": lambda: ("list", {"model": "kling-v3"}),
        "list of 50, by label": lambda: ("list", {"labels": {"part": str(chance.randrange(100))}}),
        "by label and state": lambda: ("list", {"labels": {"part": "99"}, "states": ["failed"]}),
        "by label and state, none": lambda: ("list", {"labels": {"half": "0"}, "states": ["cancelled"]}),
        "by a label and a state that exclude each other": lambda: (
            "list",
            {"labels": {"part": "99"}, "states": ["completed"]},
        ),
        "by label and model": lambda: ("list", {"labels": {"half": "0"}, "model": "kling-v3"}),
        "by two labels": lambda: ("list", {"labels": {"half": "0", "part": str(chance.randrange(100))}}),
        "by two labels, one task": lambda: (
            "list",
            {"labels": {"half": "0", "take": str(chance.randrange(count // 2))}},
        ),
        "by two labels that exclude each other": lambda: (
            "list",
            {"labels": {"half": "0", "take": str(count - 1)}},
        ),
        "by everything, by cursor": lambda: (
            "list",
            {
                "labels": {"half": "0"},
                "model": "kling-v3",
                "states": ["completed", "failed", "cancelled"],
                "cursor": chance.choice(cursors),
            },
        ),
        "list of 10": lambda: ("list", {"limit": 10}),
        "list of 500": lambda: ("list", {"limit": 500}),
    }
    # The cursor is the server's own: found by paging.
    cursor: Params = {}
    for number in range(15):
        page = json.loads(server.ask(10 + number, "list", limit=500, **cursor))["result"]
        cursor = {"cursor": page["nextCursor"]}
        cursors.append(page["nextCursor"])
    floor = times_of(server, lambda: ("validate", {"request": REQUEST}), 500)
    figures["floor: validate, ms"] = floor
    for name, draw in kinds.items():
        figures[name + ", ms"] = times_of(server, draw, 200 if short else 2000)
    figures["memory, MiB, most"] = round(peak_memory(server.child.pid) / (1 << 20), 1)
    server.end()
    place.remove()
    return figures


def times_of(server: Raw, draw: Callable[[], tuple[str, Params]], count: int) -> Params:
    times = []
    size = 0
    for number in range(count):
        method, params = draw()
        began = time.perf_counter()
        answer = server.ask(100 + number, method, **params)
        times.append((time.perf_counter() - began) * 1000)
        if b'"error":{' in answer[:60]:
            raise AssertionError(answer[:300])
        size = len(answer)
    return {
        "p50": round(quantile(times, 0.5), 3), "p99": round(quantile(times, 0.99), 3), "bytes": size,
    }  # fmt: skip


def updates(short: bool) -> Params:
    """A subscriber to 1,000 tasks, replaying what it missed; then one that does not read."""
    tasks, changes = 1000, 20 if short else 150
    place = Place()
    ids = filled(place, tasks, events=changes)
    figures: Params = {"tasks": tasks, "events": tasks * changes}
    server = Raw(place, "--simulate", "speed=1", "--max-active", "1000")
    server.ask(0, "list", limit=1)
    began = time.perf_counter()
    os.write(server.input, call(1, "subscribe", tasks=ids, since=0))
    told, size = 0, 0
    buffer = b""
    try:
        while told < tasks * changes:
            buffer = os.read(server.output, 1 << 20)
            if not buffer:
                raise EOFError
            told += buffer.count(b'"method":"task/update"')
            size += len(buffer)
        figures["replayed, updates per second"] = round(told / (time.perf_counter() - began))
    except EOFError:
        figures["replay ended by the server after"] = told
    figures["bytes per update"] = size // max(1, told)
    figures["memory, MiB, most"] = round(peak_memory(server.child.pid) / (1 << 20), 1) if told else None
    server.end()
    figures["unread"] = unread(place, ids)
    place.remove()
    figures["live"] = live(short)
    figures["from submit"] = from_submit(short)
    return figures


def unread(place: Place, ids: list[str]) -> Params:
    """The same subscription by a client that reads nothing."""
    server = Raw(place, "--simulate", "speed=1", "--max-active", "1000")
    server.ask(0, "list", limit=1)
    os.write(server.input, call(1, "subscribe", tasks=ids, since=0))
    most, began = 0.0, time.monotonic()
    while time.monotonic() < began + 15 and server.child.poll() is None:
        with contextlib.suppress(OSError):
            most = max(most, resident(server.child.pid))
        time.sleep(0.02)
    status = server.child.poll()
    server.end()
    return {"memory, MiB, most": round(most, 1), "ended by itself": status is not None}


def live(short: bool) -> Params:
    """Changes as they happen to 1,000 tasks at the gateway at the same time; the median of some rounds."""
    rounds = []
    for _ in range(1 if short else 9):
        place = Place()
        filled(place, 1000, lasting=400)
        server = Raw(place, "--simulate", "speed=1500", "--max-active", "1000", "--read-rate", "100")
        server.ask(0, "subscribe", all=True)
        times, counts = told_until(server, 1000)
        rounds.append((round(sum(counts) / (times[-1] - times[0])), sum(counts)))
        server.end()
        place.remove()
    (least, _), *_, (most, _) = sorted(rounds * 2)
    rate, updates = sorted(rounds)[len(rounds) // 2]
    return {"updates": updates, "per second": rate, "least and most": [least, most], "rounds": len(rounds)}


def told_until(server: Raw, completed: int) -> tuple[list[float], list[int]]:
    """When how many updates came, until so many tasks were told to be completed."""
    buffer, rest, times, counts = bytearray(1 << 16), b"", [], []
    while completed > 0:
        size = os.readv(server.output, [buffer])
        if not size:
            raise EOFError
        data = rest + buffer[:size]
        end = data.rfind(b"\n") + 1
        whole, rest = data[:end], data[end:]
        if count := whole.count(b'"method":"task/update"'):
            times.append(time.perf_counter())
            counts.append(count)
        completed -= whole.count(b'"state":"completed"')
    return times, counts


def from_submit(short: bool) -> Params:
    """The same with their submits and creates, one after the other: 1,000 intents."""
    place = Place()
    server = Raw(place, "--simulate", "speed=3000", "--max-active", "1000")
    server.ask(0, "subscribe", all=True)
    count = 200 if short else 1000
    calls = b"".join(
        call(10 + number, "submit", request={**REQUEST, "prompt": f"{number}"}, waitFor="queued")
        for number in range(count)
    )
    threading.Thread(target=write_all, args=(server.input, calls), daemon=True).start()
    began, processor = time.perf_counter(), server.cpu_seconds()
    told = sum(told_until(server, count)[1])
    seconds = time.perf_counter() - began
    used = server.cpu_seconds() - processor
    server.end()
    place.remove()
    share = round(100 * used / seconds)
    return {"updates": told, "per second": round(told / seconds), "processor, % of a core": share}


FIGURES: dict[str, Callable[[bool], Params]] = {
    "following": following, "submits": submits, "queries": queries, "updates": updates,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--short", action="store_true")
    given = parser.parse_args()
    for name in given.names or FIGURES:
        load = round(os.getloadavg()[0], 2)
        print(json.dumps({name: {"load before": load, **FIGURES[name](given.short)}}, indent=1), flush=True)


if __name__ == "__main__":
    main()
