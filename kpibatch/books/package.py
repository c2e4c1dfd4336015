"""An Office package (.xlsx, .xlsm) as its parts: the one door to lxml.

In: the bytes of a file. Out: the bytes of a copy in which only the parts asked for ``edit`` or ``add``
differ; every other part keeps its bytes and its place, and the same input gives the same bytes. XML is read
without entities and network, and no more of it than an honest workbook holds; what is unusual is
``Unpatchable``.
"""

import io
import posixpath
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from kpibatch.books.look import clean, escaped
from kpibatch.books.packing import BAD_ZIP, TYPES, Unpatchable, honest_members, packed_parts
from kpibatch.books.rows import put_back, set_aside

Element: TypeAlias = Any
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_VML = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_MAX_XML = 48_000_000
# A signature is broken by any change, and the log of a shared workbook knows its sheets one by one.
_SEALED = ("_xmlsignatures/", "xl/revisions/")


@dataclass(frozen=True)
class Relation:
    """What a part points to: the last word of the relation's type, and the part's name."""

    id: str
    kind: str
    target: str


@dataclass
class Package:
    """The parts by name, in order; ``roots`` are those parsed so far, ``changed`` those to be written
    anew, ``aside`` rows that are not in the roots.
    """

    parts: dict[str, bytes]
    roots: dict[str, Element] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    aside: dict[str, Sequence[bytes]] = field(default_factory=dict)

    def name_of(self, part: str) -> str | None:
        """The part's name as it is spelled in the package: names differ in case only by mistake."""
        if part in self.parts:
            return part
        return next((name for name in self.parts if name.casefold() == part.casefold()), None)

    def read(self, part: str) -> Element:
        """The root of an XML part, to be looked at."""
        if part not in self.roots:
            self.roots[part] = parse(self.parts[part])
        return self.roots[part]

    def lighten(self, part: str, rows: Collection[int]) -> None:
        """Let the root of a large sheet hold these rows only, with what stands around them; the others keep
        their bytes. Before the part is changed.
        """
        light = set_aside(self.parts[part], rows)
        if light is not None:
            if part in self.changed:
                raise Unpatchable("a part of two sheets")
            xml, self.aside[part] = light
            self.roots[part] = parse(xml)

    def edit(self, part: str) -> Element:
        """The root of an XML part, to be changed."""
        root = self.read(part)
        self.changed.add(part)
        return root

    def replace(self, part: str, root: Element) -> None:
        """Give a part a new content."""
        self.parts.setdefault(part, b"")
        self.roots[part] = root
        self.changed.add(part)

    def add(self, pattern: str, content: Element | bytes, content_type: str) -> str:
        """A new part under the first free name of the pattern (``xl/comments{}.xml``); returns the name."""
        taken = {name.casefold() for name in self.parts}
        name = next(
            name for number in range(1, 10_000) if (name := pattern.format(number)).casefold() not in taken
        )
        if isinstance(content, bytes):
            self.parts[name] = content
        else:
            self.replace(name, content)
        self._declare(name, content_type)
        return name

    def _declare(self, part: str, content_type: str) -> None:
        types = self.edit(TYPES)
        namespace, extension = f"{{{_PACKAGE}/content-types}}", part.rsplit(".", 1)[-1]
        defaults = {
            str(element.get("Extension")).casefold(): element.get("ContentType")
            for element in types.iter(f"{namespace}Default")
        }
        if extension == "xml" or (extension in defaults and defaults[extension] != content_type):
            etree.SubElement(
                types, f"{namespace}Override", {"PartName": f"/{part}", "ContentType": content_type}
            )
        elif extension not in defaults:
            types.insert(
                0, etree.Element(f"{namespace}Default", {"Extension": extension, "ContentType": content_type})
            )

    def relations(self, part: str) -> list[Relation]:
        """What a part points to inside the package. Raises ``Unpatchable`` where a pointer is not whole."""
        name = self.name_of(_relations_of(part))
        if name is None:
            return []
        inside = [element for element in elements(self.read(name)) if element.get("TargetMode") != "External"]
        if any(element.get(key) is None for element in inside for key in ("Id", "Type", "Target")):
            raise Unpatchable("relation")
        return [
            Relation(element.get("Id"), _kind(element.get("Type")), self._target(part, element.get("Target")))
            for element in inside
        ]

    def _target(self, part: str, target: str) -> str:
        path = (
            target[1:]
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
        )
        return self.name_of(path) or path

    def relate(self, part: str, kind: str, target: str) -> str:
        """A new relation from a part to another; returns its id."""
        name = self.name_of(_relations_of(part))
        if name is None:
            name = _relations_of(part)
            self.replace(
                name,
                etree.Element(
                    f"{{{_PACKAGE}/relationships}}Relationships", nsmap={None: f"{_PACKAGE}/relationships"}
                ),
            )
        root = self.edit(name)
        taken = {element.get("Id") for element in elements(root)}
        identity = next(identity for number in range(1, 100_000) if (identity := f"rId{number}") not in taken)
        path = posixpath.relpath(target, posixpath.dirname(part))
        facts = {"Id": identity, "Type": f"{RELATIONS}/{kind}", "Target": path}
        etree.SubElement(root, f"{{{_PACKAGE}/relationships}}Relationship", facts)
        return identity

    def packed(self) -> bytes:
        """The package as the bytes of a file."""
        return packed_parts(
            (name, self._written(name) if name in self.changed else content)
            for name, content in self.parts.items()
        )

    def _written(self, part: str) -> bytes:
        xml = _serialised(self.roots[part])
        return put_back(xml, self.aside[part]) if part in self.aside else xml


def open_package(raw: bytes) -> Package:
    """The parts of a package. Raises ``Unpatchable`` where it is none, or is larger than an honest one."""
    try:
        return _opened(raw)
    except BAD_ZIP as fault:
        raise Unpatchable(str(fault)) from None


def _opened(raw: bytes) -> Package:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        members = honest_members(package)
        names = [member.filename for member in members]
        if TYPES not in names:
            raise Unpatchable("names")
        if any(name.casefold().startswith(_SEALED) for name in names):
            raise Unpatchable("sealed")
        return Package({member.filename: package.read(member) for member in members})


def parse(xml: bytes) -> Element:
    """The root of an XML text. Raises ``Unpatchable`` where it is none, declares entities or is too large."""
    if len(xml) > _MAX_XML:
        raise Unpatchable("too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        tree = etree.fromstring(xml, parser).getroottree()
    except etree.XMLSyntaxError as fault:
        raise Unpatchable(str(fault)) from None
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise Unpatchable("DOCTYPE")
    return tree.getroot()


def usual_prefixes(drawing: bytes) -> bytes:
    """A drawing of comment boxes (VML) with the prefixes v, o and x, in which Excel writes it; other programs
    choose their own.

    Raises ``Unpatchable`` where it uses others and is no XML either, as old versions of Excel left it.
    """
    if all(b"xmlns:%s=" % prefix.encode() in drawing for prefix in _VML):
        return drawing
    old = parse(drawing)
    root = etree.Element(old.tag, old.attrib, nsmap=_VML)
    root.extend(list(old))
    etree.cleanup_namespaces(root, keep_ns_prefixes=list(_VML))
    return bytes(etree.tostring(root))


def _serialised(root: Element) -> bytes:
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True))


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _kind(relation_type: str) -> str:
    """The last word of a relation's type; of other makers' types all of it, so that they are not taken for
    ours.
    """
    return relation_type.removeprefix(f"{RELATIONS}/")


def tag(name: str) -> str:
    """An element's name in the workbook's namespace."""
    return f"{{{MAIN}}}{name}"


def elements(parent: Element, name: str = "") -> Iterator[Element]:
    """The child elements (of that name in the workbook's namespace), comments in the XML left out."""
    return parent.iterchildren(tag(name) if name else "*")  # type: ignore[no-any-return]


def make(
    name: str, attributes: Mapping[str, object] | None = None, *children: Element, text: str = ""
) -> Element:
    """A new element in the workbook's namespace."""
    given = {key: str(value) for key, value in (attributes or {}).items()}
    # A prefix that is not named here is whatever another library in the same process has asked for.
    prefixes = (
        {None: MAIN, "r": RELATIONS}
        if any(key.startswith(f"{{{RELATIONS}}}") for key in given)
        else {None: MAIN}
    )
    element = etree.Element(tag(name), given, nsmap=prefixes)
    if text:
        element.text = text
    if text and name == "t":
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    element.extend(children)
    return element


def point(name: str, relation: str) -> Element:
    """An element that points to another part by the id of a relation."""
    return etree.Element(tag(name), {f"{{{RELATIONS}}}id": relation}, nsmap={None: MAIN, "r": RELATIONS})


def place(parent: Element, element: Element, before: frozenset[str]) -> None:
    """Put a child where the schema wants it: before the first of the named elements, else at the end.

    A choice between two ways of writing the same (``mc:AlternateContent``) counts as named: in a sheet it
    wraps controls and embedded objects, and these come late.
    """
    late = (element for element in elements(parent) if etree.QName(element).localname in before)
    following = next(late, None)
    if following is None:
        parent.append(element)
    else:
        following.addprevious(element)


def canonical(element: Element) -> bytes:
    """The element as text that is the same for the same content."""
    return bytes(etree.tostring(element, method="c14n", exclusive=True, with_tail=False))


def held(text: str) -> str:
    """A text as a cell or comment can hold it: no control characters, and nothing read as Excel's
    ``_x0041_``.
    """
    return escaped(clean(text.replace("\r\n", "\n").replace("\r", "\n")))
