# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The starter of the project
#
# Run it as it is first: `python starter.py`, or as a notebook after
# `jupytext --to notebook starter.py`. It trains an editor, scores it beside the two ends of the
# scale, and leaves `starter.png` and a run's folder, which is what you hand in.

# %%
from torch import arange, stack

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.course import figures
from secgan_lite.editing import Trained
from secgan_lite.evaluation import Truth, copy_input, evaluate
from secgan_lite.judges import load_classifier
from secgan_lite.modalities import to_bytes
from secgan_lite.training import TrainConfig, load_inputs, train

# %% [markdown]
# ## What is trained
#
# Everything that you may change stands here, or is called from here. The names are those of
# `secgan-lite train --help`. `blend` lets the generator say where it edits, and copies the rest.
# `lambda_rec` holds the edit back: with `blend` and the preset's 20, a short run learns to copy.

# %%
config = TrainConfig.of(
    method="baseline",  # one branch: half of SeCGAN's time
    blend=True,
    lambda_rec=5.0,
    iterations=1200,
    seed=0,
    device="cpu",
    output_dir="starter-run",
)
faces, _, parser = load_inputs(config)
run = train(config, faces, parser)

# %% [markdown]
# ## How good is it?
#
# These faces are for *you*: choose by them as often as you like. The leaderboard has others.

# %%
editor = Trained.of(run.path)
held_out = datasets.load("synthetic", "val", config.image_size, count=300)
judge = load_classifier("auto", config.image_size)
print(f"{'':10} inside  whole  outside  TARR")
for name, edit in {"copying": copy_input, "starter": editor.edit}.items():
    scores = evaluate(edit, held_out, judge)
    errors = scores["counterfactual"]
    inside, whole, outside = (
        errors[kind]["value"] for kind in ("inside_ratio", "whole_ratio", "outside")
    )
    tarr = scores["tarr"]["mean"]["value"]
    print(f"{name:10} {inside:6.3f} {whole:6.3f} {outside:8.1f}  {tarr:4.2f}")

# %% [markdown]
# ## What does it look like?
#
# One face and its thirteen flips: the edit, and below it the true edit.

# %%
one = held_out.subset(1)
x, y, _ = one.batch(arange(1))
edits = to_bytes(stack(editor.edit(x, single_flips(y, resolved=True) - y, y))).numpy()
truths = Truth.of(one).images
picture, _ = figures.reversed_beside_truth(one.images, edits, truths, one.attributes, one.labels)
picture.savefig("starter.png")
