"""A client of the language server protocol, as small as the servers that other people wrote need it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

SECONDS = 60


class Client:
    """Starts the server in ``root`` and speaks to it over its standard input and output."""

    def __init__(self, command: list[str], root: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._process = subprocess.Popen(
            command, cwd=root, env={**os.environ, "PATH": path},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._root = root
        self._messages: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Client:
        capabilities = {"general": {"positionEncodings": ["utf-16"]}}
        self._send(
            id=1, method="initialize",
            params={"processId": None, "rootUri": self._root.as_uri(), "capabilities": capabilities},
        )  # fmt: skip
        self._wait(lambda message: message.get("id") == 1)
        self._send(method="initialized", params={})
        return self

    def __exit__(self, *raised: object) -> None:
        self._process.kill()
        self._process.wait()

    def open(self, path: Path, text: str) -> None:
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})

    def diagnostics(self, path: Path) -> list[Any]:
        """The first that are published for the file and are not empty."""

        def is_it(message: Any) -> bool:
            given = message.get("params", {})
            published = message.get("method") == "textDocument/publishDiagnostics"
            return published and given.get("uri") == path.as_uri() and bool(given["diagnostics"])

        found = self._wait(is_it)["params"]["diagnostics"]
        assert isinstance(found, list)
        return found

    def _wait(self, is_it: Any) -> Any:
        while True:
            message = self._messages.get(timeout=SECONDS)
            if is_it(message):
                return message

    def _send(self, **message: Any) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            size = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    size = int(value)
            if not size:
                return
            self._messages.put(json.loads(stream.read(size)))
