"""The house drawn from its code: ``python tests/shared/draw_wings.py`` writes ``kpibatch/docs/wings.svg``.

In: the wings' pages and every import, as ``house.py`` tells them.
Out: ten floors, each with its files, and beside them which floor stands on which, by how many imports.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from house import PACKAGE, WINGS, crossings, listed, page

PICTURE = PACKAGE / "docs" / "wings.svg"
NAVY, TEAL, MIST, LINE, GREY, INK, DOOR = (
    "#1F3A5F", "#2A7F86", "#E8EEF4", "#B8C4D0", "#6B7280", "#1B2430", "#FFF8DC",
)  # fmt: skip
SANS = "'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
MONO = "Consolas, Menlo, 'Liberation Mono', 'DejaVu Sans Mono', monospace"
LETTER = 6.65  # how wide a letter of the monospaced font is at 11 points, with some air
LEFT, ROOMS, MATRIX, RIGHT = 30, 268, 860, 1256  # where names, files and counts begin, and the edge
TOP, CHIP, GAP, STEP = 132, 22, 6, 36
RULE = "A wing imports only wings below it; a file only files before it in its wing."
SENTENCE = 36  # letters in a line of what a wing is for


@dataclass
class Room:
    """A file, or a folder with its files, placed within its floor."""

    name: str
    door: str = ""
    x: float = 0.0
    y: float = 0.0
    files: list["Room"] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.name} · {self.door}" if self.door else self.name

    @property
    def width(self) -> float:
        return len(self.label) * LETTER + 14


@dataclass
class Floor:
    wing: str
    lines: list[str]
    rooms: list[Room]
    height: float
    y: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def rooms_of(wing: str) -> list[Room]:
    """A wing's files in the order of its page, folders last with theirs."""
    folder = PACKAGE / wing
    rooms = [_room(name, line) for name, line in listed(folder).items() if name.endswith(".py")]
    for name in (name for name in listed(folder) if name.endswith("/")):
        rooms.append(Room(name, files=[_room(*each) for each in listed(folder / name).items()]))
    return rooms


def _room(name: str, line: str) -> Room:
    door = re.search(r"\(the door to ([\w ]+)\)", line)
    return Room(name.removesuffix(".py"), door[1].replace(" and ", ", ") if door else "")


def placed(rooms: list[Room]) -> float:
    """Put the rooms side by side in as many rows as they need; how high they stand."""
    x, y = float(ROOMS), 10.0
    for room in rooms:
        if room.files and x > ROOMS:
            x, y = float(ROOMS), y + CHIP + GAP
        if room.files:
            room.x, room.y, x = x, y, x + len(room.name) * LETTER + 16
        for each in room.files or [room]:
            if x + each.width > MATRIX - 30:
                x, y = ROOMS + (len(room.name) * LETTER + 16 if room.files else 0), y + CHIP + GAP
            each.x, each.y, x = x, y, x + each.width + GAP
    return y + CHIP + 10


def floors() -> list[Floor]:
    found, y = [], float(TOP)
    for wing in WINGS:
        lines = wrapped(page(PACKAGE / wing).split("\n\n")[0])
        rooms = rooms_of(wing)
        height = max(placed(rooms), 30 + 14 * len(lines) + 8)
        found.append(Floor(wing, lines, rooms, height, y))
        y += height + 4
    return found


def wrapped(text: str) -> list[str]:
    """The first sentence, in lines that fit beside the files."""
    lines = [""]
    for word in re.split(r"(?<=[^.])\.(?:\s|$)", " ".join(text.split()))[0].split(" "):
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if len(longer) <= SENTENCE else [lines[-1], word]
    return lines


# --- drawing ------------------------------------------------------------------------------------------------


def box(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" {more}/>'


def text(x: float, y: float, words: str, kind: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" {more}>{escape(words)}</text>'


def floor_drawn(floor: Floor, dark: bool) -> Iterator[str]:
    yield box(LEFT - 14, floor.y, MATRIX - LEFT - 2, floor.height, MIST if dark else "#F6F9FB", 'rx="4"')
    yield box(LEFT - 14, floor.y, 5, floor.height, TEAL, 'rx="2"')
    yield text(LEFT + 4, floor.y + 24, f"{floor.wing}/", "wing")
    for at, line in enumerate(floor.lines):
        yield text(LEFT + 4, floor.y + 41 + 14 * at, line, "quiet")
    for room in floor.rooms:
        if room.files:
            yield text(room.x, floor.y + room.y + 15, room.name, "folder")
        for each in room.files or [room]:
            fill, line = (DOOR, "#D9B44A") if each.door else ("#FFFFFF", LINE)
            yield box(each.x, floor.y + each.y, each.width, CHIP, fill, f'rx="4" stroke="{line}"')
            yield text(each.x + 7, floor.y + each.y + 15, each.label, "file")


def matrix(house: list[Floor]) -> Iterator[str]:
    """Who stands on whom: a row imports what the column holds; the lower triangle is empty."""
    crossed = crossings()
    most = max(crossed.values())
    across = {floor.wing: MATRIX + 26 + STEP * at for at, floor in enumerate(house)}
    for floor in house:
        x = across[floor.wing]
        yield text(x, TOP - 12, floor.wing, "column", f'transform="rotate(-42 {x:g} {TOP - 12:g})"')
        yield f'<path d="M{MATRIX + 8} {floor.middle:g}H{x:g}V{TOP - 6}" class="rail"/>'
        yield box(x - 6, floor.middle - 6, 12, 12, TEAL, 'rx="2"')
    for (who, whom), count in sorted(crossed.items()):
        x, y = across[whom], house[WINGS.index(who)].middle
        size = 7 + 8 * (count / most) ** 0.5
        yield f'<circle cx="{x:g}" cy="{y:g}" r="{size:.1f}" fill="{NAVY}"/>'
        yield text(x, y + 3.5, str(count), "count")


STYLE = f"""
text {{ font-family: {SANS}; fill: {INK}; }}
.title {{ font-size: 24px; font-weight: 700; fill: #FFFFFF; }}
.under {{ font-size: 13px; fill: #DCE6EF; }}
.wing {{ font-size: 17px; font-weight: 700; fill: {NAVY}; }}
.quiet {{ font-size: 11.5px; fill: {GREY}; }}
.file, .folder {{ font-family: {MONO}; font-size: 11px; }}
.folder {{ font-weight: 700; fill: {TEAL}; }}
.column {{ font-size: 12px; fill: {NAVY}; }}
.count {{ font-size: 10px; font-weight: 700; fill: #FFFFFF; text-anchor: middle; }}
.rail {{ fill: none; stroke: {LINE}; stroke-width: 1; stroke-dasharray: 2 3; }}
"""


def drawn() -> str:
    """The picture as SVG."""
    house = floors()
    ground = house[-1].y + house[-1].height
    count = sum(len(room.files or [room]) for floor in house for room in floor.rooms)
    ridge = (MATRIX + 2) / 2
    parts = [
        box(0, 0, RIGHT, ground + 74, "#FFFFFF"),
        f'<path d="M0 {TOP - 6}L{ridge:g} 14L{MATRIX + 2} {TOP - 6}Z" fill="{NAVY}"/>',
        text(ridge, 86, "kpibatch", "title", 'text-anchor="middle"'),
        text(ridge, 110, f"ten wings, {count} files", "under", 'text-anchor="middle"'),
    ]
    for at, floor in enumerate(house):
        parts += floor_drawn(floor, dark=at % 2 == 0)
    parts += matrix(house)
    parts += [
        box(0, ground + 4, MATRIX + 2, 7, NAVY, 'rx="2"'),
        box(LEFT - 14, ground + 28, 84, CHIP, DOOR, 'rx="4" stroke="#D9B44A"'),
        text(LEFT - 6, ground + 43, "file · lib", "file"),
        text(LEFT + 78, ground + 43, "the one door to a library", "quiet"),
        text(
            ROOMS + 40,
            ground + 43,
            RULE,
            "quiet",
        ),
        f'<circle cx="{MATRIX + 26}" cy="{ground + 39:g}" r="11" fill="{NAVY}"/>',
        text(MATRIX + 26, ground + 42.5, "5", "count"),
        text(MATRIX + 46, ground + 43, "imports by the row's wing from the column's wing", "quiet"),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {RIGHT} {ground + 74:g}" role="img">'
    name = "<title>The ten wings of kpibatch, their files, and which wing imports which</title>"
    return "\n".join([head, name, f"<style>{STYLE}</style>", *parts, "</svg>", ""])


if __name__ == "__main__":
    import write_manuals

    PICTURE.write_text(drawn(), encoding="utf-8", newline="\n")
    write_manuals.write()  # what repeats the program follows it as the picture does
