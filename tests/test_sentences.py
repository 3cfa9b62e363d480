"""Sentences are split as a Dutch reader would."""

import pytest

from corpus.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Zie art. 9 AVG. Dat geldt ook hier.", ["Zie art. 9 AVG.", "Dat geldt ook hier."]),
        (
            "Dit is geregeld in Art. 14 Wbp. Een leverancier",
            ["Dit is geregeld in Art. 14 Wbp.", "Een leverancier"],
        ),
        ("Waarborgen t.a.v. Amerika, o.a. De VS.", ["Waarborgen t.a.v. Amerika, o.a. De VS."]),
        ("Kan dat? Ja! En nu?", ["Kan dat?", "Ja!", "En nu?"]),
        ("Hij zei: ‘Nee.’ Daarna niets.", ["Hij zei: ‘Nee.’", "Daarna niets."]),
        ("Zie BIG hoofdstuk 12.3.1.3.", ["Zie BIG hoofdstuk 12.3.1.3."]),
        ("Versie 1.2 kwam in 2016. 13 punten.", ["Versie 1.2 kwam in 2016.", "13 punten."]),
        ("Dhr. J. Jansen tekent. Klaar", ["Dhr. J. Jansen tekent.", "Klaar"]),
        ("Opslag (geheugen etc.). Daarna", ["Opslag (geheugen etc.).", "Daarna"]),
        ("zie https://a.nl/b.html en verder", ["zie https://a.nl/b.html en verder"]),
        ("", []),
        ("   ", []),
    ],
)
def test_a_text_is_split_into_whole_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences
