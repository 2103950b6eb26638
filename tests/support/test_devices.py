import platform
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from limited_device import LimitedDevice
from torch import nn
from torch.nn import functional as F

from secgan_lite.editing import load_bundled
from secgan_lite.evaluation import Judges, evaluate
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
from secgan_lite.support.devices import cores, exact, free_memory, pick_device, rescaled
from secgan_lite.training.supervised import fit


def test_devices():
    assert pick_device("cpu") == torch.device("cpu")
    if not torch.cuda.is_available():
        assert pick_device("auto").type != "cuda"
        with pytest.raises(ValueError, match="device='cuda' is not available"):
            pick_device("cuda")


_KEPT = """
import torch
from secgan_lite.support.devices import keep_freed_memory

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
    assert torch.allclose(rescaled(x, side), wanted, atol=1e-6)
    networks = (
        AttributeClassifier(("Bald", "Male"), 4, 2, 1, 8).eval(),
        Preprocessed(nn.Flatten(), 4),
        Parser(UNet(width=4, levels=1), {"input_size": 4}),
    )
    with LimitedDevice(), torch.no_grad():
        there = x.to("mps")
        moved = rescaled(there, side)
        assert moved.device == there.device and torch.equal(moved.cpu(), rescaled(x, side))
        for network in networks:
            assert torch.allclose(network(there).cpu(), network(x), atol=1e-6)


def test_edits_are_scored_on_a_device_without_double_precision(faces, judge, parser):
    few, editor = faces.subset(3), load_bundled(32)
    judges = Judges(judge, load_encoder("auto", 32), load_classes("auto", judge), parser)
    judges = replace(judges, g_seg=editor.g_seg)
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


MB = 2**20


@pytest.mark.parametrize(
    ("files", "member", "wanted"),
    [
        ({}, "", (None, None)),
        ({"cpu.max": "max 100000", "memory.max": "max"}, "0::/", (None, None)),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, "", (None, None)),
        # A container sees its own group as the root, with either version.
        (
            {"cpu.max": "50000 100000", "memory.max": 15 * MB, "memory.current": 5 * MB},
            "0::/",
            (1, 10),
        ),
        (
            {
                "cpu/cpu.cfs_quota_us": "100000",
                "cpu/cpu.cfs_period_us": "100000",
                "memory/memory.limit_in_bytes": 15 * MB,
                "memory/memory.usage_in_bytes": 6 * MB,
            },
            "5:memory:/docker/123\n4:cpu,cpuacct:/docker/123",
            (1, 9),
        ),
        # A cluster's job lies deep in the machine's groups; any of those around it may limit it.
        (
            {
                "cpu/slurm/job_7/cpu.cfs_quota_us": "100000",
                "cpu/slurm/job_7/cpu.cfs_period_us": "100000",
                "memory/slurm/job_7/memory.limit_in_bytes": 15 * MB,
                "memory/slurm/job_7/memory.usage_in_bytes": 1 * MB,
                "memory/slurm/job_7/step/memory.limit_in_bytes": 2**63 - 4096,
                "memory/slurm/job_7/step/memory.usage_in_bytes": 1 * MB,
                "memory/slurm/job_8/memory.limit_in_bytes": 1 * MB,
                "memory/slurm/job_8/memory.usage_in_bytes": 0,
            },
            "5:memory:/slurm/job_7/step\n4:cpuacct,cpu:/slurm/job_7/step\n0::/",
            (1, 14),
        ),
        # Files that were read fill a group up to its limit, and give way.
        (
            {
                "user.slice/memory.max": 15 * MB,
                "user.slice/memory.current": 15 * MB,
                "user.slice/memory.stat": f"anon {7 * MB}\ninactive_file {8 * MB}",
            },
            "3:name=systemd:/a:b\n0::/user.slice/one two.scope",
            (None, 8),
        ),
        (
            {
                "memory/memory.limit_in_bytes": 15 * MB,
                "memory/memory.usage_in_bytes": 15 * MB,
                "memory/memory.stat": f"inactive_file 0\ntotal_inactive_file {4 * MB}",
            },
            "",
            (None, 4),
        ),
    ],
)
def test_limits_of_containers_and_of_jobs_are_seen(tmp_path, files, member, wanted):
    groups, membership = tmp_path / "groups", tmp_path / "membership"
    for name, text in files.items():
        (groups / name).parent.mkdir(parents=True, exist_ok=True)
        (groups / name).write_text(f"{text}\n", encoding="utf-8")
    membership.write_text(member, encoding="utf-8")
    nowhere = tmp_path / "nothing", tmp_path / "nothing"
    assert cores(groups, membership) == (wanted[0] or cores(*nowhere))
    if wanted[1]:
        assert free_memory(groups, membership) == wanted[1] * MB
    else:
        assert free_memory(groups, membership) == pytest.approx(free_memory(*nowhere), rel=0.5)
