"""A process that sends to many units, to be killed: ``send_driver.py OUTPUT PORT UNITS [AGAIN,…]``; prints
how it ended.
"""

import sys
from pathlib import Path

from mail_server import Letter, as_eml, configured

from kpibatch.base.errors import KpibatchError
from kpibatch.commands.screens.mailing import result_lines
from kpibatch.mail.send import send_all
from kpibatch.months.database import opened


class Watched:
    """Says when the sending has begun."""

    def step(self, name: str) -> None:
        print(name, flush=True)

    def tick(self, done: int, of: int) -> None: ...


def main(output: str, port: str, units: str, again: str = "") -> None:
    folder = Path(output) / "2565-06"
    letters = [Letter(str(code)) for code in range(1000, 1000 + int(units))]
    with opened(folder.parent / "history.sqlite") as connection:
        try:
            results = send_all(
                letters,
                as_eml,
                configured(int(port)),
                connection,
                folder,
                Watched(),
                again=frozenset(filter(None, again.split(","))),
            )
            print(*result_lines(results, "en"), sep="\n")
        except KpibatchError as error:
            print(error.message("en"))
            sys.exit(2)


if __name__ == "__main__":
    main(*sys.argv[1:])
