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
# # 03 · Parallel branches: two GANs that teach each other
#
# **Question.** SeCGAN trains a second GAN that edits masks and never sees an image. What does the second GAN add to the first?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 30 min, exercises 55 min | 1 min | about 1 GB | [02 · Losses](02_losses.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), §3 and A.1.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **measure** what the second GAN changes, with true masks and two judges (section 1, exercise B);
# 2. **write** the label's way into a generator, and **see** what an instance norm leaves of it (A1);
# 3. **write** the consistency loss (A2), and **prove** by gradients who learns from whom;
# 4. **find** wrong labels from their symptoms (C);
# 5. **count** the cost of an iteration.
#
# ## Contents
#
# [The map](#The-map) · [What it adds](#1.-What-does-the-second-GAN-add?) · [Where the label enters](#2.-Where-the-label-enters) · [From images to masks](#3.-From-images-to-masks) · [Mutual learning](#4.-Mutual-learning) · [Four labels](#5.-Four-places-for-labels) · [Cost](#6.-What-it-costs) · [Limits](#What-goes-wrong,-and-limits) · [Glossary](glossary.md)
#
# *In a 50-minute class: sections 1 and 4, exercise A2.*

# %% [markdown]
# ## Parameters
#
# A trained SeCGAN comes with the course; `run_dir` puts a run of your own in its place.

# %% tags=["parameters"]
backbone: str = "stargan"  # whose cost section 6 counts: "stargan", "attgan" or "stgan"
run_dir: str = ""  # folder of a finished run of method "secgan", for sections 2, 4, 5 and 6's times
seed: int = 0  # of random inputs

# %% tags=["setup"]
from functools import partial
from typing import Literal

import torch
from torch.nn import functional as F

from secgan_lite import backbones, datasets, losses, modalities
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
from secgan_lite.support.randomness import stream

# %%
settings(globals(), backbone=Literal["stargan", "attgan", "stgan"], run_dir=str, seed=int)
from secgan_lite.course.model import batch_for, load_model

model, config = load_model(run_dir)

# %% [markdown]
# ## The map

# %%
show(
    figures.method_map(("G", "P", "consistency", "faces")),
    "What do the two generators share, and what ties them together?",
)

# %% [markdown]
# Both generators get the same wish $y^{diff}$. $G_{rgb}$ edits the image, $G_{seg}$ edits its mask. The parser P reads a mask from the edited image, $P(x^{out})$. The *consistency* loss asks that $P(x^{out})$ equals the mask from $G_{seg}$, $s^{out}$.
#
# After training only $G_{rgb}$ is kept. So the question is what $G_{rgb}$ learns from $G_{seg}$.
#
# ### Predict first
#
# (1) Two trained $G_{rgb}$ edit the same faces, and P reads the masks of the edits. *Tied* was trained with the consistency loss, *apart* without it. *Copy* is the mask of the input. Which of the three masks is closest to the truth?
#
# (2) Some wishes change the mask ("add eyeglasses"), others do not ("hair to blond"). Where does the tie help more?
#
# (3) Eq. 11 compares $P(x^{out})$ with $s^{out}$: in each pixel the segment that $G_{seg}$ finds likeliest. Whose *weights* get a gradient from it?
#
# Section 1 answers (1) and (2), section 4 answers (3).

# %%
guess_mask = ""  # "apart", "tied" or "copy"
guess_where = ""  # "where the mask changes", "where it does not" or "as much in both"
guess_taught = ""  # "G_rgb", "G_rgb and P", "G_rgb and G_seg", or "all five"


def verdict(question, guess, measured):
    """A table: what was measured for each option, and which of them was guessed."""
    rows = [(option, text, "guessed" if option == guess else "") for option, text in measured]
    table(question, {"option": "", "measured": "", "you": ""}, rows)


# %% [markdown]
# ## 1. What does the second GAN add?
#
# **The experiment.** We compare two trainings of $G_{rgb}$:
#
# - *tied*: SeCGAN, where the consistency loss has the weight $\lambda_{sc} = 1$;
# - *apart*: the paper's *baseline*, which has no $G_{seg}$. SeCGAN with $\lambda_{sc} = 0$ would teach $G_{rgb}$ the same.
#
# All else is equal. Our faces are drawn, so we know each true edit and its mask. We edit 40 test faces, each in 13 ways.

# %% tags=["setup"]
from secgan_lite.editing import Trained, generator_editor
from secgan_lite.evaluation import Truth
from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.evaluation.truth import mean_iou, overlaps
from secgan_lite.parsing import one_hot

people = datasets.load("synthetic", "test", 32, count=40)
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
    moved = generator_editor(G_seg)(one_hot(s_in), y_diffs, y)
    masks["G_seg"] = torch.stack([mask.argmax(dim=1) for mask in moved])
masks["copy"] = s_in.expand_as(target)


def iou(found, wanted):
    """Mean IoU over edits, faces and segments."""
    if found.shape != wanted.shape:
        raise ValueError(f"found: {tuple(found.shape)}, wanted: segments {tuple(wanted.shape)}")
    return mean_iou(overlaps(found, wanted).sum(dim=0).numpy()).mean()


# %%
right = {k: (mask == target).float().mean(dim=(2, 3)) for k, mask in masks.items()}  # (13, 40)
gains = right["tied"] - right["apart"]
shown = ("Bald", "Bangs", "Eyeglasses", "Male", "Pale_Skin")
asked = [(a, int(gains[a].argsort()[20])) for a in map(NAMES.index, shown)]  # the median face
wishes = [figures.flip_name(NAMES[a], bool(y[k, a])).replace(" ", "\n", 1) for a, k in asked]


def pick(values):
    """What was asked, from (13, 40, …)."""
    return torch.stack([values[a, k] for a, k in asked])


true_masks = pick(target)
rows_shown = {
    "input": x[[k for _, k in asked]],
    "true mask of the edit": true_masks,
    "edit, apart": pick(edits["apart"]),
    "wrong in P(x_out), apart": (pick(masks["apart"]), true_masks),
    "edit, tied": pick(edits["tied"]),
    "wrong in P(x_out), tied": (pick(masks["tied"]), true_masks),
    "wrong in s_out, tied": (pick(masks["G_seg"]), true_masks),
    "wrong in the copy": (pick(masks["copy"]), true_masks),
}
show(figures.agreement(rows_shown, wishes, side=1.05), "Which mask looks most like the true one?")

# %% [markdown]
# *How to read it.* Below each edit stands what P reads from it; the last two rows show $s^{out}$ and the copy. Wrong pixels are black. Each column shows, of 40 faces, the one in the middle by right pixels of *tied* minus those of *apart*. `800` iterations are few, so all edits are blurred. *Male* and *Pale_Skin* are labels of the data set CelebA: they sort pictures, and describe no person.
#
# Now in numbers. The score is the *mean IoU* of lesson [01](01_parsing.ipynb): the overlap of two masks, from 0 to 1. We also count the right pixels.

# %% tags=["nbval-check-output"]
names = {"apart": "P(x_out), apart", "tied": "P(x_out), tied"}
names |= {"G_seg": "s_out, tied", "copy": "copy of the input's mask"}
changes = target != s_true
faces_drawn = Bootstrap(40, seed=0)  # 1,000 other draws of 40 faces, for intervals
by_wish = {k: mean_iou(faces_drawn.totals(overlaps(m, target).numpy())) for k, m in masks.items()}
score = {k: float(values[0].mean()) for k, values in by_wish.items()}  # row 0: our 40 faces
inside = {k: (masks[k] == target)[changes].float().mean().item() for k in names}
outside = {k: (masks[k] == target)[~changes].float().mean().item() for k in names}
columns = {"mask": "", "mean IoU": ".2f", "right where it changes": ".0%", "right elsewhere": ".0%"}
rows = [(name, score[k], inside[k], outside[k]) for k, name in names.items()]
table("Masks of 520 edits of 40 faces beside the true masks", columns, rows)
verdict(
    "Which mask is closest to the truth?",
    guess_mask,
    [(k, f"mean IoU {score[k]:.2f}") for k in ("apart", "tied", "copy")],
)


def interval(values):
    """The middle 95 % over other draws of faces."""
    found = faces_drawn.interval(values)
    return found["low"], found["high"]


gain_by_wish = by_wish["tied"] - by_wish["apart"]  # (1001, 13)
ends = interval(gain_by_wish.mean(axis=1))
claim("the masks of the tied edits are closer to the true ones", ends[0] > 0, n=40, interval=ends)
claim("the copy has the highest IoU", max(score, key=score.get) == "copy", n=40)
claim("right in almost no pixel that should change", inside["copy"] < 0.05, n=40)

# %% [markdown]
# *What does the tie change?* Compare the first two rows: as P sees it, the masks of the tied edits are closer to the true ones. But P also passed on the gradient that taught $G_{rgb}$. Exercise B asks a second parser.
#
# *Why is the copy so good?* An edit changes few pixels of the mask. So the copy has the highest IoU, although it is right in almost no pixel that should change. **A high IoU alone does not make a good editor.**
#
# **What can $G_{seg}$ teach?** Look where $P(x^{out})$ and $s^{out}$ still disagree after the training. Who is right there? The copy is our control: a teacher that needs no GAN.

# %% tags=["nbval-check-output"]
dispute = masks["tied"] != masks["G_seg"]
groups = {"all": dispute, "should stay": dispute & ~changes, "should change": dispute & changes}
knows = {
    title: [(masks[k] == target)[group].float().mean().item() for k in ("tied", "G_seg", "copy")]
    for title, group in groups.items()
}
part = {title: (group.sum() / dispute.sum()).item() for title, group in groups.items()}
whole = {"all": 1.0, "should stay": (~changes).float().mean().item()}
whole["should change"] = 1 - whole["should stay"]
columns = {"pixels": "", "share of all pixels": ".0%", "share of the disputed": ".0%"}
columns |= {f"{k} is right": ".0%" for k in ("P(x_out)", "s_out", "the copy")}
rows = [(title, whole[title], part[title], *knows[title]) for title in groups]
table("Who is right where P(x_out) and s_out disagree?", columns, rows)
better = {"should stay": outside, "should change": inside}
better = {title: share["tied"] - share["apart"] for title, share in better.items()}
kept, edited = (whole[title] * more for title, more in better.items())
print(
    f"of the right pixels that the tie adds, {kept / (kept + edited):.0%} should stay as they are"
)
claim("most of the pixels that the tie puts right should stay", kept > 4 * edited, n=40)
twice = better["should change"] > 2 * better["should stay"]
claim("more than twice as much where the mask changes", twice, n=40)
p_right, g_right, copy_right = knows["all"]
claim("G_seg is right far more often than P", g_right > p_right + 0.5, n=40)
claim("the copy is right even more often", copy_right > g_right, n=40)
claim("nine of ten disputed pixels should stay as they are", part["should stay"] > 0.9, n=40)
p_right, g_right, copy_right = knows["should change"]
claim("G_seg is right in more than half, P in less than a third", p_right < 1 / 3 < 0.5 < g_right)
claim("and the copy almost never", copy_right < 0.05, n=40)

# %% [markdown]
# *Who is right?* Look at the first row: G_seg is right far more often than P, but the copy is right even more often. The second row explains it: nine of ten disputed pixels should stay as they are, because most pixels should. In the last row (4 % of all pixels, 8 % of the disputed ones) only $G_{seg}$ can help: G_seg is right in more than half, P in less than a third, and the copy almost never.
#
# *What did the tie teach?* By count, to keep shapes: most of the pixels that the tie puts right should stay. Per pixel, the first table says, it adds more than twice as much where the mask changes.
#
# **Where does the tie help?** Do wishes that change no shape gain too?

# %% tags=["nbval-check-output"]
changed = changes.float().mean(dim=(1, 2, 3)).numpy()
iou_of = {k: by_wish[k][0] for k in ("apart", "tied")}
columns = {"attribute reversed": "", "pixels of the mask that change": ".1%"}
columns |= {"IoU, apart": ".3f", "IoU, tied": ".3f", "gain by the tie": "+.3f"}
rows = [
    (NAMES[a], changed[a], iou_of["apart"][a], iou_of["tied"][a], gain_by_wish[0, a])
    for a in (-changed).argsort(kind="stable")
]
table("What a true edit does to the mask, and what the tie gains", columns, rows)
same = changed == 0
kinds = {"where the mask changes": ~same, "where it does not": same}
by_kind = {k: gain_by_wish[:, which].mean(axis=1) for k, which in kinds.items()}
ends = interval(by_kind["where it does not"] - by_kind["where the mask changes"])
measured = [(k, f"mean gain {values[0]:.3f}") for k, values in by_kind.items()]
measured += [("as much in both", "difference {:+.3f} to {:+.3f}".format(*ends))]
verdict("Where does the tie help more?", guess_where, measured)
claim("seven of the thirteen wishes change no pixel of the mask", same.sum() == 7, n=40)
claim("gain as much as the six others", max(map(abs, ends)) < 0.02, n=40, interval=ends)
claim("every wish gains", gain_by_wish[0].min() > 0, n=13)

# %% [markdown]
# *Where does the tie help?* Everywhere: every wish gains. Look at the zeros: seven of the thirteen wishes change no pixel of the mask, and they gain as much as the six others. So we can answer the question of this lesson:
#
# > **The second GAN adds a teacher of shape. By count, most of its lesson is to keep shapes, because most pixels should stay. Per pixel it helps more where the shape should change.**
#
# **How does it come about?** Both trainings were recorded, in ten snapshots, with two faces. *Apart* is the control.

# %%
from secgan_lite.course.recorded import load_dynamics

two = datasets.load("synthetic", "test", 32, count=2)
exact = Truth.of(two).tensors()[1]
close, quarrel = {}, {}
for name, recording in (("apart", "run-d"), ("tied", "run-b")):
    film = load_dynamics(recording)
    by = {k: torch.tensor(m[:, :, 1:]).long().transpose(1, 2) for k, m in film.masks.items()}
    close[name] = {
        "P(x_out)": [iou(found, exact) for found in by["P"]],
        "s_out": [iou(found, exact) for found in by["G_seg"]],
    }
    differ = (by["P"] != by["G_seg"]).float().mean(dim=(1, 2, 3, 4))
    quarrel[name] = {"P(x_out) ≠ s_out": differ.tolist()}
steps = [snapshot["iteration"] for snapshot in film.scores]
panels = {"mean IoU with the true mask": close, "share of pixels where the two differ": quarrel}
show(figures.tied_and_apart(steps, panels), "Who learns from whom, from snapshot to snapshot?")

# %% tags=["nbval-check-output"]
late = slice(5, None)  # the second half of training


def mean(values):
    """Over the snapshots of the second half."""
    return sum(values[late]) / len(values[late])


rows = [
    (n, *(mean(v) for v in close[n].values()), mean(quarrel[n]["P(x_out) ≠ s_out"])) for n in close
]
columns = {"training": "", "IoU of P(x_out)": ".2f", "IoU of s_out": ".2f", "they differ in": ".0%"}
table("Means of the last five snapshots, two faces", columns, rows)
claim("the tied edits are closer to the truth", rows[1][1] > rows[0][1] + 0.05, n=2)
claim("the tied branches differ in fewer pixels", rows[1][3] < rows[0][3] - 0.03, n=2)
claim("the masks of G_seg gain nothing", rows[1][2] < rows[0][2] + 0.02, n=2)

# %% [markdown]
# *Who learns from whom?* In the second half of training the tied branches differ in fewer pixels, and the tied edits are closer to the truth. But the masks of G_seg gain nothing. So **$G_{seg}$ pulls $G_{rgb}$ up.**
#
# **Was it luck?** So far each training has one seed. The study of lesson [07](07_ablations.ipynb) has two, with `4,000` iterations, other faces and a smaller D: compare only the rows of this table. *Recognised* is the paper's main score: the share of edits in which a judge sees the wish.

# %% tags=["nbval-check-output"]
from secgan_lite.course.study import chosen, load_study
from secgan_lite.course.study import score as recorded

kinds = ("counterfactual.mask_iou", "counterfactual.g_seg_iou", "tarr.mean")
again = {}
for name, weight in (("apart", 0.0), ("tied", 1.0)):
    runs = chosen(load_study(), backbone="stargan", method="secgan", lambda_sc=weight)[:2]
    again[name] = torch.tensor([[recorded(run, kind) for kind in kinds] for run in runs])
rows = [(f"{k}, seed {s}", *again[k][s].tolist()) for s in (0, 1) for k in again]
columns = {"run": "", "IoU of P(x_out)": ".2f", "IoU of s_out": ".2f", "recognised": ".0%"}
table("The same with 4,000 iterations, two seeds, 300 faces", columns, rows)
change = again["tied"] - again["apart"]  # (seed, kind)
claim("both seeds show the gain again", (change[:, 0] > 0.05).all(), n=2)
claim("the masks of G_seg are further from the truth", (change[:, 1] < -0.02).all(), n=2)
behind = all((values[:, 0] < values[:, 1]).all() for values in again.values())
claim("P(x_out) is further from the truth than s_out", behind, n=4)
rates = [again[k][:, 2] for k in again]
overlap = max(r.min() for r in rates) < min(r.max() for r in rates)
claim("the recognition rates overlap", overlap, n=2)

# %% [markdown]
# *Was it luck?* Probably not: both seeds show the gain again, though two are few, and P alone judges. These longer trainings show a price: with the tie the masks of G_seg are further from the truth. A likely reason: by Eq. 12 $G_{seg}$ learns from $P(x^{out})$, and P(x_out) is further from the truth than s_out. And the recognition rates overlap: here two seeds show no difference.
#
# ## 2. Where the label enters
#
# How do 13 numbers enter a network for images? StarGAN makes a **plane** of each: an image with this value in every pixel. The planes join the three colours.
#
# | symbol | tensor, shape, range | where | beware |
# |---|---|---|---|
# | $x^{in}$ | `x`, (B, 3, h, h), −1 to 1 | channels 0 to 2 | the image comes first |
# | $y^{diff}$ | `y_diff`, (B, 13), −1, 0 or 1 | channels 3 to 15, one plane each | each face has its own wish |

# %% [markdown] tags=["exercise"]
# ### Exercise A1 · The label's way in
#
# **Goal.** Write what enters StarGAN's first convolution: the image's channels, then a plane for each attribute, in their order. **Difficulty** 2 of 5, 10 min. Checked, gradients included. ([Solutions](solutions/03_parallel_branches.ipynb))
#
# <details><summary>Hint 1: what shapes?</summary>Write down the shapes of image, label and result. Which two axes does the label lack?</details>
# <details><summary>Hint 2: how does a number become a plane?</summary>An axis of length 1 can be stretched. How does PyTorch add one?</details>
# <details><summary>Hint 3: how can I test it?</summary>Take two faces of 2 × 2 pixels, and print the result for the second.</details>


# %% tags=["exercise", "nbval-check-output"]
def enter(x, y_diff):
    """Images (B, 3, h, h) and wishes (B, n) -> the generator's input, (B, 3 + n, h, h)."""
    # solution
    planes = y_diff[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, planes], dim=1)
    # end


enter = check("03-enter", enter)

# %% [markdown]
# Your function now runs in front of the trained network's first convolution, a 7 × 7 window with three pixels of zero padding. An **<dfn>instance norm</dfn>** follows: in each channel of each image it subtracts the mean over the pixels, and divides by the standard deviation. *What is left of a constant plane?*
#
# The output of a convolution is a sum: a part from the image and a part from the label. The label's share is
#
# $$\mathrm{share}(y) = \mathrm{conv}([x, y]) - \mathrm{conv}([x, 0]),$$
#
# whatever $x$ is. From it we subtract the mean, as the norm does. For the third map we wrap the image round: it has no border.

# %%
entry = model.branches["rgb"].generator.entry
h = config.image_size
anyone = torch.zeros(13, 3, h, h)  # the image does not matter: its share cancels
add = torch.eye(13)  # row a: add attribute a


def label_share(pad):
    """The label's share of the first convolution's output (13, channels, h, h)."""
    outputs = [F.conv2d(pad(enter(anyone, wish)), entry.weight) for wish in (add, 0 * add)]
    return outputs[0] - outputs[1]


with torch.no_grad():
    share = label_share(lambda joined: F.pad(joined, (3, 3, 3, 3)))
    endless = label_share(lambda joined: F.pad(joined, (3, 3, 3, 3), mode="circular"))
    assert torch.allclose(share, entry.label_share(add, h), atol=1e-5)  # the package's short cut
centred, centred_endless = (m - m.mean(dim=(2, 3), keepdim=True) for m in (share, endless))
bangs = NAMES.index("Bangs")
channel = int(centred[bangs].abs().amax(dim=(1, 2)).argmax())
maps = {
    "the label's share": share[bangs, channel],
    "minus its mean": centred[bangs, channel],
    "minus its mean, no border": centred_endless[bangs, channel],
}
show(
    figures.label_maps(maps),
    f"What does subtracting the mean leave of “add bangs” (channel {channel} of the first layer)?",
)

# %% tags=["nbval-check-output"]
inner = centred[:, :, 3:-3, 3:-3]
energy = inner.square().sum(dim=(1, 2, 3)) / centred.square().sum(dim=(1, 2, 3))
print(
    f"sum of squares that lies inside, not in the frame: {energy.min():.0%} to {energy.max():.0%}"
)
rows_of_window = entry.weight[channel, 3 + bangs].detach().sum(dim=1)
top, bottom = rows_of_window[:3].sum().item(), rows_of_window[4:].sum().item()
print(f"sum of the window's weights: top three rows {top:.1f}, bottom three rows {bottom:.1f}")
claim("nothing is left, in any channel", centred_endless.abs().max() < 1e-5)
claim("every inner pixel gets the same number", inner.std(dim=(2, 3)).max() < 1e-5)
claim("the number is not zero", inner.abs().amax(dim=(1, 2, 3)).min() > 1e-3, n=13)
claim("most of the label lies in the frame", energy.max() < 0.5, n=13)
claim("these sums have opposite signs", top * bottom < 0)

# %% [markdown]
# *What is left of the label?* In the third map there is no border, so the share is constant, and the norm subtracts it: nothing is left, in any channel. This generator would not hear its wish.
#
# *Why does StarGAN hear it?* Near the border a part of the window meets zeros. There the share differs, and most of the label lies in the frame, three pixels wide. At the top edge the zeros hide the top rows of weights, at the bottom edge the bottom rows. In this channel these sums have opposite signs: so one edge is red and the other blue.
#
# *And inside?* Every inner pixel gets the same number: $c$ before the norm. The mean $m$ is taken over *all* pixels, frame included, so $m \neq c$. The norm leaves $c - m$ inside, divided by the standard deviation: the number is not zero.
#
# ## 3. From images to masks
#
# What must change so that the same GAN edits masks? We compare the shapes of all tensors. (On the device *meta* tensors have no numbers.)


# %% tags=["nbval-check-output"]
def network(name, part, modality=modalities.RGB, condition=0):
    """A network of the published size without numbers, and inputs that fit it."""
    kind = backbones.get(name)
    size = kind.size(image_size=128)
    y = torch.empty(1, 13, device="meta")
    x = torch.empty(1, modality.channels + condition, 128, 128, device="meta")
    with torch.device("meta"):
        if part == "G":
            return kind.generator(modality, size, condition), (x, y)
        return kind.discriminator(modality, size), (x,)


for name in ("stargan", "attgan", "stgan"):
    for part in ("G", "D"):
        rgb, seg = (
            network(name, part, m)[0].state_dict() for m in (modalities.RGB, modalities.SEMANTIC)
        )
        assert list(rgb) == list(seg)
        differ = [key for key in rgb if rgb[key].shape != seg[key].shape]
        print(f"{name} {part}: {len(rgb)} tensors, {len(differ)} differ: {', '.join(differ)}")

# %% [markdown]
# Only first and last layers differ, as A.1 of the paper says. The rest of the difference is one object, a [`Modality`](../secgan_lite/modalities.py):
#
# | modality | channels | last activation | real input of D | reconstruction |
# |---|---|---|---|---|
# | `RGB` | 3 | tanh: values in [−1, 1] | the image | mean absolute error, Eq. 5 |
# | `SEMANTIC` | 12 | softmax over the channels: 12 probabilities in each pixel | P's arg-max, one-hot | cross entropy, Eq. 10 |

# %% [markdown]
# ## 4. Mutual learning
#
# In **<dfn>distillation</dfn>** a trained *teacher* teaches a new network, the *pupil*. In **mutual learning** (Zhang et al., 2018) two beginners teach each other, as SeCGAN's generators do (§3.2).
#
# Each branch says two things about a pixel: its *probabilities* of the 12 segments, and its *decision*, 1 for the likeliest segment and 0 for the others. The paper's marks differ, so look twice:
#
# | | probabilities | decision |
# |---|---|---|
# | image branch | $P(x^{out})$ | $\bar P(x^{out})$, with a bar |
# | mask branch | $\hat s^{out}$, with a hat | $s^{out}$ |
#
# The decision of one branch, a **hard target**, teaches the probabilities of the other:
#
# $$\mathcal L^{rgb}_{sc} = -\frac1{HW}\sum_{i,j} s^{out}_{ij}\cdot\log P(x^{out})_{ij} \qquad\text{(11)} \qquad\qquad \mathcal L^{seg}_{sc} = -\frac1{HW}\sum_{i,j} \bar P(x^{out})_{ij}\cdot\log\hat s^{out}_{ij} \qquad\text{(12)}$$
#
# Each loss is a cross entropy. In Eq. 11 $G_{seg}$ teaches $G_{rgb}$, in Eq. 12 $G_{rgb}$ teaches $G_{seg}$.
#
# | symbol | tensor, shape | range | function | beware |
# |---|---|---|---|---|
# | $\log P(x^{out})$ | `log_p`, (B, 12, h, h) | at most 0 | [`P`](../secgan_lite/parsing/parser.py) | no `no_grad`: the gradient must pass through P |
# | $\log\hat s^{out}$ | `raw`, (B, 12, h, h), before the softmax | any | [`G_seg`](../secgan_lite/secgan.py) | cross entropy takes the log-softmax itself |
# | $s^{out}$, $\bar P$ | arg-max of `raw`, of `log_p`, (B, h, h) | 0 to 11 | `argmax(dim=1)` | over segments, axis 1; no gradient |
# | Eq. 11 and 12 | a number | at least 0 | [`losses.semantic_consistency`](../secgan_lite/losses.py) | minus sign; mean over pixels and faces, *not* over segments |

# %% [markdown]
# ### One pixel first
#
# Two beginners disagree about a pixel. Who gives way? Take two segments only, *glasses* and *skin*. Each branch has one number, its **log-odds** for glasses: $a$ in the image branch, $b$ in the mask branch. Far from 0 means sure. The probability of glasses is $\sigma(a) = 1/(1 + e^{-a})$. The cross entropy with a target $t$ has the slope
#
# $$\frac{\partial}{\partial a}\Big(-t\log\sigma(a) - (1 - t)\log(1 - \sigma(a))\Big) = \sigma(a) - t$$
#
# So $a$ rests where $\sigma(a) = t$. A **soft target** is the teacher's probability, $t = \sigma(b)$: then $a$ rests at $a = b$. A hard target is 0 or 1: $\sigma(a)$ never reaches it, so $a$ moves on and on.

# %% tags=["nbval-check-output"]
from secgan_lite.course.widgets import PixelDuel, descend

a, b = torch.tensor([-1.0, 2.0]).requires_grad_()
for name, t in (("hard", (b > 0).float()), ("soft", b.sigmoid())):
    slope = torch.autograd.grad(F.binary_cross_entropy_with_logits(a, t.detach()), a)[0]
    assert torch.isclose(slope, a.sigmoid() - t)  # autograd = the formula
    step = descend(torch.tensor([[-1.0, 2.0]]), temperature=float(name == "soft"))[1, 0, 0]
    assert torch.isclose(step, a - 0.2 * slope)  # = the package's step of gradient descent
    print(f"{name} target {t:.2f}: slope {slope:.2f}, a moves from {a:.2f} to {step:.2f}")

# %% [markdown]
# Now many pairs $(a, b)$ descend Eq. 11 + Eq. 12. The third panel is Deep Mutual Learning: soft targets, and each branch also learns the true label, here "glasses".

# %%
line = torch.linspace(-2.5, 2.5, 6)
starts = torch.cartesian_prod(line, 0.93 * line + 0.1)
pixel = {
    "hard targets (SeCGAN)": descend(starts, 0.0),
    "soft targets": descend(starts, 1.0),
    "soft targets and true labels": descend(starts, 1.0, labelled=True),
}
corners = [(2.4, 4.4, "both: glasses"), (-2.4, -4.4, "both: skin")]
corners += [(-2.4, 4.4, "dispute"), (2.4, -4.4, "dispute")]
show(
    figures.paths(pixel, ("a: image branch", "b: mask branch"), corners=corners),
    "When the two branches disagree about a pixel, which of them gives way?",
)

# %% tags=["nbval-check-output"]
hard, soft, labelled = (positions[-1] for positions in pixel.values())
sure = {k: v[-1].abs().min(dim=1).values.median().item() for k, v in pixel.items()}
columns = {"targets": "", "median over the starts": ".1f"}
table("How sure at the end: the smaller of |a| and |b|", columns, [*sure.items()])
disputes = starts.prod(dim=1) < 0
clear = disputes & (starts.abs().diff(dim=1)[:, 0].abs() > 0.3)
surer = starts.gather(1, starts.abs().argmax(dim=1, keepdim=True)).sign()
won = (hard.sign() == surer)[clear].all()
stalled = hard.abs().amax(dim=1) < 0.3
claim("the branch that was less sure gives way", won, n=int(clear.sum()))
claim("Three of the 18 disputes stall", stalled.sum() == 3 and disputes.sum() == 18, n=18)
claim("in all others both branches end sure", hard[~stalled].abs().min() > 2, n=33)
claim("they meet half-way and stop", (soft.diff(dim=1).abs().max() < 0.1) and soft.abs().max() < 3)
claim("all end sure of the true label", labelled.min() > 2, n=36)

# %% [markdown]
# *Who gives way?* Each line runs from a grey start to an orange end. On the dotted line $a = -b$.
#
# - **Hard targets.** Where one branch is clearly surer (by more than `0.3`), the branch that was less sure gives way. Three of the 18 disputes stall at the origin, where both are about equally sure. Say $a = 0.05$ and $b = -0.05$. The slopes are about $0.5$ and $-0.5$, so a step of $0.2 \cdot 0.5 = 0.1$ takes $a$ to $-0.05$ and $b$ to $0.05$: both decisions turn over, and the next step turns them back. But in all others both branches end sure.
# - **Soft targets.** Here they meet half-way and stop.
# - **Soft targets and true labels.** Here all end sure of the true label.
#
# SeCGAN has no true masks of its edits. Hard targets make the branches sure all the same: of right decisions, and of wrong ones.
#
# ### Play with one pixel
#
# Between hard and soft lies a family of targets, $t = \sigma(b/T)$, with a temperature $T$: hard near 0, soft at 1. **At which $T$ do the two stop becoming sure?** Move the sliders, or look at the picture below them.

# %% tags=["widget", "nbval-ignore-output"]
PixelDuel()

# %%
start = torch.tensor([[-1.0, 2.0]])
family = {
    "hard, T = 0": descend(start, 0.0)[:, 0],
    "T = 0.5": descend(start, 0.5)[:, 0],
    "soft, T = 1": descend(start, 1.0)[:, 0],
    "T = 2": descend(start, 2.0)[:, 0],
}
show(figures.pixel_duels(family), "At which temperature do the two branches stop becoming sure?")

# %% tags=["nbval-check-output"]
end = {k: path[-1].abs().min().item() for k, path in family.items()}
print({k: round(v, 1) for k, v in end.items()})
claim("Below T = 1 both end sure", min(end["hard, T = 0"], end["T = 0.5"]) > 1.8)
claim("at T = 1 they stop where they meet", abs(end["soft, T = 1"] - 0.5) < 0.3)
claim("above T = 1 both forget", end["T = 2"] < 0.3)

# %% [markdown]
# *At which temperature does it change?* Below T = 1 both end sure; at T = 1 they stop where they meet; above T = 1 both forget. The target explains it. At $a = b$ the pupil says $\sigma(a)$, the target $\sigma(a/T)$. For $T < 1$ the target is surer than the pupil, for $T > 1$ less sure, for $T = 1$ just as sure.
#
# ### Back to real pixels
#
# In a network all pixels share the weights. *Does the less sure branch still give way?* We take the trained networks, 12 edits, and all pixels where the branches disagree. Both generators take ten steps of Adam. A pixel is *settled* when one branch has taken over the other's decision. The control goes on from the same networks *without the tie*: without Eq. 11 and 12.

# %%
from copy import deepcopy

forty = datasets.load("synthetic", "test", config.image_size, count=40)
x_all, y_all, _ = batch_of(forty)
few = slice(12)
wished = batch_for(model, forty.subset(12), y_all[few].roll(1, dims=0))  # the neighbour's labels


def beliefs(networks):
    """(How sure, decision) of the image branch and of the mask branch, (12, h, h) each."""
    with torch.no_grad():
        made = networks.translate(wished)
        parsed = networks.parser(made["rgb"].out).exp()
    return parsed.max(dim=1), made["semantic"].out.max(dim=1)


def settled(loss, steps=10):
    """How many disputed pixels settle, and the share of them where the less sure gave way."""
    pair = deepcopy(model)
    learning = [w for branch in pair.branches.values() for w in branch.generator.parameters()]
    optimiser = torch.optim.Adam(learning, config.learning_rate, betas=(0.5, 0.999))
    (sure_a, a), (sure_b, b) = beliefs(pair)
    for _ in range(steps):
        optimiser.zero_grad()
        loss(pair, pair.translate(wished)).backward()
        optimiser.step()
    (_, a_new), (_, b_new) = beliefs(pair)
    seg_won, rgb_won = ((a != b) & (a_new == c) & (b_new == c) for c in (b, a))
    less_sure = torch.where(sure_a < sure_b, seg_won, rgb_won)
    ended = (seg_won | rgb_won).sum()
    return ended.item(), (less_sure.sum() / ended).item()


# %% tags=["nbval-ignore-output"]
lessons = {
    "Eq. 11 + Eq. 12 alone": lambda pair, made: sum(pair.consistency(made).values()),
    "all losses, with the tie": lambda pair, made: pair.generator_loss(wished, made)[0],
    "all losses, without the tie": lambda pair, made: pair.generator_loss(wished, made, False)[0],
}
real = {name: settled(loss) for name, loss in lessons.items()}
columns = {"loss": "", "settled": "", "the less sure gave way": ".0%"}
table("Disputed pixels that were settled in ten steps", columns, [(k, *v) for k, v in real.items()])

# %% tags=["nbval-check-output"]
_, with_tie, without = real.values()
claim("the less sure branch gave way in most of them", min(v[1] for v in real.values()) > 0.6)
claim("with the tie more pixels settle", with_tie[0] > 1.2 * without[0])
claim("without the tie it happens about as often", abs(with_tie[1] - without[1]) < 0.1)

# %% [markdown]
# *Does the toy's rule hold?* The less sure branch gave way in most of them. But that is no proof of the rule: without the tie it happens about as often, although there no branch teaches the other. Perhaps an unsure pixel turns over easily, whatever the loss. What the tie does: with the tie more pixels settle.

# %% [markdown] tags=["exercise"]
# ### Exercise A2 · Both directions
#
# **Goal.** Write Eq. 11 and Eq. 12 in one function, with SeCGAN's hard targets. **Difficulty** 2 of 5, 15 min. Checked, gradients included. ([Solutions](solutions/03_parallel_branches.ipynb))
#
# <details><summary>Hint 1: who is who?</summary>In each equation, who is the pupil (its <i>probabilities</i> enter), and who the teacher (its <i>decision</i> enters)?</details>
# <details><summary>Hint 2: which loss?</summary><code>F.cross_entropy</code> takes targets in two forms. Which form is a decision?</details>
# <details><summary>Hint 3: one input is logits, the other log-probabilities. Does it matter?</summary>Compute by hand the log-softmax of log-probabilities: the sum of their exponentials is 1, and its logarithm is …</details>


# %% tags=["exercise", "nbval-check-output"]
def mutual(log_p, raw):
    """(Eq. 11, which teaches G_rgb; Eq. 12, which teaches G_seg).

    log_p: log P(x_out), (B, 12, h, h); raw: G_seg's output before its softmax, (B, 12, h, h).
    """
    # solution
    return F.cross_entropy(log_p, raw.argmax(dim=1)), F.cross_entropy(raw, log_p.argmax(dim=1))
    # end


mutual = check("03-mutual", mutual)

# %% [markdown]
# Plain loops, the package and your function give the same two numbers:

# %% tags=["nbval-check-output"]
draws = stream(seed, "two masks")
log_p = torch.randn(2, 12, 3, 3, generator=draws).log_softmax(dim=1)
raw = torch.randn(2, 12, 3, 3, generator=draws)
naive = [0.0, 0.0]
for face in range(2):
    for i in range(3):
        for j in range(3):
            p, q = log_p[face, :, i, j], raw[face, :, i, j].log_softmax(dim=0)
            naive[0] -= p[q.argmax()].item() / (2 * 3 * 3)
            naive[1] -= q[p.argmax()].item() / (2 * 3 * 3)
package = [
    losses.semantic_consistency(*pair) for pair in ((log_p, raw.argmax(1)), (raw, log_p.argmax(1)))
]
for number, by_hand, theirs, mine in zip((11, 12), naive, package, mutual(log_p, raw), strict=True):
    assert torch.isclose(theirs, torch.tensor(by_hand)) and torch.isclose(theirs, mine)
    print(f"Eq. {number}: loops {by_hand:.4f} = package {theirs:.4f} = exercise A2 {mine:.4f}")

# %% [markdown]
# ### Who learns from whom: a proof by gradients
#
# We edit six faces with both branches. How large is each loss's gradient for the weights of each network? The last three rows are variants of Eq. 11.

# %%
faces = six_faces(config.image_size)
y_src = torch.from_numpy(faces.labels).float()
batch = batch_for(model, faces, y_src.roll(1, dims=0))
networks = {
    "G_rgb": model.branches["rgb"].generator,
    "G_seg": model.branches["semantic"].generator,
    "P": model.parser,
    "D_rgb": model.branches["rgb"].discriminator,
    "D_seg": model.branches["semantic"].discriminator,
}


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


# %%
translation = model.translate(batch)
log_p = model.parser(translation["rgb"].out)
raw = translation["semantic"].raw
eq_11, eq_12 = mutual(log_p, raw)
soft_target = raw.softmax(dim=1)
with torch.no_grad():
    no_grad = mutual(model.parser(translation["rgb"].out), raw)[0]
flow = {
    "Eq. 11": reach(eq_11),
    "Eq. 12": reach(eq_12),
    "Eq. 11, soft target, detached": reach(-(soft_target.detach() * log_p).sum(dim=1).mean()),
    "Eq. 11, soft target, not detached": reach(-(soft_target * log_p).sum(dim=1).mean()),
    "Eq. 11, P under no_grad": reach(no_grad),
}
show(figures.gradient_flow(flow), "Which networks does each loss teach?")

# %% tags=["nbval-check-output"]
pupils = {loss: [n for n, v in norms.items() if v] for loss, norms in flow.items()}
for loss, found in pupils.items():
    print(f"{loss:<33} teaches {' and '.join(found) or 'nobody'}")
options = ("G_rgb", "G_rgb and P", "G_rgb and G_seg", "all five")
truth = " and ".join(pupils["Eq. 11"])
verdict(
    "Whose weights get a gradient from Eq. 11?",
    guess_taught,
    [(option, "right" if option == truth else "wrong") for option in options],
)
claim("teach one network each", pupils["Eq. 11"] == ["G_rgb"] and pupils["Eq. 12"] == ["G_seg"])
claim("it also moves the teacher", "G_seg" in pupils["Eq. 11, soft target, not detached"])
claim("it teaches nobody", not pupils["Eq. 11, P under no_grad"])

# %% [markdown]
# *Who learns from whom?* (A dot: a gradient arrives, with its norm. A cross: none.) Eq. 11 and Eq. 12 teach one network each. The gradient of Eq. 11 passes *through* the frozen P to $G_{rgb}$. P's cross is there because its weights are frozen. The target is an arg-max, which has no derivative, so no gradient reaches $G_{seg}$.
#
# *What can go wrong?* If a soft target is not detached, it also moves the teacher. With P under `no_grad` the loss has its right value, but it teaches nobody.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Another judge
#
# **Goal.** P measured the gain of the tied edits, but $G_{rgb}$ was taught through P. Perhaps $G_{rgb}$ has learned what P *likes*, and not what is true. The **witness** is a second parser, with other first weights and other training faces of the same kind; no editor has learned from it. *Predict first*: does the witness see a larger gain than P, the same, a smaller one, or none? Then write `gain(parser)`: the mean IoU that a parser gives to the tied edits, minus that of the edits apart. **Difficulty** 3 of 5, 15 min. Checked with P, and with a parser that sees nothing; the rest is in the [solutions](solutions/03_parallel_branches.ipynb).
#
# <details><summary>Hint 1: what do I have?</summary>Section 1 has made <code>edits</code>, <code>target</code> and <code>iou</code>. How did it make <code>masks</code>?</details>
# <details><summary>Hint 2: is it right?</summary>For P, the first table of section 1 has two numbers with this difference.</details>
# <details><summary>Hint 3: what does it mean?</summary>What would the witness see if the gain were all real, or all P's taste?</details>

# %% tags=["exercise", "nbval-check-output"]
from secgan_lite.parsing.parser import load_witness

guess_witness = ""  # does the witness see a gain that is "larger", "the same", "smaller" or "none"?


def gain(parser):
    """Mean IoU of the tied edits minus that of the edits apart, both as `parser` sees them."""
    # solution
    with torch.no_grad():
        seen = {k: torch.stack([parser(e).argmax(dim=1) for e in edits[k]]) for k in edits}
    return iou(seen["tied"], target) - iou(seen["apart"], target)
    # end


def judged_gain():
    """What is right or wrong with `gain`, in a sentence."""
    wanted = iou(masks["tied"], target) - iou(masks["apart"], target)
    try:
        by_p, by_blind = gain(P), gain(lambda x: torch.zeros_like(P(x)))
        if by_p is TODO:
            return "not attempted"
        by_p, by_blind = float(by_p), float(by_blind)
    except (TypeError, ValueError, RuntimeError) as error:
        return f"not yet: no number came back. {error}"
    if abs(by_p + wanted) < 1e-6:
        return "not yet: the sign is wrong: tied minus apart"
    if abs(by_p - wanted) > 1e-6:
        return f"not yet: for P it is {wanted:.3f}, yours is {by_p:.3f}; compare with hint 2"
    if abs(by_blind) > 1e-6:
        return "not yet: it ignores `parser`: one that sees nothing finds a gain too"
    return f"right for P: {by_p:.3f}. The witness sees {gain(load_witness(32)):.3f}"


print(judged_gain())

# %% tags=["solution"]
assert 0.02 < gain(load_witness(32)) < gain(P)

# %% [markdown]
# Here is the outcome. The second table needs no parser:

# %% tags=["nbval-check-output"]
witness, rows, judged = load_witness(32), [], {}
for who, judge in (("P", P), ("the witness", witness)):
    with torch.no_grad():
        found = {k: torch.stack([judge(e).argmax(dim=1) for e in edits[k]]) for k in edits}
        untouched = iou(judge(x).argmax(dim=1)[None], s_true[None])
    totals = {k: faces_drawn.totals(overlaps(m, target).numpy()) for k, m in found.items()}
    seen = {k: mean_iou(total).mean(axis=1) for k, total in totals.items()}
    judged[who] = seen["tied"] - seen["apart"]
    low, high = interval(judged[who])
    rows.append(
        (who, untouched, *(seen[k][0] for k in edits), judged[who][0], f"{low:.3f} to {high:.3f}")
    )
columns = {"judge": "", "IoU, untouched": ".2f", "IoU, apart": ".2f", "IoU, tied": ".2f"}
columns |= {"gain": ".3f", "interval": ""}
table("The tie's gain, seen by two parsers, 40 faces", columns, rows)
far = {k: 127.5 * (e - x_target).abs().mean().item() for k, e in {**edits, "copy": x}.items()}
table("Error to the true edit, grey levels", {"edit": "", "error": ".1f"}, [*far.items()])
share_seen = judged["the witness"][0] / judged["P"][0]
found = f"{share_seen:.0%} of P's gain"
options = [(k, found if k == "smaller" else "") for k in ("larger", "the same", "smaller", "none")]
verdict("Which gain does the witness see, beside P's?", guess_witness, options)
ends = interval(judged["the witness"])
claim(
    "both parsers read the untouched faces about as well", abs(rows[0][1] - rows[1][1]) < 0.02, n=40
)
claim("the witness sees a gain too", ends[0] > 0.02, n=40, interval=ends)
claim("it is little more than half of what P sees", 0.5 < share_seen < 0.7)
claim("the tie hardly changes the error in the pixels", abs(far["apart"] - far["tied"]) < 0.5, n=40)
claim("the copy has half of that error", far["copy"] < 0.55 * far["tied"], n=40)

# %% [markdown]
# *Is the gain real?* Partly: the witness sees a gain too, but it is little more than half of what P sees. The rest may be P's taste, for both parsers read the untouched faces about as well. **An editor that was trained with one judge should be tested by another.** And a better shape is not yet a better picture: the tie hardly changes the error in the pixels, and the copy has half of that error.

# %% [markdown]
# ## 5. Four places for labels
#
# Each branch meets labels in four places: when G edits, when G reconstructs, when D learns from real faces, and in G's classification loss. All four are made of $y^{src}$ and $y^{trg}$. A wrong label gives no error message, only symptoms. In this case two labels are wrong, for one reason.

# %% [markdown] tags=["exercise"]
# ### Exercise C · The editor that does not remove
#
# **Goal.** A colleague uses our trained networks with her own function for the four labels. Below are the symptoms, with the right labels and with hers. The *judge* is the classifier of lesson [05](05_evaluate.ipynb), from which no editor has learned. Find the cause *from the symptoms*, then repair her function below them. **Difficulty** 3 of 5, 15 min. Checked. ([Solutions](solutions/03_parallel_branches.ipynb))
#
# <details><summary>Hint 1: what can be excluded?</summary>The networks are trained already. Which of the four labels can still change an edit, and which a reconstruction?</details>
# <details><summary>Hint 2: what does a removal look like?</summary>What do <code>y_src</code>, <code>y_trg</code> and their difference hold for an attribute to be removed? Which of these numbers could mean "leave it as it is"?</details>
# <details><summary>Hint 3: how can I test my suspicion?</summary>What does she tell G about an attribute that the face has and should keep? The row "to keep" cannot show it: what is added twice is still there. But the reconstruction error can.</details>

# %%
from secgan_lite.course.checks.branches import colleague
from secgan_lite.course.checks.branches import labels as healthy
from secgan_lite.evaluation import load_judge

judge = load_judge(config).of(forty.attributes)
y_wish = single_flips(y_all, resolved=True)  # (13, 40, 13)
own = torch.eye(13).bool()[:, None].expand_as(y_wish)  # the attribute that is reversed
kinds = (own & (y_all == 0), own & (y_all == 1), y_wish == y_all)  # to add, to remove, to keep
rgb = model.branches["rgb"]
symptoms, samples, logits = [], [], []
with torch.no_grad():
    for give in (healthy, colleague):
        made = []
        for wish in y_wish:
            told, same, _, _ = give(y_all, wish)
            made.append(rgb.edit(x_all, told).out)
        samples.append(torch.stack(made))
        logits.append(torch.stack([judge(pictures) for pictures in made]))  # (13, 40, 13)
        hits = (logits[-1] > 0) == (y_wish > 0)
        rebuilt = 127.5 * (rgb.edit(x_all, same).out - x_all).abs().mean().item()
        symptoms.append([*(hits[kind].float().mean().item() for kind in kinds), rebuilt])

# %%
tries = {"add\nbangs": "Bangs", "add\neyeglasses": "Eyeglasses"}
tries |= {"remove\nblond hair": "Blond_Hair", "remove\nblack hair": "Black_Hair"}
places = []  # the clearest face of each: there both edits succeed, or hers alone fails
for title, attribute in zip(tries, map(NAMES.index, tries.values()), strict=True):
    right, hers = (found[attribute, :, attribute] for found in logits)
    removal = title.startswith("remove")
    clear = torch.minimum(-right, hers) if removal else torch.minimum(right, hers)
    fit = y_all[:, attribute] == removal
    places.append((attribute, int(torch.where(fit, clear, -torch.inf).argmax())))
rows_shown = {"input": x_all[[k for _, k in places]]}
named = zip(
    ("right labels", "her labels", "true edit"),
    (*samples, Truth.of(forty).tensors()[0]),
    strict=True,
)
rows_shown |= {name: torch.stack([made[place] for place in places]) for name, made in named}
show(
    figures.agreement(rows_shown, [*tries]),
    "What do her labels fail to do, on the face of each wish on which the judge is surest?",
)

# %% tags=["nbval-check-output"]
titles = ("the judge sees it: to add", "to remove", "to keep")
titles += ("reconstruction error, grey levels",)
lines = [
    (name, *(f"{v:.1f}" if "levels" in name else f"{v:.0%}" for v in values))
    for name, values in zip(titles, zip(*symptoms, strict=True), strict=True)
]
table("Symptoms, 520 edits", {"what": "", "right labels": "", "her labels": ""}, lines)
claim("most removals fail", symptoms[1][1] < 0.5 < symptoms[0][1], n=int(kinds[1].sum()))
claim("changes the face more than with the right labels", symptoms[1][3] > 1.3 * symptoms[0][3])

# %% [markdown]
# *Symptoms.* With her labels most removals fail, and a reconstruction changes the face more than with the right labels.


# %% tags=["exercise", "nbval-check-output"]
def labels(y_src, y_trg):
    """Four labels (B, n): G when editing, G when reconstructing, D on real faces, G's Eq. 4."""
    # solution
    return y_trg - y_src, torch.zeros_like(y_src), y_src, y_trg
    # lesson
    # return y_trg, y_src, y_src, y_trg
    # end


labels = check("03-labels", labels)

# %% [markdown]
# ## 6. What it costs
#
# SeCGAN's rival in the paper is **<dfn>Concat</dfn>** (§4.5): one generator that gets the mask of the input as 12 more channels.
#
# | | baseline | Concat | SeCGAN |
# |---|---|---|---|
# | networks in training | $G$, $D$ | $G$, $D$, P | $G$, $D$ twice, P |
# | networks afterwards | $G$ | $G$ **and P** | $G$ |
#
# SeCGAN has "twice the baseline's complexity during training", says §5 of the paper. We count the multiplications of an iteration of Algorithm 1, forward and back. D learns in each iteration, G in every N-th: N is 5 in the paper, 1 in our lessons.

# %% tags=["nbval-check-output"]
from secgan_lite.course.anatomy import counted, iteration, milliseconds
from secgan_lite.parsing import Parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.secgan import Batch, Model

work = {}
with torch.device("meta"):
    one = Batch(
        torch.empty(1, 3, 128, 128), torch.empty(1, 128, 128).long(), *torch.empty(2, 1, 13)
    )
    for method in ("baseline", "concat", "secgan"):
        size = backbones.get(backbone).size(image_size=128)
        whole = Model(method, backbone, size, parser=Parser(UNet(width=16, levels=5)))
        d, g = (counted(partial(iteration, whole, one, turn)) / 1e9 for turn in (False, True))
        work[method] = {"N = 1": g, "N = 5": (4 * d + g) / 5}
columns = {"method": "", "N = 1": ".1f", "N = 5": ".1f"}
columns |= {"times baseline, N = 1": ".2f", "times baseline, N = 5": ".2f"}
times = {m: [w[n] / work["baseline"][n] for n in w] for m, w in work.items()}
table(
    f"Billion multiply-adds of an iteration, per image, {backbone} at 128 px",
    columns,
    [(m, *work[m].values(), *times[m]) for m in work],
)
claim(
    "SeCGAN doubles the work, with N = 1 and with N = 5",
    all(1.9 < t < 2.2 for t in times["secgan"]),
)
claim("Concat adds a few percent", all(1 < t < 1.06 for t in times["concat"]))

# %% [markdown]
# *What does training cost?* SeCGAN doubles the work, with N = 1 and with N = 5. Concat adds a few percent, but it needs P for every later edit.
#
# In time, with the networks of `run_dir`, on this machine:

# %% tags=["nbval-ignore-output"]
lines = []
iteration(model, batch, True)  # warm up
for method in ("baseline", "concat", "secgan"):
    lite = Model(method, config.backbone, config.size, config.weights, model.parser)
    d, g = (milliseconds(partial(iteration, lite, batch, turn), rounds=3) for turn in (False, True))
    lines.append((method, g, (4 * d + g) / 5))
table(
    "Milliseconds of an iteration for 6 faces",
    {"method": "", "N = 1": ".0f", "N = 5": ".0f"},
    lines,
)

# %% [markdown]
# Concat should be near the baseline again, SeCGAN at about double; but other programs disturb the times, and not the counts.
#
# ## What goes wrong, and limits
#
# **Agreement is not truth.** Two branches can agree on a wrong mask. A hard target is as hard when its teacher is unsure.
#
# **Few seeds, drawn faces.** Section 1 rests on one pair of short trainings, its repetition on two seeds. Both parsers and all faces come from one drawn world. The intervals cover other faces, not other trainings.
#
# ## Summary
#
# 1. The second GAN adds a teacher of shape. By count, most of its lesson is to keep shapes; per pixel it helps more where the shape should change. A second parser sees little more than half of the gain that P sees; the error in the pixels hardly changes. In longer trainings the masks of $G_{seg}$ pay for it.
# 2. StarGAN's label enters as constant planes; the instance norm leaves a frame and a faint constant.
# 3. Eq. 11 teaches $G_{rgb}$ alone, through P; Eq. 12 teaches $G_{seg}$ alone. Hard targets push towards a decision; soft ones stop half-way.
# 4. Each branch meets labels in four places. A wrong one gives symptoms, and no error message.
# 5. SeCGAN doubles the work of a training iteration and adds nothing afterwards.
#
# ## Quiz
#
# 1. Which networks must be shipped to edit a photo with SeCGAN, and which with Concat? <details><summary>Answer</summary>G_rgb alone; G and P.</details>
# 2. In Eq. 11 P's output enters as log-probabilities, in Eq. 12 as an arg-max. Why? <details><summary>Answer</summary>In Eq. 11 it is the pupil's: a gradient must pass, and an arg-max has none. In Eq. 12 it is the teacher's.</details>
#
# ## References
#
# - Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), 2021: §3.2 with Eq. 11 and 12 (10 min), §4.5 for Concat (5 min).
# - Zhang et al., [Deep Mutual Learning](https://arxiv.org/abs/1706.00384), 2018: §3, the loss with soft targets and labels (15 min).
# - Ulyanov et al., [Instance Normalization](https://arxiv.org/abs/1607.08022), 2016 (15 min).
# - Choi et al., [StarGAN](https://arxiv.org/abs/1711.09020), 2018: §3.1 (15 min).
#
# Next: [04 · Train](04_train.ipynb). Another backbone's cost in section 6:
#
# ```
# papermill notebooks/03_parallel_branches.ipynb out.ipynb -p backbone stgan
# ```

# %% tags=["nbval-ignore-output"]
footer()
