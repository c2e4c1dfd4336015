"""How many at once: by processors, free memory and what was asked for; never none."""

import pytest

from kpibatch.books.guard import job
from kpibatch.commands.many import room
from kpibatch.commands.many.room import NEEDS_MB, at_once

CASES = [
    # processors, free MB, workspaces, jobs → at once
    (4, None, 76, None, 4),
    (4, None, 3, None, 3),
    (4, 4 * NEEDS_MB, 76, None, 4),
    (4, 4 * NEEDS_MB - 1, 76, None, 3),
    (4, NEEDS_MB - 1, 76, None, 1),
    (4, 0, 76, None, 1),
    (4, 0, 76, 8, 8),  # who asks knows
    (4, None, 3, 8, 3),
    (4, None, 76, 1, 1),
]


@pytest.mark.parametrize(("processors", "free", "workspaces", "jobs", "expected"), CASES)
def test_how_many_at_once(
    monkeypatch: pytest.MonkeyPatch,
    processors: int,
    free: float | None,
    workspaces: int,
    jobs: int | None,
    expected: int,
) -> None:
    monkeypatch.setattr(room, "processors", lambda: processors)
    monkeypatch.setattr(room, "free_mb", lambda: free)
    assert at_once(workspaces, jobs) == expected


def test_the_containers_share_counts(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(job, "CGROUP", tmp_path)
    monkeypatch.setattr(room, "CGROUP", tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {*range(8)}, raising=False)
    assert room.processors() == 8
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert room.processors() == 8
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert room.processors() == 1
    (tmp_path / "cpu.max").write_text("300000 100000\n")
    assert room.processors() == 3
    (tmp_path / "memory.max").write_text("max\n")
    whole = room.free_mb()
    (tmp_path / "memory.max").write_text("300000000\n")
    (tmp_path / "memory.current").write_text("100000000\n")
    assert room.free_mb() == 200
    assert whole is None or whole > 200
