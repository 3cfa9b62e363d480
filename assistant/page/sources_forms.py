"""What the forms of the sources page send: who may send it, what it must be, and what is then done."""

import secrets
from collections.abc import Callable

from fastapi import FastAPI
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.changes import Changes, Upload
from assistant.page.sources import PATH, REMOVE, TEXTS, UPLOAD, Form, NotTaken, show_sources
from assistant.tell import Teller
from corpus.add import Details
from corpus.describe import read_date
from corpus.errors import FactError
from corpus.load import Corpus
from corpus.manifest import AUTHORITIES
from corpus.paragraph import Language

_SEE_OTHER, _BAD, _BUSY = 303, 400, 409
_MOST_TEXT = 1000  # bytes of what is said of a document
_FIELDS = {"token", "lang", "kind", *TEXTS, "file"}


def add_sources(
    app: FastAPI, current: Callable[[], Corpus], tell: Callable[[Language], Teller], changes: Changes | None
) -> None:
    """Add the page of the sources; without `changes` it has no form and nothing can be sent."""
    form = Form(changes, secrets.token_urlsafe()) if changes else None

    def send(request: Request) -> HTMLResponse:
        return HTMLResponse(show_sources(current(), tell(_language(request.query_params.get("lang"))), form))

    app.add_route(PATH, send)
    if form is None:
        return
    token, change = form.token, form.changes

    async def add(request: Request) -> Response:
        async with request.form(max_files=1, max_fields=len(_FIELDS), max_part_size=_MOST_TEXT) as sent:
            asked = _read(sent) if _is_ours(sent, token) else _not_taken(sent, "sources.old_form")
            if isinstance(asked, NotTaken):
                return _refuse(sent, asked)
            return _go_back(sent, change.add(*asked))

    async def remove(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=3, max_part_size=_MOST_TEXT) as sent:
            source = current().sources.get(_text(sent, "id"))
            if not _is_ours(sent, token) or source is None or source.id not in current().added:
                return _refuse(sent, _not_taken(sent, "sources.old_form"))
            return _go_back(sent, change.remove(source.id, source.title))

    def _refuse(sent: FormData, lost: NotTaken, status: int = _BAD) -> HTMLResponse:
        return HTMLResponse(show_sources(current(), tell(_language(_text(sent, "lang"))), form, lost), status)

    def _go_back(sent: FormData, is_started: bool) -> Response:
        if not is_started:
            return _refuse(sent, _not_taken(sent, "sources.occupied"), _BUSY)
        return RedirectResponse(f"{PATH}?lang={_language(_text(sent, 'lang'))}", _SEE_OTHER)

    app.add_route(UPLOAD, add, methods=["POST"])
    app.add_route(REMOVE, remove, methods=["POST"])


def _read(sent: FormData) -> tuple[Upload, Details] | NotTaken:
    """Return the file that was sent and what was said of it, or what is wrong with the form."""
    file = sent.get("file")
    kind = next((kind for kind in AUTHORITIES if kind == _text(sent, "kind")), None)
    if kind is None:
        return _not_taken(sent, "sources.old_form")
    if not isinstance(file, UploadFile) or not file.filename:
        return _not_taken(sent, "sources.no_file", "file")
    title, publisher, date, licence = (_text(sent, name) for name in TEXTS)
    try:
        read_date(date)
    except FactError:
        return _not_taken(sent, "sources.no_date", "date")
    details = Details(kind, title=title, publisher=publisher, date=date, licence=licence)
    return Upload(file.filename, file.file), details


def _not_taken(sent: FormData, why: str, at: str = "") -> NotTaken:
    return NotTaken(why, at, {name: _text(sent, name) for name in ("kind", *TEXTS)})


def _language(text: str | None) -> Language:
    return "en" if text == "en" else "nl"


def _text(sent: FormData, name: str) -> str:
    value = sent.get(name)
    return value if isinstance(value, str) else ""


def _is_ours(sent: FormData, token: str) -> bool:
    """Tell whether the form was made by this server since it started."""
    return secrets.compare_digest(_text(sent, "token").encode(), token.encode())
