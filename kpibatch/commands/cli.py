"""The entry point: an operator's mistake is one line and exit code 2; a bug keeps its traceback."""

import sys
import traceback

from kpibatch.commands import beginning, keeping, levels, mailing, monthly
from kpibatch.commands.group import CRASHED, commands
from kpibatch.commands.streams import steady_streams

COMMANDS = (beginning, monthly, levels, keeping, mailing)  # each puts its own into the group


def main() -> None:
    """Source: design, section 2 (exit codes)."""
    steady_streams()
    try:
        commands(prog_name="kpibatch", standalone_mode=True)  # also where Python is what was called
    except Exception:
        traceback.print_exc()
        sys.exit(CRASHED)
