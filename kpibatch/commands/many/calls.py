"""What a warm process is asked for: named here, loaded only there."""

from kpibatch.commands.many.hands import Tell
from kpibatch.commands.many.task import Ended, Task


def run_task(task: Task, tell: Tell) -> Ended:
    """As ``run_task`` of ``work``."""
    from kpibatch.commands.many.work import run_task

    return run_task(task, tell)


def probed(paths: tuple[str, ...], tell: Tell) -> tuple[dict[str, str], tuple[str, ...]]:
    """As ``probed`` of ``work``."""
    from kpibatch.commands.many.work import probed

    return probed(paths, tell)
