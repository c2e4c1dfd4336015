"""The styles of .xlsx: which of them show a number as something else."""

import re
from collections.abc import Mapping
from functools import lru_cache

from kpibatch.books.guard.looks import Look, looks_of
from kpibatch.books.guard.package import parse, xml_parser

_CACHED = 1 << 20  # the forms of an office share their styles, which take some kilobytes


def styled_looks(xml: bytes) -> Mapping[int, Look]:
    """The styles of cells, by their numbers, that show something else than the number."""
    return _known(xml) if len(xml) <= _CACHED else _read(xml)


@lru_cache(8)
def _known(xml: bytes) -> Mapping[int, Look]:
    return _read(xml)


def _read(xml: bytes) -> Mapping[int, Look]:
    codes: dict[int, str] = {}
    used: list[int] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if inside[-1:] == ["numFmts"] and tag == "numFmt":
            codes[_number(attributes)] = attributes.get("formatCode", "")
        elif inside[-1:] == ["cellXfs"] and tag == "xf":
            used.append(_number(attributes))
        inside.append(tag)

    parser = xml_parser()
    parser.StartElementHandler, parser.EndElementHandler = start, lambda _: inside.pop()
    parse(parser, xml)
    return looks_of(used, codes)


def _number(attributes: Mapping[str, str]) -> int:
    stated = attributes.get("numFmtId", "0").strip()
    return int(stated) if re.fullmatch(r"\d{1,9}", stated, re.ASCII) else 0
