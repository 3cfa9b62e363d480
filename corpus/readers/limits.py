"""How much of this machine a reader may use for one document, and what it may never do."""

import math
import os
import resource
import signal
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits for one document: bytes of the file, of memory and of what is made of it; seconds of work and of waiting."""

    file: int = 50_000_000
    memory: int = 1_500_000_000
    result: int = 100_000_000
    cpu_seconds: int = 60
    wall_seconds: float = 90.0


LIMITS = Limits()
_OPEN_FILES = 64  # modules that are imported late are opened one at a time


def impose_limits(limits: Limits) -> None:
    """Hold this process to the limits for good: no file written, no process or connection made.

    The kernel holds memory, time and files. What Python itself is asked to do is refused by an audit hook, as a limit on
    the size of files does not stop an empty one. Machine code that has taken over the process is not held by that hook.
    """
    wanted = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_NPROC: 0,  # does not hold for root
    }
    if (
        sys.platform != "darwin"
    ):  # macOS knows this limit and does not keep it: there the time alone ends a hungry reader
        wanted[resource.RLIMIT_AS] = limits.memory
    for kind, most in wanted.items():
        hard = resource.getrlimit(kind)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # At the first limit of time the kernel says which one it is (SIGXCPU), at the second it kills.
        later = 1 if kind == resource.RLIMIT_CPU and allowed != hard else 0
        resource.setrlimit(kind, (allowed, allowed + later))
    # Who waits for this process holds the clock; where that one was killed, the process ends all the same.
    signal.alarm(math.ceil(limits.wall_seconds) + 1)
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        flags = arguments[2]
        refused = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
    else:
        room, _, act = event.partition(".")
        refused = room in ("socket", "subprocess", "shutil") or (
            room == "os" and act not in ("listdir", "scandir")
        )
    if refused:
        raise PermissionError(event)
