import platform
import subprocess
import sys

import pytest
import torch

from secgan_lite.devices import pick_device


def test_devices():
    assert pick_device("cpu") == torch.device("cpu")
    if not torch.cuda.is_available():
        assert pick_device("auto").type != "cuda"
        with pytest.raises(ValueError, match="device='cuda' is not available"):
            pick_device("cuda")


_KEPT = """
import torch
from secgan_lite.devices import keep_freed_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20

keep_freed_memory()
before = resident()
torch.ones(2**26)  # 256 MB, freed at once
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked")
def test_freed_memory_stays_with_the_process():
    kept = subprocess.check_output([sys.executable, "-c", _KEPT], text=True)
    assert float(kept) > 200
