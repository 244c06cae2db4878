"""A heartbeat: renews the leases of the runs that this process drives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable

from bot.services.ports import RunStore

_log = logging.getLogger(__name__)
_BEATS_A_LEASE = 3


class LeaseKeeper:
    """Renews what `list_held` gives in a thread of its own, and tells `lose` which leases are gone."""

    def __init__(
        self,
        store: RunStore,
        lease_s: float,
        list_held: Callable[[], Collection[str]],
        lose: Callable[[Iterable[str]], None],
    ) -> None:
        self._store = store
        self._beat_s = lease_s / _BEATS_A_LEASE
        self._list_held = list_held
        self._lose = lose
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease-keeper", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether the heart beats."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for that."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep(self) -> None:
        while not self._stopped.wait(self._beat_s):
            try:
                self._beat()
            except Exception as error:  # noqa: BLE001 - the heart must not stop
                _log.warning("the leases could not be renewed: %s", error)

    def _beat(self) -> None:
        if held := frozenset(self._list_held()):
            self._lose(held - self._store.renew(held))
