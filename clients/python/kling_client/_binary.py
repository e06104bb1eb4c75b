"""Where the kling-server binary is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .errors import ServerNotFound

_NAME = "kling-server"


def find_server(explicit: str | os.PathLike[str] | None = None) -> str:
    """Return the binary's path: `explicit`, `KLING_SERVER`, beside this package, a build above it, then PATH.

    The first two are the caller's word: if they are wrong, that is an error and nothing else is tried.
    Raises `ServerNotFound`, which says how to get one.
    """
    for origin, given in (("server=", explicit), ("KLING_SERVER", os.environ.get("KLING_SERVER"))):
        if given:
            found = shutil.which(Path(given).expanduser())
            if found is None:
                raise ServerNotFound(f"{origin} names {os.fspath(given)!r}, which is no executable file.")
            return str(Path(found).absolute())
    here = Path(__file__).resolve().parent
    candidates = [here / "bin" / _NAME]
    candidates += [folder / ".build" / "release" / _NAME for folder in here.parents]
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return str(candidate)
    on_path = shutil.which(_NAME)
    if on_path is not None:
        return on_path
    raise ServerNotFound(
        "kling-server was not found: not in KLING_SERVER, not beside this package, not in a .build/release "
        "above it, not on PATH. Get it: in a checkout of the project run clients/quickstart.sh, or "
        "`swift build -c release --product kling-server`; then set KLING_SERVER to the binary, or put it on "
        "PATH."
    )
