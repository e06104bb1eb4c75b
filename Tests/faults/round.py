"""One round: intents, faults and kills from one seed; what the gateway counted; what was lost."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from events import Follower
from intents import NONE_TAKEN, NOT_TAKEN, Intent, IntentPlan, draw_intents, label
from kills import Kills
from process import Died, Host, Params, Place, Process, Refused

from gateway import Gateway

ENDS = {"completed", "failed", "cancelled", "abandoned"}
# A refusal that concerns every request is tried again for those in line.
NOT_TAKEN_NAMES = {spec.partition(":")[0] for spec in (*NOT_TAKEN, *NONE_TAKEN)}


@dataclass
class Settings:
    """What one round is like."""

    seed: int
    intents: int = 60
    processes: int = 1
    # Kills per place: creates, reads, files, the client's own moments.
    kills: dict[str, int] = field(default_factory=lambda: {"create": 5, "read": 4, "file": 2, "client": 3})
    # The gateway honours Idempotency-Key, and the server has been told so.
    idempotent: bool = False
    # The server has been told so in error.
    trusting: bool = False
    # Share of the intents that meet a silent gateway: 60 s for a create, 30 s for a read.
    timeouts: float = 0.0
    # Some creates are refused for what concerns all: what stands in line waits then.
    holds: bool = False
    resets_at_connect: float = 0.05
    outage_seconds: float = 0.5
    max_active: int = 1000


@dataclass
class Outcome:
    """What one round came to."""

    settings: Settings
    seconds: float = 0.0
    creates: int = 0
    requests: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    # Per kind of fault, the intents it befell: how many, and the creates they led to.
    intents_by_fault: Counter[str] = field(default_factory=Counter)
    creates_by_fault: Counter[str] = field(default_factory=Counter)
    unconfirmed_taken: int = 0
    unconfirmed_not_taken: int = 0
    events: int = 0
    reconnects: int = 0
    paid_twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [*self.paid_twice, *self.lost, *self.missed, *self.other]


class Round:
    """Callers, one per intent, on one journal, until each has its video or knows that there is none."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.outcome = Outcome(settings)
        self.place = Place()
        self.gateway = Gateway(seed=settings.seed, speed=100, idempotent=settings.idempotent)
        self.intents = draw_intents(settings.seed, settings.intents, settings.timeouts, settings.holds)
        self.plan = IntentPlan(settings.seed, self.intents, self.gateway.book)
        self.plan.resets_at_connect = settings.resets_at_connect
        self.gateway.plan = self.gateway.api._plan = self.plan
        self._mutex = threading.Lock()

    def run(self) -> Outcome:
        began = time.monotonic()
        settings, outcome = self.settings, self.outcome
        with self.gateway:
            arguments = ("--gateway", self.gateway.url, "--max-active", str(settings.max_active))
            environment = {
                "KLING_API_KEY": "k",
                "KLING_GATEWAY_IDEMPOTENT": "1" if settings.idempotent or settings.trusting else None,
            }
            self.hosts = [Host(self.place, *arguments, **environment) for _ in range(settings.processes)]
            self.kills = Kills(settings.seed, self.hosts, settings.kills, settings.intents)
            for host in self.hosts:
                host.on_start = self._listen
            self.hosts[0].call("subscribe", all=True)  # makes the journal
            self.follower = Follower(settings.seed, self.hosts)
            self.gateway.watch = self.kills.watch
            callers = [threading.Thread(target=self._care, args=(intent,)) for intent in self.intents]
            for caller in callers:
                caller.start()
            if settings.outage_seconds:
                time.sleep(0.7)
                self.gateway.stop()
                time.sleep(settings.outage_seconds)
                self.gateway.start()
            for caller in callers:
                caller.join()
            self.gateway.watch = lambda moment, place, port: None
            outcome.missed += self.follower.finish(self.place.journal)
            self._judge()
            for host in self.hosts:
                if (status := host.close()) != 0:
                    outcome.other.append(f"exit status {status}")
        outcome.events, outcome.reconnects = len(self.follower.told), self.follower.reconnects
        outcome.injected, outcome.kills = self.plan.injected, self.kills.done
        outcome.seconds = time.monotonic() - began
        self.place.remove()
        return outcome

    def _listen(self, process: Process) -> None:
        def heard(method: str, params: Params) -> None:
            self.follower.heard(process, method, params)
            # On a thread of its own: this one reads what the process still has to say.
            threading.Thread(target=self.kills.seen, args=("told",)).start()

        process.on_notification = heard

    # The caller

    def _care(self, intent: Intent) -> None:
        try:
            Caller(self, intent).run()
        except Exception as why:
            with self._mutex:
                self.outcome.lost.append(f"intent {intent.number}: {type(why).__name__}: {why}")

    def at_gateway(self, intent: Intent) -> list[str]:
        """The gateway's ids of the tasks that it has taken for this intent."""
        return [
            task.id for task in list(self.gateway.book.tasks.values())
            if task.request["prompt"] == intent.request["prompt"]
        ]  # fmt: skip

    def count(self, name: str) -> None:
        with self._mutex:
            setattr(self.outcome, name, getattr(self.outcome, name) + 1)

    def complain(self, what: str) -> None:
        with self._mutex:
            self.outcome.other.append(what)

    # The verdict

    def _judge(self) -> None:
        outcome = self.outcome
        outcome.creates, outcome.requests = self.gateway.creates, self.gateway.create_requests
        posts: dict[str, list[str]] = {}
        for request in self.gateway.requests:
            if request.method == "POST":
                prompt = json.loads(request.body)["prompt"]
                posts.setdefault(prompt, []).append(request.headers.get("idempotency-key", ""))
        listed = self._list()
        with contextlib.closing(sqlite3.connect(self.place.journal)) as reader:
            (sound,) = reader.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            outcome.other.append(f"the journal is damaged: {sound}")
        for intent in self.intents:
            taken = self.at_gateway(intent)
            for name in {label(spec, place) for place, spec in intent.befallen if spec}:
                outcome.intents_by_fault[name] += 1
                outcome.creates_by_fault[name] += len(taken)
            if len(taken) != 1:
                outcome.paid_twice.append(f"intent {intent.number} {intent.befallen}: {len(taken)} creates")
            self._judge_posts(intent, posts.get(intent.request["prompt"], []))
            self._judge_task(intent, taken, listed)
        known = {task["taskId"] for task in listed.values()}
        outcome.lost += [f"{name} is not in list" for name in self.gateway.book.tasks if name not in known]

    def _judge_posts(self, intent: Intent, keys: list[str]) -> None:
        """A key was sent again only after an answer that said it was not taken."""
        faults = [spec for place, spec in intent.befallen if place == "create"]
        if len(keys) != len(faults):
            self.outcome.other.append(f"intent {intent.number}: {len(keys)} requests, {len(faults)} known")
            return
        for index, key in enumerate(keys[1:], 1):
            before = faults[index - 1].partition(":")[0]
            if key == keys[index - 1] and before not in NOT_TAKEN_NAMES and not self.settings.idempotent:
                self.outcome.paid_twice.append(f"intent {intent.number}: {key} sent again after {before!r}")

    def _judge_task(self, intent: Intent, taken: list[str], listed: dict[str, Params]) -> None:
        task = listed.get(intent.task or "")
        if task is None:
            self.outcome.lost.append(f"intent {intent.number}: {intent.task} is not in list")
            return
        expected = {"failed": "failed", "string-error": "failed", "cancelled": "cancelled"}
        state = expected.get((intent.fate or "").partition(":")[0], "completed")
        if task["state"] != state or task["taskId"] not in taken:
            self.outcome.lost.append(f"intent {intent.number}: {task['state']} instead of {state}, {taken}")
        if state == "completed" and intent.download:
            path = task["videos"][0]["path"] if task["videos"] else None
            try:
                size = len(open(path, "rb").read()) if path else -1  # noqa: SIM115, PTH123
            except OSError:
                size = -1
            if size != len(self.gateway.files.video):
                self.outcome.lost.append(
                    f"intent {intent.number}: {size} bytes in {path} {self._views(task)}"
                )

    def _views(self, task: Params) -> str:
        """How each process and the journal have it."""
        views = [host.call("status", task=task["id"]) for host in self.hosts]
        with contextlib.closing(sqlite3.connect(self.place.journal)) as reader:
            row = reader.execute("SELECT owner, body FROM tasks WHERE id = ?", (task["id"],)).fetchone()
        said = [(view["seq"], view["state"], view["videos"], view["error"]) for view in views]
        return f"by process {said}; in the journal {row}"

    def _list(self) -> dict[str, Params]:
        found: dict[str, Params] = {}
        cursor: Params = {}
        while True:
            page = self.hosts[0].call("list", limit=500, **cursor)
            found.update({task["id"]: task for task in page["tasks"]})
            if not page.get("nextCursor"):
                return found
            cursor = {"cursor": page["nextCursor"]}


class Caller:
    """A user with one intent, who reads the documentation: repeats with the key, looks before paying anew."""

    def __init__(self, round: Round, intent: Intent) -> None:
        self._round, self._intent = round, intent
        self._chance = random.Random(f"caller {round.settings.seed} {intent.number}")
        self._key = intent.key
        self._attempt = 0

    def run(self) -> None:
        task = self._submit()
        while True:
            if task["state"] == "unconfirmed":
                task = self._resolve(task)
            elif task["state"] == "failed" and task["taskId"] is None:
                # Refused and not billed: the cause is mended (the fault is used up), so once more.
                if task["billed"] != "no":
                    self._round.complain(f"refused and billed {task['billed']}: {task}")
                task = self._submit(after=task["id"])
            elif task["state"] in ENDS:
                break
            else:
                task = self._follow(task)
        self._intent.task = task["id"]
        if self._intent.download and task["state"] == "completed":
            self._fetch(task["id"])

    def _host(self) -> Host:
        return self._chance.choice(self._round.hosts)

    def _submit(self, after: str | None = None) -> Params:
        """Until there is a task. Without a key, one whose answer was lost is looked for in the list first."""
        params: Params = {
            "request": self._intent.request,
            "labels": {"intent": str(self._intent.number)},
            "waitFor": self._chance.choice(("queued", "submitted", "submitted", "completed")),
            "timeoutSeconds": 20,
        }
        if self._key is not None:
            params["idempotencyKey"] = self._key
        if self._intent.download:
            params["download"] = {"directory": str(self._round.place.videos)}
        while True:
            try:
                task = self._host().process().call("submit", **params)
            except Died:
                found = self._newest() if self._key is None else None
                if found and found["id"] != after:
                    return found
                continue
            except Refused as refusal:
                if refusal.code in (409, -32602):
                    raise
                if refusal.data.get("billed") != "no":
                    self._round.complain(f"{refusal} is billed {refusal.data.get('billed')}")
                if refusal.code == 507:
                    self._round.complain(f"507 {refusal} {refusal.data}")
                time.sleep(0.05)
                continue
            self._round.kills.seen("replied")
            return task

    def _newest(self) -> Params | None:
        tasks = self._host_call("list", labels={"intent": str(self._intent.number)})["tasks"]
        return tasks[0] if tasks else None

    def _host_call(self, method: str, **params: object) -> Params:
        while True:
            try:
                return self._host().process().call(method, **params)
            except Died:
                time.sleep(0.01)

    def _resolve(self, task: Params) -> Params:
        """As documented: looks at the gateway, adopts what is there, or gives it up and pays anew."""
        time.sleep(2)  # what was on its way has arrived, though its process was killed meanwhile
        taken = self._round.at_gateway(self._intent)
        if taken:
            self._round.count("unconfirmed_taken")
            with contextlib.suppress(Refused):
                return self._host_call("adopt", taskId=taken[0], task=task["id"])
            time.sleep(0.1)
            return self._host_call("status", task=task["id"])
        self._round.count("unconfirmed_not_taken")
        with contextlib.suppress(Refused):
            self._host_call("cancel", task=task["id"], abandon=True)
        self._attempt += 1
        if self._key is not None:
            self._key = f"{self._intent.key}-again-{self._attempt}"
        return self._submit(after=task["id"])

    def _follow(self, task: Params) -> Params:
        """Waits, or now and then asks for news."""
        if self._chance.random() < 0.5:
            time.sleep(self._chance.random())
            return self._host_call("status", task=task["id"], refresh=True)
        return self._host_call("wait", task=task["id"], timeoutSeconds=3)["tasks"][0]

    def _fetch(self, task: str) -> None:
        """Waits for the file; asks for it when the delivery has given up."""
        for _ in range(12):
            found = self._host_call("wait", task=task, timeoutSeconds=5)["tasks"][0]
            if found["videos"] and found["videos"][0]["path"]:
                return
            if found["error"]:
                with contextlib.suppress(Refused):
                    self._host_call("download", task=task, directory=str(self._round.place.videos))
        self._round.complain(f"no file of {task}: {found}")
