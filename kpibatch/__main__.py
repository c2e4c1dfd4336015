"""``python -m kpibatch``."""

import _thread
import gc
import os
import signal
import sys
import time
from types import FrameType


class CtrlC(KeyboardInterrupt):
    """Python ends a process by the signal itself once a plain ``KeyboardInterrupt`` has left any text it ran
    as code, such as a dataclass being made, whoever caught it afterwards; a kind of its own is caught.
    """


# A run makes much and throws little away: to look through it for circles every 700 objects is a tenth of it.
_SELDOM = (100_000, 50, 100)
_SOON = 0.02  # seconds
OLDEST = (3, 11)  # what stands above its check can be read by any Python 3


def main() -> None:
    """Ctrl-C while the program is still being loaded, or already ends, is one line and exit code 2, as it is
    in between; once the work is done it changes nothing.
    """
    if is_too_old():
        sys.exit(2)
    gc.set_threshold(*_SELDOM)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads for matrices would spin, idle
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        import atexit

        if getattr(sys, "frozen", False):  # such a program starts its children by this very call
            import multiprocessing

            multiprocessing.freeze_support()
        atexit.register(gc.freeze)  # nor is it looked through once more before all of it goes
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
        from kpibatch.commands.cli import main as command

        command()
    except KeyboardInterrupt:
        from kpibatch.base.errors import Interrupted

        if sys.stderr is not None:
            print(f"kpibatch: {Interrupted()}", file=sys.stderr)
        sys.exit(2)


def is_too_old() -> bool:
    """Whether this Python is too old, which is then said: the catalogue of texts could not be read."""
    if sys.version_info >= OLDEST:
        return False
    here = sys.version.split()[0]
    print("kpibatch: ต้องใช้ Python 3.11 ขึ้นไป / needs Python 3.11 or newer, this is", here, file=sys.stderr)
    return True


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Not in the middle of an import: a module half made turns what is raised in it into an error of another
    kind, or into one that is told and then forgotten.
    """
    if _is_imported(frame):
        _thread.start_new_thread(_interrupt_soon, ())  # no lock of ``threading`` is held or waited for
    else:
        raise CtrlC


def _is_imported(frame: FrameType | None) -> bool:
    while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def _interrupt_soon() -> None:
    time.sleep(_SOON)
    _thread.interrupt_main()


if __name__ == "__main__":
    main()
