"""Translation services on loopback: a chat endpoint, DeepL, Baidu and Tencent, each as strict as its documentation."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET


@dataclass(frozen=True)
class Answer:
    """What is sent. ``claimed`` is the length that it pretends to have; None sends nothing and hangs."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    claimed: int | None = None
    hangs: bool = False


HANG = Answer(200, b"", hangs=True)
CUT = Answer(200, b'{"choices": [', claimed=1000)


def as_json(content: object, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content).encode(), {"Content-Type": "application/json", **headers})


class Service:
    """Answers with what ``say`` makes of a text; ``instead`` are answers given in its place, one each."""

    path: ClassVar[str] = "/"

    def __init__(self, say: Callable[[str], str] = lambda text: f"a cat: {text}") -> None:
        self.say = say
        self.instead: deque[Answer] = deque()
        self.asked: list[str] = []
        """The texts, as the service saw them."""
        self.wrong: list[str] = []
        """What the client did that the documentation forbids."""
        self.url = ""
        self.closing = threading.Event()

    def respond(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a request."""
        self.demand(path == self.path, f"asked for {path}")
        answer = self.read({name.lower(): value for name, value in headers.items()}, body)
        return self.instead.popleft() if self.instead else answer

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Check the request and answer it."""
        raise AssertionError(f"nobody answers {self.path} with {len(body)} bytes and {len(headers)} headers")

    def demand(self, condition: object, otherwise: str) -> None:
        """Note a mistake of the client's."""
        if not condition:
            self.wrong.append(otherwise)


class ChatService(Service):
    """``/v1/chat/completions``. What users wrote is between the marks that the system message names."""

    path = "/v1/chat/completions"
    usual: ClassVar = {"model", "messages", "temperature", "max_tokens", "stream"}

    def __init__(self, say: Callable[[str], str] = lambda text: f"a cat: {text}", *, key: str | None = "sk-1") -> None:
        super().__init__(say)
        self.key = key
        self.requests: list[dict[str, Any]] = []
        self.marks: list[str] = []

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        self.demand(headers.get("authorization") == (f"Bearer {self.key}" if self.key else None), "the wrong key")
        self.demand(headers["content-type"].startswith("application/json"), "no JSON")
        request = json.loads(body)
        self.requests.append(request)
        self.demand(request["temperature"] == 0, "not the likeliest answer")
        self.demand(request["stream"] is False, "a stream")
        self.demand(0 < request.get("max_tokens", 1) < 5000, "no end in sight")
        system, user = request["messages"]
        self.demand((system["role"], user["role"]) == ("system", "user"), "roles")
        found = re.fullmatch(r"(<prompt-([0-9a-f]{16})>)\n(.*)\n(</prompt-\2>)", user["content"], re.DOTALL)
        if found is None:
            self.wrong.append("no marks around the text")
            return as_json({"error": {"message": "bad request"}}, 400)
        begin, mark, text, end = found.groups()
        self.demand(f"between {begin} and {end}" in system["content"], "marks that the orders do not name")
        self.demand(text == "" or text not in system["content"], "a user's words among the orders")
        self.demand(mark not in self.marks, "a mark that was used before")
        self.marks.append(mark)
        self.asked.append(text)
        return self.answer(self.say(text) if "response_format" not in request else self.formed(request, text))

    @property
    def orders(self) -> list[str]:
        """The system messages."""
        return [str(request["messages"][0]["content"]) for request in self.requests]

    def formed(self, request: dict[str, Any], text: str) -> str:
        form = request["response_format"]
        schema = form["json_schema"]["schema"]
        self.demand(form["type"] == "json_schema" and form["json_schema"]["strict"] is True, "no strict schema")
        self.demand(set(schema["required"]) == set(schema["properties"]), "strict schemas require every field")
        self.demand(schema["additionalProperties"] is False, "strict schemas are closed")
        return json.dumps(dict.fromkeys(schema["required"], self.say(text)))

    @staticmethod
    def answer(content: str | None, ended: str = "stop", **message: object) -> Answer:
        """A completion."""
        message = {"role": "assistant", "content": content, **message}
        choice = {"index": 0, "message": message, "finish_reason": ended}
        return as_json({"id": "c-1", "object": "chat.completion", "model": "m", "choices": [choice], "usage": {}})


class DeeplService(Service):
    """``/v2/translate`` with XML handling."""

    path = "/v2/translate"

    def __init__(self, say: Callable[[str], str] = lambda text: f"a cat: {text}", *, key: str = "k:fx") -> None:
        super().__init__(say)
        self.key = key

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers.get("authorization") != f"DeepL-Auth-Key {self.key}":
            return as_json({"message": "Forbidden"}, 403)
        request = json.loads(body)
        known = {"text", "source_lang", "target_lang", "tag_handling", "preserve_formatting"}
        self.demand(set(request) <= known, "unknown fields")
        self.demand(request["source_lang"] in {"ZH", "EN"}, "a variant as the source")
        self.demand(request["target_lang"] in {"EN-US", "ZH-HANS"}, "a target without its variant")
        self.demand(request["tag_handling"] == "xml", "tags are not told of")
        (text,) = request["text"]
        try:
            ET.fromstring(f"<all>{text}</all>")
        except ET.ParseError:
            return as_json({"message": "Tag handling parsing failed, please check input."}, 400)
        self.asked.append(text)
        return as_json({"translations": [{"detected_source_language": "ZH", "text": self.say(text)}]})


class BaiduService(Service):
    """``/api/trans/vip/translate``: every answer has status 200."""

    path = "/api/trans/vip/translate"

    def __init__(self, say: Callable[[str], str] = lambda text: f"a cat: {text}", *, key: str = "shh") -> None:
        super().__init__(say)
        self.app_id, self.key = "20260101", key
        self.salts: list[str] = []

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        self.demand(headers["content-type"] == "application/x-www-form-urlencoded", "no form")
        fields = {name: values[0] for name, values in parse_qs(body.decode(), strict_parsing=True).items()}
        if set(fields) != {"q", "from", "to", "appid", "salt", "sign"}:
            return as_json({"error_code": "54000", "error_msg": "PARAM_FROM_TO_OR_Q_EMPTY"})
        signed = self.app_id + fields["q"] + fields["salt"] + self.key
        if fields["appid"] != self.app_id:
            return as_json({"error_code": "52003", "error_msg": "UNAUTHORIZED USER"})
        if fields["sign"] != hashlib.md5(signed.encode()).hexdigest():
            return as_json({"error_code": "54001", "error_msg": "Invalid Sign"})
        self.demand(len(fields["q"].encode()) <= 6000, "too long")
        self.demand(fields["salt"] not in self.salts, "a salt that was used before")
        self.salts.append(fields["salt"])
        self.asked.append(fields["q"])
        lines = [{"src": line, "dst": self.say(line)} for line in fields["q"].split("\n") if line]
        return as_json({"from": fields["from"], "to": fields["to"], "trans_result": lines})


class TencentService(Service):
    """API 3.0, action TextTranslate: every answer has status 200. ``now`` is the service's time."""

    def __init__(self, say: Callable[[str], str] = lambda text: f"a cat: {text}", *, key: str = "shh") -> None:
        super().__init__(say)
        self.id, self.key = "AKID1", key
        self.now: Callable[[], float] = time.time

    def read(self, headers: Mapping[str, str], body: bytes) -> Answer:
        stamp = int(headers["x-tc-timestamp"])
        if abs(self.now() - stamp) > 300:
            return self.error("AuthFailure.SignatureExpire")
        if headers["authorization"] != self.sign(stamp, headers, body):
            return self.error("AuthFailure.SignatureFailure")
        self.demand(headers["x-tc-action"] == "TextTranslate", "another action")
        self.demand(headers["x-tc-version"] == "2018-03-21", "another version")
        self.demand(headers["x-tc-region"] == "ap-guangzhou", "another region")
        request = json.loads(body)
        self.demand(set(request) == {"SourceText", "Source", "Target", "ProjectId"}, "other fields")
        if re.search("<[A-Za-z/]", request["SourceText"]):
            return self.error("InvalidParameter")
        self.asked.append(request["SourceText"])
        response = {"TargetText": self.say(request["SourceText"]), "Source": request["Source"]}
        return as_json({"Response": {**response, "Target": request["Target"], "RequestId": "r"}})

    def sign(self, stamp: int, headers: Mapping[str, str], body: bytes) -> str:
        date = time.strftime("%Y-%m-%d", time.gmtime(stamp))
        canonical = (
            f"POST\n/\n\ncontent-type:{headers['content-type']}\nhost:{headers['host']}\n\ncontent-type;host\n"
            f"{hashlib.sha256(body).hexdigest()}"
        )
        scope = f"{date}/tmt/tc3_request"
        text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = b"TC3" + self.key.encode()
        for part in (date, "tmt", "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        credential = f"Credential={self.id}/{scope}"
        return f"TC3-HMAC-SHA256 {credential}, SignedHeaders=content-type;host, Signature={signature}"

    @staticmethod
    def error(code: str) -> Answer:
        """An error of the API's."""
        return as_json({"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "r"}})


S = TypeVar("S", bound=Service)


@contextmanager
def serve(service: S) -> Iterator[S]:
    """Run until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    service: Service
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.service.wrong.append(f"GET {self.path}")
        self._send(as_json({}, 405))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self._send(self.service.respond(self.path, dict(self.headers), body))

    def _send(self, answer: Answer) -> None:
        if answer.hangs:
            self.service.closing.wait()
            self.close_connection = True
            return
        with suppress(OSError):
            # Whoever asked may have hung up.
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(answer.claimed or len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
        self.close_connection = self.close_connection or answer.claimed is not None
