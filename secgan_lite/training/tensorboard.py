"""Optional: the records of a run's log, also as TensorBoard's event files."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path


def tensorboard_writer() -> Callable[[Path, int], AbstractContextManager]:
    """Opens event files in a folder, from an iteration on, and gives a function for one record.

    Raises:
        ImportError: TensorBoard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ImportError(
            "tensorboard=True needs the package tensorboard: uv sync --extra tensorboard, or pip "
            "install tensorboard. Without it every number is in the run's log.jsonl."
        ) from error

    @contextmanager
    def opened(folder: Path, iteration: int) -> Iterator[Callable[[dict], None]]:
        # What an interrupted run wrote after its checkpoint is written again, so it is purged.
        with SummaryWriter(folder, purge_step=iteration + 1) as writer:

            def write(record: dict) -> None:
                for name, value in record.items():
                    writer.add_scalar(name, value, record["iteration"])
                writer.flush()

            yield write

    return opened
