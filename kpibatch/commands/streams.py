"""stdout and stderr that are always there: UTF-8 off a terminal, and never a reason to stop working.

A scheduled task may have no console at all, a pipe may be closed by whoever read its first lines, a code page
may have no Thai; none of this is the command's business.
"""

import io
import os
import sys
from typing import IO

_STANDARD = (0, 1, 2)


class PatientStream(io.TextIOWrapper):
    """A text stream that goes on into nowhere once nobody reads it."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            self._give_up()
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        """What is still to be written, the interpreter's last flush included, goes to the null device."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def steady_streams() -> None:
    """Put patient streams in the place of stdout and stderr, whether they exist or not."""
    _occupy_descriptors()
    sys.stdout, sys.stderr = _steady(sys.stdout, 1), _steady(sys.stderr, 2)


def _occupy_descriptors() -> None:
    """A closed standard descriptor is the next one a file gets: a stray line would end up in a workbook."""
    for descriptor in _STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)


def _steady(stream: IO[str] | None, descriptor: int) -> IO[str]:
    if stream is None or stream.closed:
        raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
        return PatientStream(raw, encoding="utf-8", errors="replace")
    if not isinstance(stream, io.TextIOWrapper):
        return stream  # an interpreter inside another program brings its own
    lines, encoding = stream.isatty(), stream.encoding if stream.isatty() else "utf-8"
    return PatientStream(stream.detach(), encoding=encoding, errors="replace", line_buffering=lines)


def write_bytes(content: bytes) -> None:
    """Bytes as they are to stdout, after what was printed before."""
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(content)
    finally:
        sys.stdout.flush()
