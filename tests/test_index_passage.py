"""Passages have ids that outlive a rebuild, and words under which people look."""

from dataclasses import replace

from fakes import RECIPE, paragraph

from index.passage import Passage, make_passages


def test_a_paragraph_is_found_under_its_own_words_and_under_its_headings_and_lead_in():
    item = paragraph("x", "een exitplan", ("4 Beleid", "Contract"), "Regel in het contract:")
    assert make_passages([item], RECIPE) == (
        Passage("gids/x:plain", "gids/x", "plain", "nl", "een exitplan"),
        Passage(
            "gids/x:headed",
            "gids/x",
            "headed",
            "nl",
            "4 Beleid\nContract\nRegel in het contract:\neen exitplan",
        ),
    )


def test_a_passage_that_repeats_another_of_its_paragraph_is_left_out():
    assert [p.id for p in make_passages([paragraph("x", "Zelfde woorden.", ())], RECIPE)] == ["gids/x:plain"]


def test_ids_do_not_depend_on_what_else_is_indexed():
    first, second = paragraph("a", "Een."), paragraph("b", "Twee.")
    recipe = replace(RECIPE, kinds=("plain",))
    assert [p.id for p in make_passages([first, second], recipe)] == ["gids/a:plain", "gids/b:plain"]
    assert [p.id for p in make_passages([second], recipe)] == ["gids/b:plain"]
