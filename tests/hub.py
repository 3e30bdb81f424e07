"""A model hub on loopback: the part of its protocol that ``huggingface_hub`` downloads files with, and no more."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34
_LARGE = 256
_HUGE = 1 << 20
_INFO = re.compile(r"/api/models/([\w.-]+/[\w.-]+)/revision/([\w.-]+)$")
_RESOLVE = re.compile(r"/([\w.-]+/[\w.-]+)/resolve/([\w.-]+)/(.+)$")
_STORE = re.compile(r"/store/([0-9a-f]{64})$")


@dataclass
class Hub:
    """Repositories by name, each a mapping of paths to contents. ``cut`` breaks off so many
    downloads of more than a MB half-way."""

    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    lies: dict[str, bytes] = field(default_factory=dict)
    """What is sent instead of a file's content, at its true hash."""
    cut: int = 0
    stall: threading.Event | None = None
    """While there is one that is not set, such downloads stand still half-way."""
    url: str = ""
    store: str = ""
    """Where large files are: another host, as with the real one."""
    tokens: list[str] = field(default_factory=list)
    sent: list[tuple[str, int]] = field(default_factory=list)
    """Files whose content was sent, and from which byte on."""
    wrong: list[str] = field(default_factory=list)
    """What a client did that it must not."""

    def blob(self, digest: str) -> tuple[str, bytes] | None:
        """A large file by its hash."""
        for files in self.repos.values():
            for name, content in files.items():
                if hashlib.sha256(content).hexdigest() == digest:
                    return name, content
        return None


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    hub.store = hub.url.replace("127.0.0.1", "localhost")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(has_body=False)

    def do_GET(self) -> None:
        self._answer(has_body=True)

    def _answer(self, *, has_body: bool) -> None:
        if token := self.headers.get("authorization"):
            self.hub.tokens.append(token)
        path = unquote(urlsplit(self.path).path)
        if found := _INFO.match(path):
            self._info(*found.groups())
        elif found := _RESOLVE.match(path):
            self._resolve(*found.groups(), has_body=has_body)
        elif found := _STORE.match(path):
            self._store(found[1], has_body=has_body)
        else:
            self._fail(404, "EntryNotFound")

    def _info(self, repo: str, revision: str) -> None:
        files = self._repo(repo, revision)
        if files is None:
            return
        self._demand("blobs=true" in self.path.lower(), "sizes and hashes were not asked for")
        content = {
            "_id": "1", "id": repo, "modelId": repo, "sha": COMMIT, "private": False, "tags": [], "downloads": 0,
            "siblings": [_sibling(name, content) for name, content in files.items()],
        }  # fmt: skip
        self._send(200, json.dumps(content).encode(), {"content-type": "application/json"})

    def _resolve(self, repo: str, revision: str, name: str, *, has_body: bool) -> None:
        files = self._repo(repo, revision)
        if files is None:
            return
        self._demand(revision == COMMIT, "a file was asked for by branch, which may move between two files")
        if name not in files:
            self._fail(404, "EntryNotFound")
            return
        content = files[name]
        if len(content) >= _LARGE:
            digest = hashlib.sha256(content).hexdigest()
            self._send(302, b"", {
                "location": f"{self.hub.store}/store/{digest}", "x-repo-commit": COMMIT, "x-linked-etag": f'"{digest}"',
                "x-linked-size": str(len(content)), "etag": f'"{digest}"',
            })  # fmt: skip
            return
        self._content(name, content, {"x-repo-commit": COMMIT, "etag": f'"{_git(content)}"'}, has_body=has_body)

    def _store(self, digest: str, *, has_body: bool) -> None:
        found = self.hub.blob(digest)
        if found is None:
            self._fail(404, "EntryNotFound")
            return
        name, content = found
        self._content(name, self.hub.lies.get(name, content), {"etag": f'"{digest}"'}, has_body=has_body)

    def _content(self, name: str, content: bytes, headers: dict[str, str], *, has_body: bool) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range") or "")
        start = int(asked[1]) if asked else 0
        if asked:
            headers = {**headers, "content-range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        if has_body:
            self.hub.sent.append((name, start))
        body = content[start:]
        if has_body and self.hub.stall and len(content) >= _HUGE:
            self._send(206 if asked else 200, body[: len(body) // 2], headers, claimed=len(body))
            self.hub.stall.wait()
            body = body[len(body) // 2 :]
            with suppress(OSError):
                # Whoever waited for it may be gone.
                self.wfile.write(body)
            return
        if has_body and self.hub.cut and len(content) >= _HUGE:
            self.hub.cut -= 1
            self._send(206 if asked else 200, body[: len(body) // 2], headers, claimed=len(body))
            self.close_connection = True
            return
        self._send(206 if asked else 200, body, headers, has_body=has_body)

    def _demand(self, condition: bool, otherwise: str) -> None:
        if not condition:
            self.hub.wrong.append(otherwise)

    def _repo(self, repo: str, revision: str) -> dict[str, bytes] | None:
        if repo in self.hub.gated:
            self._fail(403, "GatedRepo")
        elif repo not in self.hub.repos:
            self._fail(401, "RepoNotFound")
        elif revision not in {"main", COMMIT}:
            self._fail(404, "RevisionNotFound")
        else:
            return self.hub.repos[repo]
        return None

    def _fail(self, status: int, code: str) -> None:
        self._send(status, b"{}", {"x-error-code": code, "content-type": "application/json"})

    def _send(
        self, status: int, body: bytes, headers: dict[str, str], *, has_body: bool = True, claimed: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body) if claimed is None else claimed))
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(body)


def _sibling(name: str, content: bytes) -> dict[str, Any]:
    """As the hub lists a file: large ones by the hash of their content, small ones by git's."""
    described: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": _git(content)}
    if len(content) >= _LARGE:
        described["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
    return described


def _git(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
