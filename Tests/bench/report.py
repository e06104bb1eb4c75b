"""The table of results: Markdown, with nothing in it that names the machine beyond its processor."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from candidates import BIN

MINE = "kling-server"


@dataclass
class Row:
    """One measure: medians by candidate, and the figure ours must reach while ahead of every peer."""

    what: str
    unit: str
    medians: dict[str, float]
    roles: dict[str, str]
    target: float
    more_is_better: bool = False
    digits: int = 0
    said: list[str] = field(default_factory=list)

    @classmethod
    def fact(cls, what: str, ours: str, target: str, met: bool) -> Row:
        """A row that is a statement rather than a comparison."""
        return cls(what, "", {}, {}, 0, said=[what, ours, "", "", "", target, "yes" if met else "**no**"])

    def cells(self) -> list[str]:
        if self.said:
            return self.said
        floors = {name: value for name, value in self.medians.items() if self.roles.get(name) == "floor"}
        peers = {name: value for name, value in self.medians.items() if self._is_peer(name)}
        ours = self.medians.get(MINE)
        sign = "≥" if self.more_is_better else "≤"
        shown = "skipped" if ours is None else f"**{self._figure(ours)}** {self.unit}"
        hello = self.medians.get(f"{MINE} (hello)")
        if hello is not None:
            shown += f" (`hello` {self._figure(hello)})"
        target = f"{sign} {self._figure(self.target)} {self.unit}"
        met, ratio = "skipped", ""
        if ours is not None:
            reached = ours >= self.target if self.more_is_better else ours <= self.target
            ahead = True
            if peers:
                best = (max if self.more_is_better else min)(peers.values())
                ratio = f"{ours / best if self.more_is_better else best / ours:.2f} ×"
                ahead = ours > best if self.more_is_better else ours < best
            met = "yes" if reached and ahead else "**no**"
        return [self.what, shown, self._list(floors), self._list(peers), ratio, target, met]

    def _is_peer(self, name: str) -> bool:
        return self.roles.get(name, "peer") == "peer" and not name.startswith(MINE)

    def _list(self, figures: dict[str, float]) -> str:
        ordered = sorted(figures.items(), key=lambda item: item[1], reverse=self.more_is_better)
        return " · ".join(f"{name} {self._figure(value)}" for name, value in ordered)

    def _figure(self, value: float) -> str:
        return f"{value:,.{self.digits}f}"


def output(*command: str) -> list[str]:
    """The lines a program prints, or none."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [] if done.returncode else done.stdout.splitlines()


def first_line(*command: str) -> str:
    return next(iter(output(*command)), "").strip()


def versions() -> str:
    packages = output(str(BIN / "pip"), "freeze", "--disable-pip-version-check")
    wanted = ("ruff", "tombi", "orjson", "jsonschema_rs", "jsonschema-rs", "pygls")
    named = [line.replace("==", " ") for line in packages if line.split("==")[0] in wanted]
    ajv = first_line("node", "-p", "require('ajv/package.json').version")
    swift = re.search(r"Swift version [\d.]+", first_line("swiftc", "--version"))
    clangd = re.search(r"clangd version [\d.]+", first_line("clangd", "--version"))
    found = [
        swift.group() if swift else "",
        first_line("cc", "--version"),
        f"Python {platform.python_version()}",
        f"Node {first_line('node', '--version')}",
        f"ajv {ajv}" if ajv else "",
        clangd.group() if clangd else "",
        *named,
    ]
    return ", ".join(each for each in found if each)


def machine() -> str:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    release = Path("/etc/os-release")
    system = (
        re.search(r'PRETTY_NAME="(.*)"', release.read_text(encoding="utf-8")) if release.exists() else None
    )
    kernel = re.match(r"[\d.]+", platform.release())
    parts = [
        cpu.group(1) if cpu else platform.machine(),
        f"{os.cpu_count()} cores",
        system.group(1) if system else "",
        f"Linux {kernel.group()}" if kernel else "",
        f"load {os.getloadavg()[1]:.1f} at the end (1 is the bench itself)",
    ]
    return ", ".join(part for part in parts if part)


def render(rows: list[Row], skipped: dict[str, str], command: str, rounds: int) -> str:
    head = ["what", "ours", "floor", "peers", "best peer against ours", "target", "met"]
    cells = [row.cells() for row in rows]
    lines = [
        "# Results",
        "",
        f"`{command}`: medians of {rounds} rounds in which all take turns, client and server on one core.",
        "*Floor*: programs that only answer with canned bytes. *Met*: target reached, every peer behind.",
        "A ratio over 1 means ours is that many times ahead of the best peer.",
        "",
        f"Machine: {machine()}.",
        f"Versions: {versions()}.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + " --- |" * len(head),
        *("| " + " | ".join(row) + " |" for row in cells),
        "",
        *(f"- {name}: *skipped: {why}*" for name, why in skipped.items()),
    ]
    return "\n".join(lines).rstrip() + "\n"
