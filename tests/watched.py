"""Runs a command of Wolkwijzer and writes down every host it looks up and every address it connects to.

`python watched.py FILE VERB ...`; the file is empty where nothing left this machine.
"""

import sys
from pathlib import Path

_HERE = {"127.0.0.1", "::1", "localhost", "", None}


def watch(file: Path) -> None:
    """Write down from now on, in this process, what is looked up beyond this machine."""
    file.touch()

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            host = arguments[0]
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[-1]
            # A name instead of a pair is a socket of this machine.
            host = address[0] if isinstance(address, tuple) else None
        else:
            return
        if isinstance(host, bytes):
            host = host.decode()
        if host not in _HERE:
            with file.open("a", encoding="utf-8") as notes:
                notes.write(f"{event} {host}\n")

    sys.addaudithook(note)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
    import wolkwijzer

    sys.exit(wolkwijzer.main(sys.argv[2:]))
