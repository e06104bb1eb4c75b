"""The simulator's faults are the test gateway's, by name and place."""

from __future__ import annotations

import re
import subprocess
import unittest

from harness import ROOT, Case, binary

from fault_plan import CONNECT, CREATE, EXCHANGE_FAULTS, FILE, MODIFIERS, READ, TASK_FATES

PLACES = (CREATE, READ, FILE)


class Faults(Case):
    def understands(self, spec: str) -> str:
        """Nothing when the server takes the spec, else what it says."""
        run = subprocess.run(
            [binary(), "--simulate", spec],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self.place.environment(),
            timeout=20,
            check=False,
        )
        self.assertEqual(run.returncode, 2 if run.stderr else 0, run.stderr)
        return run.stderr

    def published(self) -> dict[str, str]:
        page = (ROOT / "protocol" / "README.md").read_text()
        table = page.partition("<!-- generated: faults -->")[2].partition("<!-- end -->")[0]
        return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", table, re.M))

    def test_both_know_the_same_names_at_the_same_places(self) -> None:
        theirs = {
            name: ", ".join(PLACES if CONNECT in places else [one for one in PLACES if one in places])
            for name, places in EXCHANGE_FAULTS.items()
        }
        theirs |= dict.fromkeys(TASK_FATES, "the task")
        self.assertEqual(self.published(), theirs)

    def test_what_is_published_is_understood_and_nothing_else(self) -> None:
        for name, where in self.published().items():
            self.assertEqual(self.understands(f"fault={name}:0.5"), "")
            for place in PLACES:
                with self.subTest(fault=name, place=place):
                    said = self.understands(f"fault={name}:on={place}")
                    self.assertEqual(said == "", place in where.split(", "), said)
        self.assertIn("did you mean 'truncated-body'?", self.understands("fault=truncated-bodi"))
        self.assertTrue(MODIFIERS)

    def test_a_run_repeats_itself_with_its_seed(self) -> None:
        def run(seed: int) -> list[str]:
            faults = "fault=429-1303:0.1,fault=400:0.2,fault=truncated-body:0.2,fault=500:0.1:on=create"
            server = self.server("--simulate", f"speed=500,seed={seed},{faults}", "--journal", ":memory:")
            states = []
            for number in range(20):
                request = {"model": "kling-v3", "prompt": str(number), "duration": 5}
                server.ask("submit", {"request": request, "timeoutSeconds": 5})
                server.reply(number + 1)
                answer = server.answers()[-1]
                states.append(answer["error"]["code"] if "error" in answer else answer["result"]["state"])
            server.close()
            return states

        def pipelined() -> list[str]:
            server = self.server("--simulate", "speed=500,seed=7,fault=failed:0.5", "--journal", ":memory:")
            requests = [{"model": "kling-v3", "prompt": str(number)} for number in range(12)]
            calls = [server.ask("submit", {"request": one, "waitFor": "completed"}) for one in requests]
            states = [server.take(call, 20)["state"] for call in calls]
            server.close()
            return states

        self.assertEqual({tuple(pipelined()) for _ in range(4)}, {tuple(pipelined())})
        first = run(5)
        self.assertEqual(run(5), first)
        self.assertGreater(len(set(map(str, first))), 1)


if __name__ == "__main__":
    unittest.main()
