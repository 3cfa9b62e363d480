"""writes small PDFs for the tests: text with size, place, colour and render mode, boxes, images, tags."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842
REGULAR, BOLD, MAPPED = "F1", "F2", "F3"
# In the font MAPPED the letter z stands for a zero-width space.
_MAP = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Z def /CMapType 2 def "
    "1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <7A> <200B> endbfchar "
    "1 beginbfrange <20> <79> <0020> endbfrange endcmap end end"
)
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Element:
    """An element of the structure tree: elements, or marked contents as (page, number), both counted from 0."""

    kind: str
    kids: Sequence["Element | tuple[int, int]"]


def text(
    words: str,
    x: float,
    y: float,
    size: float = 11,
    *,
    font: str = REGULAR,
    mode: int = 0,
    colour: Colour = (0, 0, 0),
    mark: int | None = None,
    kind: str = "P",
    artifact: bool = False,
    instead: str = "",
    clear: bool = False,
    turn: tuple[int, int, int, int] = (1, 0, 0, 1),
) -> str:
    """Draw words; `mark` is the number of their marked content, `instead` an ActualText, `clear` without any ink."""
    drawn = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    matrix = " ".join(map(str, turn))
    state = "/Clear gs " if clear else ""
    body = f"q {state}BT /{font} {size} Tf {mode} Tr {rgb(colour)} rg {matrix} {x} {y} Tm ({drawn}) Tj ET Q\n"
    if instead:
        body = f"/Span <</ActualText ({instead})>> BDC {body} EMC\n"
    if mark is not None:
        return f"/{kind} <</MCID {mark}>> BDC {body} EMC\n"
    return f"/Artifact BMC {body} EMC\n" if artifact else body


def lines(
    words: Sequence[str], x: float, y: float, size: float = 11, *, step: float = 14, **look: object
) -> str:
    """Draw lines below each other."""
    return "".join(text(line, x, y - i * step, size, **look) for i, line in enumerate(words))  # type: ignore[arg-type]


def box(x: float, y: float, width: float, height: float, colour: Colour) -> str:
    """Fill a box."""
    return f"q {rgb(colour)} rg {x} {y} {width} {height} re f Q\n"


def rule(x: float, y: float, to_x: float, to_y: float) -> str:
    """Draw a line."""
    return f"q 0.5 w {x} {y} m {to_x} {to_y} l S Q\n"


def image(x: float, y: float, width: float, height: float) -> str:
    """Draw a grey image of one pixel."""
    return f"q {width} 0 0 {height} {x} {y} cm BI /W 1 /H 1 /CS /G /BPC 8 ID A EI Q\n"


def rgb(colour: Colour) -> str:
    return " ".join(map(str, colour))


def pdf(
    *pages: str,
    info: dict[str, str] | None = None,
    tree: Sequence[Element] = (),
    locked: bool = False,
    turned: int = 0,
) -> bytes:
    """Write a PDF of pages, each what is drawn on it."""
    objects: list[bytes] = []

    def add(body: str, stream: bytes | None = None) -> int:
        data = b"" if stream is None else b"\nstream\n" + stream + b"\nendstream"
        objects.append(body.encode("cp1252") + data)
        return len(objects)

    def put(number: int, body: str) -> None:
        objects[number - 1] = body.encode("cp1252")

    catalog, parent = add(""), add("")
    codes = add(f"<</Length {len(_MAP)}>>", _MAP.encode())
    fonts = " ".join(
        f"/{name} {add(f'<</Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding {more}>>')} 0 R"
        for name, base, more in (
            (REGULAR, "Helvetica", ""),
            (BOLD, "Helvetica-Bold", ""),
            (MAPPED, "Helvetica", f"/ToUnicode {codes} 0 R"),
        )
    )
    numbers = []
    for i, drawn in enumerate(pages):
        stream = drawn.encode("cp1252")
        content = add(f"<</Length {len(stream)}>>", stream)
        numbers.append(
            add(
                f"<</Type /Page /Parent {parent} 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Rotate {turned} "
                f"/Contents {content} 0 R /StructParents {i} "
                f"/Resources <</Font <<{fonts}>> /ExtGState <</Clear <</ca 0>>>>>>>>"
            )
        )
    put(parent, f"<</Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{n} 0 R' for n in numbers)}]>>")
    structure = ""
    if tree:
        structure = f"/MarkInfo <</Marked true>> /StructTreeRoot {_tree(tree, numbers, add, put)} 0 R"
    put(catalog, f"<</Type /Catalog /Pages {parent} 0 R {structure}>>")
    told = add("<<" + " ".join(f"/{key} ({value})" for key, value in (info or {}).items()) + ">>")
    trailer = f"/Root {catalog} 0 R /Info {told} 0 R"
    if locked:
        lock = add(f"<</Filter /Standard /V 1 /R 2 /P -44 /O <{'11' * 32}> /U <{'22' * 32}>>>")
        trailer += f" /Encrypt {lock} 0 R /ID [<{'33' * 16}> <{'33' * 16}>]"
    return _file(objects, trailer)


def _tree(tree: Sequence[Element], pages: Sequence[int], add: object, put: object) -> int:
    assert callable(add)
    assert callable(put)
    root = add("")
    parents: dict[int, dict[int, int]] = {}

    def element(item: Element, above: int) -> int:
        number = int(add(""))
        kids, first = [], None
        for kid in item.kids:
            if isinstance(kid, Element):
                kids.append(f"{element(kid, number)} 0 R")
            else:
                page, mark = kid
                first = page if first is None else first
                parents.setdefault(page, {})[mark] = number
                kids.append(
                    str(mark) if page == first else f"<</Type /MCR /Pg {pages[page]} 0 R /MCID {mark}>>"
                )
        of = "" if first is None else f"/Pg {pages[first]} 0 R"
        put(number, f"<</Type /StructElem /S /{item.kind} /P {above} 0 R {of} /K [{' '.join(kids)}]>>")
        return number

    top = [element(item, root) for item in tree]
    entries = []
    for page, marks in sorted(parents.items()):
        refs = " ".join(f"{marks[i]} 0 R" if i in marks else "null" for i in range(max(marks) + 1))
        entries.append(f"{page} [{refs}]")
    kids = " ".join(f"{number} 0 R" for number in top)
    put(root, f"<</Type /StructTreeRoot /K [{kids}] /ParentTree <</Nums [{' '.join(entries)}]>>>>")
    return int(root)


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size} {trailer}>>\nstartxref\n{len(data)}\n%%EOF"
    return data + end.encode("cp1252")
