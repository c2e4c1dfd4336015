"""What the build of a wheel or a source archive does beside setuptools' own: the sample workspaces travel in
the wheel, each as a zip file in ``kpibatch/samples/``. An installation in place (``pip install -e``) needs
none: it reads the folders here.
"""

import zipfile
from pathlib import Path

from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).parent
_LEFT_OUT = ("output", "__pycache__")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a zip file: the same files give the same bytes


def workspaces() -> list[Path]:
    """The folders of the samples."""
    return sorted(path.parent for path in HERE.glob("*/config.toml"))


def files_of(folder: Path) -> list[Path]:
    """The files of a sample, without what a run leaves and what Excel keeps beside an open workbook."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name[:2] != "~$")
    within = ((path, path.relative_to(folder).parts) for path in files)
    return sorted(path for path, parts in within if parts[0] not in _LEFT_OUT and parts[-1][0] != ".")


def pack(folder: Path, target: Path) -> None:
    """One sample as a zip file."""
    with zipfile.ZipFile(target, "w") as packed:
        for path in files_of(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _FIRST_DAY)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            packed.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


class BuildWithSamples(build_py):
    """The package's files, and the samples."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for folder, target in self._packed():
                target.parent.mkdir(parents=True, exist_ok=True)
                pack(folder, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        packed = [] if self.editable_mode else [str(target) for _, target in self._packed()]
        return [*super().get_outputs(include_bytecode), *packed]

    def _packed(self) -> list[tuple[Path, Path]]:
        samples = Path(self.build_lib) / "kpibatch" / "samples"
        return [(folder, samples / f"{folder.name}.zip") for folder in workspaces()]


class SdistWithSamples(sdist):
    """The source archive holds what a wheel is built from."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        scripts = sorted(HERE.glob("*.py"))
        ours = [*scripts, *(path for folder in workspaces() for path in files_of(folder))]
        names = (path.relative_to(HERE.parent).as_posix() for path in ours)
        super().make_release_tree(base_dir, [*files, *names])
