"""Workbooks calculated anew by LibreOffice, so that what a formula gives is not what the program says it
gives.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def the_office() -> str:
    """Where LibreOffice is. Where it is not installed the test is skipped; on CI, where it should be, it
    fails.
    """
    return shutil.which("soffice") or (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
        "LibreOffice (soffice) is not installed"
    )


def recalculate(books: Sequence[Path], into: Path, kind: str = "xlsx") -> list[Path]:
    """The workbooks (of different names), calculated anew on loading and saved under ``into``, by one start
    of LibreOffice.

    ``kind`` may be another format to save in, such as ``ods``.
    """
    assert len({book.name for book in books}) == len(books)
    settings = into / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_ALWAYS_RECALCULATE, encoding="utf-8")
    profile = f"-env:UserInstallation={(into / 'profile').as_uri()}"
    command = [
        the_office(),
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        kind,
        "--outdir",
        str(into),
        *map(str, books),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    written = [into / f"{book.stem}.{kind}" for book in books]
    assert all(path.is_file() for path in written), done.stdout + done.stderr
    return written
