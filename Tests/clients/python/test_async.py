"""The asyncio face."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import unittest

import support

from kling_client import AsyncKling, CallTimeout, ConflictError, ServerGone, Task


class Async(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.kling = AsyncKling(server=support.FAKE)
        self.addAsyncCleanup(self.kling.close)

    async def test_calls_run_side_by_side_and_get_their_own_answers(self) -> None:
        wanted = [{"n": n} for n in range(300)]
        answers = await asyncio.gather(*[self.kling.call("echo", params) for params in wanted])
        self.assertEqual(answers, wanted)
        with self.assertRaises(ConflictError):
            await self.kling.cancel("kt_1")

    async def test_cancelling_an_await_cancels_the_request_and_the_client_goes_on(self) -> None:
        waiting = asyncio.ensure_future(self.kling.call("silent"))
        await asyncio.sleep(0)
        waiting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await waiting
        self.assertEqual((await self.kling.call("seen"))["cancelled"], [1])

    async def test_a_timeout_of_this_side_cancels_too(self) -> None:
        with self.assertRaises(CallTimeout):
            await self.kling.call("silent", call_timeout=0.05)
        self.assertEqual((await self.kling.call("seen"))["cancelled"], [1])

    async def test_follow_yields_the_state_now_and_every_update(self) -> None:
        task = await self.kling.submit(support.REQUEST)
        steps = [update.progress async for update in self.kling.follow(task)]
        self.assertEqual(steps, [None, 10, 55, 90, 100])

    async def test_leaving_the_loop_or_dropping_the_iterator_unsubscribes(self) -> None:
        async for _ in self.kling.follow("kt_hang"):
            break
        async with self.kling.follow("kt_hang") as updates:
            self.assertEqual(updates.feed.subscription, "s2")
        dropped = await self.kling.subscribe(task="kt_hang")
        del dropped
        gc.collect()
        self.assertEqual((await self.kling.call("seen"))["unsubscribed"], ["s1", "s2", "s3"])

    async def test_generate_delivers_and_its_cancellation_unsubscribes(self) -> None:
        seen: list[Task] = []
        with tempfile.TemporaryDirectory() as folder:
            (path,) = await self.kling.generate(support.REQUEST, directory=folder, on_progress=seen.append)
            self.assertEqual(path.read_bytes()[4:8], b"ftyp")
        self.assertEqual(seen[-1].state, "completed")
        making = asyncio.ensure_future(self.kling.generate({"prompt": "kt_hang"}, on_progress=seen.append))
        while seen[-1].id != "kt_hang" or seen[-1].progress is None:
            await asyncio.sleep(0.01)
        making.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await making
        self.assertEqual((await self.kling.call("seen"))["unsubscribed"], ["s2"])

    async def test_a_server_that_dies_reaches_every_await_and_iteration(self) -> None:
        async def drain() -> None:
            async for _ in self.kling.follow("kt_hang"):
                pass

        waiting = [asyncio.ensure_future(self.kling.call("silent")) for _ in range(5)]
        waiting.append(asyncio.ensure_future(drain()))
        await self.kling.call("echo", {})
        waiting.append(asyncio.ensure_future(self.kling.call("die")))
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 10)
        self.assertEqual([type(outcome) for outcome in outcomes], [ServerGone] * 7)
        with self.assertRaises(ServerGone):
            self.kling.follow("kt_1")
        with self.assertRaises(ServerGone):
            await self.kling.hello()


if __name__ == "__main__":
    unittest.main()
