"""A proxy of the environment: used for the gateway, trusted with nothing; when it fails nothing was sent."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import unittest
from typing import Any

from harness import CLIP, Case, Server, wait_for

from certificate import certificate
from gateway import Gateway

KEY = "sk-secret-0123456789"
HOST = "kling.test"


class Proxy:
    """An HTTP proxy that tunnels every CONNECT to one port of this machine, or answers with a refusal."""

    def __init__(self, port: int, answer: str = "200 OK") -> None:
        self._port, self._answer = port, answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heads: list[bytes] = []
        self.seen = bytearray()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = client.recv(4096)
                if not piece:
                    return
                head += piece
            self.heads.append(head)
            client.sendall(f"HTTP/1.1 {self._answer}\r\nContent-Length: 0\r\n\r\n".encode())
            if not self._answer.startswith("200"):
                return
            with socket.create_connection(("127.0.0.1", self._port)) as target:
                back = threading.Thread(target=self._pump, args=(target, client), daemon=True)
                back.start()
                self._pump(client, target)
                back.join()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self.seen += piece
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class Proxies(Case):
    def setUp(self) -> None:
        super().setUp()
        if not shutil.which("openssl"):
            self.skipTest("no openssl to make a certificate with")
        self.gateway = Gateway(speed=0, tls=certificate(self.place.path, HOST), key=KEY).start()
        self.addCleanup(self.gateway.stop)

    def proxy(self, answer: str = "200 OK") -> Proxy:
        proxy = Proxy(self.gateway.port, answer)
        self.addCleanup(proxy.close)
        return proxy

    def behind(self, port: int, **env: str) -> Server:
        return self.server(
            "--gateway",
            f"https://{HOST}",
            env={
                "KLING_API_KEY": KEY,
                "SSL_CERT_FILE": str(self.place.path / f"{HOST}.crt"),
                "https_proxy": f"http://ann:xyzzy@127.0.0.1:{port}",
                **env,
            },
        )

    def stays_in_line(self, server: Server) -> dict[str, Any]:
        """A task that was not sent, is not paid, and says why."""
        task = server.submit(waitFor="queued")["id"]
        shown = wait_for(lambda: self.refused(server, task), 20, "the first attempt to fail")
        self.assertEqual((shown["state"], shown["billed"]), ("queued", "no"), shown)
        self.assertEqual(shown["error"]["data"]["type"], "unreachable")
        self.assertNotIn("xyzzy", str(shown), "the proxy's password is shown")
        self.assertEqual(self.gateway.create_requests, 0)
        return shown

    @staticmethod
    def refused(server: Server, task: str) -> dict[str, Any] | None:
        now = server.call("status", task=task)
        return now if now["error"] else None

    def test_the_gateway_is_asked_through_it_and_it_learns_nothing(self) -> None:
        proxy = self.proxy()
        server = self.behind(proxy.port)
        task = server.submit()
        self.assertEqual(task["state"], "submitted", task)
        self.assertEqual((self.gateway.creates, self.gateway.create_requests), (1, 1))
        self.assertTrue(proxy.heads[0].startswith(b"CONNECT kling.test:443 HTTP/1.1\r\n"), proxy.heads[0])
        self.assertIn(b"Proxy-Authorization: Basic ", proxy.heads[0])
        seen = b"".join(proxy.heads) + bytes(proxy.seen)
        for secret in (KEY.encode(), b"golden cat", b"Idempotency-Key"):
            self.assertNotIn(secret, seen)

    def test_one_that_refuses_keeps_the_task_in_line(self) -> None:
        for answer in ("407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"):
            with self.subTest(answer=answer):
                server = self.behind(self.proxy(answer).port, KLING_JOURNAL=str(self.place.path / answer[:3]))
                self.stays_in_line(server)
                server.close()

    def test_one_that_is_gone_keeps_the_task_in_line_until_it_is_back(self) -> None:
        gone = self.proxy()
        gone.close()
        server = self.behind(gone.port)
        task = self.stays_in_line(server)["id"]
        server.finish()
        again = self.behind(self.proxy().port)
        wait_for(lambda: again.call("status", task=task)["taskId"], why="the create")
        self.assertEqual((self.gateway.creates, self.gateway.create_requests), (1, 1))

    def test_a_certificate_of_another_host_is_no_better_behind_it(self) -> None:
        with Gateway(speed=0, tls=certificate(self.place.path, "other.test")) as other:
            proxy = Proxy(other.port)
            self.addCleanup(proxy.close)
            trusted = str(self.place.path / "other.test.crt")
            self.stays_in_line(self.behind(proxy.port, SSL_CERT_FILE=trusted))
            self.assertEqual(other.create_requests, 0)

    def test_an_exception_is_kept(self) -> None:
        proxy = self.proxy()
        # The name exists nowhere: without the proxy the gateway is not found.
        self.stays_in_line(self.behind(proxy.port, no_proxy=f"localhost,.{HOST}"))
        self.assertEqual(proxy.heads, [])

    def test_a_loopback_gateway_is_never_asked_through_it(self) -> None:
        proxy = self.proxy()
        with Gateway(speed=0) as gateway:
            env = {"KLING_API_KEY": KEY, "http_proxy": f"http://127.0.0.1:{proxy.port}"}
            server = self.server("--gateway", gateway.url, env=env)
            self.assertEqual(server.submit(request=CLIP)["state"], "submitted")
        self.assertEqual(proxy.heads, [])


if __name__ == "__main__":
    unittest.main()
