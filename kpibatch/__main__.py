"""``python -m kpibatch``."""

import multiprocessing
import sys


def main() -> None:
    """Ctrl-C while the program is still being loaded is one line and exit code 2, as it is later on."""
    multiprocessing.freeze_support()  # a frozen program starts its children by this very call
    try:
        from kpibatch.commands.cli import main as command

        command()
    except KeyboardInterrupt:
        from kpibatch.base.errors import Interrupted

        if sys.stderr is not None:
            print(f"kpibatch: {Interrupted()}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
