import platform
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from limited_device import LimitedDevice
from torch import nn
from torch.nn import functional as F

from secgan_lite.devices import cores, exact, free_memory, pick_device, resized
from secgan_lite.evaluation import Judges, evaluate, load_bundled
from secgan_lite.judges import (
    AttributeClassifier,
    SwAV,
    accuracy,
    load_classes,
    load_encoder,
    swapped_prediction,
)
from secgan_lite.judges.published import Preprocessed
from secgan_lite.judges.swav import probe, two_views
from secgan_lite.parsing import Parser
from secgan_lite.parsing.scores import confusion, hard_pixel_loss, iou, quality
from secgan_lite.parsing.unet import UNet
from secgan_lite.supervised import fit


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
    kept = subprocess.check_output([sys.executable, "-c", _KEPT], text=True, encoding="utf-8")
    assert float(kept) > 200


def test_the_stand_in_refuses_what_apples_gpus_refuse():
    with LimitedDevice():
        x = torch.zeros(1, 3, 8, 8, device="mps")
        assert (x + 1).device.type == "mps" and x.cpu().device.type == "cpu"
        for refused in (
            lambda: x.double(),
            lambda: torch.zeros(2, dtype=torch.double, device="mps"),
            lambda: F.interpolate(x, 4, mode="bilinear", antialias=True),
            lambda: x.numpy(),
        ):
            with pytest.raises((TypeError, NotImplementedError)):
                refused()


def test_double_precision_is_found_where_it_is():
    x = torch.randn(5)
    assert torch.equal(exact(x), x.double())
    with LimitedDevice():
        assert torch.equal(exact(x.to("mps")), x.double())


@pytest.mark.parametrize("side", [5, 8, 13])
def test_images_are_resized_alike_on_every_device(side):
    x = torch.randn(2, 3, 8, 8)
    wanted = F.interpolate(
        x, side, mode="bilinear", antialias=True
    )  # enlarging, it changes nothing
    assert torch.allclose(resized(x, side), wanted, atol=1e-6)
    networks = (
        AttributeClassifier(("Bald", "Male"), 4, 2, 1, 8).eval(),
        Preprocessed(nn.Flatten(), 4),
        Parser(UNet(width=4, levels=1), {"input_size": 4}),
    )
    with LimitedDevice(), torch.no_grad():
        there = x.to("mps")
        moved = resized(there, side)
        assert moved.device == there.device and torch.equal(moved.cpu(), resized(x, side))
        for network in networks:
            assert torch.allclose(network(there).cpu(), network(x), atol=1e-6)


def test_edits_are_scored_on_a_device_without_double_precision(faces, judge, parser):
    few, editor = faces.subset(3), load_bundled(32)
    judges = Judges(judge, load_encoder("auto", 32), load_classes("auto", judge), parser)
    judges = replace(judges, masks=editor.masks)
    wanted = evaluate(editor.generator, few, judges)
    with LimitedDevice():
        assert evaluate(editor.generator, few, judges, device="mps") == wanted


def test_watchers_are_trained_and_measured_on_a_device_without_double_precision(small_faces):
    options = {"epochs": 1, "batch_size": 8, "device": "mps"}
    with LimitedDevice():
        parser = fit(UNet(4, 2), [small_faces], lambda x, y, s: hard_pixel_loss(x, s), **options)
        found = quality(parser, small_faces)
        counts = confusion(parser, small_faces)
        assert found["iou"]["skin"] == round(iou(counts.to("mps"))["skin"], 4)
        swav = SwAV(4, 4, 8)
        fit(swav, [small_faces], swapped_prediction, augment=two_views, **options)
        assert 0 <= probe(swav, small_faces)["accuracy"]["Male"] <= 1
        judge = AttributeClassifier(small_faces.attributes, 16, 4, 2, 8)
        loss = F.binary_cross_entropy_with_logits
        fit(judge, [small_faces], lambda x, y, s: loss(x, y), **options)
        assert set(accuracy(judge, small_faces)) == set(small_faces.attributes)


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({}, (None, None)),
        ({"cpu.max": "max 100000", "memory.max": "max", "memory.current": "5"}, (None, None)),
        ({"cpu.max": "50000 100000", "memory.max": "1500", "memory.current": "500"}, (1, 1000)),
        (
            {
                "cpu/cpu.cfs_quota_us": "100000",
                "cpu/cpu.cfs_period_us": "100000",
                "memory/memory.limit_in_bytes": "1500",
                "memory/memory.usage_in_bytes": "600",
            },
            (1, 900),
        ),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, (None, None)),
    ],
)
def test_a_containers_limits_are_seen(tmp_path, files, wanted):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n", encoding="utf-8")
    assert cores(tmp_path) == (wanted[0] or cores(tmp_path / "nothing"))
    if wanted[1]:
        assert free_memory(tmp_path) == wanted[1]
    else:
        assert free_memory(tmp_path) > 10**8
