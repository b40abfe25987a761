"""How others come to a class: the address that they can open, as text and as a QR code."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import segno

LONGEST = 1000
"""Characters of an address that becomes a QR code; a longer one cannot be read off a wall."""

ELSEWHERE = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737). Nothing is sent to it: the route there tells this machine's own."""


@dataclass(frozen=True)
class Invitation:
    address: str
    """Without it the note says how others could come."""
    qr: str
    """An SVG element."""
    note: str = ""


def is_own_machine(host: str) -> bool:
    """Whether only this machine reaches a server that listens at, or a page that was opened at, ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def in_network() -> str:
    """The address of this machine in its network; empty if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ELSEWHERE, 9))
            found: str = probe.getsockname()[0]
        except OSError:
            return ""
    return "" if is_own_machine(found) else found


def for_others(host: str) -> str:
    """The host name that others can open when the server listens at ``host``; empty if they cannot."""
    if is_own_machine(host):
        return ""
    return in_network() if host in ("0.0.0.0", "::", "") else host


def invitation(address: str, host: str) -> Invitation | None:
    """To a page that its host opened at ``address``, of a server that listens at ``host``; None if it is no address."""
    if not re.match(r"https?://[^\s/]+/", address) or len(address) > LONGEST:
        return None
    parts = urlsplit(address)
    if is_own_machine(parts.hostname or ""):
        name = for_others(host)
        if not name:
            how = "Only this machine can open it. Start the server with --host 0.0.0.0 to let others in."
            return Invitation("", "", how if is_own_machine(host) else "This machine is in no network.")
        name = f"[{name}]" if ":" in name else name
        address = urlunsplit(parts._replace(netloc=name + (f":{parts.port}" if parts.port else "")))
    drawn = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True, dark="#000", light="#fff")
    return Invitation(address, drawn)
