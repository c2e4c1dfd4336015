"""Points about this machine: Python, packages, fonts, LibreOffice, clock, console. None of the libraries that
may lack is imported where this file is.
"""

import importlib
import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import kpibatch
from kpibatch.base.catalogue import refusal
from kpibatch.base.config import IntakeLimits
from kpibatch.commands.door.point import Points, State

OLDEST, NEWEST = (3, 11), (3, 14)  # of Python: the first that will do, the last that was tried
_NEEDS = re.compile(
    r"(?P<name>[\w.-]+)(?:\s*>=\s*(?P<least>[\d.]+))?(?:.*extra\s*==\s*['\"](?P<extra>\w+)['\"])?"
)
_RELEASE = re.compile(r"(?:(?<=^)|(?<=\d\.))\d+")  # of 3.10.1rc2 the numbers before letters
_IMPORTED = {"python-docx": "docx"}
_FOR_DEVELOPERS = "test"
_FONT = re.compile(r"sarabun", re.IGNORECASE)
_UTF8, _THAI = 65001, 874
_ROOM_MB = 100


def machine(language: str, zone: str) -> Points:
    """Everything about the machine; ``zone`` is the workspace's time zone."""
    points = Points(language)
    _python(points)
    _packages(points)
    _readers(points)
    _fonts(points)
    _office(points)
    _clock(points, zone)
    _console(points)
    _temporary(points)
    return points


def _python(points: Points) -> None:
    here, bits = sys.version_info[:2], 64 if sys.maxsize > 2**32 else 32
    found = f"{sys.version.split()[0]}, {bits} bit, {sys.executable or sys.prefix}"
    facts = {"oldest": ".".join(map(str, OLDEST)), "newest": ".".join(map(str, NEWEST))}
    if here < OLDEST or bits == 32:
        points.tell("python", State.ERROR, found, "python-old", **facts)
    elif here > NEWEST:
        points.tell("python", State.NOTE, found, "python-new", **facts)
    else:
        points.ok("python", found)


def _packages(points: Points) -> None:
    """What is needed, each that lacks or is too old; and what some commands use besides."""
    try:
        needs = importlib.metadata.requires("kpibatch") or []
    except importlib.metadata.PackageNotFoundError:
        points.tell("packages", State.NOTE, kpibatch.__version__, "packages-unknown")
        return
    sound, faults = 0, list[str]()
    optional: dict[str, list[str]] = {}
    for name, least, extra in _named(needs):
        fault = _fault(name, least)
        if extra and fault:
            optional.setdefault(fault, []).append(extra)
        elif fault:
            faults.append(fault)
        else:
            sound += not extra
    found = f"kpibatch {kpibatch.__version__}: {sound}"
    if faults:
        points.tell("packages", State.ERROR, f"{found}; {', '.join(faults)}", "packages-lack")
    else:
        points.ok("packages", found)
    for fault, extras in optional.items():
        wanted = f"kpibatch[{','.join(sorted({*extras}))}]"
        points.tell("optional", State.NOTE, fault, "optional-lack", extras=wanted)


def _named(needs: list[str]) -> Iterator[tuple[str, str, str]]:
    """Each need's name, the least version, and the extra that it belongs to.

    >>> list(_named(["click>=8.1", "cryptography>=44; extra == 'seal'", "mypy; extra == 'test'"]))
    [('click', '8.1', ''), ('cryptography', '44', 'seal')]
    """
    for need in needs:
        if (told := _NEEDS.match(need)) and told["extra"] != _FOR_DEVELOPERS:
            yield told["name"], told["least"] or "", told["extra"] or ""


def _fault(name: str, least: str) -> str:
    """What is wrong with a package; empty where nothing is. One that is there may still not load."""
    try:
        version = importlib.metadata.version(name)
        if _numbers(version) < _numbers(least):
            return f"{name} {version} < {least}"
        importlib.import_module(_IMPORTED.get(name, name.replace("-", "_")))
    except importlib.metadata.PackageNotFoundError:
        return f"{name} –"
    except Exception as reason:  # whatever a library does that can't load
        return f"{name}: {type(reason).__name__}: {reason}"[:200]
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    """
    >>> _numbers("3.10.1rc2") > _numbers("3.9") > _numbers("")
    True
    """
    return tuple(map(int, _RELEASE.findall(version)))


def _readers(points: Points) -> None:
    """Files are read in processes of their own: one is started, and answers."""
    try:
        from kpibatch.books.guard.capped import capped
        from kpibatch.books.guard.limits import Refused
    except ImportError:
        return
    begun = datetime.now(UTC)
    try:
        capped(IntakeLimits(), len, "x")
    except (Refused, OSError) as reason:
        points.tell("readers", State.ERROR, reason, "readers-fail")
    else:
        points.ok("readers", f"{(datetime.now(UTC) - begun).total_seconds():.1f} s, {os.cpu_count()} CPU")


def _fonts(points: Points) -> None:
    found = next((path.name for path in _font_files() if _FONT.search(path.name)), "")
    if found:
        points.ok("font", found)
        return
    try:
        from kpibatch.books.printed.office import thai_is_missing
    except ImportError:
        return
    elsewhere = sys.platform == "linux" and not thai_is_missing()
    points.tell("font", State.NOTE if elsewhere else State.WARNING, "–", "font-lacks")


def _font_files() -> Iterator[Path]:
    for folder in _font_folders():
        if folder.is_dir():
            yield from (path for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc"))


def _font_folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        yield Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft" / "Windows" / "Fonts"
    elif sys.platform == "darwin":
        yield from (home / "Library" / "Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    else:
        yield from (home / ".fonts", home / ".local" / "share" / "fonts")
        yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


def _office(points: Points) -> None:
    try:
        from kpibatch.books.printed.office import office
    except ImportError:
        return
    program = office()
    if program:
        points.ok("office", program)
    else:
        points.tell("office", State.NOTE, "–", "office-lacks")


def _clock(points: Points, zone: str) -> None:
    """Whether it is behind the newest file of the program; what it shows, and in which zone."""
    now = datetime.now(UTC)
    there, here = now.astimezone(ZoneInfo(zone)), now.astimezone()
    found = f"{here:%Y-%m-%d %H:%M} UTC{here:%z}"
    made = max(path.stat().st_mtime for path in Path(kpibatch.__file__).parent.glob("*"))
    if now.timestamp() < made - timedelta(days=1).total_seconds():
        points.tell(
            "clock", State.WARNING, found, "clock-behind", made=datetime.fromtimestamp(made, UTC).date()
        )
    elif there.utcoffset() != here.utcoffset():
        points.tell("clock", State.NOTE, found, "clock-zone", zone=zone, there=f"{there:%Y-%m-%d %H:%M}")
    else:
        points.ok("clock", f"{found}, {zone}")


def _console(points: Points) -> None:
    """Whether Thai can be shown; what is redirected is always UTF-8."""
    if not sys.stdout.isatty():
        points.ok("console", "UTF-8")
        return
    page = _code_page()
    if page not in (None, _UTF8, _THAI):
        points.tell("console", State.WARNING, page, "console-page")
    elif page is None and not _is_utf8(sys.stdout.encoding):
        points.tell("console", State.WARNING, sys.stdout.encoding, "console-locale")
    else:
        points.ok("console", page or sys.stdout.encoding)


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("-", "") == "utf8"


def _code_page() -> int | None:
    """The console's code page; none elsewhere than on Windows."""
    if sys.platform != "win32":
        return None
    import ctypes

    return int(ctypes.windll.kernel32.GetConsoleOutputCP())


def _temporary(points: Points) -> None:
    """The folder in which LibreOffice and signatures put what they pass on."""
    try:
        folder = tempfile.gettempdir()
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as reason:
        points.tell("temporary", State.WARNING, refusal(reason, points.language), "temporary-shut")
        return
    if free < _ROOM_MB * 1e6:
        points.tell("temporary", State.WARNING, f"{folder}: {free / 1e6:.0f} MB", "space-low")
    else:
        points.ok("temporary", f"{folder}: {free / 1e9:.1f} GB")
