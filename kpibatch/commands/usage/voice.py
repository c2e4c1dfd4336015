"""How a command speaks: how loud, in which language, and whether what it prints is for people or machines.

Set once from the options, read by whoever prints.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Form = Literal["table", "csv", "json"]
FORMS: tuple[Form, ...] = ("table", "csv", "json")


@dataclass(frozen=True)
class Voice:
    """``quiet``: no progress, and of a working command nothing but what stops it. ``verbose``: how long each
    step took. ``form``: what tables are printed as; progress then goes to stderr.
    """

    quiet: bool = False
    verbose: bool = False
    form: Form = "table"

    @property
    def for_machines(self) -> bool:
        return self.form != "table"


VOICE: ContextVar[Voice] = ContextVar("voice", default=Voice())  # noqa: B039
