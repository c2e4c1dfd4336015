"""``close`` and ``verify``: a month sealed with everything it came from, and its outputs made again, byte for
byte.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from kpibatch.base.config import Config, IntakeLimits, read_config
from kpibatch.base.errors import (
    BundleUnreadable,
    CannotWrite,
    CloseDiffers,
    FileInUse,
    KpibatchError,
    NoReaders,
    NotClosed,
)
from kpibatch.base.files import moved, sha256_of
from kpibatch.base.lock import alone
from kpibatch.base.month_files import LISTED, RECORD
from kpibatch.base.progress import Progress, Quiet
from kpibatch.books.guard.capped import USUAL
from kpibatch.books.packing import contents_digest
from kpibatch.commands.run import run_month
from kpibatch.months.bundle import ARRIVALS, bundle_path, pack, refuse_closed
from kpibatch.months.folder import Published, published_month, read_published
from kpibatch.months.history import history_of, remember
from kpibatch.months.keys import Signature
from kpibatch.months.record import SEAL
from kpibatch.months.unpack import Bundle, lowered, unpack, workspace_in
from kpibatch.scoring.examples.sound import sound_levels

_BESIDE = ("seconds", "versions", "books", SEAL)  # of the clock, or told by the files themselves


@dataclass(frozen=True)
class Verdict:
    """What ``verify`` found. ``flaws``: files that are not as they were sealed. ``differing``: outputs that
    come out otherwise today; ``repacked``: workbooks that hold the same and are only packed otherwise.
    ``versions``: what was another version then, as (name, then, now); ``lowered``: limits that the bundle
    would have raised, as (name, its own, what holds).
    """

    month: str
    sha256: str
    outputs: int
    seal: "Seal"
    flaws: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    repacked: tuple[str, ...] = ()
    versions: tuple[tuple[str, str, str], ...] = ()
    lowered: tuple[tuple[str, str, str], ...] = ()

    @property
    def sound(self) -> bool:
        return not self.flaws and not self.differing and self.seal.good

    @property
    def same_figures(self) -> bool:
        """Whether it is the workbooks alone that come out otherwise."""
        return not {PurePosixPath(name).name for name in self.differing} & {*LISTED, RECORD}


@dataclass(frozen=True)
class Seal:
    """Whose signature a bundle bears, whether it holds, and whether bundles must bear a trusted one."""

    signature: Signature | None = None
    holds: bool = False
    trusted: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        return not self.trusted or (
            self.signature is not None and self.signature.fingerprint.casefold() in self.trusted
        )

    @property
    def good(self) -> bool:
        return self.known and (self.signature is None or self.holds)


def close_month(config: Config, month: str | None, progress: Progress) -> Verdict:
    """Seal a published month into ``output/closed/MONTH.zip``, once its outputs have been made again from
    what is sealed.

    Without a month, the newest that was published. Raises ``KpibatchError``: not published, closed already,
    or what would be sealed does not give the outputs that stand (then the month must be run again first).
    """
    with alone(config, "close", progress):
        published = published_month(config.output, month)
        refuse_closed(config, published.month)
        target = bundle_path(config.output, published.month)
        progress.step("close")
        with _trial(target) as trial:
            _pack(config, published, trial)
            verdict = verify(trial, progress, config.intake, language=config.language)
            if not verdict.sound:
                first = ", ".join((*verdict.flaws, *verdict.differing)[:3])
                raise CloseDiffers(month=published.month, count=len(verdict.differing), first=first)
            moved(trial, target)
    return verdict


@contextmanager
def _trial(target: Path) -> Iterator[Path]:
    """A name beside the target for a bundle that is not proven yet."""
    trial = target.with_name(f".{target.name}.part")
    try:
        yield trial
    except OSError as reason:
        raise CannotWrite(file=target, reason=reason) from None
    finally:
        with suppress(OSError):
            trial.unlink(missing_ok=True)


def _pack(config: Config, published: Published, target: Path) -> None:
    tables = sound_levels(config)
    months = [month for month in tables.round.months if month <= published.month]
    with history_of(config.output) as history:
        folders = {month: history.months.folders.get(month, config.output / month) for month in months}
        seals = {month: seal for month, seal in history.months.seals.items() if month in folders}
        pack(config, tables, published, folders, seals, history.sights(), target)


def reopen_month(config: Config, month: str, progress: Progress) -> Path:
    """Take the seal off a month; the bundle is kept under another name, which is given back."""
    path = bundle_path(config.output, month)
    with alone(config, "close", progress):
        if not path.exists():
            raise NotClosed(month=month, file=path)
        number = 1
        while (free := path.with_name(f"{month}.reopened-{number}.zip")).exists():
            number += 1
        path.replace(free)
    return free


def verify(
    path: Path,
    progress: Progress,
    limits: IntakeLimits = USUAL,
    trusted: Iterable[str] = (),
    language: str = "th",
) -> Verdict:
    """Make the outputs of a bundle again, in a folder of their own, and hold them against what was sealed.

    Nothing is read by higher ``limits`` than these, whatever the bundle says; ``trusted`` are the
    fingerprints of the keys that must have signed it, if any. Raises ``KpibatchError`` where the file is no
    bundle, or what it holds can't be run.
    """
    with tempfile.TemporaryDirectory(prefix="kpibatch-", ignore_cleanup_errors=True) as folder:
        bundle = unpack(path, Path(folder))
        seal = _seal(bundle, trusted)
        if bundle.flaws:
            return Verdict(bundle.month, bundle.sha256, 0, seal, bundle.flaws)
        progress.step("verify")
        try:
            return _made_again(bundle, seal, Path(folder), limits)
        except (CannotWrite, FileInUse, NoReaders):
            raise
        except KpibatchError as error:  # it names files that are gone in a moment
            reason = error.message(language).replace(f"{folder}{os.sep}", "")
            raise BundleUnreadable(file=path, reason=reason) from None


def _seal(bundle: Bundle, trusted: Iterable[str]) -> Seal:
    holds = bundle.signature is not None and bundle.signature.holds(bundle.manifest)
    return Seal(bundle.signature, holds, frozenset("".join(one.split()).casefold() for one in trusted))


def _made_again(bundle: Bundle, seal: Seal, folder: Path, limits: IntakeLimits) -> Verdict:
    config = workspace_in(folder, limits)
    arrivals = json.loads((folder / ARRIVALS).read_bytes())
    remember(config.output, {digest: datetime.fromisoformat(moment) for digest, moment in arrivals.items()})
    then = read_published(config.output / bundle.month).record
    run_month(config, bundle.month, Quiet())
    now = read_published(config.output / bundle.month).record
    prefix, record = f"output/{bundle.month}/", f"output/{bundle.month}/{RECORD}"
    sealed = {name: digest for name, digest in bundle.hashes.items() if name.startswith(prefix)}
    made = {
        f"output/{path.relative_to(config.output).as_posix()}": path
        for path in (config.output / bundle.month).rglob("*")
        if path.is_file()
    }
    differing = {
        name for name in {*sealed, *made} if name not in made or sha256_of(made[name]) != sealed.get(name)
    }
    if _facts(then) == _facts(now):
        differing.discard(record)
    repacked = {
        name
        for name in differing & {*bundle.contents} & {*made}
        if contents_digest(made[name].read_bytes()) == bundle.contents[name]
    }
    return Verdict(
        bundle.month,
        bundle.sha256,
        len(sealed),
        seal,
        differing=tuple(sorted(differing - repacked)),
        repacked=tuple(sorted(repacked)),
        versions=tuple(_other_versions(then["versions"], now["versions"])),
        lowered=tuple(
            (name, f"{theirs:g}", f"{ours:g}")
            for name, (theirs, ours) in lowered(read_config(folder), limits).items()
        ),
    )


def _other_versions(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys((*then, *now)):
        if then.get(name) != now.get(name):
            yield name, then.get(name, "–"), now.get(name, "–")


def _facts(record: Any) -> dict[str, Any]:
    return {name: fact for name, fact in record.items() if name not in _BESIDE}
