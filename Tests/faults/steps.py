"""SIGKILL at every step: a scripted conversation is killed at its k-th write, sync or other step.

A shim, built here from ``shim.c`` and loaded before the C library, counts the steps of the process and kills
it before the k-th, after it, or in the middle of its write, for every k. Then another process takes over, the
callers repeat their calls, and it is looked at what was paid, lost or missed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events import missed
from process import Died, Params, Place, Process, Refused

from gateway import Gateway

SHIM = Path(__file__).with_name("shim.c")
WAYS = ("before", "after", "torn")


class NoCompiler(Exception):
    """The shim cannot be built here."""


def build_shim() -> str:
    """The path of the shim, built anew."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise NoCompiler("there is no C compiler")
    library = str(Path(tempfile.mkdtemp(prefix="kling-shim-")) / "shim.so")
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", library, str(SHIM), "-ldl"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        raise NoCompiler(built.stderr)
    return library


@dataclass
class Sweep:
    """What came of killing at the steps of one kind."""

    where: str
    how: str
    steps: int = 0
    kills: int = 0
    intents: int = 0
    creates: int = 0
    unconfirmed: int = 0
    problems: list[str] = field(default_factory=list)
    has_log: bool = False

    @property
    def name(self) -> str:
        way = "in the middle of" if self.how == "torn" else self.how
        log = " with a log to recover" if self.has_log else ""
        return f"SIGKILL {way} each step of the {self.where}{log}"


# Two videos, the second waiting for the slot of the first; only the first caller has a key.
KEYS: tuple[str | None, ...] = ("first", None)


class Conversation:
    """Submits, follows and fetches the videos; the process is killed at one step on the way."""

    def __init__(self, shim: str, where: str, how: str, at: int, template: Path | None = None) -> None:
        self.place = Place()
        if template:
            for file in template.iterdir():
                shutil.copy(file, self.place.path / file.name)
        self._count = self.place.path / "count"
        self._count.write_bytes(bytes(8))
        paths = {"journal": str(self.place.journal), "files": str(self.place.videos)}
        self._environment: dict[str, str | None] = {
            "LD_PRELOAD": shim, "FAULT_COUNT": str(self._count), "FAULT_AT": str(at), "FAULT_HOW": how,
            "FAULT_WHERE": paths.get(where, where), "KLING_API_KEY": "k",
        }  # fmt: skip
        self._requests = [
            {"model": "kling-v3", "prompt": f"Step {at}, {number}"} for number in range(len(KEYS))
        ]
        self.problems: list[str] = []
        self.unconfirmed = 0
        self.told: list[tuple[int, Params]] = []
        self._subscription = ""
        self._early: list[Params] = []
        self._mutex = threading.Lock()
        self.was_killed = False

    def run(self) -> Counter[str]:
        """Returns the creates by prompt."""
        with Gateway(speed=20_000) as gateway:
            self._gateway = gateway
            try:
                process = self._start(self._environment)
                try:
                    self._follow(process)
                    for number in range(len(KEYS)):
                        self._make(process, number)
                    if process.finish() != 0:
                        raise Died("finish")
                    self.was_killed = False
                except Died:
                    self.was_killed = True
                    process.signal()
                # The callers do it all again, as after a crash, and without the shim.
                process = self._start({"KLING_API_KEY": "k"})
                self._follow(process)
                for number in range(len(KEYS)):
                    self._make(process, number)
                self._judge(process)
                process.finish()
            except (AssertionError, Refused) as why:
                self.problems.append(f"{type(why).__name__}: {why}")
            creates = Counter(task.request["prompt"] for task in gateway.book.tasks.values())
        self.place.remove()
        return creates

    def _start(self, environment: dict[str, str | None]) -> Process:
        process = Process(
            self.place, "--gateway", self._gateway.url, "--max-active", "1", "--download-dir",
            str(self.place.videos), **environment,
        )  # fmt: skip
        process.on_notification = self._heard
        return process

    # Events

    def _follow(self, process: Process) -> None:
        with self._mutex:
            self._subscription, self._early = "", []
        since = self.told[-1][0] if self.told else 0
        result = process.call("subscribe", all=True, since=since)
        with self._mutex:
            self._subscription = result["subscription"]
            for params in self._early:
                self._take(params)

    def _heard(self, method: str, params: Params) -> None:
        if method != "task/update":
            return
        with self._mutex:
            if self._subscription:
                self._take(params)
            else:
                self._early.append(params)

    def _take(self, params: Params) -> None:
        if self.told and params["seq"] <= self.told[-1][0]:
            self.problems.append(f"told {params['seq']} after {self.told[-1][0]}")
        self.told.append((params["seq"], params["task"]))

    # Callers

    def _make(self, process: Process, number: int) -> None:
        task = self._submit(process, number)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if task["state"] == "unconfirmed":
                task = self._resolve(process, number, task)
            elif task["state"] == "completed":
                if task["videos"][0]["path"]:
                    return
                task = process.call("wait", task=task["id"], timeoutSeconds=5)["tasks"][0]
            elif task["taskId"]:
                task = process.call("status", task=task["id"], refresh=True)
                time.sleep(0.01)
            else:
                task = process.call("wait", task=task["id"], timeoutSeconds=0.05)["tasks"][0]
        self.problems.append(f"intent {number} came to no end: {task}")

    def _submit(self, process: Process, number: int, key: str | None = None) -> Params:
        key = key or KEYS[number]
        params: dict[str, Any] = {"request": self._requests[number], "labels": {"intent": str(number)}}
        if key:
            params["idempotencyKey"] = key
        else:
            tasks = process.call("list", labels=params["labels"])["tasks"]
            if tasks:
                return tasks[0]
        return process.call("submit", waitFor="queued", **params)

    def _resolve(self, process: Process, number: int, task: Params) -> Params:
        self.unconfirmed += 1
        time.sleep(0.1)  # what was on its way has arrived
        prompt = self._requests[number]["prompt"]
        taken = [one.id for one in self._gateway.book.tasks.values() if one.request["prompt"] == prompt]
        if taken:
            return process.call("adopt", taskId=taken[0], task=task["id"])
        process.call("cancel", task=task["id"], abandon=True)
        return self._submit(process, number, f"again {task['id']}".replace(" ", "-"))

    def _judge(self, process: Process) -> None:
        deadline = time.monotonic() + 10
        problems = ["not looked at"]
        while problems and time.monotonic() < deadline:
            problems = missed(self.place.journal, self.told)
            time.sleep(0.01 if problems else 0)
        self.problems += problems
        listed = {task["taskId"]: task for task in process.call("list", limit=500)["tasks"]}
        for task in self._gateway.book.tasks.values():
            found = listed.get(task.id)
            if found is None or found["state"] != "completed":
                self.problems.append(f"{task.id} is lost: {found and found['state']}")
            elif not (path := found["videos"][0]["path"]):
                self.problems.append(f"{task.id} has no file: {found}")
            elif Path(path).read_bytes() != self._gateway.files.video:
                self.problems.append(f"{task.id}: the file is damaged")
        for request in self._requests:
            posts = [one for one in self._gateway.requests if request["prompt"].encode() in one.body]
            keys = Counter(post.headers.get("idempotency-key") for post in posts)
            if keys and max(keys.values()) > 1:
                self.problems.append(f"sent {keys}")


def sweep(
    shim: str, where: str, how: str, *, stride: int = 1, first: int = 1, template: Path | None = None
) -> Sweep:
    """Kills at steps first, first + stride … until a conversation gets through."""
    result = Sweep(where, how, has_log=template is not None)
    at, survived = first, 0
    while survived < 3 and len(result.problems) < 20:
        conversation = Conversation(shim, where, how, at, template)
        creates = conversation.run()
        result.intents += len(KEYS)
        result.creates += creates.total()
        result.unconfirmed += conversation.unconfirmed
        wrong = {prompt: number for prompt, number in creates.items() if number != 1}
        if wrong or len(creates) != len(KEYS):
            conversation.problems.append(f"creates {dict(creates)}")
        result.problems += [f"{where} {how} {at}: {problem}" for problem in conversation.problems]
        # Group commit may make a conversation one step longer or shorter.
        survived = 0 if conversation.was_killed else survived + 1
        result.kills += conversation.was_killed
        result.steps = max(result.steps, at if conversation.was_killed else 0)
        at += stride
    return result


def old_journal() -> Path:
    """A journal as a killed process leaves it: much in its log, nothing of that in its main file."""
    folder = Path(tempfile.mkdtemp(prefix="kling-old-"))
    place = Place()
    with Gateway(seed=2, speed=20_000) as gateway:
        process = Process(place, "--gateway", gateway.url, "--max-active", "1000", KLING_API_KEY="k")
        for number in range(40):
            request = {"model": "kling-v3", "prompt": f"Old {number}"}
            task = process.call("submit", request=request)
            time.sleep(0.02)
            while process.call("status", task=task["id"], refresh=True)["state"] != "completed":
                time.sleep(0.2)
        process.signal()
    for file in place.path.glob("journal.db*"):
        shutil.copy(file, folder / file.name)
    place.remove()
    return folder
