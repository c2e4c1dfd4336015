"""Files and folders that appear whole or not at all: written beside, then moved into place.

Whenever the program is killed, the old output stands or the new one does; ``restored`` clears away what was
left half done.
"""

import ctypes
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kpibatch.base.errors import CannotWrite, FileInUse
from kpibatch.base.thai import UNSEEN

_NEW, _OLD = "new", "old"
_HERE, _EXCHANGE = -100, 2
# controls, ends of lines, lone halves of letters, no letters at all
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def by_name(path: Path) -> tuple[str, ...]:
    """The order of paths that every system shares: Windows would ignore upper and lower case."""
    return path.parts


def saved(path: Path, write: Callable[[Path], object]) -> None:
    """Write a small file beside and move it into place; a locked or unwritable target is the operator's to
    mend (``FileInUse``, ``CannotWrite``).
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        part.replace(path)
    except PermissionError:
        raise FileInUse(file=path) from None
    except OSError as reason:
        raise CannotWrite(file=path, reason=reason) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def removed(path: Path) -> None:
    """Take an old file away, if it is there; raises ``FileInUse`` or ``CannotWrite`` where it can't be."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        raise FileInUse(file=path) from None
    except OSError as reason:
        raise CannotWrite(file=path, reason=reason) from None


@contextmanager
def replaced(target: Path, keep: Iterable[str] = ()) -> Iterator[Path]:
    """A new folder that takes the place of ``target`` when the block ends well; else nothing changes.

    ``keep`` names files below the old folder that the new one takes over. Raises ``FileInUse`` where a
    file of the old folder is open elsewhere, ``CannotWrite`` where the disk refuses.
    """
    new, old = _beside(target, _NEW), _beside(target, _OLD)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _restore(target)
        new.mkdir()
        yield new
        for name in keep:
            if (target / name).is_file():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(target / name, new / name)
        _swap(target, new, old)
    except PermissionError as error:
        raise FileInUse(file=error.filename or target) from None
    except OSError as reason:
        raise CannotWrite(file=target, reason=reason.strerror or reason) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def restored(folder: Path) -> None:
    """Undo what a killed run left half done in a folder of outputs and below it; nothing where nothing was
    left.
    """
    with suppress(OSError):
        for path in sorted(
            folder.rglob(".*"), key=by_name, reverse=True
        ):  # what lies deepest first, before it moves with its folder
            with suppress(OSError):
                if path.suffix in (f".{_NEW}", f".{_OLD}") and path.is_dir():
                    _restore(path.with_name(path.stem.removeprefix(".")))
                elif path.suffix.startswith(".part"):  # a database's has others beside it: .part-wal
                    path.unlink(missing_ok=True)


def _beside(target: Path, word: str) -> Path:
    return target.with_name(f".{target.name}.{word}")


def _restore(target: Path) -> None:
    """A run that ended between two renames left the good output under its other name; all else is left
    over.
    """
    new, old = _beside(target, _NEW), _beside(target, _OLD)
    if old.exists() and not target.exists():
        old.replace(target)
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)


def _swap(target: Path, new: Path, old: Path) -> None:
    """Put ``new`` in the place of ``target``: in one step where the system can, else by two renames.

    On Windows a rename is refused while a file below is open, so what was moved is put back.
    """
    if target.exists() and _exchanged(new, target):
        return
    try:
        if target.exists():
            target.replace(old)
        new.replace(target)
    except BaseException:  # an impatient Ctrl-C too
        if old.exists() and not target.exists():
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names in one step (Linux, most file systems); false where that can't be done."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return rename is not None and rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def harmless(text: str) -> str:
    """A name from outside as text that every output can hold, in one line and in one direction: without what
    nobody sees, and what can't be shown as its bytes, as in addresses of the web.

    >>> harmless("\\u202da\\n\\udcff.xlsx")
    'a%0A%FF.xlsx'
    """
    return _UNSHOWABLE.sub(_as_bytes, UNSEEN.sub("", text))


def _as_bytes(letter: re.Match[str]) -> str:
    how = "surrogateescape" if "\udc80" <= letter[0] <= "\udcff" else "surrogatepass"
    return "".join(f"%{byte:02X}" for byte in letter[0].encode("utf-8", how))


def file_name(text: str) -> str:
    """A workbook's file name near the text, such as any file system takes."""
    stem = re.sub(r'[/\\:*?"<>|\x00-\x1f]', "-", text).lstrip(". ")
    return f"{stem[:76].rstrip('. ') or '-'}.xlsx"
