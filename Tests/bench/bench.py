"""Measures every candidate in rounds, so that a noisy moment falls on all alike, and writes the table."""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from candidates import (
    BIN,
    HELLO,
    HERE,
    OUT,
    SCHEMA,
    VALIDATE,
    Candidate,
    floors,
    language_servers,
    ours,
    parsers,
    request_validators,
    validators,
)
from report import MINE, Row, render
from corpus import requests

CORE = max(os.sched_getaffinity(0))
WORDS = [
    "sunset",
    "beach",
    "camera",
    "slow",
    "电影质感",
    "金毛犬",
    'a "quote"',
    "forest",
    "雨夜霓虹灯",
    "close-up",
    "tilt",
]
Figures = dict[str, list[float]]


class Bench:
    """One run: the medians by candidate, and who was skipped and why."""

    def __init__(self, quick: bool) -> None:
        self.rounds = 3 if quick else 9
        self.trips = 5_000 if quick else 20_000
        self.share = 0.3 if quick else 1.0
        self.skipped: dict[str, str] = {}

    def present(self, candidates: list[Candidate]) -> list[Candidate]:
        found = []
        for candidate in candidates:
            why = candidate.absence()
            if why is None:
                found.append(candidate)
            else:
                self.skipped[candidate.name] = why
        return found

    def drive(self, mode: str, candidate: Candidate, count: int) -> dict[str, Any]:
        """One run of the driver; empty for a peer that fails, which is then reported as skipped."""
        command = [str(OUT / "drive"), mode, str(CORE), candidate.framing, str(count), candidate.request]
        done = subprocess.run([*command, *candidate.command], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return json.loads(done.stdout)
        self.skipped[f"{candidate.name} ({mode})"] = done.stderr.strip()
        if candidate.role == "ours":
            sys.exit(f"bench: {candidate.name}, {mode}: {done.stderr.strip()}")
        return {}

    def starts(self, candidates: list[Candidate]) -> tuple[Figures, Figures]:
        millis: Figures = defaultdict(list)
        mebibytes: Figures = defaultdict(list)
        for _ in range(self.rounds):
            for candidate in candidates:
                figures = self.drive("start", candidate, max(2, int(candidate.runs * self.share)))
                millis[candidate.name] += [us / 1e3 for us in figures.get("us", [])]
                mebibytes[candidate.name] += [kib / 1024 for kib in figures.get("kib", [])]
        return millis, mebibytes

    def pings(self, candidates: list[Candidate]) -> tuple[Figures, Figures]:
        half: Figures = defaultdict(list)
        most: Figures = defaultdict(list)
        for _ in range(self.rounds):
            for candidate in candidates:
                figures = self.drive("ping", candidate, self.trips)
                half[candidate.name] += [figures["p50"]] if figures else []
                most[candidate.name] += [figures["p99"]] if figures else []
        return half, most

    def pipelines(self, candidates: list[Candidate]) -> Figures:
        rates: Figures = defaultdict(list)
        for _ in range(self.rounds):
            for candidate in candidates:
                figures = self.drive("pipeline", candidate, 200_000)
                rates[candidate.name] += [figures["perSecond"]] if figures else []
        return rates

    def printed(self, what: str, figure: str, candidates: list[Candidate]) -> Figures:
        """What programs that measure themselves print."""
        rates: Figures = defaultdict(list)
        for _ in range(max(1, self.rounds // 3)):
            for candidate in candidates:
                if not shutil.which(candidate.command[0]):
                    self.skipped[f"{candidate.name} ({what})"] = "not installed or not built"
                    continue
                pinned = ["taskset", "-c", str(CORE), *candidate.command]
                done = subprocess.run(pinned, capture_output=True, text=True, check=False)
                for line in done.stdout.splitlines():
                    if line.startswith("{") and (found := json.loads(line)).get("what") == what:
                        rates[candidate.name].append(found[figure])
                if done.returncode:
                    self.skipped[f"{candidate.name} ({what})"] = done.stderr.strip()[-80:]
        return rates

    def checks(self, server: str, files: list[Path], cores: str = str(CORE)) -> float:
        """Megabytes a second of ``check``, its start and its report included."""
        rates = []
        size = sum(file.stat().st_size for file in files) / 1e6
        for _ in range(self.rounds):
            began = time.perf_counter()
            command = ["taskset", "-c", cores, server, "check", *map(str, files)]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
            rates.append(size / (time.perf_counter() - began))
        return statistics.median(rates)

    def keystrokes(self, command: list[str], text: str) -> tuple[float, float]:
        """Milliseconds from a changed text to its diagnostics, over a pipe: median and 99th of a hundred."""
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {CORE})
        try:
            return self.keystrokes_on_one_core(command, text)
        finally:
            os.sched_setaffinity(0, cores)

    def keystrokes_on_one_core(self, command: list[str], text: str) -> tuple[float, float]:
        pipe = subprocess.PIPE
        child = subprocess.Popen(command, stdin=pipe, stdout=pipe)
        assert child.stdin and child.stdout
        times = []
        place = text.index('"prompt":"') + len('"prompt":"')
        for number in range(30 if self.rounds < 9 else 110):
            changed = text[:place] + str(number) + text[place:]
            call = {"jsonrpc": "2.0", "id": number, "method": "validate", "params": {"text": changed}}
            data = json.dumps(call, ensure_ascii=False).encode() + b"\n"
            began = time.perf_counter()
            child.stdin.write(data)
            child.stdin.flush()
            child.stdout.readline()
            times.append((time.perf_counter() - began) * 1000)
        child.stdin.close()
        child.wait()
        kept = sorted(times[10:])
        return statistics.median(kept), kept[int(len(kept) * 0.99)]

    def growth(self, texts: dict[str, bytes]) -> dict[str, float]:
        """Milliseconds from bytes to diagnostics, by the size of the document."""
        found = {}
        for name, data in texts.items():
            path = OUT / f"document-{name}.json"
            path.write_bytes(data)
            command = ["taskset", "-c", str(CORE), os.environ["CORE_BENCH"], "document", str(path), "15"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found[name] = json.loads(done.stdout)["milliseconds"]
        return found


def requests_file(path: Path, size: int = 10_000_000) -> Path:
    """An array of plausible requests, English and Chinese, some with shots or images; always the same."""
    draw = random.Random(1)
    items, length = [], 2
    while length < size:
        prompt = " ".join(draw.choices(WORDS, k=draw.randint(6, 40)))
        item: dict[str, object] = {"model": "kling-v3", "prompt": prompt, "mode": draw.choice(["std", "pro"])}
        item.update(duration=draw.randint(3, 15), aspect_ratio="16:9", audio=draw.random() < 0.5)
        if draw.random() < 0.2:
            shots = range(1, draw.randint(2, 6))
            item.update(multi_shot=True, shot_type="customize")
            item["multi_prompt"] = [{"index": shot, "prompt": prompt[:80], "duration": 3} for shot in shots]
        if draw.random() < 0.3:
            item["image_urls"] = [f"https://example.com/{draw.getrandbits(64):x}.jpg"]
        items.append(json.dumps(item, ensure_ascii=False))
        length += len(items[-1].encode()) + 2
    path.write_text("[" + ",\n".join(items) + "]", encoding="utf-8")
    return path


def repeated(lines: list[bytes], size: int) -> list[bytes]:
    """The lines over and over, until they have so many bytes."""
    found: list[bytes] = []
    length = 0
    while length < size:
        found.append(lines[len(found) % len(lines)])
        length += len(found[-1]) + 1
    return found


def document(lines: list[bytes], size: int) -> bytes:
    """One array of requests."""
    return b"[" + b",\n".join(repeated(lines, size)) + b"]"


def medians(figures: Figures) -> dict[str, float]:
    return {name: statistics.median(values) for name, values in figures.items() if values}


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    bench = Bench(quick)
    mine = ours()
    if (why := mine.absence()) is not None:
        sys.exit(f"bench: kling-server cannot be measured: {why}")
    base = [mine, *bench.present(floors())]
    checkers = [*base, *bench.present(validators())]

    print("start …", flush=True)
    hello = ours(HELLO, '"methods"')
    hello.name = "kling-server (hello)"
    starters = [*base, *bench.present([hello]), *bench.present(language_servers())]
    millis, mebibytes = (medians(figures) for figures in bench.starts(starters))
    print("round trips …", flush=True)
    half, most = (medians(figures) for figures in bench.pings(checkers))
    print("pipelined …", flush=True)
    rates = medians(bench.pipelines(checkers))
    memory = {
        count: bench.drive("pipeline", mine, count)["kib"] / 1024 for count in (20_000, 200_000, 1_000_000)
    }
    print("parse …", flush=True)
    parse = medians(
        bench.printed("parse", "mbPerSecond", parsers(str(requests_file(OUT / "requests.json"))))
    )
    print("validate …", flush=True)
    lines = requests()
    (OUT / "requests.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    valid = medians(bench.printed("validate", "perSecond", request_validators(str(OUT / "requests.jsonl"))))
    ten = OUT / "ten.kling.jsonl"
    ten.write_bytes(b"\n".join(repeated(lines, 10_000_000)) + b"\n")
    checked = bench.checks(mine.command[0], [ten])
    several = [ten.with_name(f"{number}-{ten.name}") for number in range(4)]
    for file in several:
        file.write_bytes(ten.read_bytes())
    alone = bench.checks(mine.command[0], several)
    together = bench.checks(mine.command[0], several, f"0-{(os.cpu_count() or 1) - 1}")
    for file in several:
        file.unlink()
    megabyte = document(lines, 1_000_000).decode()
    keys = bench.keystrokes(mine.command, megabyte)
    peer_keys = bench.keystrokes([str(BIN / "python"), str(HERE / "peer_document.py"), SCHEMA], megabyte)
    sizes = {"1 KB": 1_000, "10 KB": 10_000, "100 KB": 100_000, "1 MB": 1_000_000, "10 MB": 10_000_000}
    growth = bench.growth({name: document(lines, size) for name, size in sizes.items()})
    faulty = bench.growth({name: document(lines[9::10], size) for name, size in sizes.items()})

    roles = {candidate.name: candidate.role for candidate in [*starters, *checkers]}
    size = Path(mine.command[0]).stat().st_size / 1e6
    spread = f"{memory[20_000]:.1f} / {memory[200_000]:.1f} / {memory[1_000_000]:.1f}"
    rows = [
        Row("spawn → first reply", "ms", millis, roles, 1.6, digits=2),
        Row("peak memory at the first reply", "MiB", mebibytes, roles, 7.0, digits=1),
        Row(f"`validate` round trip, {len(VALIDATE) + 1} bytes, p50", "µs", half, roles, 7.0, digits=1),
        Row("the same, p99", "µs", most, roles, 10.0, digits=1),
        Row("200,000 pipelined `validate`", "/s", rates, roles, 350_000, more_is_better=True),
        Row("parse of a 10 MB array of requests", "MB/s", parse, roles, 300, more_is_better=True),
        Row(
            f"{len(lines):,} requests of {sum(map(len, lines)) // len(lines)} bytes, half Chinese, one in ten "
            "wrong: from bytes to diagnostics",
            "/s",
            valid,
            roles,
            600_000,
            more_is_better=True,
        ),
        Row("10 MB of them through `check`", "MB/s", {MINE: checked}, roles, 150, more_is_better=True),
        Row(
            "1 MB document, one keystroke to its diagnostics, p50",
            "ms",
            {MINE: keys[0], "Python, orjson + jsonschema-rs": peer_keys[0]},
            roles,
            5.0,
            digits=1,
        ),
        Row(
            "the same, p99",
            "ms",
            {MINE: keys[1], "Python, orjson + jsonschema-rs": peer_keys[1]},
            roles,
            10.0,
            digits=1,
        ),
        Row("release binary, stripped", "MB", {"kling-server": size}, roles, 15.0, digits=1),
    ]
    flat = memory[1_000_000] <= memory[20_000] * 1.1 + 0.5
    rows.append(
        Row.fact(
            "peak memory after 20k / 200k / 1M requests", f"{spread} MiB", "independent of the count", flat
        )
    )
    rows.append(
        Row.fact(
            "four files of 10 MB through `check`, one core / all",
            f"{alone:.0f} / {together:.0f} MB/s",
            f"all {os.cpu_count()} cores used",
            together >= alone * 0.75 * min(os.cpu_count() or 1, 4),
        )
    )
    for what, figures in (("one in ten wrong", growth), ("all wrong", faulty)):
        shown = " · ".join(f"{name} {value:.2f}" for name, value in figures.items())
        # Linear: ten times the text takes at most twelve times the time, measured from 10 KB on.
        steps = list(figures.values())[1:]
        straight = all(after <= before * 12 for before, after in zip(steps, steps[1:]))
        rows.append(
            Row.fact(f"milliseconds by size of a document, {what}", shown, "linear", straight)
        )
    text = render(
        rows, bench.skipped, os.environ.get("BENCH_COMMAND", "bash Tests/bench/run.sh"), bench.rounds
    )
    committed = os.environ.get("BENCH_RESULTS")
    target = Path(committed) if committed and not quick else OUT / "RESULTS.md"
    target.write_text(text, encoding="utf-8")
    print(text)
    print(f"written to {os.path.relpath(target)}")


if __name__ == "__main__":
    main()
