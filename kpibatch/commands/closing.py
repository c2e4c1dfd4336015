"""``close`` and ``verify``: a month sealed with everything it came from, and its outputs made again, byte for
byte.
"""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kpibatch.base.config import Config
from kpibatch.base.errors import CannotWrite, CloseDiffers, NotClosed
from kpibatch.base.files import sha256_of
from kpibatch.base.lock import alone
from kpibatch.base.month_files import RECORD
from kpibatch.base.progress import Progress, Quiet
from kpibatch.commands.run import run_month
from kpibatch.months.assess import sound_levels
from kpibatch.months.bundle import ARRIVALS, Bundle, bundle_path, pack, refuse_closed, unpack, workspace_in
from kpibatch.months.folder import Published, published_month, read_published
from kpibatch.months.history import history_of, remember

_HANG_ON_THE_CLOCK = ("seconds", "versions")


@dataclass(frozen=True)
class Verdict:
    """What ``verify`` found. ``flaws``: files that are not as they were sealed. ``differing``: outputs that
    come out otherwise

    today. ``versions``: what was another version then, as (name, then, now).
    """

    month: str
    sha256: str
    outputs: int
    flaws: tuple[str, ...]
    differing: tuple[str, ...]
    versions: tuple[tuple[str, str, str], ...]

    @property
    def sound(self) -> bool:
        return not self.flaws and not self.differing


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
            verdict = verify(trial, progress)
            if not verdict.sound:
                first = ", ".join((*verdict.flaws, *verdict.differing)[:3])
                raise CloseDiffers(month=published.month, count=len(verdict.differing), first=first)
            trial.replace(target)
    return verdict


@contextmanager
def _trial(target: Path) -> Iterator[Path]:
    """A name beside the target for a bundle that is not proven yet."""
    trial = target.with_name(f".{target.name}.part")
    try:
        yield trial
    except OSError as reason:
        raise CannotWrite(file=target, reason=reason.strerror or reason) from None
    finally:
        with suppress(OSError):
            trial.unlink(missing_ok=True)


def _pack(config: Config, published: Published, target: Path) -> None:
    months = [month for month in sound_levels(config).round.months if month <= published.month]
    with history_of(config.output) as history:
        pack(config, published, months, history.sights(), target)


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


def verify(path: Path, progress: Progress) -> Verdict:
    """Make the outputs of a bundle again, in a folder of their own, and hold them against what was sealed.

    Raises ``KpibatchError`` where the file is no bundle, or what it holds can't be run.
    """
    with tempfile.TemporaryDirectory(prefix="kpibatch-", ignore_cleanup_errors=True) as folder:
        bundle = unpack(path, Path(folder))
        if bundle.flaws:
            return Verdict(bundle.month, bundle.sha256, 0, bundle.flaws, (), ())
        progress.step("verify")
        return _made_again(bundle, Path(folder))


def _made_again(bundle: Bundle, folder: Path) -> Verdict:
    config = workspace_in(folder)
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
    versions = [
        (name, str(version), str(now["versions"].get(name))) for name, version in then["versions"].items()
    ]
    changed = tuple(version for version in versions if version[1] != version[2])
    return Verdict(bundle.month, bundle.sha256, len(sealed), (), tuple(sorted(differing)), changed)


def _facts(record: Any) -> dict[str, Any]:
    return {name: fact for name, fact in record.items() if name not in _HANG_ON_THE_CLOCK}
