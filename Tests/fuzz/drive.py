"""Runs a fuzz worker for each processor, makes what failed as small as can be, and prints a table.

    drive.py FUZZ LABELLED FOLDER --seconds N [--requests N] [--seed S] [--workers K] [--results FILE]
    drive.py FUZZ --minimise FILE

run.sh builds FUZZ and calls this.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable

PATIENCE = 25
# A trap ends the process at once: looking for its place would take seconds, each time while it is made small.
os.environ["SWIFT_BACKTRACE"] = "enable=no"


class Input:
    """An input on disk: see Input.swift."""

    def __init__(self, path: Path) -> None:
        head, _, rest = path.read_bytes().partition(b"\n")
        kind, language, seed, length = head.split(b" ")
        self.head = b"%s %s %s" % (kind, language, seed)
        # Of what is allowed a part is not.
        self.has_parts = kind != b"allowed"
        self.content = rest[: int(length)]

    def write(self, content: bytes, path: Path) -> None:
        path.write_bytes(b"%s %d\n%s" % (self.head, len(content), content))


def verdict(fuzz: str, path: Path) -> str:
    """What trying the input comes to: nothing, the first property that failed, a trap, or a hang."""
    try:
        run = subprocess.run(
            [fuzz, "--try", str(path)], capture_output=True, timeout=PATIENCE, check=False, cwd=path.parent
        )
    except subprocess.TimeoutExpired:
        return "hang"
    if run.returncode < 0:
        return "hang" if run.returncode == -14 else f"trap, signal {-run.returncode}"
    return run.stdout.decode(errors="replace").partition("\t")[0] if run.returncode else ""


def smaller(content: bytes, fails: Callable[[bytes], bool], seconds: float) -> bytes:
    """Delta debugging by bytes: ever smaller parts are left out as long as it still fails."""
    deadline = time.monotonic() + seconds
    size = max(1, len(content) // 2)
    while True:
        at = 0
        shrunk = False
        while at < len(content):
            if time.monotonic() > deadline:
                return content
            shorter = content[:at] + content[at + size :]
            if fails(shorter):
                content, shrunk = shorter, True
            else:
                at += size
        if size == 1 and not shrunk:
            return content
        size = max(1, size // 2)


def minimise(fuzz: str, path: Path, seconds: float = 60) -> tuple[str, bytes]:
    """The verdict on an input, and the least of it that has the same one; it is beside it on disk."""
    given, trial = Input(path), path.with_suffix(".trial")
    wanted = verdict(fuzz, path)
    if not wanted or not given.has_parts:
        return wanted, given.content

    def fails(content: bytes) -> bool:
        given.write(content, trial)
        return verdict(fuzz, trial) == wanted

    least = smaller(given.content, fails, seconds)
    given.write(least, path.with_suffix(".least"))
    trial.unlink(missing_ok=True)
    return wanted, least


def run(given: argparse.Namespace) -> int:
    folder = Path(given.folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    seed = given.seed if given.seed is not None else int(time.time())
    workers = [
        subprocess.Popen(
            [
                *(given.fuzz, "--requests", str(-(-given.requests // given.workers))),
                *("--seconds", str(given.seconds), "--seed", str(seed), "--worker", str(number)),
                *("--labelled", given.labelled, "--folder", str(folder)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for number in range(given.workers)
    ]
    rows, failures = [], 0
    for number, worker in enumerate(workers):
        try:
            output, _ = worker.communicate(timeout=given.seconds + 90)
        except subprocess.TimeoutExpired:
            worker.kill()
            output, _ = worker.communicate()
        if output:
            row = json.loads(output.splitlines()[-1])
            failures += row["failures"]
            rows.append(row)
        else:
            # A trap or a hang: its input is on disk.
            failures += 1
            (folder / f"worker-{number}.input").replace(folder / f"ended-{number}.input")
            rows.append({"worker": number, "inputs": 0, "seconds": given.seconds, "failures": 1})
    table = report(rows, given, seed)
    print(table)
    deadline = time.monotonic() + 120
    for path in sorted(folder.glob("*.input")):
        if not path.name.startswith("worker-"):
            what, least = minimise(given.fuzz, path, max(1, min(20, deadline - time.monotonic())))
            print(f"{what or 'did not fail again'}: {path}\n    {least[:300]!r}")
    if given.results and not failures:
        words = (
            f"`bash Tests/fuzz/run.sh --minutes {given.seconds / 60:g} --seed {seed}` on {os.cpu_count()} "
        )
        words += f"processors, {platform.system()} {platform.machine()}, {time.strftime('%Y-%m-%d')}:"
        Path(given.results).write_text(f"# Fuzzing\n\n{words}\n\n{table}\n")
    return 1 if failures else 0


def report(rows: list[dict[str, float]], given: argparse.Namespace, seed: int) -> str:
    heads = ["worker", "allowed requests", "other inputs", "inputs/s", "MB", "seconds"]
    heads += ["slowest, times plain requests", "largest, KB", "memory grown, MB", "failures"]
    lines = [f"| {' | '.join(heads)} |", "| ---" + " | ---:" * (len(heads) - 1) + " |"]

    def line(name: str, row: dict[str, float], seconds: float) -> str:
        cells = [
            name,
            f"{row.get('allowed', 0):,}",
            f"{row['inputs']:,}",
            f"{row['inputs'] / seconds:,.0f}",
            f"{row.get('bytes', 0) / 1e6:,.0f}",
        ]
        cells += [f"{seconds:,.0f}", f"{row.get('slowest', 0):.0f}", f"{row.get('largest', 0) / 1000:,.0f}"]
        cells += [f"{row.get('growth', 0) / 1e6:.0f}", f"{row['failures']}"]
        return "| " + " | ".join(cells) + " |"

    lines += [line(str(row["worker"]), row, row["seconds"]) for row in rows]
    counted = ("allowed", "inputs", "bytes", "seconds", "failures")
    total = {name: sum(row.get(name, 0) for row in rows) for name in counted}
    for name in ("slowest", "largest", "growth"):
        total[name] = max(row.get(name, 0) for row in rows)
    lines.append(line("all", total, total["seconds"]))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("fuzz")
    parser.add_argument("labelled", nargs="?")
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--requests", type=int, default=100_000, help="that are allowed, by all workers")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--results")
    parser.add_argument("--minimise")
    given = parser.parse_args()
    if given.minimise:
        what, least = minimise(given.fuzz, Path(given.minimise))
        print(f"{what or 'did not fail'}: {least!r}")
        return 1 if what else 0
    return run(given)


if __name__ == "__main__":
    sys.exit(main())
