"""What a binding of a blueprint makes of arguments: path, query, headers, cookies and body, byte for byte."""

from __future__ import annotations

import base64
import json
import re
import secrets
import urllib.parse
from typing import Any, Callable, Iterable, Mapping, Optional

_MISSING = object()
_FILE_MEMBERS = {"base64", "text", "filename", "mediaType"}


class InputError(Exception):
    """An argument that cannot be sent, or a setting that is missing; nothing was sent."""


# --- text -------------------------------------------------------------------------------------------------------------


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return _json(value)


def _strict(text: str) -> str:
    return urllib.parse.quote(text.encode("utf-8", "replace"), safe="-._~")


def _keep(pattern: str) -> Callable[[str], str]:
    compiled = re.compile(r"%[0-9A-Fa-f]{2}|" + pattern)

    def encode(text: str) -> str:
        return compiled.sub(lambda found: found[0] if re.fullmatch(r"%[0-9A-Fa-f]{2}", found[0]) else _strict(found[0]), text)

    return encode


_reserved = _keep(r"[^A-Za-z0-9\-._~:/?@!$'()*,;=]")
_literal = _keep(r"[^A-Za-z0-9\-._~:/?@!$&'()*+,;=\[\]]")


def _reserved_path(text: str) -> str:
    return _reserved(text).replace("?", "%3F")


def _form(text: str) -> str:
    return _strict(text).replace("%20", "+").replace("%2A", "*").replace("~", "%7E")


def _form_reserved(text: str) -> str:
    return _reserved(text).replace("%20", "+").replace("~", "%7E")


# --- styles (RFC 6570, OpenAPI 3.2 "Style Values") -------------------------------------------------------------------


def _flat(value: Any, encode: Callable[[str], str]) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [encode(_text(item)) for item in value if item is not None]
    if isinstance(value, Mapping):
        return [encode(part) for key, member in value.items() if member is not None for part in (key, _text(member))]
    return [encode(_text(value))]


def _segment(name: str, style: str, explode: bool, value: Any, encode: Callable[[str], str]) -> str:
    if explode and isinstance(value, Mapping):
        parts = [f"{encode(key)}={encode(_text(member))}" for key, member in value.items() if member is not None]
    else:
        parts = _flat(value, encode)
    if not parts:
        return ""
    if style == "label":
        return "." + (".".join(parts) if explode else ",".join(parts))
    if style != "matrix":
        return ",".join(parts)
    key = encode(name)
    if explode and isinstance(value, Mapping):
        return "".join(";" + re.sub(r"=$", "", part) for part in parts)
    values = parts if explode else [",".join(parts)]
    return "".join(f";{key}" if part == "" else f";{key}={part}" for part in values)


def _deep(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, (list, tuple)):
        items = [item for item in value if item is not None]
        numbered = any(isinstance(item, (list, tuple, Mapping)) for item in items)
        return [pair for index, item in enumerate(items) for pair in _deep(f"{name}[{index if numbered else ''}]", item)]
    if isinstance(value, Mapping):
        return [pair for key, member in value.items() for pair in _deep(f"{name}[{key}]", member)]
    return [(name, "" if value is None else _text(value))]


def _exploded(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [(key, _text(member)) for key, member in value.items() if member is not None]
    return [(name, part) for part in _flat(value, lambda text: text)]


_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}


def _pairs(name: str, style: str, explode: bool, value: Any, encode_name: Callable[[str], str], encode: Callable[[str], str]) -> list[str]:
    if value is None:
        return []
    compound = isinstance(value, (list, tuple, Mapping))
    if style == "deepObject" and compound:
        return [f"{encode_name(key)}={encode(text)}" for key, text in _deep(name, value)]
    if explode or not compound:
        return [f"{encode_name(key)}={encode(text)}" for key, text in _exploded(name, value)]
    parts = _flat(value, encode)
    return [f"{encode_name(name)}={_DELIMITERS.get(style, ',').join(parts)}"] if parts else []


# --- parameters ------------------------------------------------------------------------------------------------------


def _media_type(content_type: Optional[str]) -> str:
    return (content_type or "").split(";")[0].strip().lower()


def _says_json(content_type: str) -> bool:
    return re.search(r"[/+]json\b", content_type, re.I) is not None


def _is_form(content_type: str) -> bool:
    return _media_type(content_type) == "application/x-www-form-urlencoded"


def _renamed(value: Any, renames: Mapping[str, str]) -> Any:
    if not renames:
        return value
    if isinstance(value, (list, tuple)):
        return [_renamed(item, renames) for item in value]
    if isinstance(value, Mapping):
        return {renames.get(key, key): _renamed(member, renames) for key, member in value.items()}
    return value


def _bound(binding: Mapping[str, Any], values: Mapping[str, Any], place: str) -> Iterable[tuple[Mapping[str, Any], Any]]:
    for parameter in binding["parameters"]:
        if parameter["in"] != place:
            continue
        value = values.get(parameter["key"], parameter.get("default", _MISSING))
        if value is not _MISSING:
            yield parameter, _renamed(value, parameter.get("renames", {}))


def _content(parameter: Mapping[str, Any], value: Any) -> str:
    content_type = parameter.get("contentType")
    if content_type is None or _says_json(content_type):
        return _json(value)
    return _form_body(value, {}) if _is_form(content_type) else _text(value)


def _path(binding: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    given = {parameter["name"]: (parameter, value) for parameter, value in _bound(binding, values, "path")}

    def fill(part: str) -> str:
        if not re.fullmatch(r"\{[^{}]+\}", part):
            return _literal(part)
        parameter, value = given.get(part[1:-1], ({"key": part[1:-1], "style": "simple"}, ""))
        encode = _reserved_path if parameter.get("allowReserved") else _strict
        if parameter["style"] == "content":
            text = encode(_content(parameter, value))
        else:
            text = _segment(part[1:-1], parameter["style"], parameter.get("explode", False), value, encode)
        if text == "":
            raise InputError(f"{parameter['key']}: a value is needed here, it is part of the address.")
        return text

    path = "".join(fill(part) for part in re.split(r"(\{[^{}]+\})", binding["path"]))
    if any(re.sub(r"%2e", ".", segment, flags=re.I) in (".", "..") for segment in re.split(r"[/\\]|%2f|%5c", path.split("?")[0], flags=re.I)):
        raise InputError('"." and ".." are not identifiers.')
    return path


def _query(binding: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    parts: list[str] = []
    for parameter, value in _bound(binding, values, "query"):
        encode = _reserved if parameter.get("allowReserved") else _strict
        name = parameter["name"]
        if parameter["style"] == "content":
            parts.append(f"{_strict(name)}={encode(_content(parameter, value))}")
            continue
        pairs = _pairs(name, parameter["style"], parameter["explode"], value, _strict, encode)
        parts.extend(pairs or ([f"{_strict(name)}="] if parameter.get("allowEmptyValue") else []))
    for parameter, value in _bound(binding, values, "querystring"):
        content_type = parameter.get("contentType")
        if content_type is not None and not _is_form(content_type):
            parts.append(_strict(_json(value) if _says_json(content_type) else _text(value)))
        else:
            parts.append(_form_body(value, {}) if isinstance(value, Mapping) else _reserved(_text(value)).replace("%26", "&"))
    return [part for part in parts if part != ""]


def _header(key: str, text: str) -> str:
    raw = text.encode("utf-8")
    if any((byte < 32 and byte != 9) or byte == 127 for byte in raw):
        raise InputError(f"{key}: line breaks and control characters are not allowed in a header.")
    return raw.decode("latin-1")


def _headers(binding: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for parameter, value in _bound(binding, values, "header"):
        if value is None:
            continue
        if parameter["style"] == "content":
            text = _content(parameter, value)
        else:
            text = _segment(parameter["name"], parameter["style"], parameter["explode"], value, lambda part: part)
        headers[parameter["name"].lower()] = _header(parameter["key"], text)
    return headers


def _cookies(binding: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    cookies: list[str] = []
    for parameter, value in _bound(binding, values, "cookie"):
        name = parameter["name"]
        if parameter["style"] == "content":
            cookies.append(f"{name}={_strict(_content(parameter, value))}")
            continue

        def plain(text: str, key: str = parameter["key"]) -> str:
            if re.search(r'[;,\s"\\]', text):
                raise InputError(f"{key}: blanks, quotes, commas and semicolons are not allowed in a cookie.")
            return _header(key, text)

        encode = plain if parameter["style"] == "cookie" else _strict
        cookies.extend(_pairs(name, parameter["style"], parameter["explode"], value, lambda text: text, encode))
    return cookies


# --- bodies ----------------------------------------------------------------------------------------------------------


def _plain_pairs(name: str, value: Any, encode: Callable[[str], str]) -> list[str]:
    items = value if isinstance(value, (list, tuple)) else [value]
    return [f"{_form(name)}={encode('' if item is None else _text(item))}" for item in items]


def _form_body(body: Any, encoding: Mapping[str, Any]) -> str:
    if isinstance(body, str):
        return body
    if not isinstance(body, Mapping):
        raise InputError("body: a form is an object of fields.")
    parts: list[str] = []
    for name, value in body.items():
        rule = encoding.get(name)
        encode = _form_reserved if rule and rule.get("allowReserved") else _form
        if rule is None or value is None:
            parts.extend(_plain_pairs(name, value, encode))
        elif "style" in rule or "explode" in rule:
            style = rule.get("style", "form")
            parts.extend(_pairs(name, style, rule.get("explode", style == "form"), value, _form, encode))
        elif _says_json(rule.get("contentType", "")):
            parts.append(f"{_form(name)}={encode(_json(value))}")
        else:
            parts.extend(_plain_pairs(name, value, encode))
    return "&".join(parts)


def _concrete(content_type: Optional[str]) -> Optional[str]:
    first = (content_type or "").split(",")[0].strip()
    return first if re.fullmatch(r"[\w.+-]+/[\w.+-]+(?:\s*;[\x20-\x7e]*)?", first) else None


def _is_file(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) <= _FILE_MEMBERS
        and (isinstance(value.get("base64"), str) or isinstance(value.get("text"), str))
    )


def _file(value: Any, place: str) -> tuple[bytes, Optional[str], Optional[str]]:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value), None, None
    if isinstance(value, str):
        return value.encode("utf-8"), None, None
    if not _is_file(value):
        raise InputError(f"{place}: expected bytes, or a file as {{'base64': …}} or {{'text': …}}.")
    content = base64.b64decode(value["base64"]) if isinstance(value.get("base64"), str) else value["text"].encode("utf-8")
    return content, value.get("filename") or None, value.get("mediaType") or None


_Part = tuple[str, Optional[str], Optional[str], bytes]
_PART_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}


def _styled_parts(name: str, value: Any, rule: Mapping[str, Any]) -> list[_Part]:
    style = rule.get("style", "form")
    if style != "deepObject" and not rule.get("explode", style == "form"):
        text = _PART_DELIMITERS.get(style, ",").join(_flat(value, lambda part: part))
        return [(name, None, None, text.encode("utf-8"))]
    pairs = _deep(name, value) if style == "deepObject" else _exploded(name, value)
    return [(key, None, None, text.encode("utf-8")) for key, text in pairs]


def _parts(name: str, value: Any, rule: Mapping[str, Any]) -> list[_Part]:
    declared = _concrete(rule.get("contentType"))
    if isinstance(value, (bytes, bytearray)) or _is_file(value):
        content, filename, media_type = _file(value, f"body.{name}")
        return [(name, filename or name, _concrete(media_type) or declared or "application/octet-stream", content)]
    if declared is not None and _says_json(declared):
        return [(name, None, declared, _json(value).encode("utf-8"))]
    if ("style" in rule or "explode" in rule) and isinstance(value, (list, tuple, Mapping)):
        return _styled_parts(name, value, rule)
    if isinstance(value, (list, tuple)):
        return [part for item in value for part in _parts(name, item, rule)]
    if isinstance(value, Mapping):
        return [(name, None, "application/json", _json(value).encode("utf-8"))]
    return [(name, None, declared, ("" if value is None else _text(value)).encode("utf-8"))]


def _quoted(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _multipart(body: Any, content: Mapping[str, Any]) -> tuple[bytes, str]:
    if not isinstance(body, Mapping):
        raise InputError("body: a multipart body is an object of fields.")
    boundary = f"counterpart-{secrets.token_hex(16)}"
    chunks: list[bytes] = []
    for key, value in body.items():
        for name, filename, content_type, data in _parts(key, value, content.get("encoding", {}).get(key, {})):
            head = f'--{boundary}\r\ncontent-disposition: form-data; name="{_quoted(name)}"'
            head += "" if filename is None else f'; filename="{_quoted(filename)}"'
            head += "\r\n" if content_type is None else f"\r\ncontent-type: {content_type}\r\n"
            chunks.append(f"{head}\r\n".encode("utf-8") + data + b"\r\n")
    media_type = content["mediaType"].split(";")[0].strip()
    media_type = "multipart/form-data" if "*" in media_type else media_type
    return b"".join(chunks) + f"--{boundary}--\r\n".encode("utf-8"), f"{media_type}; boundary={boundary}"


def _holds_file(value: Any) -> bool:
    values = value if isinstance(value, (list, tuple)) else [value]
    return any(isinstance(one, (bytes, bytearray)) or _is_file(one) for one in values)


def _is_sent_for(content: Mapping[str, Any], body: Any) -> bool:
    wanted = content.get("sentFor", {})
    if not isinstance(body, Mapping):
        return "file" in wanted and isinstance(body, (bytes, bytearray))
    return (
        ("file" in wanted and _is_file(body))
        or any(key in body for key in wanted.get("keys", []))
        or any(key in body and _holds_file(body[key]) for key in wanted.get("files", []))
    )


def _body(binding: Mapping[str, Any], values: Mapping[str, Any]) -> Optional[tuple[bytes, str]]:
    wanted = binding.get("body")
    if wanted is None or "body" not in values:
        return None
    contents = wanted["contents"]
    content = next((one for one in contents if _is_sent_for(one, values["body"])), contents[0])
    renames = wanted.get("renames", {}).get("**", {})
    names = {**renames, **content.get("names", {})}
    body, kind, declared = values["body"], content["kind"], _concrete(content["mediaType"])
    if kind in ("form", "multipart") and isinstance(body, Mapping):
        body = {names.get(key, key): _renamed(member, renames) for key, member in body.items()}
    if kind == "json":
        return _json(_renamed(body, renames)).encode("utf-8"), declared or "application/json"
    if kind == "form":
        return _form_body(body, content.get("encoding", {})).encode("utf-8"), declared or "application/x-www-form-urlencoded"
    if kind == "multipart":
        return _multipart(body, content)
    if kind == "ndjson":
        if not isinstance(body, (list, tuple)):
            raise InputError("body: expected a list, one item a line.")
        start = "\u001e" if re.search(r"json-seq\b", content["mediaType"], re.I) else ""
        return "".join(f"{start}{_json(item)}\n" for item in _renamed(body, renames)).encode("utf-8"), declared or "application/x-ndjson"
    if kind == "xml" and not isinstance(body, str):
        raise InputError("body: this client takes XML as text; it does not write it from objects.")
    if kind in ("text", "xml"):
        return _text(body).encode("utf-8"), declared or "text/plain; charset=utf-8"
    data, _, media_type = _file(body, "body")
    vague = declared in (None, "application/octet-stream")
    return data, (_concrete(media_type) if vague else None) or declared or _concrete(media_type) or "application/octet-stream"
