"""Forged and damaged bundles: each is a verdict in one line, never a traceback, and nothing is read beyond
the limits of whoever verifies.
"""

import hashlib
import io
import json
import random
import shutil
import stat
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from click.testing import Result
from small_workspace import MONTH, UNITS, closed_workspace
from workspace import kpibatch

from kpibatch.base.config import Config, IntakeLimits
from kpibatch.months.unpack import _refuse_unfit, _Unfit, lowered

Members = dict[str, bytes]
RECORD, SCORES = f"output/{MONTH}/run.json", f"output/{MONTH}/scores.csv"
NESTED = b"[" * 100_000


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return closed_workspace(tmp_path_factory.mktemp("sealed")) / "output" / "closed" / f"{MONTH}.zip"


@pytest.fixture
def bundle(sealed: Path, tmp_path: Path) -> Path:
    """The bundle of a small month, in a folder that is no workspace."""
    return Path(shutil.copy(sealed, tmp_path / "bundle.zip"))


def verdict(bundle: Path, *codes: int) -> Result:
    result = kpibatch(bundle.parent, "verify", str(bundle))
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert result.exit_code in codes, result.output + result.stderr
    if result.exit_code == 2:
        assert len(result.stderr.splitlines()) == 1
        assert bundle.name in result.stderr
    return result


def members(bundle: Path) -> Members:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(bundle: Path, parts: Members, *, hashed: bool = True) -> Path:
    """The parts as a bundle whose manifest agrees with the forgery."""
    if hashed and "manifest.json" in parts:
        manifest = json.loads(parts["manifest.json"])
        others = {name: part for name, part in parts.items() if name != "manifest.json"}
        manifest["files"] = {name: hashlib.sha256(part).hexdigest() for name, part in others.items()}
        parts = others | {"manifest.json": json.dumps(manifest).encode()}
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return bundle


def test_it_is_a_bundle_at_first(bundle: Path) -> None:
    assert MONTH in json.loads(members(bundle)["manifest.json"])["month"]
    names = members(bundle)
    constraints = names["constraints.txt"].decode().splitlines()
    assert {line.partition("==")[0] for line in constraints} > {"kpibatch", "xlsxwriter", "lxml", "pandas"}
    assert {"XlsxWriter", "lxml", "zlib", "python-calamine"} <= json.loads(names[RECORD])["versions"].keys()


# --- told before anything is unpacked -----------------------------------------------------------------------


def raw_zip(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return target.getvalue()


def swelling_zip(names: Iterable[str], size: int) -> bytes:
    """Each member ``size`` zeros, which are packed once for all of them."""
    piece, deflate, target = bytes(size), zlib.compressobj(wbits=-zlib.MAX_WBITS), io.BytesIO()
    packed = deflate.compress(piece) + deflate.flush()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.compress_type, info.header_offset = zipfile.ZIP_DEFLATED, target.tell()
            info.CRC, info.file_size, info.compress_size = zlib.crc32(piece), size, len(packed)
            target.write(info.FileHeader() + packed)
            archive.filelist.append(info)
        archive.start_dir, archive._didModify = target.tell(), True  # type: ignore[attr-defined]
    return target.getvalue()


def evidence(name: str, size: int, packed: int, how: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"submissions/2554-09/{name}")
    info.file_size, info.compress_size, info.compress_type = size, packed, how
    return info


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        (evidence("evidence/21P01/a.mp4", 2_000_000_000, 2_000_000_000), True),
        (evidence("หลักฐาน/21P01/a.mp4", 2_000_000_000, 2_000_000_000), True),
        (evidence("evidence/21P01/a.mp4", 2_000_000_001, 2_000_000_001), False),
        (evidence("evidence/21P01/a.mp4", 2_000_000_000, 1_000), False),
        (evidence("evidence/21P01/a.mp4", 2_000_000_000, 2_000_000_000, zipfile.ZIP_DEFLATED), False),
        (evidence("21P01/a.mp4", 2_000_000_000, 2_000_000_000), False),
        (evidence("../evidence/a.mp4", 1_000, 1_000), False),
    ],
)
def test_evidence_may_be_large_where_it_is_no_larger_than_it_came(entry: zipfile.ZipInfo, fits: bool) -> None:
    refused = False
    try:
        _refuse_unfit([entry], 2_000_000_000)
    except _Unfit:
        refused = True
    assert refused is not fits


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("config.toml")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def with_nul() -> bytes:
    return raw_zip(("config.tom_", b"")).replace(b"config.tom_", b"config.t\0ml")


def lzma() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("config.toml")
    info.compress_type = zipfile.ZIP_LZMA
    return info


UNFIT: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no zip": lambda: b"PK\x03\x04 is how it begins",
    "an empty zip": lambda: raw_zip(),
    "no manifest": lambda: raw_zip(("config.toml", b"")),
    "up and out": lambda: raw_zip(("../config.toml", b"")),
    "up and out below": lambda: raw_zip((f"output/{MONTH}/../../config.toml", b"")),
    "an absolute name": lambda: raw_zip(("/etc/config.toml", b"")),
    "a drive": lambda: raw_zip(("C:config.toml", b"")),
    "a name with NUL": with_nul,
    "a name too long": lambda: raw_zip((f"submissions/{MONTH}/{'x' * 300}.xlsx", b"")),
    "a file and a folder of one name": lambda: raw_zip(
        (f"submissions/{MONTH}/a", b""), (f"submissions/{MONTH}/a/b", b"")
    ),
    "a folder": lambda: raw_zip(("submissions/", b"")),
    "a file of another place": lambda: raw_zip(("output/history.sqlite", b"")),
    "a journal of mails": lambda: raw_zip((f"output/{MONTH}/mail/journal.csv", b"")),
    "a link": lambda: raw_zip((link(), b"/etc/passwd")),
    "packed otherwise": lambda: raw_zip((lzma(), b"x" * 100)),
    "the same name twice": lambda: raw_zip(("config.toml", b""), ("config.tomk", b"")).replace(
        b"config.tomk", b"config.toml"
    ),
    "names that differ in case": lambda: raw_zip(
        (f"submissions/{MONTH}/a.xlsx", b""), (f"submissions/{MONTH}/A.xlsx", b"")
    ),
    "too many": lambda: raw_zip(*((f"submissions/{MONTH}/{number}", b"") for number in range(50_001))),
    "a bomb": lambda: raw_zip(("config.toml", bytes(110_000_000))),
}


@pytest.mark.parametrize(
    "name",
    [
        name if name not in ("too many", "a bomb") else pytest.param(name, marks=pytest.mark.slow)
        for name in UNFIT
    ],
)
def test_what_is_not_fit_to_be_unpacked_is_one_line(name: str, bundle: Path) -> None:
    bundle.write_bytes(UNFIT[name]())
    before = {*bundle.parent.rglob("*")}
    verdict(bundle, 2)
    assert {*bundle.parent.rglob("*")} == before


@pytest.mark.slow
@pytest.mark.children
def test_a_bundle_that_would_swell_takes_neither_memory_nor_time(bundle: Path) -> None:
    bundle.write_bytes(swelling_zip((f"submissions/{MONTH}/{number}" for number in range(20)), 100_000_000))
    assert bundle.stat().st_size < 2_500_000
    with zipfile.ZipFile(bundle) as archive:
        assert sum(member.file_size for member in archive.infolist()) == 2_000_000_000
        assert archive.open(archive.namelist()[-1]).read(10) == bytes(10)
    tracemalloc.start()
    began = time.perf_counter()
    verdict(bundle, 2)
    assert time.perf_counter() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


MANIFESTS = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"7",
    b"{}",
    NESTED,
    b'{"a":' * 100_000,
    b"1" * 5000,
    b'{"format": 1, "month": 7, "files": {}}',
    b'{"format": 1, "month": "../x", "files": {}}',
    b'{"format": 2, "month": "2554-09", "files": {}}',
    b'{"format": 1, "month": "2554-09", "files": []}',
    b'{"format": 1, "month": "2554-09", "files": {"a": 1}}',
    b'{"format": 1e999, "month": "2554-09", "files": {}}',
    b'{"format": ' + b"9" * 4000 + b', "month": "2554-09", "files": {}}',
    b'{"format": 1, "month": "\\ud800", "files": {}}',
]


@pytest.mark.parametrize("name", ["manifest.json", "arrivals.json", "signature.json"])
@pytest.mark.parametrize("content", MANIFESTS, ids=lambda content: ascii(content[-40:]))
def test_json_that_is_none_or_says_something_else_is_one_line(
    name: str, content: bytes, bundle: Path
) -> None:
    if (name, content) == ("arrivals.json", b"{}"):
        return  # nothing was seen before: a bundle like any other
    packed(bundle, members(bundle) | {name: content}, hashed=name == "arrivals.json")
    verdict(bundle, 2)


@pytest.mark.parametrize("moment", ['"soon"', "7", "null", '"2022-07-01T09:00:00+07:00"', '"9999999-01-01"'])
def test_arrivals_are_moments(moment: str, bundle: Path) -> None:
    packed(bundle, members(bundle) | {"arrivals.json": b'{"00": %b}' % moment.encode()})
    verdict(bundle, 2)


# --- forged with the hashes that belong to it ---------------------------------------------------------------


def record(**facts: object) -> Callable[[Members], Members]:
    return lambda parts: {RECORD: json.dumps(json.loads(parts[RECORD]) | facts).encode()}


FORGED: dict[str, Callable[[Members], Members]] = {
    "a configuration that is no TOML": lambda _: {"config.toml": b"= ["},
    "a configuration in UTF-16": lambda _: {"config.toml": "[mail]".encode("utf-16")},
    "a configuration nested deep": lambda _: {"config.toml": b"a = " + NESTED},
    "a configuration of a strange key": lambda _: {"config.toml": b"[mail]\nhots = 1"},
    "level tables that are none": lambda _: {"level_tables/level_tables.xlsx": b"PK no"},
    "level tables cut off": lambda parts: {
        "level_tables/level_tables.xlsx": parts["level_tables/level_tables.xlsx"][:5000]
    },
    "corrections that are none": lambda _: {"corrections/corrections.xlsx": b"none"},
    "a record that is none": lambda _: {RECORD: b"{"},
    "a record nested deep": lambda _: {RECORD: NESTED},
    "a record of another month": record(month="2554-06", sha256=None),
    "a record of another shape": record(versions=[]),
    "no record": lambda _: {RECORD: b"null"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FORGED)
def test_a_part_that_cant_be_used_is_one_line(name: str, bundle: Path) -> None:
    parts = members(bundle)
    result = verdict(packed(bundle, parts | FORGED[name](parts)), 2)
    assert "kpibatch-" not in result.stderr, "no folder that is gone"


@pytest.mark.slow
@pytest.mark.parametrize("left_out", ["config.toml", "level_tables/level_tables.xlsx", RECORD, SCORES])
def test_a_part_left_out_is_told(left_out: str, bundle: Path) -> None:
    verdict(packed(bundle, {name: part for name, part in members(bundle).items() if name != left_out}), 1, 2)


OTHER: dict[str, Callable[[Members], Members]] = {
    "listings that are none": lambda _: {SCORES: b"\xff\xfe", f"output/{MONTH}/findings.csv": b""},
    "an earlier month that is none": lambda _: {
        "output/2554-06/run.json": NESTED,
        "output/2554-06/scores.csv": b"\0",
    },
    "arrivals in a list that is none": lambda _: {f"submissions/{MONTH}/received.csv": b"\xff" * 100},
    "a submission that is none": lambda _: {f"submissions/{MONTH}/{UNITS[0]} ก.xlsx": b"PK\x03\x04"},
    "a workbook that is none": lambda _: {f"output/{MONTH}/ranking.xlsx": b"PK\x03\x04" + bytes(1000)},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHER)
def test_what_comes_out_otherwise_is_told(name: str, bundle: Path) -> None:
    parts = members(bundle)
    before = {*bundle.parent.rglob("*")}
    assert "ไม่ตรง" in verdict(packed(bundle, parts | OTHER[name](parts)), 1).output
    assert {*bundle.parent.rglob("*")} == before


@pytest.mark.slow
def test_paths_that_lead_outside_lead_nowhere(bundle: Path) -> None:
    config = b'[workspace]\nlevel_tables = "/etc/passwd"\noutput = "../../x"\nsubmissions = "/nowhere"\n'
    before = {*bundle.parent.parent.rglob("*")}
    verdict(packed(bundle, members(bundle) | {"config.toml": config}), 0)
    assert {*bundle.parent.parent.rglob("*")} == before


# --- the bundle raises no limit -----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_bundle_is_read_by_the_limits_of_whoever_verifies(bundle: Path) -> None:
    parts = members(bundle)
    raised = (
        b"max_file_mb = 1000\nmemory_mb = 1000000\nseconds = 3600\nmax_cells = 5000\ndate_years_after = 5\n"
    )
    config = b"".join(
        line
        for line in parts["config.toml"].splitlines(keepends=True)
        if line.split(b" ")[0] not in {each.split(b" ")[0] for each in raised.splitlines()}
    ).replace(b"[intake]\n", b"[intake]\n" + raised)
    said = verdict(packed(bundle, parts | {"config.toml": config}), 0, 1).output
    for told in ("max_file_mb = 1000", "memory_mb = 1e+06", "seconds = 3600"):
        assert told in said
    assert "max_cells" not in said
    assert "date_years_after" not in said


def test_a_limit_is_lowered_and_never_raised() -> None:
    config = Config(Path(), intake=IntakeLimits(max_file_mb=20.1, seconds=20.0, memory_mb=999))
    assert lowered(config, IntakeLimits()) == {"max_file_mb": (20.1, 20.0)}


# --- anything at all ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_random_damage_is_a_verdict(bundle: Path) -> None:
    """Bytes changed, cut out, doubled; most of it lies in a member and is told by its checksum."""
    whole, draw = bundle.read_bytes(), random.Random(13)
    for _ in range(150):
        raw = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            at = draw.choice((draw.randrange(len(raw)), len(raw) - draw.randint(1, 3000)))
            match draw.randrange(4):
                case 0:
                    raw[at] ^= 1 << draw.randrange(8)
                case 1:
                    raw[at : at + draw.randint(1, 200)] = b""
                case 2:
                    raw[at:at] = raw[at : at + draw.randint(1, 200)]
                case _:
                    raw[at : at + 8] = draw.randbytes(8)
        bundle.write_bytes(raw)
        verdict(bundle, 0, 1, 2)
