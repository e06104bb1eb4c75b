"""A short run: no intent is paid twice, no task lost, no event missed, whatever is faulty or killed."""

from __future__ import annotations

import os
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from figures import Raw, call, filled
from process import Params, Place, Process
from round import Outcome, Round, Settings
from steps import WAYS, NoCompiler, build_shim, sweep

from gateway import Gateway
from harness import LINUX, peak_memory

ROUNDS = {
    "one": Settings(seed=1, intents=40),
    "two": Settings(seed=2, intents=30, processes=2, holds=True),
    "four": Settings(seed=3, intents=30, processes=4),
    "honours keys": Settings(seed=4, intents=25, idempotent=True),
    # Told in error that the gateway honours keys, the server sends again, and pays twice.
    "trusting": Settings(seed=5, intents=10, kills={}, resets_at_connect=0, outage_seconds=0, trusting=True),
}


class Rounds(unittest.TestCase):
    outcomes: dict[str, Outcome]

    @classmethod
    def setUpClass(cls) -> None:
        # Side by side, as they mostly wait.
        with ThreadPoolExecutor(len(ROUNDS)) as pool:
            cls.outcomes = dict(zip(ROUNDS, pool.map(lambda one: Round(one).run(), ROUNDS.values())))

    def check(self, name: str) -> None:
        outcome, settings = self.outcomes[name], ROUNDS[name]
        self.assertEqual(outcome.problems, [], f"seed {settings.seed}")
        self.assertEqual(outcome.creates, settings.intents)
        self.assertGreater(sum(outcome.injected.values()), settings.intents)
        self.assertGreater(sum(outcome.kills.values()), 5)
        self.assertGreater(outcome.reconnects, 5)

    def test_one_process(self) -> None:
        self.check("one")

    @unittest.skipUnless(LINUX, "finds out which process a connection is of in /proc")
    def test_two_processes_on_one_journal(self) -> None:
        self.check("two")

    @unittest.skipUnless(LINUX, "finds out which process a connection is of in /proc")
    def test_four_processes_on_one_journal(self) -> None:
        self.check("four")

    def test_a_gateway_that_honours_keys(self) -> None:
        self.check("honours keys")

    def test_a_double_create_would_be_seen(self) -> None:
        self.assertTrue(self.outcomes["trusting"].paid_twice)


@unittest.skipUnless(LINUX, "the shim is made for Linux")
class Steps(unittest.TestCase):
    shim: str

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.shim = build_shim()
        except NoCompiler as why:
            raise unittest.SkipTest(str(why)) from None

    def test_killed_at_steps_of_the_journal(self) -> None:
        for number, how in enumerate(WAYS):
            with self.subTest(how=how):
                result = sweep(self.shim, "journal", how, stride=31, first=3 + 7 * number)
                self.assertEqual(result.problems, [])
                self.assertEqual(result.creates, result.intents)
                self.assertGreater(result.kills, 5)

    def test_killed_at_steps_of_network_output_and_files(self) -> None:
        for where in ("network", "output", "files"):
            with self.subTest(where=where):
                result = sweep(self.shim, where, "after", stride=5, first=2)
                self.assertEqual((result.problems, result.creates), ([], result.intents))


class Sharing(unittest.TestCase):
    def pair(self, gateway: Gateway) -> tuple[Process, Process, Params]:
        """Two processes on one journal, and a task of the first."""
        place = Place()
        self.addCleanup(place.remove)
        arguments = ("--gateway", gateway.url, "--download-dir", str(place.videos))
        keeper = Process(place, *arguments, KLING_API_KEY="k")
        task = keeper.call("submit", request={"model": "kling-v3", "prompt": "A cat"})
        return keeper, Process(place, *arguments, KLING_API_KEY="k"), task

    def test_what_another_process_saw_completed_is_delivered(self) -> None:
        with Gateway(speed=0) as gateway:
            keeper, other, task = self.pair(gateway)
            gateway.clock.advance(1000)
            seen = other.call("status", task=task["id"], refresh=True)
            self.assertEqual(seen["state"], "completed")
            done = other.call("wait", task=task["id"], timeoutSeconds=6)["tasks"][0]
            self.assertTrue(done["videos"][0]["path"], done)
            for process in (keeper, other):
                self.assertEqual(process.finish(), 0)

    def test_a_task_refreshed_just_after_its_keeper_died_is_followed(self) -> None:
        with Gateway(speed=0) as gateway:
            keeper, other, task = self.pair(gateway)
            other.call("list")
            keeper.signal()
            gateway.clock.advance(30)
            self.assertEqual(other.call("status", task=task["id"], refresh=True)["state"], "processing")
            gateway.clock.advance(1000)
            done = other.call("wait", task=task["id"], timeoutSeconds=30)
            self.assertTrue(done["done"], done)
            self.assertTrue(done["tasks"][0]["videos"][0]["path"])
            self.assertEqual(other.finish(), 0)


@unittest.skipUnless(LINUX, "reads /proc")
class Replay(unittest.TestCase):
    def test_a_client_that_reads_slowly_gets_a_long_replay(self) -> None:
        """More than may wait for a client, and faster made than read: the replay waits for the client."""
        place = Place()
        self.addCleanup(place.remove)
        ids = filled(place, 1000, events=15, prompt="A cat in the sun. " * 120)
        server = Raw(place, "--simulate", "speed=1")
        self.addCleanup(server.end)
        os.write(server.input, call(1, "subscribe", tasks=ids, since=0))
        told, size = 0, 0
        while told < 15_000:
            piece = os.read(server.output, 1 << 18)
            self.assertTrue(piece, f"the server ended after {told} updates")
            told += piece.count(b'"method":"task/update"')
            size += len(piece)
            time.sleep(0.002)
        self.assertGreater(size, 40 << 20, "this would have fitted in the buffer")
        self.assertLess(peak_memory(server.child.pid), 64 << 20)


if __name__ == "__main__":
    unittest.main()
