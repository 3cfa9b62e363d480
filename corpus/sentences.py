"""Splitting Dutch and English prose into whole sentences, by rules."""

import re

# A full stop behind one of these never ends a sentence by itself.
_ABBREVIATIONS = frozenset(
    [
        "art",
        "artt",
        "lid",
        "jo",
        "nr",
        "nrs",
        "blz",
        "pag",
        "p",
        "hfst",
        "par",
        "vgl",
        "zie.o",
        "bijv",
        "bv",
        "ca",
        "dhr",
        "mevr",
        "mr",
        "drs",
        "ir",
        "ing",
        "prof",
        "dr",
        "tel",
        "incl",
        "excl",
        "max",
        "min",
        "resp",
        "evt",
        "o.a",
        "m.u.v",
        "m.b.t",
        "t.a.v",
        "t.b.v",
        "t.o.v",
        "i.v.m",
        "i.p.v",
        "d.w.z",
        "d.m.v",
        "n.a.v",
        "m.n",
        "a.d.h.v",
        "e.v",
        "e.d",
        "p.m",
        "c.q",
        "z.s.m",
        "o.b.v",
        "i.c.m",
        "e.g",
        "i.e",
        "cf",
        "vs",
        "no",
        "approx",
        "st",
    ]
)
_BOUNDARY = re.compile(r"[.?!…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9ÀÁÄÈÉËÌÍÏÒÓÖÙÚÜ])")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the [start, end) offsets of the sentences of `text`, white space between them left out.

    A boundary is a terminator followed by white space and a capital or digit, unless an abbreviation or a
    single letter stands before it.
    """
    found, start = [], 0
    for match in _BOUNDARY.finditer(text):
        word = text[start : match.start()].rsplit(None, 1)[-1:] or [""]
        bare = word[0].lstrip("(['\"“‘").lower()
        if match.group()[0] == "." and (bare in _ABBREVIATIONS or (len(bare) == 1 and bare.isalpha())):
            continue
        found.append((start, match.end()))
        start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    if text[start:].strip():
        found.append((start, len(text.rstrip())))
    return found
