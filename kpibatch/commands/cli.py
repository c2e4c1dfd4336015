"""The entry point: an operator's mistake is one line and exit code 2; a bug keeps its traceback."""

import sys
import traceback

from kpibatch.commands import keeping, levels, mailing, monthly
from kpibatch.commands.group import CRASHED, commands

COMMANDS = (monthly, levels, keeping, mailing)  # each puts its own into the group


def main() -> None:
    """Source: design, section 2 (exit codes)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        commands(standalone_mode=True)
    except Exception:
        traceback.print_exc()
        sys.exit(CRASHED)
