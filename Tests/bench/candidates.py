"""Who is measured: ours, the floors no program of the kind can pass, and what a user would run instead."""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
OUT = Path(".build/bench")
BIN = OUT / "venv" / "bin"
SCHEMA = str(HERE / "kling-v3.schema.json")
PROMPT = "A golden retriever runs along the beach at sunset, slow motion, cinematic light"
REQUEST = {"model": "kling-v3", "prompt": PROMPT, "mode": "std", "duration": 5, "aspect_ratio": "16:9"}


def message(method: str, params: dict[str, object]) -> str:
    """One JSON-RPC request; the driver counts the id up in place, so it has seven digits."""
    body = {"jsonrpc": "2.0", "id": 1_000_000, "method": method, "params": params}
    return json.dumps(body, separators=(",", ":"))


VALIDATE = message("validate", {"request": REQUEST})
HELLO = message("hello", {})
INITIALIZE = message("initialize", {"processId": None, "rootUri": None, "capabilities": {}})


@dataclass
class Candidate:
    """A program, the first request it is sent, and the word its reply must hold to count."""

    name: str
    role: str
    command: list[str]
    request: str = VALIDATE
    framing: str = "lines"
    expect: str = '"valid":true'
    runs: int = 40

    def absence(self) -> str | None:
        """Why it cannot be measured, or None; one trial request must be answered as expected."""
        if not self.command or not shutil.which(self.command[0]):
            return "not installed"
        self.command[0] = str(Path(shutil.which(self.command[0]) or "").absolute())
        data = self.request.encode() + b"\n"
        if self.framing == "headers":
            data = b"Content-Length: %d\r\n\r\n%b" % (len(data) - 1, data[:-1])
        pipe = subprocess.PIPE
        child = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        assert child.stdin and child.stdout
        try:
            child.stdin.write(data)
            child.stdin.flush()
            answer = b""
            while not answer.rstrip().endswith(b"}"):
                if not select.select([child.stdout], [], [], 20)[0]:
                    return "no answer in 20 s"
                if not (piece := os.read(child.stdout.fileno(), 1 << 16)):
                    break
                answer += piece
        except OSError as why:
            return str(why)
        finally:
            child.kill()
            child.communicate()
        return (
            None if self.expect.encode() in answer else f"answered {answer[:80].decode(errors='replace')!r}"
        )


def ours(request: str = VALIDATE, expect: str = '"valid":true') -> Candidate:
    return Candidate("kling-server", "ours", shlex.split(os.environ["KLING_SERVER"]), request, expect=expect)


def floors() -> list[Candidate]:
    c = Candidate("C echo", "floor", [str(OUT / "floor-c")], expect="method")
    swift = [
        Candidate(name, "floor", [str(OUT / file)])
        for name, file in (
            ("Swift fully static", "floor-swift-static"),
            ("Swift static-stdlib", "floor-swift"),
            ("Swift static-stdlib + SQLite", "floor-swift-sqlite"),
        )
    ]
    return [c, *swift]


def validators() -> list[Candidate]:
    python = [str(BIN / "python"), str(HERE / "peer_orjson.py"), SCHEMA]
    node = ["node", str(HERE / "peer_ajv.js"), SCHEMA]
    return [
        Candidate("orjson + jsonschema-rs", "peer", python, runs=5),
        Candidate("node + ajv", "peer", node, runs=5),
    ]


def language_servers() -> list[Candidate]:
    rows: list[tuple[str, list[str], int]] = [
        ("tombi lsp", [str(BIN / "tombi"), "lsp"], 40),
        ("ruff server", [str(BIN / "ruff"), "server"], 40),
        ("clangd", ["clangd"], 40),
        ("sourcekit-lsp", ["sourcekit-lsp"], 8),
        ("pygls", [str(BIN / "python"), str(HERE / "peer_pygls.py")], 4),
    ]
    reply = '"capabilities"'
    return [
        Candidate(name, "peer", command, INITIALIZE, "headers", reply, runs) for name, command, runs in rows
    ]


def request_validators(data: str) -> list[Candidate]:
    """Programs that print ``{"what":"validate","perSecond":…}``; their request is never sent."""
    rows = [
        ("kling-server", "ours", [os.environ["CORE_BENCH"], "validate", data, "101"]),
        ("node + ajv", "peer", ["node", str(HERE / "validate.js"), data, SCHEMA]),
    ]
    for name in ("jsonschema-rs", "pydantic", "fastjsonschema", "jsonschema"):
        rows.append((name, "peer", [str(BIN / "python"), str(HERE / "validate.py"), name, data, SCHEMA]))
    return [Candidate(*row) for row in rows]


def parsers(data: str) -> list[Candidate]:
    """Programs that print ``{"what":"parse","mbPerSecond":…}``; their request is never sent."""
    rows = [
        ("kling-server", "ours", [os.environ["CORE_BENCH"], "parse", data]),
        ("Node JSON.parse", "peer", ["node", str(HERE / "parse.js"), data]),
        ("orjson", "peer", [str(BIN / "python"), str(HERE / "parse.py"), "orjson", data]),
        ("Python json", "peer", [str(BIN / "python"), str(HERE / "parse.py"), "json", data]),
        ("Foundation", "peer", [str(OUT / "floor-foundation"), data]),
    ]
    return [Candidate(*row) for row in rows]
