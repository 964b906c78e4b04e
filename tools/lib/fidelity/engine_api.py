# SPDX-License-Identifier: Apache-2.0
"""A small client for the Docker Engine API over a unix socket."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse
from typing import Any

SECONDS = 120


class EngineError(Exception):
    """An answer of the engine that is not a success."""

    def __init__(self, status: int, request: str, message: str) -> None:
        super().__init__(f"{request}: {status} {message}")
        self.status = status


class _UnixConnection(http.client.HTTPConnection):
    """An HTTP connection over a unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class EngineAPI:
    """One engine. Requests carry no version, so each engine answers in its newest."""

    def __init__(self, socket_path: str) -> None:
        self.socket_path = socket_path

    def request(
        self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> bytes:
        """Sends one request; a body of bytes is a tar archive, anything else JSON."""
        if query:
            path += "?" + urllib.parse.urlencode(
                {k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()}
            )
        headers = {"Connection": "close"}
        payload: bytes | None = None
        if isinstance(body, bytes):
            payload, headers["Content-Type"] = body, "application/x-tar"
        elif body is not None:
            payload, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection = _UnixConnection(self.socket_path)
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise EngineError(response.status, f"{method} {path}", content.decode(errors="replace"))
        return content

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        return json.loads(self.request("GET", path, query=query))

    def post(self, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        content = self.request("POST", path, body, query)
        try:
            return json.loads(content)
        except ValueError:
            return content

    def delete(self, path: str, query: dict[str, Any] | None = None, missing_ok: bool = True) -> None:
        try:
            self.request("DELETE", path, query=query)
        except EngineError as error:
            if not (missing_ok and error.status == 404):
                raise

    def answers(self) -> bool:
        try:
            return self.request("GET", "/_ping") == b"OK"
        except (OSError, http.client.HTTPException, EngineError):
            return False

    def containers(self, project: str | None = None) -> list[dict[str, Any]]:
        """The inspect answers of all containers, or of one compose project's."""
        query: dict[str, Any] = {"all": "1"}
        if project:
            query["filters"] = {"label": [f"com.docker.compose.project={project}"]}
        return self._each("/containers/{}/json", [c["Id"] for c in self.get("/containers/json", query)])

    def networks(self) -> list[dict[str, Any]]:
        return self._each("/networks/{}", [n["Id"] for n in self.get("/networks")])

    def volumes(self) -> list[dict[str, Any]]:
        return self._each("/volumes/{}", [v["Name"] for v in self.get("/volumes")["Volumes"] or []])

    def _each(self, path: str, keys: list[str]) -> list[dict[str, Any]]:
        """The answers on each; others use the engine too, so what went away meanwhile is left out."""
        answers = []
        for key in keys:
            try:
                answers.append(self.get(path.format(key)))
            except EngineError as error:
                if error.status != 404:
                    raise
        return answers

    def image(self, reference: str) -> dict[str, Any]:
        return self.get(f"/images/{reference}/json")

    def has_image(self, reference: str) -> bool:
        try:
            self.image(reference)
        except EngineError as error:
            if error.status != 404:
                raise
            return False
        return True
