"""A file → PDF by LibreOffice, where it is installed (the door to soffice).

Each call has a profile of its own, so that neither an open LibreOffice nor its settings are in the way, and a
clock; what does not come to an end is ended with all that it started.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kpibatch.base.addresses import quoted
from kpibatch.books.package import make, open_package, place, tag

_NAMES = ("soffice", "libreoffice")
_PLACES = ("/Applications/LibreOffice.app/Contents/MacOS/soffice", "/opt/libreoffice/program/soffice")
_WINDOWS = ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)")  # the variables that name its folders
_SECONDS = 300.0
# The fonts that are drawn after TH Sarabun, where Linux has it not: any other is wider, and breaks the lines.
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<alias binding="same"><family>TH Sarabun New</family><accept><family>TH SarabunPSK</family>
<family>Sarabun</family><family>Laksaman</family></accept></alias></fontconfig>
"""


class Unprinted(Exception):
    """LibreOffice has made no PDF; says why."""


def office() -> str | None:
    """Where LibreOffice is: on the PATH, else where it usually is; None where it is not installed."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or next((str(path) for path in _usual_places() if path.is_file()), None)


def _usual_places() -> Iterator[Path]:
    for variable in _WINDOWS:
        if folder := os.environ.get(variable):
            yield Path(folder) / "LibreOffice" / "program" / "soffice.com"
    yield from map(Path, _PLACES)


def thai_is_missing() -> bool:
    """Whether the system, as far as it can be asked (Linux), has no font with Thai letters."""
    asked = shutil.which("fc-list")
    if sys.platform != "linux" or asked is None:
        return False
    try:
        listed = subprocess.run([asked, ":lang=th"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return listed.returncode == 0 and not listed.stdout.strip()


def as_pdf(program: str, content: bytes, suffix: str, seconds: float = _SECONDS) -> bytes:
    """The pages of a workbook, as they print. Raises ``Unprinted``."""
    with tempfile.TemporaryDirectory(prefix="kpibatch-", ignore_cleanup_errors=True) as room:
        source, profile = Path(room) / f"pages{suffix}", Path(room) / "profile"
        fonts = Path(room) / "fonts.conf"
        source.write_bytes(content)
        fonts.write_text(_FONTS, encoding="utf-8")
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "pdf", "--outdir", room, str(source)]
        told = _run(command, seconds, fonts if sys.platform == "linux" else None)
        try:
            return source.with_suffix(".pdf").read_bytes()
        except OSError:
            raise Unprinted(told or "–") from None


def _run(command: list[str], seconds: float, fonts: Path | None) -> str:
    """What it says, its last line. Raises ``Unprinted`` where it can't be started or takes too long."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | ({"FONTCONFIG_FILE": str(fonts)} if fonts else {}),
        )
    except OSError as reason:
        raise Unprinted(reason.strerror or str(reason)) from None
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Unprinted(f"> {seconds:g} s") from None
    finally:
        if process.poll() is None:
            _ended(process)
    return next(reversed(said.decode("utf-8", "replace").split("\n")[:-1]), "").strip()


def _ended(process: "subprocess.Popen[bytes]") -> None:
    """What was started is a launcher: the program itself is its child."""
    if sys.platform == "win32":
        tree = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(tree, capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def first_sheets(book: bytes, count: int) -> bytes:
    """A workbook of the program's own of which only the first sheets print. Nothing that formulas and charts
    refer to is gone: the others are hidden, which LibreOffice prints all the same, and the print area of each
    is an empty cell, of which it makes no page.
    """
    package = open_package(book)
    root = package.edit("xl/workbook.xml")
    sheets = list(root.iter(tag("sheet")))
    for sheet in sheets[count:]:
        sheet.set("state", "hidden")
    names = root.find(tag("definedNames"))
    if names is None:
        names = make("definedNames")
        place(root, names, frozenset(("calcPr", "extLst")))
    for name in list(names):
        if name.get("name", "").startswith("_xlnm.") and int(name.get("localSheetId", "0")) >= count:
            names.remove(name)
    for number, sheet in enumerate(sheets[count:], count):
        area = f"{quoted(sheet.get('name'))}!$XFD$1048576"
        names.append(make("definedName", {"name": "_xlnm.Print_Area", "localSheetId": number}, text=area))
    return package.packed()
