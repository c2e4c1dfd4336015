"""The digests of all outputs: one process, several, a Dask scheduler with two workers of which one is killed
in the middle.

``python tests/bench/digests.py [COPIES] [FOLDER]`` makes copies of every sample (two of each) in a folder,
, runs them in each way from the command line and prints how many files there are and one digest of
all of them; of ``run.json`` all counts but the seconds. Exit 1 where they are not the same.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "shared"))

from dask_cluster import dask_cluster
from output_digests import digest_of_all, run_many

SAMPLES = Path(__file__).parents[2] / "input_samples"


def workspaces_in(folder: Path, copies: int) -> list[Path]:
    made = []
    for copy in range(1, copies + 1):
        for sample in sorted(path.parent for path in SAMPLES.glob("*/config.toml")):
            workspace = folder / f"{sample.name} {copy}"
            shutil.copytree(sample, workspace, ignore=shutil.ignore_patterns("output"))
            made.append(workspace)
    return made


def main(copies: int, home: Path) -> int:
    workspaces, digests = workspaces_in(home, copies), set()
    print(f"{len(workspaces)} workspaces, newest month of each", flush=True)

    def tell(way: str, *words: str, **strike: object) -> None:
        begun = time.perf_counter()
        done = run_many(workspaces, *words, **strike)  # type: ignore[arg-type]
        files, digest = digest_of_all(workspaces)
        digests.add(digest)
        took = time.perf_counter() - begun
        print(f"{way:<34} exit {done.returncode}  {files} files  {digest}  {took:.0f} s", flush=True)

    tell("1 process", "--jobs", "1")
    tell("4 processes", "--jobs", "4")
    with dask_cluster(home) as cluster:
        tell("Dask, 2 workers", "--scheduler", cluster.address)
    with dask_cluster(home) as cluster:
        strike = {"after": 2, "strike": lambda: cluster.kill(0)}
        tell("Dask, 2 workers, 1 killed", "--scheduler", cluster.address, **strike)
    return len(digests) - 1 and 1


if __name__ == "__main__":
    COPIES = int(sys.argv[1]) if sys.argv[1:] else 2
    if sys.argv[2:]:
        Path(sys.argv[2]).mkdir(parents=True)
        sys.exit(main(COPIES, Path(sys.argv[2])))
    with tempfile.TemporaryDirectory(prefix="kpibatch-") as folder:
        sys.exit(main(COPIES, Path(folder)))
