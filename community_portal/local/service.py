"""What the two embedded services have in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from community_portal.local.users import ServiceUser

LOG_BYTES = 5_000_000


@dataclass(frozen=True)
class Service(ABC):
    """One embedded server: where its data, sockets and log lie, and whose they are."""

    data: Path
    sockets: Path
    log: Path
    user: ServiceUser

    @abstractmethod
    def ensure(self) -> None:
        """Make it answer, starting it when it is not up. Raises ServiceError."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it cleanly; a no-op when it is not running."""

    def prepare_log(self) -> None:
        """A log that the service may write, begun anew when it has grown large."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        keep = self.log.exists() and self.log.stat().st_size < LOG_BYTES
        with self.log.open("a" if keep else "w"):
            self.user.own(self.log)
        self.user.open_way(self.log.parent)
