"""What the README shows a reader who pipes JSON into the server, done."""

from __future__ import annotations

import json
import re
import subprocess
import unittest
from pathlib import Path

from harness import ROOT, Case, binary

README = ROOT / "README.md"


class Readme(Case):
    def test_its_pipe_gives_what_it_shows(self) -> None:
        blocks = re.findall(r"```console\n(.*?)```", README.read_text(), re.S)
        (block,) = (one for one in blocks if "printf" in one and "kling-server" in one)
        command, _, shown = block.partition("kling-server\n")
        run = subprocess.run(
            ["sh", "-c", f'PATH="{Path(binary()).parent}:$PATH"; {command[2:]} kling-server'],
            capture_output=True,
            text=True,
            env=self.place.environment(),
            cwd=self.place.path,
            timeout=20,
            check=False,
        )
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        answer = json.loads(run.stdout)
        self.assertFalse(answer["result"]["valid"])
        self.assertEqual(answer["result"]["diagnostics"][0]["code"], "duration.quoted")
        # It may be shown in several lines, or cut short with an ellipsis; what is shown is what comes.
        pieces = [piece.strip() for piece in re.split(r"…|\n", shown) if piece.strip()]
        for piece in pieces:
            self.assertIn(re.sub(r"\s+", "", piece), re.sub(r"\s+", "", run.stdout))

    def test_the_methods_and_parameters_it_names_exist(self) -> None:
        server = self.simulated()
        known = set(server.call("hello")["methods"])
        calls = re.findall(
            r'^\{"jsonrpc":"2\.0".*?"method":"(\w+)","params":(\{.*\})\}', README.read_text(), re.M
        )
        self.assertGreaterEqual(len(calls), 4)
        for method, params in calls:
            self.assertIn(method, known)
            names = json.loads(re.sub(r"\{…\}", "{}", params))
            failure = server.fails(method, **names)
            self.assertNotEqual(failure.code, -32602, f"{method}: {failure.message}")


if __name__ == "__main__":
    unittest.main()
