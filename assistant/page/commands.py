"""The verb chat: the page on this machine."""

import argparse
import sys
from functools import partial
from threading import Thread

from assistant.changes import Changes
from assistant.commands import Place, load, make_index, make_kit, today
from assistant.current import Current
from assistant.draft import Kit
from assistant.find import Remembered
from assistant.opening import OpeningSearch, State
from assistant.settings import Folders, Settings
from corpus.add import Refresh
from corpus.held import list_names
from corpus.library import load_library
from corpus.own import look_at_items
from corpus.paragraph import SOURCE_LANGUAGE
from index.commands import show_progress
from index.shelf import Shelf, find_shelf


def add_verbs(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    settings: Settings,
    folders: Folders,
    refresh: Refresh,
) -> None:
    """Add this package's verb to the command line; `refresh` makes the index fit documents that are added."""
    place = Place(settings, folders)
    chat = verbs.add_parser("chat", help="the page on this machine", allow_abbrev=False)
    chat.add_argument("--host", default=settings.host)
    chat.add_argument("--port", type=int, default=settings.port)
    chat.set_defaults(run=partial(_chat, place, refresh))


def _chat(place: Place, refresh: Refresh, arguments: argparse.Namespace) -> int:
    # gradio takes seconds to import: only the page waits for it
    from assistant.server import HOSTS, host_names, make_app, serve

    settings = place.settings.model_copy(update={"host": arguments.host, "port": arguments.port})
    names = host_names(settings.host, settings.allowed_hosts)
    if settings.host not in HOSTS:
        print("Whoever reaches this machine can ask: the page has no sign-in yet.", file=sys.stderr)
    corpus = load(place)
    search = OpeningSearch(partial(make_index, corpus, place.settings, place.folders.index), show_progress)
    kit = make_kit(corpus, Remembered(search), place.folders.user)
    shelf = find_shelf(place.folders.index, settings.database.get_secret_value())
    current = Current(kit, partial(_look, place, shelf), partial(_renew, place, search))
    app = make_app(
        current.answer,
        corpus,
        kit.words,
        settings.organisation,
        today,
        kit.standings,
        names=names,
        state=lambda: search.state if current.kit is kit else State("ready"),
        current=lambda: current.kit.corpus,
        host=settings.host,
        changes=Changes(place.folders.user, refresh, today, current.follow),
    )
    language = place.settings.language or SOURCE_LANGUAGE

    def open_search(address: str) -> None:
        # Not earlier: loading the engines would keep the page waiting.
        _announce(address)
        Thread(target=search.open, args=(language,), daemon=True).start()

    serve(app, settings, open_search)
    return 0


def _look(place: Place, shelf: Shelf) -> str:
    """Name the documents, the own items and the index that are there."""
    home = place.folders.user
    return "\n".join((*list_names(home), look_at_items(home), shelf.current() or ""))


def _renew(place: Place, search: OpeningSearch) -> Kit:
    """Open what is there now; the encoders stay loaded."""
    corpus = load_library(place.folders.user)
    index = search.index.for_text(corpus.paragraphs, tuple(corpus.unanswered.values()), corpus.digest)
    index.open(build=False)
    return make_kit(corpus, Remembered(index), place.folders.user)


def _announce(address: str) -> None:
    print(f"Wolkwijzer: {address}  (Ctrl-C stops it)", flush=True)
