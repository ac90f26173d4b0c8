"""Who this process is, so that others on this machine can tell whether it still runs."""

import os
import secrets
import socket
from pathlib import Path


def new_holder() -> str:
    """A name that no other part of any process has: `host/boot/namespace|pid|start|random`."""
    pid = os.getpid()
    return "|".join((_place(), str(pid), _start_of(pid), secrets.token_hex(4)))


def is_gone(holder: str) -> bool:
    """Whether the process of a holder certainly runs no more; False where nobody can tell."""
    place, pid, start, _ = (*holder.split("|"), "", "", "", "")[:4]
    if place != _place() or not pid.isdecimal() or not start:
        return False
    return _start_of(int(pid)) != start


def is_here(holder: str) -> bool:
    """Whether the process of a holder certainly runs on this machine."""
    place, _, start, _ = (*holder.split("|"), "", "", "", "")[:4]
    return bool(start) and place == _place() and not is_gone(holder)


def shown(holder: str) -> str:
    """A holder for people: `host, process 123`; empty for nobody."""
    place, _, rest = holder.partition("|")
    return f"{place.partition('/')[0]}, process {rest.partition('|')[0]}" if rest else ""


def _place() -> str:
    """Host, boot and process namespace: containers may share a name, and have pids of their own."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()[:8]
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        boot = namespace = ""
    return f"{socket.gethostname()}/{boot}/{namespace}"


def _start_of(pid: int) -> str:
    """When a process was started, in ticks since boot; empty if there is none (or no /proc)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else fields[18]
