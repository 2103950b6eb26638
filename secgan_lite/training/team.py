"""The processes of a run: this one alone, or all that ``torchrun`` started.

    torchrun --nproc-per-node 4 -m secgan_lite.training --preset paper …

Every process draws the random numbers of the whole batch and works on its own part of it. Gradients
and logged terms are averaged, so N processes compute what one computes.
"""

import atexit
import os
from collections.abc import Iterable

import torch
from torch import Tensor, distributed, nn


class Team:
    """All processes of a run, seen from one of them. Alone, nothing here costs anything.

    Attributes:
        size, rank: how many processes there are, and which of them this is.
        device: where this one computes.
    """

    def __init__(self, device: torch.device) -> None:
        self.size, self.rank, self.device = int(os.environ.get("WORLD_SIZE", 1)), 0, device
        if self.size > 1:
            # Imported by an optimiser once the group is there, it would hold the group as a default
            # argument: its threads would outlive Python's interpreter, and now and then abort a run
            # that was good.
            from torch.distributed.nn import functional  # noqa: F401

            if device.type == "cuda":
                self.device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
                torch.cuda.set_device(self.device)
            if not distributed.is_initialized():
                distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
                atexit.register(distributed.destroy_process_group)
            self.rank = distributed.get_rank()

    @property
    def is_main(self) -> bool:
        """Whether this process is the one that writes files and talks."""
        return self.rank == 0

    def share(self, batch_size: int) -> slice:
        """This process's part of a batch.

        Raises:
            ValueError: the batch can't be dealt out evenly.
        """
        part, rest = divmod(batch_size, self.size)
        if rest:
            fitting = {batch_size - rest, batch_size - rest + self.size} - {0}
            raise ValueError(
                f"batch_size={batch_size} does not go round {self.size} processes: "
                f"{' or '.join(map(str, sorted(fitting)))} would."
            )
        return slice(self.rank * part, (self.rank + 1) * part)

    def average(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its mean over the processes, in one exchange for all of them."""
        if self.size == 1:
            return
        tensors = list(tensors)
        sums = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(sums)
        means = (sums / self.size).split([tensor.numel() for tensor in tensors])
        for tensor, mean in zip(tensors, means, strict=True):
            tensor.copy_(mean.view_as(tensor))

    def any(self, flag: bool) -> bool:
        """Whether the flag is up in any process; all must ask together."""
        if self.size == 1:
            return flag
        told = torch.tensor(float(flag), device=self.device)
        self.average([told])
        return bool(told > 0)

    def wait(self) -> None:
        """Go on when every process has come here."""
        if self.size > 1:
            distributed.barrier()

    def synchronised(self, network: nn.Module) -> nn.Module:
        """``network`` with batch norms that see the whole batch, where PyTorch has them: on GPUs.

        Elsewhere each process normalises its own part of the batch, and N processes no longer
        compute exactly what one does. Instance norm does not mind.
        """
        if self.size == 1 or self.device.type != "cuda":
            return network
        return nn.SyncBatchNorm.convert_sync_batchnorm(network)
