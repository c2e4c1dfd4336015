"""A disk whose power can fail: what was written but not put on it is forgotten.

Real files are written; what ``fsync`` has reached is kept in mind by inode, a file's bytes and a folder's
names each for themselves. After every step ``Cuts`` notes what a power cut there would leave in the worst
cases: nothing but what was synced; all names, but of the bytes only those synced; everything.
Windows keeps the names by itself: there the first case is the second.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Tree = dict[str, bytes]
NAMES_STAY = os.name == "nt"
WORST = ("only what was synced", "names, but not bytes", "everything")


@dataclass
class Cuts:
    """The steps of the work so far, with what a cut after each would leave, a tree for each of ``WORST``."""

    root: Path
    steps: list[tuple[str, tuple[Tree, ...]]] = field(default_factory=list)
    bytes_of: dict[int, bytes] = field(default_factory=dict)
    names_of: dict[int, dict[str, tuple[int, bool]]] = field(default_factory=dict)

    def settle(self, path: Path) -> None:
        """A file or a folder is on the disk."""
        if path.is_dir():
            entries = {each.name: (each.inode(), each.is_dir()) for each in os.scandir(path)}
            self.names_of[path.stat().st_ino] = entries
        else:
            self.bytes_of[path.stat().st_ino] = path.read_bytes()

    def step(self, name: str) -> None:
        files = (path for path in self.root.rglob("*") if path.is_file())
        now = {path.relative_to(self.root).as_posix(): path for path in files}
        bare = {name: self.bytes_of.get(path.stat().st_ino, b"") for name, path in now.items()}
        whole = {name: path.read_bytes() for name, path in now.items()}
        synced = bare if NAMES_STAY else dict(self._synced(self.root.stat().st_ino, ""))
        self.steps.append((name, (synced, bare, whole)))

    def _synced(self, folder: int, above: str) -> Iterator[tuple[str, bytes]]:
        for name, (inode, is_folder) in self.names_of.get(folder, {}).items():
            if is_folder:
                yield from self._synced(inode, f"{above}{name}/")
            else:
                yield f"{above}{name}", self.bytes_of.get(inode, b"")


@contextmanager
def power(root: Path) -> Iterator[Cuts]:
    """Watches what is done below ``root``, all of which is on the disk when the block begins."""
    cuts = Cuts(root)
    for path in (root, *root.rglob("*")):
        cuts.settle(path)
    with pytest.MonkeyPatch.context() as patch:
        real, real_open = os.fsync, os.open
        opened: dict[int, Path] = {}

        def opens(path: Path, *arguments: Any, **more: Any) -> int:
            descriptor = real_open(path, *arguments, **more)
            opened[descriptor] = Path(path)
            return descriptor

        def synced(descriptor: int) -> None:
            real(descriptor)
            path = opened[descriptor]
            cuts.settle(path)
            cuts.step(f"fsync {path}")

        def told(where: Any, name: str) -> None:
            function: Callable[..., Any] = getattr(where, name)

            def called(*arguments: Any, **more: Any) -> Any:
                result = function(*arguments, **more)
                cuts.step(f"{name} {arguments[0]}")
                return result

            patch.setattr(where, name, called)

        patch.setattr(os, "open", opens)
        patch.setattr(os, "fsync", synced)
        for where, name in (
            *((os, name) for name in ("replace", "rename", "mkdir")),
            (shutil, "rmtree"),
            (__import__("kpibatch.base.files", fromlist=["files"]), "_exchanged"),
        ):
            told(where, name)
        yield cuts


def restore_to(folder: Path, tree: Tree) -> None:
    """What lies on the disk when the machine is switched on again."""
    for name, content in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
