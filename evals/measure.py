"""One run of `eval bench`: the real index, questions and processes, measured one after the other."""

import io
import os
import sys
import time
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from assistant.answer import Request
from assistant.commands import make_index, make_kit
from assistant.compose import STEPS, answer_question
from assistant.settings import Folders, Settings
from corpus.library import load_library
from corpus.toml import LANGUAGES
from evals.bench import (
    SearchSpeed,
    Spread,
    repeat_grams,
    scatter,
    time_answers,
    time_encoding,
    time_grams,
    time_search,
    time_store,
)
from evals.load import HERE, load_cases
from evals.processes import measure_page, time_cold_start
from evals.speed import LARGE, Speed
from index.dense import part_rows
from index.engines import Encoder, load_encoders
from index.generation import PASSAGES, Generation, vectors_name
from index.grams import GramIndex
from index.passage import Passage
from index.recipe import make_recipe
from index.shelf import find_shelf
from index.vectors import FaissVectorStore

_SIZES = (1_000, 10_000, LARGE)
_ROUNDS = 3
_ENCODED = 320  # passages, spread over the collection
_AT_ONCE = 32  # as a build does
_QUERIES = 100
_ASKED = 20  # questions through the page, in the language that it opens the search for
_SEED = 20261125


def measure(settings: Settings, folders: Folders, today: str) -> Speed:
    """Measure everything; it takes some minutes. Raises IndexFault, and DataError where a process fails."""
    load, languages = os.getloadavg(), tuple[str, ...](LANGUAGES)
    corpus = load_library(folders.user)
    kit = make_kit(corpus, make_index(corpus, settings, folders.index), folders.user)
    cases = [case for case in load_cases(HERE, corpus).questions if case.split == "tune"]
    firsts = [next(case.question for case in cases if case.language == language) for language in languages]
    _say("the page")
    dutch = [case.question for case in cases if case.language == languages[0]][:_ASKED]
    page = measure_page(firsts, dutch)
    cold_start = {name: time_cold_start(asked) for name, asked in zip(languages, firsts, strict=True)}
    _say("warm answers")
    requests = [Request(case.question, today) for case in cases]
    answer = time_answers(
        requests,
        lambda request, steps: answer_question(request, kit, steps),
        STEPS,
        _ROUNDS,
        time.perf_counter,
    )
    address = settings.database.get_secret_value()
    generation = find_shelf(folders.index, address).read()
    questions = [case.question for case in cases[:_QUERIES]]
    return Speed(
        load,
        os.cpu_count() or 1,
        len(cases),
        answer,
        _time_encoders(settings, [paragraph.text for paragraph in corpus.paragraphs]),
        "database" if address else "folder",
        time_engine(
            generation,
            load_encoders(settings.encoders, settings.allow_downloads),
            make_recipe(settings.encoders).top_k,
            questions,
        ),
        {} if address else _time_searches(generation, settings),
        _time_grams(generation, settings, questions),
        cold_start,
        page,
    )


def _time_encoders(settings: Settings, texts: Sequence[str]) -> dict[str, float]:
    # Only now: the libraries that a build needs must not weigh on the answers timed before.
    from index.encode import make_encoders

    sample = [texts[number % len(texts)] for number in range(_ENCODED)]
    rates = {}
    for encoder in make_encoders(settings.encoders, settings.allow_downloads):
        _say(f"passages a second of {encoder.name}")
        rates[encoder.name] = time_encoding(encoder, sample, _AT_ONCE, time.perf_counter)
    return rates


def time_engine(
    generation: Generation, encoders: Sequence[Encoder], k: int, questions: Sequence[str]
) -> dict[str, Spread]:
    """Search the vectors of an index, in its folder or its database, for the `k` nearest of each question."""
    passages = TypeAdapter(tuple[Passage, ...]).validate_json(bytes(generation.files[PASSAGES]))
    names = [passages[row].id for row in part_rows(passages)[0]]
    speeds = {}
    for number, encoder in enumerate(encoders):
        _say(f"search of the index by {encoder.name}")
        store = generation.open_vectors(vectors_name(number, is_added=False), names, names)
        speeds[encoder.name] = time_store(store, encoder.encode_queries(questions), k, time.perf_counter)
    return speeds


def _time_searches(generation: Generation, settings: Settings) -> dict[str, tuple[SearchSpeed, ...]]:
    recipe = make_recipe(settings.encoders)
    names = [str(row) for row in range(generation.manifest.passages)]
    speeds = {}
    for number, use in enumerate(recipe.encoders):
        rows = FaissVectorStore.from_bytes(generation.files[f"vectors-{number}.faiss"], names, names).rows()
        queries = scatter(rows, _QUERIES, _SEED)
        sizes = []
        for size in _SIZES:
            _say(f"search of {size:,} vectors of {use.name}")
            sizes.append(
                time_search(scatter(rows, size, _SEED + 1), queries, recipe.top_k, time.perf_counter)
            )
        speeds[use.name] = tuple(sizes)
    return speeds


def _time_grams(generation: Generation, settings: Settings, queries: Sequence[str]) -> dict[int, Spread]:
    recipe = make_recipe(settings.encoders)
    arrays: Mapping[str, NDArray[np.generic]] = dict(
        np.load(io.BytesIO(generation.files["grams.npz"]), allow_pickle=False)
    )
    rows = {gram: row for row, gram in enumerate(arrays["grams"].tobytes().decode().split("\n"))}
    speeds = {}
    for size in _SIZES[1:]:
        _say(f"search of the grams of {size:,} passages")
        index = GramIndex(rows, repeat_grams(arrays, size), recipe.gram_size, recipe.k1)
        speeds[index.passages] = time_grams(index, queries, time.perf_counter)
    return speeds


def _say(what: str) -> None:
    sys.stderr.write(f"measuring: {what}\n")
