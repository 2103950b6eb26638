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

# %% [markdown] tags=["slide"]
# # 03 · Parallel branches: do two GANs teach each other?
#
# **Question.** SeCGAN trains a second GAN that edits masks and never sees an image. What does the second GAN add to the first?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 30 min, exercises 55 min | 1 min | 1.2 GB | [01](01_parsing.ipynb), [02 · Losses](02_losses.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), §3 and A.1.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **measure** what the second GAN changes, with true masks and two parsers (section 1, B);
# 2. **write** how a label enters a generator, and **see** which part of it the next layer removes (A1);
# 3. **write** the consistency loss (A2), and **prove** by gradients who learns from whom;
# 4. **find** wrong labels from their symptoms (C);
# 5. **count** the cost of an iteration (section 7, quiz).
#
# ## Contents
#
# [Map](#The-map) · [What it adds](#1.-What-does-the-second-GAN-add?) · [Label](#2.-Where-the-label-enters) · [Masks](#3.-From-images-to-masks) · [Mutual learning](#4.-Mutual-learning) · [Another parser](#5.-Is-the-gain-real?) · [Four labels](#6.-Four-places-for-labels) · [Cost](#7.-What-it-costs) · [Limits](#What-goes-wrong,-and-limits) · [Glossary](glossary.md)
#
# *In a 50-minute class: sections 1 and 4, exercise A2.*

# %% [markdown]
# ## Parameters
#
# A trained SeCGAN with its discriminators comes with the course, for sections 2, 4 and 6; `run_dir` takes a run of your own instead. The other numbers come from another, shorter training.

# %% tags=["parameters"]
backbone: str = "stargan"  # whose cost section 7 counts: "stargan", "attgan" or "stgan"
run_dir: str = ""  # folder of a finished run of method "secgan", for sections 2, 4 and 6
seed: int = 0  # of the test faces and of random inputs

# %% tags=["setup"]
from functools import partial
from typing import Literal

import torch
from torch.nn import functional as F

from secgan_lite import backbones, datasets
from secgan_lite.attributes import NAMES, single_flips
from secgan_lite.course import (
    TODO,
    batch_of,
    check,
    claim,
    figures,
    footer,
    settings,
    show,
    six_faces,
    table,
)
from secgan_lite.course.checks import four_labels
from secgan_lite.support.randomness import stream

# %%
settings(
    globals(),
    "03_parallel_branches",
    backbone=Literal["stargan", "attgan", "stgan"],
    run_dir=str,
    seed=int,
)
from secgan_lite.course.model import batch_for, load_model

model, config = load_model(run_dir)

# %% [markdown]
# ## The map

# %%
show(
    figures.method_map(("G", "P", "consistency", "faces")),
    "Drawn, not computed: what do the two generators share, and what ties them together?",
)

# %% [markdown]
# Both generators get the same wish $y^{diff}$. $G_{rgb}$ edits the image, $G_{seg}$ edits its mask. The parser P reads the edited image, and its likeliest segments are a mask too. The *consistency* loss asks that this mask equals $s^{out}$, the mask from $G_{seg}$. P was trained before (lesson 01); its weights are frozen. After training only $G_{rgb}$ is kept. What has it learnt from $G_{seg}$?

# %% [markdown]
# ### Predict first
#
# (1) Two trained $G_{rgb}$ edit faces; P reads the masks. *Tied* was trained with the consistency loss, *apart* without it. *Copy* is the mask of the input. Which mask is closest to the truth?
#
# (2) Some wishes change the mask ("add eyeglasses"), others do not ("hair to blond"). Which wishes gain more *IoU* by the tie, the overlap with the true mask?
#
# (3) One half of the consistency loss, Eq. 11, takes $s^{out}$ as the truth for P's mask. Of $G_{rgb}$, $G_{seg}$ and P, whose *weights* get a gradient?

# %%
guess_mask = ""  # "apart", "tied" or "copy"
guess_where = ""  # "wishes that change it", "wishes that do not" or "as much in both"
guess_taught = ""  # "G_rgb", "G_rgb and P", "G_rgb and G_seg" or "all three"


def verdict(guess, measured):
    """A prediction beside what was measured."""
    print(f"predicted: {guess or '-'}; measured: {measured}")


# %% [markdown]
# ## 1. What does the second GAN add?
#
# We compare two trainings of $G_{rgb}$:
#
# - *tied*: SeCGAN, where the consistency loss has the weight $\lambda_{sc} = 1$;
# - *apart*: the paper's *baseline*, without $G_{seg}$.
#
# All else is equal, the seed 0 and `800` iterations too. We edit 40 test faces, each in 13 ways. They are drawn, so we know the true edits.

# %% tags=["setup"]
from secgan_lite.editing import Trained, generator_editor
from secgan_lite.evaluation import Truth
from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.evaluation.truth import mean_iou, overlaps
from secgan_lite.parsing import one_hot
from secgan_lite.segments import SEGMENTS

people = datasets.load("synthetic", "test", 32, count=40, seed=seed)
x, y, s_true = batch_of(people)
y_diffs = single_flips(y, resolved=True) - y  # (13, 40, 13): each attribute reversed
x_target, target = Truth.of(people).tensors()  # the true edits and their masks, (13, 40, 32, 32)
editors = {
    "apart": Trained.of("editor-32-stargan-baseline"),
    "tied": Trained.of("editor-32-stargan-secgan"),
}
P, G_seg = editors["tied"].parser, editors["tied"].g_seg
with torch.no_grad():
    edits = {k: torch.stack(list(editor.edit(x, y_diffs, y))) for k, editor in editors.items()}
    masks = {k: torch.stack([P(edit).argmax(dim=1) for edit in made]) for k, made in edits.items()}
    s_in = P(x).argmax(dim=1)
    best_case = torch.stack([P(edit).argmax(dim=1) for edit in x_target])  # P reads true edits
    s_hat = torch.stack(list(generator_editor(G_seg)(one_hot(s_in), y_diffs, y)))  # probabilities
s_out = s_hat.argmax(dim=2)  # decisions, as P's masks are
masks |= {"s_out": s_out, "copy": s_in.expand_as(target)}
names = {"apart": "P's mask, apart", "tied": "P's mask, tied"}
names |= {"s_out": "s_out, tied", "copy": "copy of the input's mask"}


def iou(found, wanted):
    """Mean IoU over edits, faces and segments."""
    return mean_iou(overlaps(found, wanted).sum(dim=0).numpy()).mean()


# %% tags=["slide"]
right = {k: (mask == target).float().mean(dim=(2, 3)) for k, mask in masks.items()}  # (13, 40)
six = ("Bald", "Bangs", "Eyeglasses", "Blond_Hair", "Pale_Skin", "Young")
wish = torch.tensor([NAMES.index(name) for name in six])
middle = (right["tied"] - right["apart"])[wish].argsort(dim=1)[:, 20]  # of 40 faces
typical = wish, middle
rows_shown = {"input": x[middle]} | {f"edit, {name}": edits[name][typical] for name in editors}
rows_shown |= {"true edit": x_target[typical], "true mask": target[typical]}
rows_shown |= {name: (masks[k][typical], target[typical]) for k, name in names.items()}


def asked_for(faces):
    """Titles of columns: the six wishes to these faces."""
    pairs = zip(wish, faces, strict=True)
    return [figures.flip_name(NAMES[i], y[j, i] > 0).replace(" ", "\n", 1) for i, j in pairs]


show(
    figures.agreement(rows_shown, asked_for(middle), side=1.05),
    "Which mask has the fewest wrong pixels?",
)
fewest = max(masks, key=lambda k: right[k][typical].mean())
claim("Over all six faces it is s_out", fewest == "s_out", n=6)
fewer = (right["copy"] > right["s_out"])[typical].sum() == 3
claim("in three of them the copy has fewer", fewer, n=6)

# %% [markdown]
# *Which mask has the fewest wrong pixels?* Over all six faces it is s_out; in three of them the copy has fewer. (For each wish we sort the 40 faces by the right pixels that the tie adds, and show the middle one.) In the last four rows black pixels are wrong, pale ones right. *Pale_Skin* and *Male* are labels of CelebA: they sort pictures, and describe no person.
#
# Now all 13 wishes, in numbers. Let $F_k$ be the pixels of segment $k$ in the found masks, $W_k$ in the true ones:
#
# $$\mathrm{IoU}_k = |F_k\cap W_k|\,/\,|F_k\cup W_k|$$

# %% [markdown]
# | symbol | tensor, shape | function | beware |
# |---|---|---|---|
# | $F_k$, $W_k$ | `found == k`, `wanted == k`, (wishes, B, h, h) | [`overlaps`](../secgan_lite/evaluation/truth.py) | pixels add up over the faces *before* the division |
# | mean IoU | a number, 0 to 1 | [`mean_iou`](../secgan_lite/evaluation/truth.py) | then the mean over segments: a small one counts as much as a large one |

# %% tags=["nbval-check-output"]
shares = []  # IoU of one wish to two faces, in plain loops
for k in range(12):
    both = either = 0
    for f, w in zip(masks["tied"][0, :2].flatten(), target[0, :2].flatten(), strict=True):
        both += int(f == k and w == k)
        either += int(f == k or w == k)
    shares += [both / either] if either else []
naive, ours = sum(shares) / len(shares), iou(masks["tied"][:1, :2], target[:1, :2])
assert abs(naive - ours) < 1e-6
print(f"mean IoU of one wish to two faces: loops {naive:.4f} = package {ours:.4f}")

# %% tags=["nbval-check-output", "slide"]
changes = target != s_true
faces_drawn = Bootstrap(40, seed=0)  # 1,000 other draws of 40 faces, for intervals


def by_wish(mask):
    """Mean IoU (1001, 13) of our 40 faces, in row 0, and of the other draws."""
    return mean_iou(faces_drawn.totals(overlaps(mask, target).numpy()))


def interval(values):
    """The middle 95 % over other draws of faces."""
    return tuple(faces_drawn.interval(values)[end] for end in ("low", "high"))


read = masks | {"true edit": best_case}
scores = {k: by_wish(mask) for k, mask in read.items()}
hits = {k: (mask == target).float() for k, mask in read.items()}
inside = {k: hit[changes].mean().item() for k, hit in hits.items()}
outside = {k: hit[~changes].mean().item() for k, hit in hits.items()}
columns = {"mask": "", "mean IoU": ".2f", "right pixels": ".1%"}
columns |= {"right where it changes": ".0%", "right elsewhere": ".0%"}
correct = {k: hit.mean().item() for k, hit in hits.items()}
titles = names | {"true edit": "P's mask of the true edit"}
rows = [(n, scores[k][0].mean(), correct[k], inside[k], outside[k]) for k, n in titles.items()]
table("Masks of 520 edits of 40 faces beside the true masks", columns, rows)


# %% tags=["nbval-check-output"]
def where_changed(read):
    """The share of the net gain by the tie (made right minus made wrong) in pixels to change."""
    gains = (read["tied"] == target).float() - (read["apart"] == target).float()
    return (gains[changes].sum() / gains.sum()).item()


print(f"of all pixels, {changes.float().mean():.0%} should change;", end=" ")
print(f"of the net gain (made right minus made wrong), {where_changed(masks):.0%} lies in these")
best = max(masks, key=lambda k: scores[k][0].mean())
verdict(guess_mask, best)
gain_by_wish = scores["tied"] - scores["apart"]  # (1001, 13)
ends = interval(gain_by_wish.mean(axis=1))
claim("the masks of the tied edits are closer to the true ones", ends[0] > 0, n=40, interval=ends)
counts = [overlaps(masks[k], target).sum(dim=(0, 1)).T for k in ("copy", "s_out")]
better = counts[0][0] / counts[0][1] - counts[1][0] / counts[1][1]  # the copy's IoU, by segment
small = target.flatten().bincount(minlength=12) < 0.05 * target.numel()
claim("the copy has the highest IoU", best == "copy", n=40)
little = 0 < correct["s_out"] - correct["copy"] < 0.02
claim("in right pixels s_out is a little better", little, n=40)
worse = (small.sum(), (small & (better > 0)).sum()) == (9, 8)
claim("in eight of the nine small segments", worse, n=40)
claim("most of all at earrings", SEGMENTS[better.argmax()] == "earrings", n=40)
claim("it is better at eyeglasses", better[SEGMENTS.index("eyeglasses")] < -0.1, n=40)
claim("right in almost no pixel that should change", inside["copy"] < 0.05, n=40)
claim("most of the net gain lies where nothing should change", where_changed(masks) < 0.2, n=40)
twice = inside["tied"] - inside["apart"] > 2 * (outside["tied"] - outside["apart"])
claim("more than twice as much where the mask changes", twice, n=40)
claim("G_seg is right in two of three", 0.6 < inside["s_out"] < 0.75, n=40)
low, tied, top = (scores[k][0].mean() for k in ("apart", "tied", "true edit"))
claim("less than a fifth of the way", (tied - low) / (top - low) < 0.2, n=40)

# %% [markdown]
# *What does the tie change?* As P sees it, the masks of the tied edits are closer to the true ones. But P errs on true edits too, so the last row is the top of the scale. From *apart* the tie goes less than a fifth of the way to it.
#
# *Why is the copy so good?* An edit changes few pixels, and the copy keeps the others. In right pixels s_out is a little better. But IoU counts a small segment fully, and in eight of the nine small segments (below `5 %` of the pixels) G_seg is worse, most of all at earrings. So the copy has the highest IoU, though G_seg also draws what a wish adds: it is better at eyeglasses. Yet it is right in almost no pixel that should change (in a few it is right by luck: P misread them). **A high IoU alone does not make a good editor.**

# %% [markdown]
# *What can $G_{seg}$ teach?* Of the pixels that should change, G_seg is right in two of three. From *apart* to *tied*, the share of right pixels (last columns) grows more than twice as much where the mask changes as elsewhere. But such pixels are few. So most of the net gain lies where nothing should change.

# %% [markdown]
# **Is it the tie, or the second GAN itself?** Another pair of trainings was recorded: one seed, ten snapshots, two faces. *Untied* has a $G_{seg}$ too, but $\lambda_{sc} = 0$: nothing passes between the two.

# %% tags=["slide"]
from secgan_lite.course.recorded import load_dynamics

exact = Truth.of(people.subset(2)).tensors()[1]
close, differ = {}, {}
for name, recording in (("untied", "run-d"), ("tied", "run-b")):
    film = load_dynamics(recording)
    p, g = (torch.tensor(film.masks[k][:, :, 1:]).long().transpose(1, 2) for k in ("P", "G_seg"))
    close[name] = {"P's mask": [iou(m, exact) for m in p], "s_out": [iou(m, exact) for m in g]}
    differ[name] = {"P's mask ≠ s_out": (p != g).float().mean(dim=(1, 2, 3, 4)).tolist()}
steps = [snapshot["iteration"] for snapshot in film.scores]
panels = {"mean IoU with the true mask": close, "share of pixels where the two differ": differ}
show(
    figures.tied_and_apart(steps, panels),
    "Two faces: who learns from whom, from snapshot to snapshot?",
)


def gap(score, curve):
    """Tied minus untied, the mean over the second half of training."""
    return sum(score["tied"][curve][5:]) / 5 - sum(score["untied"][curve][5:]) / 5


claim("the tied edits are closer to the truth", gap(close, "P's mask") > 0.05, n=2)
claim("the tied branches differ in fewer pixels", gap(differ, "P's mask ≠ s_out") < -0.03, n=2)
claim("the masks of G_seg gain nothing", gap(close, "s_out") < 0.02, n=2)

# %% [markdown]
# *Who learns from whom?* In the second half of training the tied branches differ in fewer pixels, and the tied edits are closer to the truth (blue). But the masks of G_seg gain nothing (orange). So it seems to be the tie, in one training and on two faces.
#
# **Was it luck?** So far each training has one seed. Lesson [07](07_ablations.ipynb) has two, with `4,000` iterations. *Recognised* is the paper's main score: the share of edits in which a **<dfn>judge</dfn>**, a classifier of attributes that takes no part in the training, sees the wish.

# %% tags=["nbval-check-output"]
from secgan_lite.course.study import chosen, difference, load_study, score

measures = ("counterfactual.mask_iou", "counterfactual.g_seg_iou", "tarr.mean")
study, again = load_study(), {}
alike = {"backbone": "stargan", "iterations": 4000, "teacher": None}
for name, weight in (("untied", 0.0), ("tied", 1.0)):
    runs = chosen(study, method="secgan", lambda_sc=weight, **alike)[:2]
    again[name] = torch.tensor([[score(run, kind) for kind in measures] for run in runs])
rows = [(f"{k}, seed {s}", *again[k][s].tolist()) for s in (0, 1) for k in again]
columns = {"run": "", "IoU of P's mask": ".2f", "IoU of s_out": ".2f", "recognised": ".1%"}
table("Untied and tied with 4,000 iterations, two seeds, 300 faces", columns, rows)
change = again["tied"] - again["untied"]  # (seed, measure)
claim("the tied edits' masks are closer to the truth again", (change[:, 0] > 0.04).all(), n=2)
claim("The masks of G_seg are a little further from it", (change[:, 1] < 0).all(), n=2)
claim("The recognition rate rises with both", (change[:, 2] > 0).all(), n=2)
*_, fall = difference(study, "tarr.mean", lambda_sc=1.0, **alike)["each"]
print(f"recognised, seed 2: SeCGAN − baseline {fall:+.1%}")
claim("with a third seed it falls", fall < 0, n=1)

# %% [markdown]
# *Was it luck?* As P sees them, the tied edits' masks are closer to the truth again, with both seeds. The masks of G_seg are a little further from it. The recognition rate rises with both. But with a third seed it falls, beside the baseline (whose $G_{rgb}$ is untied, too). Lesson 07 asks how to judge such numbers.

# %% [markdown]
# **Do wishes that change no shape gain too?** So far we asked about *pixels*. Now we ask about *wishes*, by IoU, for the 40 faces of the first table.

# %% tags=["nbval-check-output"]
changed = changes.float().mean(dim=(1, 2, 3)).numpy()
columns = {"attribute reversed": "", "pixels of the mask that change": ".1%", "gain in IoU": "+.3f"}
rows = [(NAMES[a], changed[a], gain_by_wish[0, a]) for a in (-changed).argsort(kind="stable")]
table("What a true edit does to the mask, and what the tie gains", columns, rows)
still = changed == 0
moving, resting = gain_by_wish[:, ~still].mean(axis=1), gain_by_wish[:, still].mean(axis=1)
ends = interval(resting - moving)
larger = "wishes that do not" if sum(ends) > 0 else "wishes that change it"
verdict(guess_where, "as much in both" if max(map(abs, ends)) < 0.02 else larger)
claim("seven of the thirteen wishes change no pixel of the mask", still.sum() == 7, n=40)
claim("gain as much IoU as the six others", max(map(abs, ends)) < 0.02, n=40, interval=ends)
claim("every wish gains", gain_by_wish[0].min() > 0, n=13)
claim("no wish gains less than this", gain_by_wish[0].min() > 0.02, n=13)

# %% [markdown]
# *Where does the tie help?* Every wish gains. Seven of the thirteen wishes change no pixel of the mask. Within a margin of $0.02$ (no wish gains less than this) they gain as much IoU as the six others. The interval draws other faces, but not other wishes. So:
#
# > **As P sees it, the tie to the second GAN improves shapes. Most of this gain is that shapes are kept: most pixels should not change. But a pixel that should change profits more than one that should not.**

# %% [markdown] tags=["slide"]
# ## 2. Where the label enters
#
# How do 13 numbers enter a network for images? StarGAN makes a **plane** of each: an image with this value in every pixel.
#
# | symbol | tensor, shape, range | where | beware |
# |---|---|---|---|
# | $x^{in}$ | `x`, (B, 3, h, h), −1 to 1 | channels 0 to 2 | the image comes first |
# | $y^{diff} = y^{trg} - y^{src}$, the wanted labels minus the face's own | `y_diff`, (B, 13), −1, 0 or 1 | channels 3 to 15, one plane each | each face has its own wish |

# %% [markdown] tags=["exercise"]
# ### Exercise A1 · The label's way in
#
# **Goal.** Write what enters StarGAN's first convolution: the image's channels, then a plane for each attribute. **Difficulty** 2 of 5, 10 min. Checked, gradients included. ([Solutions](solutions/03_parallel_branches.ipynb))
#
# <details><summary>Hint 1: what shapes?</summary>Which two axes does the label lack?</details>
# <details><summary>Hint 2: how does a number become a plane?</summary>An axis of length 1 can be stretched. How does PyTorch add one?</details>
# <details><summary>Hint 3: how can I test it?</summary>Print the result for two faces of 2 × 2 pixels.</details>


# %% tags=["exercise", "nbval-check-output"]
def enter(x, y_diff):
    """Images (B, 3, h, h) and wishes (B, n) -> the generator's input, (B, 3 + n, h, h)."""
    # solution
    planes = y_diff[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, planes], dim=1)
    # end


enter = check("03-enter", enter)

# %% [markdown]
# Your function now feeds the trained network's first convolution: a 7 × 7 window, three pixels of zero padding. An **<dfn>instance norm</dfn>** follows: in each channel of each image it subtracts the mean over the pixels, and divides by the standard deviation. *What is left of a constant plane?*
#
# The label's share of the convolution is, for any image $x$,
#
# $$\mathrm{share}(y) = \mathrm{conv}([x, y]) - \mathrm{conv}([x, 0])$$
#
# | symbol | tensor, shape | function | beware |
# |---|---|---|---|
# | $[x, y]$ | (B, 16, h, h) | `enter` | channels, not batch |
# | conv | `entry.weight`, (channels, 16, 7, 7) | [`LabelConv2d`](../secgan_lite/backbones/layers.py) | the padding belongs to it |
# | share | `share`, (13, channels, h, h) | `label_share` | the *image* cancels; 0 is a wish too |
#
# We subtract its mean, as the norm does. Then we do the same without a border: the image is wrapped round.

# %% tags=["slide"]
entry = model.branches["rgb"].generator.entry
h = config.image_size
anyone = torch.zeros(13, 3, h, h)  # the image does not matter: its share cancels
add = torch.eye(13)  # row a: add attribute a


def label_share(mode):
    """The label's share of the first convolution's output (13, channels, h, h)."""
    padded = [F.pad(enter(anyone, wish), (3, 3, 3, 3), mode) for wish in (add, 0 * add)]
    return F.conv2d(padded[0], entry.weight) - F.conv2d(padded[1], entry.weight)


with torch.no_grad():
    share, endless = label_share("constant"), label_share("circular")
centred, centred_endless = (m - m.mean(dim=(2, 3), keepdim=True) for m in (share, endless))
bangs = NAMES.index("Bangs")
channel = int(centred[bangs].abs().amax(dim=(1, 2)).argmax())  # with the largest trace
left = centred[bangs, channel]
maps = {
    "the label's share": share[bangs, channel],
    f"minus its mean ({left[h // 2, h // 2]:+.3f} inside)": left,
    "minus its mean, no border": centred_endless[bangs, channel],
}
show(
    figures.label_maps(maps),
    "In one channel, what does subtracting the mean leave of “add bangs”?",
)

# %% tags=["nbval-check-output"]
with torch.no_grad():
    by_layer = entry.label_share(add, h)
    corner = sum(entry.weight[channel, 3 + bangs, i, j] for i in range(3, 7) for j in range(3, 7))
assert torch.allclose(share, by_layer, atol=1e-5)
assert torch.isclose(corner, by_layer[bangs, channel, 0, 0], atol=1e-5)
print(f"at the corner: a sum of 4 × 4 weights {corner:.3f} = the package's layer")
inner = centred[:, :, 3:-3, 3:-3]
energy = inner.square().sum(dim=(1, 2, 3)) / centred.square().sum(dim=(1, 2, 3))
print(f"of the sum of squares, in the inner pixels: {energy.min():.0%} to {energy.max():.0%}")
claim("nothing is left, in any channel", centred_endless.abs().max() < 1e-5)
claim("most of the label lies in the frame", energy.max() < 0.5, n=13)
claim("every inner pixel gets the same number", inner.std(dim=(2, 3)).max() < 1e-5)
claim("the number is not zero", inner.abs().amax(dim=(1, 2, 3)).min() > 1e-3, n=13)

# %% [markdown]
# *What is left of the label?* Without a border the share is constant, and the norm subtracts it: nothing is left, in any channel. Such a generator could not know its wish.
#
# *What does the border change?* Near it a part of the window meets zeros, so the label adds another number there. At this size most of the label lies in the frame, three pixels wide.
#
# *And inside?* The mean is taken over the frame too. So every inner pixel gets the same number, and the number is not zero.

# %% [markdown]
# ## 3. From images to masks
#
# What must change so that a GAN edits masks? The first and the last layer, says A.1 of the paper. A [`Modality`](../secgan_lite/modalities.py) says the rest:
#
# | modality | channels | last activation | real input of D | reconstruction |
# |---|---|---|---|---|
# | `RGB` | 3 | tanh: −1 to 1 | the image | mean absolute error, Eq. 5 |
# | `SEMANTIC` | 12 | softmax over 12 segments | P's arg-max, one-hot | cross entropy, Eq. 10 |

# %% tags=["nbval-check-output"]
both_g = (model.branches[name].generator.named_parameters() for name in ("rgb", "semantic"))
pairs = [(name, tuple(w.shape), tuple(v.shape)) for (name, w), (_, v) in zip(*both_g, strict=True)]
other = [pair for pair in pairs if pair[1] != pair[2]]
for name, in_rgb, in_seg in other:
    print(f"{name}: {in_rgb} in G_rgb, {in_seg} in G_seg")
print(f"the other {len(pairs) - len(other)} tensors of weights have equal shapes")
claim("Only the first and the last layer have other shapes", other == [pairs[0], pairs[-1]])

# %% [markdown]
# *What did change?* Only the first and the last layer have other shapes.

# %% [markdown] tags=["slide"]
# ## 4. Mutual learning
#
# In **<dfn>distillation</dfn>** a trained *teacher* teaches a new network, the *pupil*. In **mutual learning** (Zhang et al., 2018) two beginners teach each other, as SeCGAN's generators do (§3.2).

# %% [markdown] tags=["slide"]
# ### One pixel first
#
# Two beginners disagree about a pixel: *glasses* or *skin*? Each branch has one number, its **log-odds** for glasses: $a$ in the image branch, $b$ in the mask branch. Far from 0 means sure. The probability of glasses is $\sigma(a) = 1/(1 + e^{-a})$. With a target $t$ the cross entropy has the slope
#
# $$\frac{\partial}{\partial a}\Big(-t\log\sigma(a) - (1 - t)\log(1 - \sigma(a))\Big) = \sigma(a) - t$$
#
# So $a$ rests where $\sigma(a) = t$. A **soft target** is the teacher's probability, $t = \sigma(b)$: then $a$ rests at $b$. A **hard target** is the teacher's decision, 0 or 1: $\sigma(a)$ never reaches it, so $a$ moves on.

# %% tags=["nbval-check-output"]
from secgan_lite.course.widgets import PixelDuel, descend

a, b = torch.tensor([1.0, -2.0]).requires_grad_()
for name, t in (("hard", (b > 0).float()), ("soft", b.sigmoid())):
    slope = torch.autograd.grad(F.binary_cross_entropy_with_logits(a, t.detach()), a)[0]
    assert torch.isclose(slope, a.sigmoid() - t)  # autograd = the formula
    print(f"{name} target {t:.2f}: a = {a:.0f} has the slope {slope:.2f}")

# %% [markdown]
# Both push $a$ towards skin, the hard target more. Between hard and soft lie the targets $t = \sigma(b/T)$, with a temperature $T$. Start at $a = 1$, $b = -2$: the image branch says "glasses", which is true, and the mask branch is surer of "skin". **For which $T$ do the two stop becoming sure?** Move the sliders. (No sliders? See the picture, and the numbers below it.) In the picture's last panel both also learn the true label, as in Deep Mutual Learning.

# %% [markdown]
# | symbol | tensor, range | function | beware |
# |---|---|---|---|
# | $a$, $b$ | columns of `start`, (N, 2), any | [`descend`](../secgan_lite/course/widgets/pixel_duel.py) | log-odds: $\sigma$ makes probabilities |
# | $t$ | `targets`, 0 to 1 | in `descend` | a constant: no gradient reaches the teacher |
# | $T$ | `temperature`, at least 0 | in `descend` | $T = 0$ means the decision; nothing is divided |

# %% tags=["widget", "nbval-ignore-output"]
PixelDuel()

# %% tags=["slide"]
start = torch.tensor([[1.0, -2.0]])
family = {
    "hard, T = 0 (SeCGAN)": descend(start, 0.0)[:, 0],
    "T = 0.5": descend(start, 0.5)[:, 0],
    "soft, T = 1": descend(start, 1.0)[:, 0],
    "soft, T = 1, true label": descend(start, 1.0, labelled=True)[:, 0],
}
show(figures.pixel_duels(family), "Which branch gives way, and do both become sure?")

# %% tags=["nbval-check-output"]
for T in (0.0, 0.5, 0.8, 0.9, 1.0, 1.2):
    says = descend(start, T, steps=2000)[-1, 0].sigmoid().tolist()
    print(f"T = {T}: at the end, glasses with probability {says[0]:.2f} and {says[1]:.2f}")
hard, half, soft, labelled = (path[-1] for path in family.values())
starts = torch.cartesian_prod(*torch.linspace(-2.5, 2.5, 6).repeat(2, 1))
surer = starts.gather(1, starts.abs().argmax(dim=1, keepdim=True)).sign()
clear = (starts.prod(dim=1) < 0) & (starts.abs().diff(dim=1)[:, 0].abs() > 0.3)
won = (descend(starts, 0.0)[-1].sign() == surer)[clear].all()
claim("the branch that was less sure gives way", won, n=int(clear.sum()))
claim("at T = 0 and at T = 0.5 both end sure", max(hard.max(), half.max()) < -1.8)
claim("at T = 1 they meet half-way and stop", (soft + 0.5).abs().max() < 0.1)
doubt = (descend(start, 1.2, steps=2000)[-1].sigmoid() - 0.5).abs().max()
claim("above, both end in doubt", doubt < 0.05)
claim("with the true label both end sure of the truth", labelled.min() > 2)

# %% [markdown]
# *Who gives way?* With hard targets the branch that was less sure gives way, from 12 other starts too. Here it is the image branch, which was right.
#
# *Do both become sure?* Below T = 1 they do: at T = 0 and at T = 0.5 both end sure. At T = 1 they meet half-way and stop; above, both end in doubt. Why? When they have met, the pupil says $\sigma(a)$, and its target is $\sigma(a/T)$. For $T < 1$ the target is surer, so both go on.

# %% [markdown]
# *What does the true label change?* With the true label both end sure of the truth. SeCGAN has none, but other losses, which the toy leaves out. **In the toy, from these starts, hard targets make both sure: of a right decision, or of a wrong one.**

# %% [markdown] tags=["slide"]
# ### All pixels: Eq. 11 and 12
#
# In each pixel a branch has 12 *probabilities* and a *decision*: 1 for the likeliest segment, else 0 (one-hot). Beware of the paper's marks: for images the mark says *decision*, for masks *probabilities*.
#
# | | probabilities | decision |
# |---|---|---|
# | image branch | $P(x^{out})$ | $\bar P(x^{out})$, a bar |
# | mask branch | $\hat s^{out}$, a hat | $s^{out}$ |
#
# The decision of one branch teaches the probabilities of the other:
#
# $$\mathcal L^{rgb}_{sc} = -\frac1{HW}\sum_{i,j} s^{out}_{ij}\cdot\log P(x^{out})_{ij} \qquad\text{(11)} \qquad\qquad \mathcal L^{seg}_{sc} = -\frac1{HW}\sum_{i,j} \bar P(x^{out})_{ij}\cdot\log\hat s^{out}_{ij} \qquad\text{(12)}$$
#
# In Eq. 11 $G_{seg}$ teaches, in Eq. 12 $G_{rgb}$.

# %% [markdown]
# | symbol | tensor, shape | range | function | beware |
# |---|---|---|---|---|
# | $\log P(x^{out})$ | `log_p`, (B, 12, h, h) | at most 0 | [`P`](../secgan_lite/parsing/parser.py) returns *log*-probabilities; `.exp()` makes probabilities | no `no_grad`: the gradient passes through P |
# | $\log\hat s^{out}$ | `raw`, (B, 12, h, h), before the softmax | any | [`Model.translate`](../secgan_lite/secgan.py)`(batch)["semantic"].raw` | cross entropy takes the log-softmax |
# | $s^{out}$, $\bar P$ | arg-max of `raw`, of `log_p`, (B, h, h) | 0 to 11: the index of the 1 in the formula | `argmax(dim=1)` | over segments; no gradient |
# | Eq. 11 and 12 | a number | at least 0 | [`losses.semantic_consistency`](../secgan_lite/losses.py) | minus; mean over pixels (H = W = h) and faces, *not* over segments |

# %% tags=["nbval-check-output"]
draws = stream(seed, "two masks")
toy_p = torch.randn(2, 12, 3, 3, generator=draws).log_softmax(dim=1)
toy_raw = torch.randn(2, 12, 3, 3, generator=draws)
naive = [0.0, 0.0]  # Eq. 11 and 12 in plain loops
for face in range(2):
    for i in range(3):
        for j in range(3):
            p, q = toy_p[face, :, i, j], toy_raw[face, :, i, j].log_softmax(dim=0)
            naive[0] -= p[q.argmax()].item() / (2 * 3 * 3)
            naive[1] -= q[p.argmax()].item() / (2 * 3 * 3)
print(f"two faces of 3 × 3 pixels: Eq. 11 is {naive[0]:.4f}, Eq. 12 is {naive[1]:.4f}")

# %% [markdown]
# *Does the rule of one pixel, "the surer branch wins", hold in a network?* Which branch is surer where the decisions $\bar P(x^{out})$ and $s^{out}$ disagree? As a control, we ask the same with the edits of the training that had no $G_{seg}$.

# %% tags=["nbval-check-output"]
with torch.no_grad():
    sure_p = {k: torch.stack([P(e).exp().amax(dim=1) for e in made]) for k, made in edits.items()}
sure_g, surer_g = s_hat.amax(dim=2), {}
for name in editors:
    dispute = masks[name] != s_out
    surer_g[name] = (sure_g > sure_p[name])[dispute].float().mean().item()
    print(f"{name}: of the disputed pixels, G_seg is surer in {surer_g[name]:.0%}")
claim("G_seg is surer in most disputed pixels", min(surer_g.values()) > 0.6, n=40)
as_often = abs(surer_g["tied"] - surer_g["apart"]) < 0.05
claim("as often beside the edits that it never taught", as_often, n=40)

# %% [markdown]
# *Which branch is surer?* G_seg is surer in most disputed pixels, but as often beside the edits that it never taught. So this number says how sure two networks are, not who gives way. In a network other losses pull too: **the toy's rule is not shown here.**

# %% [markdown] tags=["exercise", "slide"]
# ### Exercise A2 · Both directions
#
# **Goal.** Write Eq. 11 and Eq. 12 in one function, with SeCGAN's hard targets. **Difficulty** 2 of 5, 15 min. Checked, gradients included. ([Solutions](solutions/03_parallel_branches.ipynb))
#
# <details><summary>Hint 1: who is who?</summary>The pupil's <i>probabilities</i> enter, and the teacher's <i>decision</i>.</details>
# <details><summary>Hint 2: which loss?</summary><code>F.cross_entropy</code> takes targets in two forms. Which form is a decision?</details>
# <details><summary>Hint 3: logits or log-probabilities?</summary>What is the log-softmax of log-probabilities? Their exponentials add up to 1.</details>


# %% tags=["exercise", "nbval-check-output"]
def mutual(log_p, raw):
    """(Eq. 11, which teaches G_rgb; Eq. 12, which teaches G_seg).

    log_p: log P(x_out), (B, 12, h, h); raw: G_seg's output before its softmax, (B, 12, h, h).
    """
    # solution
    return F.cross_entropy(log_p, raw.argmax(dim=1)), F.cross_entropy(raw, log_p.argmax(dim=1))
    # end


mutual = check("03-mutual", mutual)

# %% tags=["nbval-check-output"]
for by_hand, mine in zip(naive, mutual(toy_p, toy_raw), strict=True):
    assert torch.isclose(mine, torch.tensor(by_hand))
    print(f"loops {by_hand:.4f} = exercise A2 {mine:.4f}")

# %% [markdown]
# ### Who learns from whom: a proof by gradients
#
# How large is each loss's gradient for the weights of each network? The discriminators take no part in either loss.

# %%
faces = six_faces(config.image_size, seed)
y_src = torch.from_numpy(faces.labels).float()
batch = batch_for(model, faces, y_src.roll(1, dims=0))
networks = {"G_rgb": model.branches["rgb"].generator, "G_seg": model.branches["semantic"].generator}
networks["P"] = model.parser


def reach(loss):
    """Norm of a loss's gradient for the weights of every network, 0 where none arrives."""
    norms = {}
    for name, part in networks.items():
        learning = [w for w in part.parameters() if w.requires_grad]
        norms[name] = 0.0
        if learning and loss.requires_grad:
            found = torch.autograd.grad(loss, learning, retain_graph=True, allow_unused=True)
            norms[name] = sum(g.square().sum().item() for g in found if g is not None) ** 0.5
    return norms


# %% tags=["slide"]
translation = model.translate(batch)
log_p = model.parser(translation["rgb"].out)
raw = translation["semantic"].raw
eq_11, eq_12 = mutual(log_p, raw)
for mine, theirs in zip((eq_11, eq_12), model.consistency(translation).values(), strict=True):
    assert torch.isclose(mine, theirs)  # exercise A2 = the package, with the real networks
soft_target = raw.softmax(dim=1)
with torch.no_grad():
    no_grad = mutual(model.parser(translation["rgb"].out), raw)[0]
flow = {
    "Eq. 11": reach(eq_11),
    "Eq. 12": reach(eq_12),
    "Eq. 11, soft target, not detached": reach(-(soft_target * log_p).sum(dim=1).mean()),
    "Eq. 11, P under no_grad": reach(no_grad),
}
rows = [(loss, *norms.values()) for loss, norms in flow.items()]
table("Norm of the gradient, by network", {"loss": "", **dict.fromkeys(networks, ".2g")}, rows)

# %% tags=["nbval-check-output"]
pupils = {loss: [n for n, v in norms.items() if v] for loss, norms in flow.items()}
verdict(guess_taught, " and ".join(pupils["Eq. 11"]))
claim("teach one network each", pupils["Eq. 11"] == ["G_rgb"] and pupils["Eq. 12"] == ["G_seg"])
claim("Eq. 11 also moves the teacher", "G_seg" in pupils["Eq. 11, soft target, not detached"])
claim("Eq. 11 teaches nobody", not pupils["Eq. 11, P under no_grad"])

# %% [markdown] tags=["slide-more"]
# *Who learns from whom?* Eq. 11 and Eq. 12 teach one network each. The gradient of Eq. 11 passes *through* P to $G_{rgb}$. An arg-max has no derivative, so none reaches $G_{seg}$.
#
# *What can go wrong?* P's own weights are frozen. So P's 0 is no measurement: we count no frozen weights. If a soft target is not detached, Eq. 11 also moves the teacher. With P under `no_grad`, Eq. 11 teaches nobody.

# %% [markdown]
# ## 5. Is the gain real?
#
# P measured the gain, but $G_{rgb}$ was taught through P. Perhaps it has learned what P *likes*, not what is true. The **witness** is a second parser, with other first weights and training faces; no editor has learned from it. It is built like P: if both have the same weakness, this test cannot find it.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Another parser
#
# **Goal.** *Predict first* how large a gain the witness sees, beside P. Then write `gain`, with the parser as an argument. At the end stands an open question, which nothing checks. **Difficulty** 3 of 5, 15 min. Checked. ([Solutions](solutions/03_parallel_branches.ipynb))
#
# <details><summary>Hint 1: how do edits become masks?</summary>A parser takes images (B, 3, h, h): one wish at a time. How does section 1 make <code>masks</code>?</details>
# <details><summary>Hint 2: which score?</summary>Section 1 has the function <code>iou</code>.</details>
# <details><summary>Hint 3: is it right?</summary>For P, the first table has two numbers with this difference.</details>

# %% tags=["exercise", "nbval-check-output"]
guess_witness = ""  # beside P's, a gain that is "larger", "the same", "smaller" or "none"
next_test = ""  # one sentence: what else would tell P's taste from the truth?


def gain(parser, tied, apart, target):
    """Mean IoU of the tied edits minus that of the edits apart, as `parser` sees them.

    tied, apart: edits (wishes, B, 3, h, h); target: true segments (wishes, B, h, h).
    """
    # solution
    with torch.no_grad():
        seen = [torch.stack([parser(e).argmax(dim=1) for e in edits]) for edits in (tied, apart)]
    return iou(seen[0], target) - iou(seen[1], target)
    # end


gain = check("03-gain", gain)

# %% tags=["solution"]
assert gain(P, edits["tied"], edits["apart"], target) > 0.05

# %% tags=["nbval-check-output"]
from secgan_lite.parsing.parser import load_witness

witness = load_witness(32)
by_p, by_witness = (gain(parser, edits["tied"], edits["apart"], target) for parser in (P, witness))
print(f"gain: {by_p:.3f} by P, {by_witness:.3f} by the witness")
with torch.no_grad():
    seen = {k: torch.stack([witness(e).argmax(dim=1) for e in made]) for k, made in edits.items()}
    seen["copy"] = witness(x).argmax(dim=1).expand_as(target)
    seen["true edit"] = torch.stack([witness(edit).argmax(dim=1) for edit in x_target])
judged = {k: (scores[k].mean(axis=1), by_wish(mask).mean(axis=1)) for k, mask in seen.items()}
pictures = edits | {"copy": x, "true edit": x_target}
off = {k: 127.5 * (e - x_target).abs().mean(dim=(2, 3, 4)).T for k, e in pictures.items()}
far_by_wish = {k: faces_drawn.totals(error.numpy()) / 40 for k, error in off.items()}  # (1001, 13)
far = {k: error.mean(axis=1) for k, error in far_by_wish.items()}  # (1001,)
columns = {"edit": "", "IoU, P": ".3f", "IoU, witness": ".3f", "error, grey levels": ".1f"}
rows = [(k, p[0], w[0], far[k][0]) for k, (p, w) in judged.items()]
table("Two parsers judge the same edits, and the pixels' error to the true edit", columns, rows)
gains = [tied - apart for tied, apart in zip(judged["tied"], judged["apart"], strict=True)]
verdict(guess_witness, f"the witness sees {by_witness / by_p:.0%} of P's gain")
ends, of_p = interval(gains[1]), interval(gains[1] / gains[0])
copy, pixels = interval(judged["copy"][1] - judged["copy"][0]), interval(far["tied"] - far["apart"])
claim("both parsers read the copy about as well", max(map(abs, copy)) < 0.02, n=40, interval=copy)
claim("the witness sees a gain too", ends[0] > 0.02, n=40, interval=ends)
claim("more than half of what P sees", of_p[0] > 0.5, n=40, interval=of_p)
hardly = max(map(abs, pixels)) < 1
claim("the tie hardly changes the mean error in the pixels", hardly, n=40, interval=pixels)
claim("the copy has half of that error", far["copy"][0] < 0.55 * far["tied"][0], n=40)
claim("the witness too sees most where nothing should change", where_changed(seen) < 0.2, n=40)

# %% [markdown]
# *Is the gain real?* Partly: the witness sees a gain too, more than half of what P sees. Of the net gain, the witness too sees most where nothing should change. Both parsers read the copy about as well, so the rest may be P's taste. **Test an editor with a parser that has not trained it.** But over all wishes the tie hardly changes the mean error in the pixels (by less than one grey level of 255), and the copy has half of that error.

# %% tags=["nbval-check-output"]
shift = far_by_wish["tied"] - far_by_wish["apart"]  # (1001, 13)
male, bald, blond = (shift[:, NAMES.index(name)] for name in ("Male", "Bald", "Blond_Hair"))
print("error in grey levels, tied minus apart:", end=" ")
print(f"Male {male[0]:+.1f}, Bald {bald[0]:+.1f}, Blond_Hair {blond[0]:+.1f}")
closer, ends, further = interval(male), interval(bald), interval(blond)
claim("the error falls for Male", closer[1] < -1, n=40, interval=closer)
claim("rises for Bald", ends[0] > 1, n=40, interval=ends)
claim("and for Blond_Hair", further[0] > 1, n=40, interval=further)
claim("Bald gains most IoU of all wishes", NAMES[gain_by_wish[0].argmax()] == "Bald", n=40)

# %% [markdown]
# *Is that so for each wish?* No, the wishes cancel: the error falls for Male, and it rises for Bald and for Blond_Hair. Yet Bald gains most IoU of all wishes: a better shape is no better picture.

# %% [markdown]
# ## 6. Four places for labels
#
# $y^{src}$ (`y_src`) are the labels of the face, $y^{trg}$ (`y_trg`) the wanted ones. Each branch meets labels in four places ([02](02_losses.ipynb) writes the equations): when G edits, when G reconstructs (Eq. 5 and 10), when D learns from real faces (Eq. 3), and in G's classification loss (Eq. 4). A wish for a hair colour takes the old colour away: it holds a −1 too.

# %% [markdown] tags=["exercise"]
# ### Exercise C · Three patients
#
# **Goal.** A, B and C give labels to our trained networks, each with one mistake. Find the causes *from the symptoms*, then write the right labels. **Difficulty** 3 of 5, 15 min. Checked. ([Solutions](solutions/03_parallel_branches.ipynb))
#
# Each patient has one of these causes:
#
# - `"the target"`: G gets `y_trg` to edit, `y_src` to reconstruct;
# - `"no sign"`: −1 has become +1;
# - `"the wrong sign"`: +1 and −1 are exchanged;
# - `"D's labels"`: D gets `y_trg` for real faces, and Eq. 4 gets `y_src`.
#
# <details><summary>Hint 1: what can be excluded?</summary>Which labels still matter after training?</details>
# <details><summary>Hint 2: what does a removal look like?</summary>Which numbers do <code>y_trg</code> and the difference hold? Which could mean "leave it"?</details>
# <details><summary>Hint 3: two patients fail to remove. What differs?</summary>Compare the reconstruction errors.</details>
# <details><summary>Hint 4: and the code of <code>labels</code>?</summary>Is each of the four told what a face has, or what should change?</details>

# %% tags=["nbval-check-output"]
from secgan_lite.evaluation import load_judge

forty = datasets.load("synthetic", "test", config.image_size, count=40, seed=seed)
x_all, y_all, _ = batch_of(forty)
judge = load_judge(config).of(forty.attributes)
y_wish = single_flips(y_all, resolved=True)  # (13, 40, 13)
own = torch.eye(13).bool()[:, None].expand_as(y_wish)  # the attribute that is reversed
groups = {"to add": own & (y_all == 0), "to remove": own & (y_all == 1), "to keep": y_wish == y_all}
rgb = model.branches["rgb"]
given = {"right": four_labels.labels} | {k: give for k, (_, give) in four_labels.PATIENTS.items()}
samples, logits, symptoms = {}, {}, {}
with torch.no_grad():
    for name, give in given.items():
        told = [give(y_all, wish) for wish in y_wish]
        samples[name] = torch.stack([rgb.edit(x_all, edit).out for edit, *_ in told])
        logits[name] = torch.stack([judge(made) for made in samples[name]])  # (13, 40, 13)
        seen_right = (logits[name] > 0) == (y_wish > 0)
        error = 127.5 * (rgb.edit(x_all, told[0][1]).out - x_all).abs().mean().item()
        symptoms[name] = [seen_right[g].float().mean().item() for g in groups.values()] + [error]
by_group = {f"judge sees it: {group}": ".0%" for group in groups}
columns = {"labels": "", **by_group, "reconstruction error, grey levels": ".1f"}
table("Symptoms, 520 edits", columns, [(name, *found) for name, found in symptoms.items()])
healthy, of_a, of_b, of_c = symptoms.values()
claim("most removals of A and B fail", max(of_a[1], of_b[1]) < 0.5 < healthy[1], n=40)
worse = of_a[3] > 1.3 * healthy[3] and of_b[3] == healthy[3]
claim("reconstructions of A change the face more", worse, n=40)
hair = torch.tensor(["Hair" in name for name in NAMES])[:, None, None]
lost = (logits["right"] > 0) & (logits["B"] <= 0) & groups["to add"]
of_hair, others = (lost & hair).sum(), (lost & ~hair).sum()
claim("B fails in some additions too: in hair colours", of_hair > 4 * others, n=40)
claim("C has no symptom", of_c == healthy)

# %%
tries = {"add\nbangs": "Bangs", "add\npale skin": "Pale_Skin"}
tries |= {"remove\nblond hair": "Blond_Hair", "remove\nblack hair": "Black_Hair"}
asked = torch.tensor([NAMES.index(name) for name in tries.values()])
removal = torch.tensor([[0], [0], [1], [1]])
first = y_all[:, asked].T.eq(removal).int().argmax(dim=1)  # the first face that the wish fits
rows_shown = {"input": x_all[first]}
for name in ("right", "A", "B"):
    seen_by_judge = logits[name][asked, first, asked] > 0
    rows_shown[f"labels: {name}"] = samples[name][asked, first], seen_by_judge != removal[:, 0]
rows_shown["true edit"] = Truth.of(forty).tensors()[0][asked, first]
show(figures.agreement(rows_shown, [*tries]), "✓ The judge sees the wish: who adds, who removes?")

# %% [markdown]
# *Symptoms.* Most removals of A and B fail. B fails in some additions too: in hair colours. Reconstructions of A change the face more than the right ones, those of B do not. C looks like *right*: C has no symptom.


# %% tags=["exercise", "nbval-check-output"]
# solution
diagnosis = {"A": "the target", "B": "no sign", "C": "D's labels"}
# lesson
# diagnosis = {"A": "", "B": "", "C": ""}  # each one of the four causes
# end
print(four_labels.diagnosed(diagnosis))


def labels(y_src, y_trg):
    """Four labels (B, n): G when editing, G when reconstructing, D on real faces, G's Eq. 4."""
    # solution
    return y_trg - y_src, torch.zeros_like(y_src), y_src, y_trg
    # end


labels = check("03-labels", labels)

# %% [markdown]
# <details><summary>Why these symptoms? (After the exercise)</summary>G was taught with differences, so 0 means "leave it" and +1 means "add it". A's target has 0 for what should go, so mostly it stays. The target also has 1 for all that the face has already. So A asks to add it again, even to reconstruct: the face changes more. B says +1, "add it", where it should say −1: removals fail, and a new hair colour does not replace the old one. To reconstruct, B says 0, which is right. C's mistake hurts only in training.</details>

# %% [markdown]
# ## 7. What it costs
#
# SeCGAN's rival in the paper is **<dfn>Concat</dfn>** (§4.5): one generator that gets the mask of the input as 12 more channels.
#
# SeCGAN has "twice the baseline's complexity during training" (§5). We count an iteration's multiplications. D learns in each iteration, G in every N-th: N is 5 in the paper, 1 in our lessons. With $c_D$ for an iteration of D alone and $c_G$ for one where both learn, the mean is
#
# $$c = \frac{(N - 1)\,c_D + c_G}{N}$$
#
# | symbol | tensor | function | beware |
# |---|---|---|---|
# | $c_D$, $c_G$ | `d`, `g` | [`counted`](../secgan_lite/course/anatomy.py) | $c_G$ includes D's share; backward passes count |

# %% tags=["nbval-check-output", "slide"]
from secgan_lite.course.anatomy import counted, iteration
from secgan_lite.parsing import Parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.secgan import Batch, Model

work = {}
with torch.device("meta"):
    image, segments = torch.empty(1, 3, 128, 128), torch.empty(1, 128, 128).long()
    one = Batch(image, segments, *torch.empty(2, 1, 13))
    for method in ("baseline", "concat", "secgan"):
        size = backbones.get(backbone).size(image_size=128)
        whole = Model(method, backbone, size, parser=Parser(UNet(width=16, levels=5)))
        d, g = (counted(partial(iteration, whole, one, turn)) / 1e9 for turn in (False, True))
        work[method] = g, (4 * d + g) / 5
times = {m: torch.tensor(w) / torch.tensor(work["baseline"]) for m, w in work.items()}
columns = {"method": "", "N = 1": ".1f", "N = 5": ".1f"}
columns |= {"times baseline, N = 1": ".2f", "times baseline, N = 5": ".2f"}
rows = [(method, *work[method], *times[method].tolist()) for method in work]
table(f"Billion multiply-adds per image and iteration, {backbone} at 128 px", columns, rows)
claim("SeCGAN doubles the work, with N = 1 and with N = 5", abs(times["secgan"] - 2).max() < 0.2)
claim("Concat adds a few percent", 1 < times["concat"].min() < times["concat"].max() < 1.06)

# %% [markdown] tags=["slide-more"]
# *What does training cost?* SeCGAN doubles the work, with N = 1 and with N = 5. (Time is another count: see the [appendix](training_appendix.md).) Concat adds a few percent, but it needs P for every later edit; SeCGAN needs $G_{rgb}$ alone.

# %% [markdown]
# ## What goes wrong, and limits
#
# Can the branches agree on a wrong mask? And does a wish change more than it names?

# %% tags=["nbval-check-output"]
fooled, wrongly = {}, {}
for k in editors:
    agree = masks[k] == s_out
    fooled[k] = agree & (s_out != target)  # both say the same, and it is wrong
    counts = [m.sum(dim=(0, 2, 3)).numpy() for m in (fooled[k], agree)]
    wrongly[k] = faces_drawn.totals(counts[0]) / faces_drawn.totals(counts[1])
    print(f"{k}: of the pixels where both branches agree, {wrongly[k][0]:.1%} are wrong")
ends = interval(wrongly["tied"] - wrongly["apart"])
as_many = max(map(abs, ends)) < 0.005
claim("about as many of the agreed pixels are wrong", as_many, n=40, interval=ends)
with torch.no_grad():
    unasked = (judge(rgb.edit(x_all, 0 * y_all).out) > 0) != (judge(x_all) > 0)
    moved = (logits["right"][NAMES.index("Pale_Skin")] > 0) != (judge(x_all) > 0)
leaks = [m[:, NAMES.index("Male")].float().numpy() for m in (moved, unasked)]
leak, plain = (faces_drawn.totals(m) / 40 for m in leaks)  # (1001,) each
for what, share_of in (("reversing Pale_Skin", leak), ("an edit with wish 0", plain)):
    between = "{:.0%} to {:.0%}".format(*interval(share_of))
    print(f"{what} changes the judge's Male on {share_of[0]:.0%} of the faces ({between})")
ends = interval(leak - plain)
claim("more often than an edit with wish 0", ends[0] > 0, n=40, interval=ends)
claim("does so too", interval(plain)[0] > 0.05, n=40, interval=interval(plain))

# %%
rows_shown = {"true mask": target[typical]}
for k, found in fooled.items():
    both_err = torch.where(found, s_out, target)  # wrong only where both are
    rows_shown[f"both wrong, and alike, {k}"] = both_err[typical], target[typical]
show(figures.agreement(rows_shown, asked_for(middle), side=1.05), "Where do both err alike?")

# %% [markdown]
# **Agreement is not truth.** In the black pixels both agree on a wrong segment, so the consistency loss sees no mistake. But it does not cause most of them: beside the edits *apart*, which never met $G_{seg}$, about as many of the agreed pixels are wrong.
#
# **A wish leaks.** Reversing *Pale_Skin* changes what the judge says of *Male* more often than an edit with wish 0. But that edit, which asks for nothing, does so too. On photographs, such leaks can carry prejudice.
#
# **Few trainings, drawn faces.** The intervals resample 40 faces; they cover neither other wishes nor other trainings. Sections 1 and 5 use a training of `800` iterations, the leak and section 6 one of `1000`, the two seeds of section 1 runs of `4000`: don't compare their numbers. And our $\lambda_{sc}$ is 100 times the `0.01` that the paper prints, so these gains are not the paper's.

# %% [markdown] tags=["slide"]
# ## Summary
#
# 1. As two parsers see it, in one pair of trainings, the second GAN mostly teaches to keep shapes. The second parser sees more than half of the gain; the tie hardly changes the mean error in the pixels, as it falls for some wishes and rises for others. In the longer trainings the tied masks of $G_{seg}$ are worse than the untied ones.
# 2. StarGAN's label enters as constant planes. The instance norm removes the plane: what stays is a frame at the border and one small number inside.
# 3. Eq. 11 teaches $G_{rgb}$, through P; Eq. 12 teaches $G_{seg}$. In the toy, from our starts, hard targets make both sure, soft ones neither.
# 4. A wrong label gives no error, and sometimes no symptom.
# 5. SeCGAN doubles the work of training, and adds none afterwards.

# %% [markdown] tags=["slide"]
# ## Quiz
#
# 1. Which networks must be shipped to edit a photo with SeCGAN, and which with Concat? <details><summary>Answer</summary>G_rgb alone; G and P.</details>
# 2. In Eq. 11 P's output enters as log-probabilities, in Eq. 12 as an arg-max. Why? <details><summary>Answer</summary>In Eq. 11 P speaks for the pupil, and a gradient must pass; in Eq. 12 for the teacher.</details>
# 3. For one model $c_G = 3\,c_D$. How many times $c_D$ is the mean cost of an iteration, with N = 1 and with N = 5? <details><summary>Answer</summary>3, and (4 · 1 + 3) / 5 = `1.4`.</details>
#
# ## References
#
# - Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), 2021: §3.2 with Eq. 11 and 12 (10 min), §4.5 for Concat (5 min).
# - Zhang et al., [Deep Mutual Learning](https://arxiv.org/abs/1706.00384), 2018: §3 (15 min).
# - Choi et al., [StarGAN](https://arxiv.org/abs/1711.09020), 2018: §3.1 (15 min).
#
# Next: [04 · Train](04_train.ipynb).

# %% tags=["nbval-ignore-output"]
footer()
