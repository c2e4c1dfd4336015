"""Facts → the subject, the plain text and the HTML of a mail.

The templates are files: the package's own, and those of the workspace, which win file by file. All mails of a
month are written in one child process with a clock and a cap on its memory.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kpibatch.base.config import IntakeLimits
from kpibatch.base.errors import MailTemplateFault
from kpibatch.base.files import by_name
from kpibatch.books.guard.capped import USUAL, Child
from kpibatch.books.guard.limits import Refused
from kpibatch.mail.message import one_line
from kpibatch.mail.sandbox import text_of

SUBJECT, PLAIN, HTML = PARTS = ("subject.txt", "txt", "html")
_PACKAGED = Path(__file__).parent / "templates"
_UNSEEN = re.compile(r"<(style|title)\b.*?</\1>|<[^>]*>|&nbsp;", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Texts:
    """What a mail says."""

    subject: str
    plain: str
    html: str


def packaged_templates(language: str) -> dict[str, str]:
    """The program's own templates of a language, by file name."""
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted((_PACKAGED / language).iterdir(), key=by_name)
    }


class Templates:
    """The templates of one language, those in the folder ``own`` first; to be closed after use."""

    def __init__(self, own: Path, language: str, limits: IntakeLimits = USUAL) -> None:
        self._folders = (str(own), str(_PACKAGED / language))
        self._child = Child(limits, text_of)

    def __enter__(self) -> "Templates":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close()

    def write(self, kind: str, facts: Mapping[str, Any]) -> Texts:
        """The three texts of a mail of that kind.

        Raises ``KpibatchError`` with the file where a template can't be read, names what is not among the
        facts, fails, does not end, or says nothing.
        """
        subject, plain, html = (self._text(f"{kind}.{part}", facts) for part in PARTS)
        for part, text in ((SUBJECT, subject), (PLAIN, plain), (HTML, _UNSEEN.sub(" ", html))):
            if not text.strip():
                missing = "mail-template-no-subject" if part == SUBJECT else "mail-template-no-body"
                raise MailTemplateFault(missing, file=self._file(f"{kind}.{part}"))
        return Texts(one_line(subject), plain.strip() + "\n", html.strip() + "\n")

    def _text(self, name: str, facts: Mapping[str, Any]) -> str:
        try:
            return self._child(self._folders, name, facts)
        except Refused as reason:
            file = self._file(name)
            raise MailTemplateFault("mail-template-endless", file=file, found=reason.found) from None

    def _file(self, name: str) -> Path:
        return next(path for folder in self._folders if (path := Path(folder) / name).is_file())
