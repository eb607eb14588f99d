"""Calls the operations of a service as its blueprint binds them. Needs nothing but Python 3.11's own library."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
import os
import re
from typing import Any, Mapping, Optional

from ._wire import InputError, _body, _cookies, _header, _headers, _media_type, _path, _query, _strict

UNSET: Any = object()

_FRAMING = {
    "content-length", "transfer-encoding", "connection", "host", "upgrade", "expect", "trailer", "te", "keep-alive",
}


class ServiceError(Exception):
    """The service answered with a status of 400 or more; `data` is its answer as JSON, text or bytes."""

    def __init__(self, operation: str, status: int, headers: Mapping[str, str], data: Any) -> None:
        super().__init__(f"{operation}: the service answered {status}")
        self.status = status
        self.headers = headers
        self.data = data


def _accept(types: list[str]) -> str:
    ranked = [kind if index == 0 else f"{kind};q=0.{max(2, 10 - index)}" for index, kind in enumerate(types)]
    return ", ".join([*ranked, "*/*;q=0.1" if types else "*/*"])


class Service:
    """The operations of one service, with settings and credentials from `settings` or the environment."""

    def __init__(self, description: Mapping[str, Any], settings: Optional[Mapping[str, str]] = None, timeout: float = 60.0) -> None:
        self._description = description
        self._settings = dict(settings or {})
        self._timeout = timeout
        self._operations = {operation["name"]: operation for operation in description["operations"]}

    def _setting(self, name: str) -> Optional[str]:
        value = self._settings.get(name) or os.environ.get(name)
        return value or None

    def call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """The answer as JSON, text or bytes, by its media type; None when it is empty."""
        operation = self._operations[name]
        binding = operation["http"]
        values = {key: value for key, value in arguments.items() if value is not UNSET}
        for parameter in binding["parameters"]:
            if parameter["required"] and parameter["key"] not in values and "default" not in parameter:
                raise InputError(f"{name}: {parameter['key']} is required.")
        path = _path(binding, values)
        body = _body(binding, values)
        headers = {"accept": _accept(binding["accept"]), "accept-encoding": "gzip"}
        if body is not None:
            headers["content-type"] = body[1].encode("utf-8").decode("latin-1")
        typed = body is not None and binding["body"]["contents"][0]["kind"] != "binary"
        for key, text in _headers(binding, values).items():
            if key not in _FRAMING and not (typed and key == "content-type"):
                headers[key] = text
        query, cookies = _query(binding, values), _cookies(binding, values)
        self._authenticate(operation, headers, query, cookies)
        if cookies:
            headers["cookie"] = "; ".join(cookies)
        target = path if path.startswith("/") else f"/{path}"
        if query:
            target += ("&" if "?" in target else "?") + "&".join(query)
        return self._send(name, binding["method"], self._base_url(operation) + target, headers, None if body is None else body[0])

    def _send(self, name: str, method: str, url: str, headers: dict[str, str], body: Optional[bytes]) -> Any:
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        connect = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        connection = connect(host, timeout=self._timeout)
        try:
            connection.putrequest(method, f"{slash}{path}", skip_accept_encoding=True)
            for key, text in headers.items():
                connection.putheader(key, text.encode("latin-1"))
            if body is not None or method in ("POST", "PUT", "PATCH"):
                connection.putheader("content-length", str(len(body or b"")))
            connection.endheaders(body)
            answer = connection.getresponse()
            data = answer.read()
            received = {key.lower(): text for key, text in answer.getheaders()}
            if received.get("content-encoding", "").lower() == "gzip":
                data = gzip.decompress(data)
            value = _read(data, received.get("content-type"))
            if answer.status >= 400:
                raise ServiceError(name, answer.status, received, value)
            return value
        finally:
            connection.close()

    def _base_url(self, operation: Mapping[str, Any]) -> str:
        names = self._description["settings"]
        servers = operation["http"].get("servers") or self._description["servers"]
        absolute = next((server["url"] for server in servers if re.match(r"(?:https?:)?//", server["url"]) or server["url"].startswith("{")), None)
        url = self._setting(names["baseUrl"]) or absolute
        if url is None:
            raise InputError(f"The service's address is not known: set {names['baseUrl']}.")
        variables = {name: spec for server in [*self._description["servers"], *servers] for name, spec in server.get("variables", {}).items()}

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            value = self._setting(names["variables"].get(name, "")) or variables.get(name, {}).get("default")
            if value is None:
                raise InputError(f"{{{name}}} has no value in {url}.")
            return value

        filled = re.sub(r"\{([^{}]+)\}", fill, url)
        filled = f"https:{filled}" if filled.startswith("//") else filled
        return re.sub(r"[?#].*$", "", filled).rstrip("/")

    def _wanted(self, scheme: str) -> str:
        kind, slots = self._description["schemes"].get(scheme, {}).get("kind"), self._description["settings"]["credentials"].get(scheme, {})
        if kind in ("aws-sigv4", "signature", "mutual-tls"):
            return f"{scheme} ({kind}, which this client cannot make)"
        return " and ".join(slots[name] for name in ("token", "username", "password") if name in slots)

    def _authenticate(self, operation: Mapping[str, Any], headers: dict[str, str], query: list[str], cookies: list[str]) -> None:
        schemes, names = self._description["schemes"], self._description["settings"]["credentials"]
        requirements = operation.get("auth", self._description["auth"])

        def is_set(scheme: str) -> bool:
            slots = names.get(scheme, {})
            needed = slots.get("token") or slots.get("username")
            return needed is not None and self._setting(needed) is not None

        met = next((one for one in requirements if one and all(is_set(scheme) for scheme in one)), None)
        if met is None:
            if not requirements or any(not one for one in requirements):
                return
            wanted = ", or ".join(" and ".join(self._wanted(scheme) for scheme in one) for one in requirements)
            raise InputError(f"{operation['name']} needs credentials: set {wanted}.")
        for scheme_name in met:
            scheme, slots = schemes[scheme_name], names.get(scheme_name, {})
            token = self._setting(slots.get("token", "")) or ""
            kind = scheme["kind"]
            if kind == "api-key":
                if scheme["in"] == "header":
                    headers[scheme["name"].lower()] = _header(scheme["name"], token)
                elif scheme["in"] == "query":
                    query.append(f"{_strict(scheme['name'])}={_strict(token)}")
                else:
                    cookies.append(f"{scheme['name']}={_header(scheme['name'], token)}")
            elif kind in ("bearer", "oauth2", "openid"):
                headers["authorization"] = _header("authorization", "Bearer " + re.sub(r"^bearer\s+", "", token, flags=re.I))
            elif kind == "http":
                headers["authorization"] = _header("authorization", f"{scheme['scheme']} {token}")
            elif kind == "basic":
                pair = f"{self._setting(slots.get('username', '')) or ''}:{self._setting(slots.get('password', '')) or ''}"
                headers["authorization"] = "Basic " + base64.b64encode(pair.encode("utf-8")).decode("ascii")


def _read(data: bytes, content_type: Optional[str]) -> Any:
    if not data:
        return None
    media_type = _media_type(content_type)
    charset = re.search(r'charset="?([\w.:-]+)"?', content_type or "", re.I)
    encoding = charset[1] if charset else "utf-8"
    if re.search(r"[/+]json$", media_type):
        return json.loads(data.decode(encoding, "replace"))
    if media_type.startswith("text/") or re.search(r"[/+](?:xml|yaml|javascript|x-www-form-urlencoded|x-ndjson)$", media_type):
        return data.decode(encoding, "replace")
    return data
