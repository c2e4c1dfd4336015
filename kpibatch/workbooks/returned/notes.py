"""Comments on cells of a package: their texts, and the parts they stand in.

What others wrote is kept and ours is added below it; what we wrote in an earlier round is taken away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpibatch.base.addresses import address, coordinates
from kpibatch.books.look import FONT, lines_of
from kpibatch.books.package import (
    Element,
    Package,
    elements,
    held,
    make,
    place,
    point,
    tag,
    usual_prefixes,
)
from kpibatch.books.packing import Unpatchable
from kpibatch.workbooks.returned.boxes import EMPTY, blocks_taken, drawn, without

AUTHOR = "kpibatch"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_AFTER_DRAWING = frozenset(
    (
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    )
)
_SIZE, _LINE_WIDTH, _TALLEST = 14, 46.0, 28


@dataclass(frozen=True)
class Note:
    """What a comment says, paragraph by paragraph: its heading (bold) and its text.

    ``lead_in`` opens it and sets it off from what another wrote; by these words it is known again in the next
    round.
    """

    lead_in: str
    paragraphs: tuple[tuple[str, str], ...]

    @property
    def lines(self) -> int:
        """About how many lines it takes in its box."""
        return min(_TALLEST, 1 + sum(1 + lines_of(text, _LINE_WIDTH, _SIZE) for _, text in self.paragraphs))

    def runs(self) -> list[Element]:
        """Its text as the workbook holds it."""
        pieces = [_run(f"{self.lead_in}\n")]
        for number, (heading, text) in enumerate(self.paragraphs):
            pieces += [
                _run(f"{heading}\n", bold=True),
                _run(text + ("\n" if number + 1 < len(self.paragraphs) else "")),
            ]
        return pieces


def _run(text: str, *, bold: bool = False) -> Element:
    look = [make("b")] if bold else []
    look += [
        make("sz", {"val": _SIZE}),
        make("color", {"indexed": 81}),
        make("rFont", {"val": FONT}),
        make("family", {"val": 2}),
    ]
    return make("r", None, make("rPr", None, *look), make("t", text=held(text)))


def clear_notes(package: Package, sheet: str, lead_ins: Iterable[str]) -> None:
    """Take away what we wrote in an earlier round, known by its lead-in: LibreOffice forgets who wrote a
    comment.
    """
    part = _pointed_at(package, sheet, "comments")
    if part is None or AUTHOR.encode() not in package.parts[part]:
        return
    listed = package.edit(part).find(tag("commentList"))
    emptied, words = set(), tuple(map(held, lead_ins))
    for element in list(elements(listed)):
        text = element.find(tag("text"))
        if text is not None and _cut(text, words) and not "".join(text.itertext()).strip():
            emptied.add(coordinates(element.get("ref")))
            listed.remove(element)
    drawing = _drawing(package, sheet)
    if drawing and emptied:
        package.parts[drawing] = without(package.parts[drawing], emptied)


def _cut(text: Element, lead_ins: tuple[str, ...]) -> bool:
    """Drop what stands from our words on, if they are there; Excel may have joined them with what stood
    before, and LibreOffice cuts them where a script or a font changes.
    """
    runs = [(run, run if run.tag == tag("t") else run.find(tag("t"))) for run in elements(text)]
    pieces = [(run, words) for run, words in runs if words is not None]
    whole = "".join(words.text or "" for _, words in pieces)
    found = [whole.find(lead_in) for lead_in in lead_ins if lead_in in whole]
    if not found:
        return False
    left = len(whole[: min(found)].rstrip())
    for run, words in pieces:
        words.text = (words.text or "")[:left]
        left -= len(words.text)
        if not words.text:
            text.remove(run)
    return True


def add_notes(package: Package, sheet: str, notes: Mapping[tuple[int, int], Note]) -> None:
    """Put comments on cells of a sheet (zero-based places), below what another wrote there.

    A thread of answers (``tc=``) is left as it is: Excel would not show what is added to it.
    """
    root = _comments(package, sheet)
    listed, author = root.find(tag("commentList")), _author(root)
    comments = {coordinates(element.get("ref")): element for element in elements(listed)}
    threads = {
        number
        for number, element in enumerate(elements(root.find(tag("authors"))))
        if (element.text or "").startswith("tc=")
    }
    boxes: dict[tuple[int, int], int] = {}
    for at, note in sorted(notes.items()):
        old = comments.get(at)
        if old is None:
            listed.append(
                make("comment", {"ref": address(*at), "authorId": author}, make("text", None, *note.runs()))
            )
            boxes[at] = note.lines
        elif int(old.get("authorId", "0")) not in threads:
            text = old.find(tag("text"))
            boxes[at] = note.lines + lines_of("".join(text.itertext()), _LINE_WIDTH, _SIZE)
            _append(text, [_run("\n"), *note.runs()])
    part = _drawing(package, sheet) or _new_drawing(package, sheet)
    package.parts[part] = drawn(package.parts[part], boxes, package.read(sheet), blocks_taken(package))


def _comments(package: Package, sheet: str) -> Element:
    part = _pointed_at(package, sheet, "comments")
    if part is None:
        empty = make("comments", None, make("authors"), make("commentList"))
        part = package.add("xl/comments{}.xml", empty, _COMMENTS_TYPE)
        package.relate(sheet, "comments", part)
    return package.edit(part)


def _pointed_at(package: Package, sheet: str, kind: str) -> str | None:
    targets = [relation.target for relation in package.relations(sheet) if relation.kind == kind]
    if targets and targets[0] not in package.parts:
        raise Unpatchable(kind)
    return targets[0] if targets else None


def _author(root: Element) -> int:
    authors = root.find(tag("authors"))
    names = [element.text for element in elements(authors)]
    if AUTHOR not in names:
        authors.append(make("author", text=AUTHOR))
    return names.index(AUTHOR) if AUTHOR in names else len(names)


def _append(text: Element, runs: list[Element]) -> None:
    """Add runs to a comment's text; a text without runs becomes one, as the two do not stand together."""
    plain = text.find(tag("t"))
    if plain is not None:
        run = make("r")
        plain.addprevious(run)
        run.append(plain)
    for run in runs:
        place(text, run, frozenset(("rPh", "phoneticPr")))


def _drawing(package: Package, sheet: str) -> str:
    """The part in which the boxes of a sheet's comments stand, if there is one; pictures in headers have
    another.
    """
    pointer = package.read(sheet).find(tag("legacyDrawing"))
    if pointer is None:
        return ""
    identity = next(value for name, value in pointer.attrib.items() if name.endswith("}id"))
    parts = [relation.target for relation in package.relations(sheet) if relation.id == identity]
    if not parts or parts[0] not in package.parts:
        raise Unpatchable("drawing")
    part = parts[0]
    package.parts[part] = usual_prefixes(package.parts[part])
    return part


def _new_drawing(package: Package, sheet: str) -> str:
    part = package.add("xl/drawings/vmlDrawing{}.vml", EMPTY, _DRAWING_TYPE)
    place(
        package.edit(sheet), point("legacyDrawing", package.relate(sheet, "vmlDrawing", part)), _AFTER_DRAWING
    )
    return part
