"""Files and folders that appear whole or not at all: written beside, put on the disk, then moved into place.

Whenever the program is killed or the power fails, the old output stands or the new one does; ``restored``
clears away what was left half done. What is not the program's own is never replaced.
"""

import ctypes
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, ENOTSUP
from pathlib import Path

from kpibatch.base.errors import CannotWrite, FileInUse, ForeignFolder
from kpibatch.base.thai import UNSEEN

_NEW, _OLD = "new", "old"
_HERE, _EXCHANGE = -100, 2
_OPEN_STAYS = os.name == "nt"  # Windows moves nothing that is open elsewhere, nor what lies above it
_PATIENCE = 2.0  # seconds; a virus scanner or an indexer lets go of a new file within one
_UNABLE = (EINVAL, ENOTSUP)  # some shares can put nothing on the disk when asked to
_SHARES = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs")
_REMOTE = 4  # DRIVE_REMOTE
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
# controls, ends of lines, lone halves of letters, no letters at all
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_UNDECODED = re.compile("[\udc80-\udcff]")
_FORBIDDEN = re.compile(r'[\\:*?"<>|]')  # in names, by Windows


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        moved(part, path, lasting=not any(_is_new(folder) for folder in path.parents))
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


def moved(path: Path, target: Path, *, lasting: bool = True) -> None:
    """Put a file that is whole in the place of another: on the disk before it has the name, and then the
    name; not ``lasting`` where that comes later, with the whole folder.
    """
    if lasting:
        on_disk(path)
    _patiently(lambda: path.replace(target))
    if lasting:
        on_disk(target.parent)


def on_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk: what comes after a power cut finds them.

    Windows keeps names by itself and takes no folder.
    """
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as reason:
        if reason.errno not in _UNABLE:
            raise
    finally:
        os.close(descriptor)


def replaceable(target: Path, ours: Callable[[Path], bool]) -> None:
    """Before the work that ends in ``replaced``: raises ``ForeignFolder`` where a folder stands there that is
    not the program's, ``FileInUse`` where a file in it is open elsewhere and would not be moved.
    """
    if target.is_symlink() or (target.exists() and not (target.is_dir() and ours(target))):
        raise ForeignFolder(folder=target)
    if file := _open_elsewhere(target):
        raise FileInUse(file=file)


@contextmanager
def replaced(target: Path, ours: Callable[[Path], bool], keep: Iterable[str] = ()) -> Iterator[Path]:
    """A new folder that takes the place of ``target`` when the block ends well; else nothing changes.

    ``ours`` tells whether a folder that stands there is the program's own; ``keep`` names files below it that
    the new one takes over. Raises as ``replaceable`` does, ``CannotWrite`` where the disk refuses.
    """
    new, old = _beside(target, _NEW), _beside(target, _OLD)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _restore(target)
        replaceable(target, ours)
        new.mkdir()
        yield new
        for name in keep:
            if (target / name).is_file():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(target / name, new / name)
        for path in (
            *sorted(new.rglob("*"), key=by_name, reverse=True),
            new,
        ):  # what a folder holds before the folder
            on_disk(path)
        _swap(target, new, old)
    except PermissionError as error:
        raise FileInUse(file=_open_elsewhere(target) or error.filename or target) from None
    except OSError as reason:
        raise CannotWrite(file=target, reason=reason) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _open_elsewhere(folder: Path) -> Path | None:
    """The first file below a folder that another program holds, where that keeps the folder from being
    moved.
    """
    for path in sorted(folder.rglob("*"), key=by_name) if _OPEN_STAYS else ():
        try:
            if path.is_file():
                path.open("r+b").close()
        except PermissionError:
            return path
        except OSError:
            continue
    return None


def _patiently(move: Callable[[], object]) -> None:
    """Move something; what is held open, where that matters, is tried again for a moment."""
    end = time.monotonic() + (_PATIENCE if _OPEN_STAYS else 0)
    while True:
        try:
            move()
            return
        except PermissionError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.1)


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


def _is_new(folder: Path) -> bool:
    return folder.name.startswith(".") and folder.suffix == f".{_NEW}"


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
        on_disk(target.parent)
        return
    try:
        if target.exists():
            _patiently(lambda: target.replace(old))
        _patiently(lambda: new.replace(target))
    except BaseException:  # an impatient Ctrl-C too
        if old.exists() and not target.exists():
            old.replace(target)
        raise
    on_disk(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names in one step (Linux, most file systems); false where that can't be done."""
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return rename is not None and rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def on_a_share(path: Path) -> bool:
    """Whether a path lies on another machine's disk, as far as the system tells."""
    path = path.absolute()
    if sys.platform == "win32":
        kind = ctypes.WinDLL("kernel32").GetDriveTypeW
        return path.drive.startswith("\\\\") or kind(path.anchor) == _REMOTE
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return False
    over = [(len(at), kind) for at, kind in mounts if path.is_relative_to(at.replace("\\040", " "))]
    return max(over, default=(0, ""))[1] in _SHARES


def way_to(file: Path, folder: Path) -> str:
    """The way from a folder to a file, so that both may be moved together; whole from another drive.

    >>> way_to(Path("a/output/b.xlsx"), Path("c"))
    '../a/output/b.xlsx'
    """
    try:
        return os.path.relpath(file, folder).replace(os.sep, "/")
    except ValueError:
        return file.absolute().as_posix()


def as_typed(path: Path) -> str:
    """A path as a word of a command, in any shell.

    >>> as_typed(Path("รอบ 1")), as_typed(Path("รอบ1"))
    ('"รอบ 1"', 'รอบ1')
    """
    return f'"{path}"' if re.search(r"[\s&()]", str(path)) else str(path)


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


def written(path: Path) -> str:
    """A name on the disk as text that names a file on any disk; one that is no UTF-8 was most likely written
    in Thai Windows' code page.

    >>> written(Path("a:b.xlsx"))
    'a%3Ab.xlsx'
    """
    name = path.as_posix()
    if _UNDECODED.search(name):
        name = os.fsencode(name).decode("cp874", "surrogateescape")
    return _FORBIDDEN.sub(_as_bytes, harmless(name))


def file_name(text: str) -> str:
    """A workbook's file name near the text, such as any file system takes."""
    stem = re.sub(r'[/\\:*?"<>|\x00-\x1f]', "-", text).lstrip(". ")[:76].rstrip(". ") or "-"
    return f"{'_' * is_reserved(stem)}{stem}.xlsx"


def is_reserved(stem: str) -> bool:
    """Whether Windows takes a file's name, whatever its suffix, for a device (``CON``, ``nul.txt``)."""
    return _RESERVED.match(stem) is not None
