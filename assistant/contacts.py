"""Whom staff can ask, by name: what the settings say, and that nobody is filled in where they are silent."""

from assistant.settings import Organisation
from assistant.words import Words
from corpus.paragraph import Language


def contacts(organisation: Organisation, language: Language, words: Words) -> tuple[tuple[str, str], ...]:
    """Return (role, who) for everybody who can be asked."""
    roles = {
        "role.fg": organisation.fg,
        "role.ciso": organisation.ciso,
        "page.lawyer": organisation.lawyer,
        "page.service_desk": organisation.service_desk,
    }
    nobody = words.say("page.not_set", language)
    return tuple((words.say(role, language), who or nobody) for role, who in roles.items())
