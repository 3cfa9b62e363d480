"""Drops from a web page what nobody can see: by its style, its colour or its place."""

import re

from lxml.html import HtmlElement

from corpus.readers.elements import SILENT, text_of

_INVISIBLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|font-size:0(?:\.0+)?[a-z%]*(?:;|!|$)"
    r"|opacity:0(?:\.0+)?(?:;|!|$)|clip:rect\((?:0|1px)|clip-path:inset\((?:50|100)%"
    r"|(?:text-indent|left|right|top|bottom|margin-left|margin-top):-\d{3,}"
    r"|transform:scale\(0\)"
)
_NO_SIZE = re.compile(r"(?:^|;)(?:max-)?(?:height|width):0[a-z]*(?:;|!|$)")
_WHITE = r"(?:#fff(?:fff)?|white|rgba?\(255,255,255(?:,1)?\))(?![\w#])"
_WHITE_TEXT = re.compile(rf"(?:^|;)color:{_WHITE}|(?:^|;)color:transparent")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;]+)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# A rule for paper or narrow screens alone hides nothing from a reader at a desk.
_MEDIA = re.compile(r"@[a-z-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|/\*.*?\*/", re.DOTALL)


def drop_hidden(page: HtmlElement, part: HtmlElement) -> int:
    """Take what is hidden out of a part of the page and return how many characters of text that were.

    Style sheets are read where they stand in the page and their rules name one class or id; none is fetched.
    """
    rules = _hiding_rules(page)
    hidden = 0
    waiting = list(part)
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in SILENT:
            continue
        if _is_hidden(element, rules):
            hidden += len(text_of(element))
            drop_element(element)
        else:
            waiting += element
    return hidden


def drop_element(element: HtmlElement) -> None:
    """Take an element out and leave the text behind it."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _hiding_rules(page: HtmlElement) -> frozenset[str]:
    """The selectors of one class or id (".x", "#x") that the page's own style sheets hide."""
    sheets = _MEDIA.sub("", " ".join(sheet.text or "" for sheet in page.iter("style")))
    return frozenset(
        selector.strip()
        for selectors, style in _RULE.findall(sheets)
        if _is_invisible(_squeeze(style))
        for selector in selectors.split(",")
        if re.fullmatch(r"\s*[.#][\w-]+\s*", selector)
    )


def _is_hidden(element: HtmlElement, rules: frozenset[str]) -> bool:
    style = _squeeze(element.get("style") or "")
    names = [f".{name}" for name in (element.get("class") or "").split()] + [f"#{element.get('id')}"]
    return (
        "hidden" in element.attrib
        or _is_invisible(style)
        or any(name in rules for name in names)
        or (_is_white(element, style) and _on_white(element))
    )


def _is_invisible(style: str) -> bool:
    return bool(_INVISIBLE.search(style)) or ("overflow:hidden" in style and bool(_NO_SIZE.search(style)))


def _squeeze(style: str) -> str:
    return re.sub(r"\s+", "", style).lower()


def _is_white(element: HtmlElement, style: str) -> bool:
    colour = _squeeze(element.get("color") or "") if element.tag == "font" else ""
    return bool(_WHITE_TEXT.search(style) or re.fullmatch(_WHITE, colour))


def _on_white(element: HtmlElement) -> bool:
    """The nearest background decides; a class around the text may give it one that is not known here."""
    for around in (element, *element.iterancestors()):
        style = _squeeze(around.get("style") or "")
        background = _BACKGROUND.search(style)
        colour = background[1] if background else _squeeze(around.get("bgcolor") or "")
        if colour:
            return bool(re.match(_WHITE, colour))
        if around.get("class") and around.tag not in ("html", "body"):
            return False
    return True
