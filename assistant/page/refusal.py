"""A refusal in both languages, as nobody knows yet which one is spoken: a page for who opened it, JSON for a script."""

import json

from assistant.page.limits import Refused
from assistant.page.markup import DOCTYPE, element, join, literal
from assistant.words import Words
from corpus.toml import LANGUAGES

# Written out here, as a style sheet under a name that is refused would be refused as well.
_STYLE = (
    "margin: 0 auto; padding: 1.5rem; max-width: 40rem; border-top: 6px solid #5b87b5; "
    "font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere"
)


def tell_refusal(words: Words, refusal: Refused, *, is_opened: bool) -> tuple[str, str]:
    """Return why a request is refused and what to do, and the media type of that.

    `is_opened` tells that a person reads the answer as it is.
    """
    values = {"seconds": refusal.wait}
    said = {one: words.say(f"refused.{refusal.reason}", one, values) for one in LANGUAGES}
    if not is_opened:
        return json.dumps({"detail": " / ".join(said.values()), **said}), "application/json"
    # Under an unknown name no address of the page opens it.
    ways = () if refusal.reason == "unknown_host" else LANGUAGES
    page = element(
        "html",
        {"lang": LANGUAGES[0]},
        element(
            "head",
            {},
            element("meta", {"charset": "utf-8"}),
            element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            element("meta", {"name": "color-scheme", "content": "light dark"}),
            element("title", {}, literal("Wolkwijzer")),
            element("link", {"rel": "icon", "href": "data:,"}),
        ),
        element(
            "body",
            {"style": _STYLE},
            element(
                "main",
                {},
                element("h1", {}, literal("Wolkwijzer")),
                *(element("p", {"lang": one}, literal(said[one])) for one in LANGUAGES),
                *(
                    element(
                        "p",
                        {"lang": one},
                        element("a", {"href": "/"}, literal(words.say("refused.home", one))),
                    )
                    for one in ways
                ),
            ),
        ),
    )
    return join(DOCTYPE, page), "text/html"
