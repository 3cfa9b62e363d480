"""Character 5-grams: BM25 by the book, as a share of the most a query can score."""

import io
import math

import numpy as np
import pytest

from index.grams import build_grams, read_grams, split_grams

TEXTS = ["Bewerkersovereenkomst met de leverancier", "de leverancier", "rekencentrum in Europa"]


def test_a_word_is_cut_with_a_blank_on_either_side_and_a_short_one_is_whole():
    assert list(split_grams("De Cloud!", 5)) == [" de ", " clou", "cloud", "loud "]


def test_case_and_accents_do_not_matter():
    assert list(split_grams("GEËIST cliënt", 5)) == list(split_grams("geeist client", 5))


def test_a_passage_scores_bm25_divided_by_the_most_the_query_could_score():
    index = build_grams(["aap noot", "aap"], 5, k1=1.2, b=0.75)
    shares, known = index.search("aap mies")
    both, none = math.log(1 + 0.5 / 2.5), math.log(1 + 2.5 / 0.5)  # " aap " in both, the two of mies in none
    lengths = (1 + 2, 1)  # "noot" gives " noot" and "noot "
    most = (both + 2 * none) * 2.2
    expected = [both * 2.2 / (1 + 1.2 * (0.25 + 0.75 * length / 2)) / most for length in lengths]
    assert shares.tolist() == pytest.approx(expected)
    assert known == pytest.approx(1 / 3)


def test_a_share_lies_between_nothing_and_all_however_often_a_word_is_repeated():
    index = build_grams(["cloud " * 500, "cloud"], 5, k1=1.2, b=0.75)
    shares, known = index.search("cloud cloud cloud")
    assert 0.9 < shares.max() <= 1
    assert known == 1


def test_a_part_of_a_compound_finds_it():
    shares, _ = build_grams(TEXTS, 5, 1.2, 0.75).search("overeenkomst")
    assert shares.argmax() == 0
    assert shares[0] > 0
    assert shares[2] == 0


def test_a_question_of_unknown_words_scores_nothing_and_says_so():
    shares, known = build_grams(TEXTS, 5, 1.2, 0.75).search("where is my backup")
    assert (shares.tolist(), known) == ([0, 0, 0], 0)


@pytest.mark.parametrize("query", ["", "  ", "?!"])
def test_a_question_without_words_scores_nothing(query):
    shares, known = build_grams(TEXTS, 5, 1.2, 0.75).search(query)
    assert (shares.tolist(), known) == ([0, 0, 0], 0)


def test_the_weights_are_those_of_the_formula_for_every_gram_and_passage():
    k1, b, split = 1.2, 0.75, [list(split_grams(text, 5)) for text in (*TEXTS, "", "Europa in Europa")]
    mean = sum(map(len, split)) / len(split)
    archive = np.load(io.BytesIO(build_grams((*TEXTS, "", "Europa in Europa"), 5, k1, b).to_bytes()))
    grams = archive["grams"].tobytes().decode().split("\n")
    assert grams == sorted({gram for of_text in split for gram in of_text})
    found = []
    for row, gram in enumerate(grams):
        postings = slice(*archive["starts"][row : row + 2])
        found += [
            (gram, *pair)
            for pair in zip(archive["passages"][postings], archive["weights"][postings], strict=True)
        ]
    expected = []
    for gram in grams:
        holding = [number for number, of_text in enumerate(split) if gram in of_text]
        idf = math.log(1 + (len(split) - len(holding) + 0.5) / (len(holding) + 0.5))
        for number in holding:
            often, length = split[number].count(gram), len(split[number])
            share = often * (k1 + 1) / (often + k1 * (1 - b + b * length / mean))
            expected.append((gram, number, idf * share))
    assert found == expected


def test_saved_twice_it_is_the_same_bytes_and_read_back_it_scores_the_same():
    index = build_grams(TEXTS, 5, 1.2, 0.75)
    data = index.to_bytes()
    again = read_grams(data, 5, 1.2)
    assert data == build_grams(TEXTS, 5, 1.2, 0.75).to_bytes() == again.to_bytes()
    assert (
        again.search("leverancier in europa")[0].tolist() == index.search("leverancier in europa")[0].tolist()
    )
