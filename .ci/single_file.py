"""kpibatch as one program file, by PyInstaller, for the system this runs on: ``kpibatch.exe`` on Windows.
Slower to start than an installation, for it unpacks itself each time; virus scanners may distrust it.

    python .ci/single_file.py OUT

In: the repository installed (``pip install .``) beside PyInstaller. Out: the file in OUT. Exit code 2 where
PyInstaller is not there.
"""

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHOLE = ("kpibatch", "pandera", "docx", "keyring", "tzdata", "jaraco")  # with the data beside their modules


def command(out: Path, room: Path) -> list[str]:
    """What PyInstaller is asked."""
    carried = [word for name in WHOLE for word in ("--collect-all", name)]
    carried += ["--recursive-copy-metadata", "kpibatch"]  # months name the versions of what made them
    where = ["--distpath", str(out), "--workpath", str(room), "--specpath", str(room)]
    entry = str(ROOT / "kpibatch" / "__main__.py")
    return [sys.executable, "-m", "PyInstaller", "--onefile", "--name", "kpibatch", *carried, *where, entry]


def main(words: list[str]) -> int:
    if len(words) != 1 or importlib.util.find_spec("PyInstaller") is None:
        print("python .ci/single_file.py OUT; needs: pip install pyinstaller .", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as room:
        return subprocess.run(command(Path(words[0]).absolute(), Path(room)), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
