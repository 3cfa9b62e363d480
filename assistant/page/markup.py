"""Literal HTML: the one place where text becomes markup.

`Html` is made here only, so a type checker sees text that was not escaped. What is made stands on one line
and every ASCII sign in a text is a character reference: HTML, Markdown and templates find nothing to read.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import NewType

Html = NewType("Html", str)
_SIGN = re.compile(r"[^\w ]|_")  # what is neither a letter, a figure nor a blank: looked at one by one
_EMPTY = ("input", "link", "meta")  # elements that hold nothing and are never closed


def literal(text: str) -> Html:
    """Return `text` as HTML that shows it as it is, on one line; what is invisible is shown by its number."""
    return Html(_SIGN.sub(_show, re.sub(r"\s+", " ", text)))


def _show(sign: re.Match[str]) -> str:
    character = sign[0]
    if character.isascii() and character.isprintable():
        return f"&#{ord(character)};"
    # Controls, direction marks, zero-width signs, lone surrogates, private use and unassigned code points.
    if unicodedata.category(character)[0] == "C":
        return f"&#91;U+{ord(character):04X}&#93;"
    return character


def element(name: str, attributes: Mapping[str, str], *children: Html) -> Html:
    """Return an element. Its name and those of its attributes must be constants; values are escaped."""
    shown = "".join(f' {key}="{literal(value)}"' for key, value in attributes.items())
    if name in _EMPTY:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{''.join(children)}</{name}>")


def join(*parts: Html) -> Html:
    """Return parts one after the other."""
    return Html("".join(parts))


NOTHING = Html("")
DOCTYPE = Html("<!doctype html>")
