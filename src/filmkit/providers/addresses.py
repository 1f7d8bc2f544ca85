"""Where requests may go: a service's base URL, its hosts, and never an address inside by way of one outside."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from filmkit.errors import UsageError
from filmkit.providers.base import ErrorKind, Home, HttpError
from filmkit.providers.secrets import redacted, remember

Origin = tuple[str, str, int]
"""Scheme, host and port: what credentials belong to."""


@dataclass(frozen=True, slots=True)
class Base:
    """Where a service lives, as it holds now. ``hosts``: what files may come from besides; empty: any public host."""

    url: str
    origin: Origin
    hosts: tuple[str, ...] = ()

    @property
    def is_loopback(self) -> bool:
        """Whether the service runs on this machine."""
        return is_loopback(self.origin[1])

    def join(self, path: str) -> str:
        """The whole address of a path below the base; a whole address stays."""
        return path if "://" in path.partition("?")[0] else f"{self.url}/{path.lstrip('/')}"

    def owns(self, url: str) -> bool:
        """Whether credentials may go there: same scheme, host and port."""
        return _origin(url) == self.origin


def base_of(home: Home, environment: Mapping[str, str]) -> Base:
    """The base URL of a service: the first of its variables that is set, else its own. Raises UsageError.

    Plain http is for this machine, and for a server that needs no key. The list of hosts belongs to the service's own
    base: whoever names another one may get files from anywhere outside.
    """
    name = next((name for name in home.url_variables if environment.get(name, "").strip()), "")
    url = (environment[name].strip() if name else _placed(home.url, home, environment)).rstrip("/")
    said = f"the address in {name}" if name else f"the address {url}"
    try:
        parts = urlsplit(url)
        origin = _origin(url)
    except ValueError:
        raise UsageError(f"{said} is no address", remedy="write it like https://api.example.com") from None
    if origin[1] in home.closed:
        happened, remedy = home.closed[origin[1]]
        raise UsageError(happened, remedy=remedy)
    if parts.username or parts.password or parts.query or parts.fragment:
        remember([part for part in (parts.password, parts.query) if part])
        raise UsageError(f"{said} holds more than a place (a name, a key or a question)", remedy="keys have their own "
                         "variables; leave the address bare")  # fmt: skip
    if origin[0] == "http" and home.keys and not is_loopback(origin[1]):
        raise UsageError(f"{said} is not encrypted, and a key would go there",
                         remedy="write https://, or reach the server through a tunnel to 127.0.0.1")  # fmt: skip
    if home.path and not parts.path:
        url += _placed(home.path, home, environment)
    return Base(url, origin, () if name else home.hosts)


def _placed(text: str, home: Home, environment: Mapping[str, str]) -> str:
    """``text`` with the values of the variables that stand in braces. Raises UsageError for one that is missing."""
    for name, usual in home.places.items():
        if f"{{{name}}}" not in text:
            continue
        value = environment.get(name, "").strip() or usual
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.:_-]*", value):
            raise UsageError(f"{name} is {'no name of a place' if value else 'not set'}",
                             remedy=f"set {name} in the environment, as the service's page calls it")  # fmt: skip
        text = text.replace(f"{{{name}}}", value)
    return text


def require_open(home: Home, environment: Mapping[str, str]) -> None:
    """Raises UsageError where the service's host makes no takes any more, and no other one is named."""
    if home.closed:
        base_of(home, environment)


def require_encryption(base: Base, *, is_secret: bool) -> None:
    """Raises HttpError (``INVALID``) where something secret would go unencrypted to another machine."""
    if is_secret and base.origin[0] == "http" and not base.is_loopback:
        raise _refused(base.url, "it is not encrypted, and a key would go there")


def check_target(base: Base, url: str) -> None:
    """Raises HttpError (``INVALID``) for an address that a request or a file may not go to or come from."""
    try:
        scheme, host, _ = _origin(url)
        has_user = bool(urlsplit(url).username or urlsplit(url).password)
    except ValueError:
        raise _refused(url, "it is no address") from None
    if has_user:
        raise _refused(url, "it holds a name and a password")
    if base.owns(url):
        return
    if scheme != "https" and not (base.is_loopback and is_loopback(host)):
        raise _refused(url, "it is not encrypted (https)")
    check_peer(base, host, url)
    if base.hosts and not any(host == known or host.endswith(f".{known}") for known in base.hosts):
        raise _refused(url, f"{host} is none of the hosts of this service")


def check_peer(base: Base, host: str, url: str) -> None:
    """Raises HttpError where ``host`` (a name, or the address a name led to) lies inside and the base does not."""
    if base.is_loopback or (is_public(host) if _as_address(host) else not is_loopback(host)):
        return
    raise _refused(url, f"{host} is an address of this machine or this network")


def follow(url: str, location: str) -> str:
    """The address a redirect leads to."""
    return urljoin(url, location)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine by its writing."""
    address = _as_address(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def is_public(host: str) -> bool:
    """Whether an address lies outside: no loopback, private, link-local, reserved or multicast one."""
    address = _as_address(host)
    return address is not None and address.is_global and not address.is_multicast


def _as_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _origin(url: str) -> Origin:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").lower()
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError(url)
    return (parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80))


def _refused(url: str, why: str) -> HttpError:
    return HttpError(f"{redacted(url)} is not asked: {why}", ErrorKind.INVALID)
