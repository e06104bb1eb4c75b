"""The long run: faults, kills and reconnections from one seed, and the table of what came of them.

    python3 Tests/faults/run.py --seed 1 [--rounds 12] [--intents 60] [--write Tests/faults/RESULTS.md]

Takes about four minutes; ends with status 1 when anything was paid twice, lost or missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from process import binary
from round import Outcome, Round, Settings
from steps import WAYS, Sweep, build_shim, old_journal, sweep


def plan(seed: int, rounds: int, intents: int) -> list[Settings]:
    """One process, two, four, and a gateway that honours keys, in turn; one round with a silent gateway."""
    kinds = []
    for number in range(rounds):
        processes = (1, 2, 1, 4)[number % 4]
        kills = {"create": 6, "read": 4, "file": 2, "client": 3}
        kinds.append(
            Settings(
                seed=seed * 1000 + number, intents=intents, processes=processes, kills=kills,
                idempotent=number % 8 == 6, holds=number % 4 == 1,
            )
        )  # fmt: skip
    kinds.append(
        Settings(
            seed=seed * 1000 + rounds,
            intents=intents // 4,
            timeouts=0.4,
            kills={"read": 2},
            outage_seconds=0,
        )
    )
    return kinds


def table(outcomes: list[Outcome], sweeps: list[Sweep], command: str, seconds: float) -> str:
    intents = sum(outcome.settings.intents for outcome in outcomes)
    creates = sum(outcome.creates for outcome in outcomes)
    kills = sum((outcome.kills for outcome in outcomes), Counter[str]())
    injected = sum((outcome.injected for outcome in outcomes), Counter[str]())
    befell = sum((outcome.intents_by_fault for outcome in outcomes), Counter[str]())
    paid = sum((outcome.creates_by_fault for outcome in outcomes), Counter[str]())
    lines = [
        "# What came of the faults", "",
        f"`{command}`: {time.strftime('%Y-%m-%d', time.gmtime())}, {seconds:.0f} s, {os.cpu_count()}",
        f"processors, {platform.machine()}, load {os.getloadavg()[0]:.1f}.", "",
        "An intent is one video that a user wants once. Its caller repeats calls whose answer was lost, with",
        "its key or, without one, after a look at `list`; what is `unconfirmed` it looks up at the gateway,",
        "and adopts it or, when it is not there, gives it up and submits anew. In the end every intent has",
        "exactly one create, unless the server has paid twice or lost one.", "",
        "| | faults | kills | intents | creates | paid twice | lost | missed | other |",
        "| --- |" + " ---: |" * 8,
    ]  # fmt: skip
    for name, chosen in groups(outcomes).items():
        lines.append(
            f"| {name} | {sum(sum(one.injected.values()) for one in chosen)} "
            f"| {sum(sum(one.kills.values()) for one in chosen)} "
            f"| {sum(one.settings.intents for one in chosen)} | {sum(one.creates for one in chosen)} "
            f"| {sum(len(one.paid_twice) for one in chosen)} | {sum(len(one.lost) for one in chosen)} "
            f"| {sum(len(one.missed) for one in chosen)} | {sum(len(one.other) for one in chosen)} |"
        )
    for one in sweeps:
        lines.append(
            f"| {one.name}, {one.steps} steps | | {one.kills} | {one.intents} | {one.creates} "
            f"| | {len(one.problems)} | | |"
        )
    bad = sum(len(one.problems) for one in (*outcomes, *sweeps))
    killed = sum(kills.values()) + sum(one.kills for one in sweeps)
    wanted = intents + sum(one.intents for one in sweeps)
    counted = creates + sum(one.creates for one in sweeps)
    lines += [
        f"| **all** | **{sum(injected.values())}** | **{killed}** | **{wanted}** | **{counted}** "
        f"| | | | **{bad} in all** |",
        "",
        f"{sum(one.requests for one in outcomes)} create requests reached the gateway for the {intents}",
        f"intents of the rounds. {sum(one.unconfirmed_taken for one in outcomes)} times a task was",
        "`unconfirmed` and found at the gateway,",
        f"{sum(one.unconfirmed_not_taken for one in outcomes)} times it was not there.",
        f"{sum(one.events for one in outcomes)} events were told over",
        f"{sum(one.reconnects for one in outcomes)} reconnections with `since`, each once, in order and as",
        "the journal has it; in the steps the client subscribes again after each kill, with the same check.",
        "",
        "## By fault",
        "",
        "Intents that met the fault (many meet several), and the creates that the gateway counted for them.",
        "",
        "| fault | injected | intents | creates |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name in sorted(injected):
        met = f"{befell[name]} | {paid[name]}" if befell[name] else "|"
        lines.append(f"| {name} | {injected[name]} | {met} |")
    lines += ["", "## Killed", "", "| moment | times |", "| --- | ---: |"]
    lines += [f"| {name} | {kills[name]} |" for name in sorted(kills)]
    problems = [problem for one in (*outcomes, *sweeps) for problem in one.problems]
    if problems:
        lines += ["", "## Problems", "", *[f"- {problem[:500]}" for problem in problems]]
    return "\n".join(lines) + "\n"


def groups(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for one in outcomes:
        count = one.settings.processes
        name = f"{count} process{'es' if count > 1 else ''}"
        if one.settings.idempotent:
            name += ", the gateway honours keys"
        if one.settings.timeouts:
            name += ", silent gateway"
        found.setdefault(name, []).append(one)
    return found


def run_round(settings: Settings) -> Outcome:
    outcome = Round(settings).run()
    print(f"seed {settings.seed}: {outcome.seconds:.0f} s, {outcome.problems or 'all well'}", flush=True)
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--intents", type=int, default=60)
    parser.add_argument("--stride", type=int, default=1, help="kill at every so many steps")
    parser.add_argument("--write", type=Path, metavar="FILE")
    given = parser.parse_args()
    binary()
    began = time.monotonic()
    shim, old = build_shim(), old_journal()
    jobs = [(where, how, None) for where in ("journal", "network", "output", "files") for how in WAYS]
    jobs += [("journal", how, old) for how in WAYS]
    # Side by side, as they mostly wait; the silent gateway, which takes longest, first.
    with ThreadPoolExecutor(5) as pool:
        rounds = pool.map(run_round, reversed(plan(given.seed, given.rounds, given.intents)))
        swept = pool.map(lambda job: sweep(shim, job[0], job[1], stride=given.stride, template=job[2]), jobs)
        outcomes, sweeps = list(rounds)[::-1], list(swept)
    for one in sweeps:
        print(f"{one.name}: {one.kills} kills, {one.problems or 'all well'}", flush=True)
    command = "python3 Tests/faults/run.py " + " ".join(sys.argv[1:])
    text = table(outcomes, sweeps, command, time.monotonic() - began)
    print(text)
    if given.write:
        given.write.write_text(text)
    sys.exit(any(one.problems for one in (*outcomes, *sweeps)))


if __name__ == "__main__":
    main()
