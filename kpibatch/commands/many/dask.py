"""A Dask scheduler and its workers (the door to distributed, which is loaded only where an address was
named).
"""

import logging
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from importlib import import_module
from typing import Any

from kpibatch.base.errors import TogetherFault

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.%]+\]|[^\s/:\[\]]+):\d{1,5}")
_SECONDS_TO_CONNECT = 5
_SECONDS_TO_HAVE_WORKERS = 10
_SECONDS_TO_ANSWER = 120  # a worker's process may have to be started first


class Scheduler:
    """The scheduler at an address. Raises ``TogetherFault`` where there is none, or no worker."""

    def __init__(self, address: str) -> None:
        if not _ADDRESS.fullmatch(address):
            raise TogetherFault("scheduler-address", address=address)
        try:
            import distributed
        except ImportError:
            raise TogetherFault("dask-missing") from None
        if address.startswith("tls") and not _certificate(distributed):
            reason = "no certificate (distributed.comm.tls)"
            raise TogetherFault("scheduler-away", address=address, reason=reason)
        for name in [*logging.root.manager.loggerDict]:  # their lines are not the operator's
            if name.startswith("distributed"):
                logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            connect: Any = distributed.Client
            self._client = connect(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as reason:
            text = str(reason).partition("\n")[0]
            raise TogetherFault("scheduler-away", address=address, reason=text) from None
        try:
            self._client.wait_for_workers(1, timeout=_SECONDS_TO_HAVE_WORKERS)
        except TimeoutError:
            self.close()
            raise TogetherFault("scheduler-idle", address=address) from None

    def workers(self) -> dict[str, str]:
        """The workers' addresses and names."""
        about = self._client.scheduler_info(n_workers=-1)["workers"]
        return {address: str(facts.get("name") or address) for address, facts in about.items()}

    def executor(self) -> Executor:
        """A call whose worker is lost is done again on another."""
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def asked(self, ask: Callable[..., Any], given: object, workers: Sequence[str]) -> dict[str, Any]:
        """What each worker answers, or the exception that came of it.

        First each must load what it is asked by: one that can't would say nothing, and lose its line.
        """
        load = {"workers": [*workers], "on_error": "return"}
        answers: dict[str, Any] = self._client.run(import_module, ask.__module__, **load)
        able = [worker for worker in workers if not isinstance(answers.get(worker), Exception)]
        futures = {
            worker: self._client.submit(ask, given, workers=[worker], pure=False, retries=0)
            for worker in able
        }
        for worker, future in futures.items():
            try:
                answers[worker] = future.result(timeout=_SECONDS_TO_ANSWER)
            except Exception as error:
                answers[worker] = error
        return answers

    def listen(self, topic: str, told: Callable[[str, str], None]) -> None:
        """Be told the steps that workers tell under a topic."""
        self._client.subscribe_topic(topic, lambda event: told(*event[1]))

    def everywhere(self, do: Callable[[str], None], given: str) -> None:
        """Do something small on every worker, if it can be reached."""
        with suppress(Exception):
            self._client.run(do, given, on_error="ignore")

    def close(self) -> None:
        with suppress(Exception):
            self._client.close(timeout=_SECONDS_TO_CONNECT)


def _certificate(distributed: Any) -> object:
    """What this computer shows to be let in, by Dask's own configuration."""
    return distributed.Security().get_connection_args("client").get("ssl_context")


def tell_listeners(topic: str, *said: str) -> None:
    """From a worker: to whoever listens to the topic."""
    from distributed import get_worker

    get_worker().log_event(topic, said)
