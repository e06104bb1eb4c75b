"""Self-signed certificates for tests of TLS, made by the ``openssl`` command."""

from __future__ import annotations

import subprocess
from pathlib import Path


def certificate(directory: Path, address: str = "127.0.0.1", days: int = 30) -> tuple[str, str]:
    """Writes a key pair whose only name is ``address`` (IP or host); returns (certificate, key) paths."""
    kind = "IP" if address.replace(".", "").isdigit() else "DNS"
    cert, key = directory / f"{address}.crt", directory / f"{address}.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        str(days),
        "-subj",
        "/CN=test",
    ]
    names = ["-addext", f"subjectAltName={kind}:{address}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command + names, check=True, capture_output=True)
    return str(cert), str(key)
