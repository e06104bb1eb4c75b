"""How the server is started: options become arguments and environment. A key never becomes an argument."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Union

from ._binary import find_server

#: A path, or a whole command, such as a wrapper with its own arguments.
Server = Union[str, "os.PathLike[str]", Sequence[str]]
Path = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True)
class Launch:
    """A command ready to start, and what must never be shown of it."""

    command: list[str]
    environment: dict[str, str]
    secrets: list[str]


def launch(
    server: Server | None,
    *,
    simulate: bool | str,
    gateway: str | None,
    api_key: str | None,
    journal: Path | None,
    max_active: int | None,
    budget: str | None,
    download_dir: Path | None,
    locale: str | None,
    args: Sequence[str],
    env: Mapping[str, str] | None,
) -> Launch:
    """Return the command and environment for these options. Raises `ServerNotFound`."""
    if server is None or isinstance(server, (str, os.PathLike)):
        command = [find_server(server)]
    else:
        command = [str(part) for part in server]
    values = {
        "--gateway": gateway,
        "--journal": journal,
        "--max-active": max_active,
        "--budget": budget,
        "--download-dir": download_dir,
        "--locale": locale,
    }
    for option, value in values.items():
        if value is not None:
            command += [option, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
    command += args
    # Last, because its value may be left out and must not be mistaken for what follows.
    if simulate:
        command += ["--simulate"] if simulate is True else ["--simulate", simulate]
    environment = {**os.environ, **(env or {})}
    if api_key is not None:
        environment["KLING_API_KEY"] = api_key
    secret = environment.get("KLING_API_KEY")
    return Launch(command, environment, [secret] if secret else [])
