"""The sources as a page: what each is and whether its text is here; on this machine also to add documents, or remove them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.changes import Changes, Outcome
from assistant.page.markup import NOTHING, Html, element, join, literal
from assistant.page.paragraphs import make_speaker
from assistant.page.parts import Speaker, details, small
from assistant.page.reader import PATH as READER
from assistant.page.reader import make_page, make_top
from assistant.tell import Teller
from corpus.load import Corpus
from corpus.manifest import AUTHORITIES, Source
from corpus.readers.limits import LIMITS

PATH = "/sources"
UPLOAD, REMOVE = "/sources/add", "/sources/remove"
MOST_UPLOADED = LIMITS.file + 100_000  # bytes; with what is said of the document
TEXTS = ("title", "publisher", "date", "licence")
_SHORT = 12  # characters of a sha256
_KINDS = ".pdf,.html,.htm,.docx,.md,.txt"


@dataclass(frozen=True)
class Form:
    """What forms may change, for who opened the page from this server; `token` proves that."""

    changes: Changes
    token: str


@dataclass(frozen=True)
class NotTaken:
    """A form that was not taken: why, a sentence of the catalogue, at which field if at one, and what was typed in it."""

    why: str
    at: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


def show_sources(corpus: Corpus, teller: Teller, form: Form | None, lost: NotTaken | None = None) -> Html:
    """Return the page, with why a form was not taken; without a form nothing can be changed."""
    say = make_speaker(teller)
    title = teller.words.say("sources.title", teller.language)
    held = [source for source in corpus.sources.values() if source.id in corpus.documents]
    linked = [source for source in corpus.sources.values() if source.id not in corpus.documents]
    main = element(
        "main",
        {"id": "text", "class": "sources"},
        element("h1", {}, literal(title)),
        element("p", {}, say("sources.about")),
        _complaint(lost, say) if lost else NOTHING,
        join(_state(form.changes, say), _add(form, lost, say), _faults(corpus.faults, say))
        if form
        else NOTHING,
        _group("sources.held", held, corpus, say, form),
        _group("sources.linked", linked, corpus, say, form),
    )
    return make_page(title, say, make_top(PATH, {}, say), main, referrer="same-origin")


def _state(changes: Changes, say: Speaker) -> Html:
    """Return what is being done, and what became of what was asked before."""
    said: list[Html] = []
    if running := changes.running:
        again = element("a", {"href": f"{PATH}?lang={say.language}"}, say("sources.again"))
        said = [element("p", {}, _say_named(f"sources.{running.phase}", running.name, say)), again]
    elif changes.last:
        said = list(_tell(changes.last, say))
    failed = not running and changes.last is not None and changes.last.why
    named = {"role": "status", "class": "told failed" if failed else "told", "id": "state"}
    return element("div", named, *said) if said else NOTHING


def _tell(outcome: Outcome, say: Speaker) -> Iterator[Html]:
    yield element("p", {}, _say_named(outcome.key, outcome.name, say))
    if outcome.why:
        yield element("p", {}, say(outcome.why, {"file": outcome.file}))
    if outcome.detail:
        yield details(say("sources.detail"), element("p", {"lang": "en"}, literal(outcome.detail)))


def _say_named(key: str, name: str, say: Speaker) -> Html:
    return say(key, {"name": name})


def _complaint(lost: NotTaken, say: Speaker) -> Html:
    return element("p", {"role": "alert", "class": "told failed", "id": "complaint"}, say(lost.why))


def _add(form: Form, lost: NotTaken | None, say: Speaker) -> Html:
    """Return the form that adds a document, with what was typed where it was not taken."""
    typed = lost.typed if lost else {}

    def control(name: str, attributes: Mapping[str, str]) -> Mapping[str, str]:
        wrong = {"aria-invalid": "true", "aria-describedby": "complaint", "autofocus": ""}
        return {"name": name, "id": name, **attributes, **(wrong if lost and lost.at == name else {})}

    chosen = typed.get("kind", "own")
    kinds = (
        element(
            "option",
            {"value": kind} | ({"selected": ""} if kind == chosen else {}),
            say(f"sources.is_{kind}"),
        )
        for kind in AUTHORITIES
    )
    file = control("file", {"type": "file", "required": "", "accept": _KINDS})
    texts = {
        name: control(name, {"maxlength": "200", "autocomplete": "off", "value": typed.get(name, "")})
        for name in TEXTS
    }
    return element(
        "section",
        {"aria-labelledby": "add"},
        element("h2", {"id": "add"}, say("sources.add")),
        element("p", {}, say("sources.add_about", {"most": LIMITS.file // 1_000_000})),
        element(
            "form",
            {"method": "post", "action": UPLOAD, "enctype": "multipart/form-data"},
            _secret(form, say),
            _field("file", element("input", file), say),
            _field("kind", element("select", control("kind", {}), *kinds), say),
            *(_field(name, element("input", attributes), say) for name, attributes in texts.items()),
            element("button", {"type": "submit", "class": "primary"}, say("sources.add_button")),
        ),
    )


def _field(name: str, control: Html, say: Speaker) -> Html:
    label = element("label", {"for": name}, say(f"sources.field_{name}"))
    return element("p", {"class": "field"}, label, control)


def _secret(form: Form, say: Speaker) -> Html:
    values = {"token": form.token, "lang": say.language}
    return join(*(element("input", {"type": "hidden", "name": k, "value": v}) for k, v in values.items()))


def _faults(faults: Sequence[str], say: Speaker) -> Html:
    if not faults:
        return NOTHING
    lines = (element("li", {}, literal(fault)) for fault in faults)
    return element(
        "div",
        {"class": "notice"},
        element("p", {}, say("sources.faults")),
        element("ul", {"lang": "en"}, *lines),
    )


def _group(key: str, sources: Sequence[Source], corpus: Corpus, say: Speaker, form: Form | None) -> Html:
    shown = (_source(source, corpus, say, form) for source in sources)
    return join(element("h2", {}, say(key), literal(f" ({len(sources)})")), *shown)


def _source(source: Source, corpus: Corpus, say: Speaker, form: Form | None) -> Html:
    document = corpus.documents.get(source.id)
    title = element("span", {"lang": source.language}, literal(source.title))
    if document:
        address = f"{READER}{source.id}?lang={say.language}"
        title = element("a", {"href": address, "lang": source.language}, literal(source.title))
    made = ", ".join(part for part in (source.publisher, source.version or str(source.year or "")) if part)
    lines: list[tuple[str, Html]] = [
        ("kind", say(f"sources.kind_{source.kind}")),
        ("language", say(f"spoken.in_{source.language}")),
    ]
    if source.kind != "note":
        lines.insert(1, ("authority", say(f"sources.is_{source.authority}")))
    if document:
        lines.append(("paragraphs", literal(str(len(document.paragraphs)))))
    if source.replaces:
        replaced = corpus.sources.get(source.replaces)
        named = element("span", {"lang": replaced.language}, literal(replaced.title)) if replaced else None
        lines.append(("replaces", named or literal(source.replaces)))
    if source.licence:
        lines.append(("licence", element("span", {"lang": source.language}, literal(source.licence))))
    if source.added:
        lines += [("added", literal(source.added)), ("hidden", literal(str(source.hidden)))]
    return element(
        "article",
        {"class": "source", "id": f"source-{source.id}"},
        element("h3", {}, title),
        element("p", {"class": "made", "lang": source.language}, literal(made)) if made else NOTHING,
        element("dl", {}, *(_line(name, value, say) for name, value in lines)),
        _digest(source, say) if source.sha256 else NOTHING,
        _remove(source, form, say) if form and source.id in corpus.added else NOTHING,
    )


def _line(name: str, value: Html, say: Speaker) -> Html:
    term = element("dt", {}, say(f"sources.line_{name}"))
    return element("div", {}, term, element("dd", {}, value))


def _digest(source: Source, say: Speaker) -> Html:
    short = join(say("sources.digest"), literal(f": {source.sha256[:_SHORT]}…"))
    return details(short, element("p", {"class": "small"}, element("code", {}, literal(source.sha256))))


def _remove(source: Source, form: Form, say: Speaker) -> Html:
    """Return the form that removes a document; it must be unfolded first."""
    button = element(
        "button",
        {"type": "submit", "class": "remove"},
        _say_named("sources.remove_button", source.title, say),
    )
    name = element("input", {"type": "hidden", "name": "id", "value": source.id})
    return details(
        _say_named("sources.remove", source.title, say),
        small(say("sources.remove_about")),
        element("form", {"method": "post", "action": REMOVE}, _secret(form, say), name, button),
    )
