import pytest

from corpus.readers.unseen import drop_unseen


def test_text_that_can_be_seen_stays_as_it_is() -> None:
    text = "Één coöperatie – ‘e-mail’ (€ 5)\tmag\u00a0niet:\nیک, 日本 & 😀"
    assert drop_unseen(text) == (text, 0)


@pytest.mark.parametrize(
    "unseen",
    [
        "\u200b",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u202e",
        "\u2066",
        "\u061c",
        "\x00",
        "\x9f",
        "\u3164",
        "\ufe0f",
        "\U000e0041",
    ],
    ids=lambda unseen: f"U+{ord(unseen):04X}",
)
def test_a_character_that_shows_nothing_is_dropped_and_counted(unseen: str) -> None:
    assert drop_unseen(f"{unseen}wol{unseen}{unseen}k") == ("wolk", 3)


def test_a_soft_hyphen_is_dropped_and_not_counted() -> None:
    assert drop_unseen("persoons\u00adgegevens") == ("persoonsgegevens", 0)
