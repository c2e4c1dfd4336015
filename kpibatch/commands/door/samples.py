"""The sample workspaces: packed beside the package where it was installed from a wheel, else as folders of
the repository it runs from.
"""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from kpibatch.base.config import FILE
from kpibatch.base.errors import BeginFault
from kpibatch.base.files import by_name
from kpibatch.base.nearest import nearest_of

_PACKAGE = Path(__file__).parents[2]
_PACKED, _IN_THE_REPOSITORY = "samples", "input_samples"  # the build makes the first of the second
_NOT_OF_IT = ("output",)


def samples() -> Mapping[str, Path]:
    """Each sample by its name: a zip file or a folder."""
    packed = {path.stem: path for path in sorted((_PACKAGE / _PACKED).glob("*.zip"), key=by_name)}
    folders = sorted((_PACKAGE.parent / _IN_THE_REPOSITORY).glob(f"*/{FILE}"), key=by_name)
    return packed or {path.parent.name: path.parent for path in folders}


def sample_of(name: str) -> Path:
    """The sample of that name. Raises ``BeginFault``, which names all."""
    known = samples()
    if name not in known:
        raise BeginFault(
            "no-sample", found=name, known=", ".join(known) or "–", nearest=nearest_of(name, list(known))
        )
    return known[name]


def unpack(sample: Path, folder: Path) -> None:
    """The files of a sample into a folder that is there."""
    if sample.is_dir():
        ignored = shutil.ignore_patterns(*_NOT_OF_IT, ".*", "~$*")
        shutil.copytree(sample, folder, dirs_exist_ok=True, ignore=ignored)
    else:
        with zipfile.ZipFile(sample) as packed:
            packed.extractall(folder)
