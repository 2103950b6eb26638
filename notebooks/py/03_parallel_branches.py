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
# **Question.** SeCGAN trains a second GAN that edits masks and never sees an image. What does it add to the GAN that edits images? Who learns from whom, and what does it cost?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 30 min, exercises 55 min | 1 min | 1 GB | [02 · Losses](02_losses.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), §3 and A.1.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **measure** what the second GAN changes, with the true masks as judge, and **say** what it does not change;
# 2. **write** the label's way into a generator, and **find out** what an instance norm does to it (exercise A1);
# 3. **write** the consistency loss in both directions (exercise A2), and **prove** by gradients who learns from whom;
# 4. **explain** by an experiment what hard and soft targets do (exercise B);
# 5. **find** a wrong label from its symptoms (exercise C);
# 6. **count** what a training iteration of each method costs.
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [What it adds](#1.-What-does-the-second-GAN-add?) · [Where the label enters](#2.-Where-the-label-enters) · [Two modalities](#3.-Two-modalities,-one-code) · [Mutual learning](#4.-Mutual-learning) · [Four labels](#5.-Four-places-for-labels) · [Concat](#6.-The-other-way:-Concat) · [Cost](#7.-What-it-costs) · [Three backbones](#8.-Three-backbones) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class read sections 1, 2 and 4, and do exercises A1 and A2.*

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
backbone: str = "stargan"  # whose layers section 8 lists: "stargan", "attgan" or "stgan"
run_dir: str = ""  # folder of a finished run of method "secgan", "" for the bundled one
seed: int = 0  # of random inputs

# %% tags=["setup"]
import json
from functools import partial
from typing import Literal

import torch
from torch.nn import functional as F

from secgan_lite import backbones, losses, modalities
from secgan_lite.attributes import NAMES
from secgan_lite.course import TODO, check, claim, figures, footer, settings, show, six_faces, table
from secgan_lite.support.randomness import stream

# %%
settings(globals(), backbone=Literal["stargan", "attgan", "stgan"], run_dir=str, seed=int)
from secgan_lite.course.model import batch_for, load_model

model, config = load_model(run_dir)

# %% [markdown]
# ## The map

# %%
show(
    figures.method_map(("G", "consistency", "faces")),
    "What do the two generators share, and what ties them together?",
)

# %% [markdown]
# In full colour you see two generators that get the same wish $y^{diff}$. $G_{rgb}$ edits the image, $G_{seg}$ edits its mask. The *consistency* loss makes them agree: the mask that the parser P finds in the edited image, $P(x^{out})$, should be the mask that $G_{seg}$ makes, $\hat s^{out}$. Here is the idea in one picture, redrawn from the paper's Figure 1:

# %%
show(figures.two_ways(), "How do earlier editors use a mask, and how does SeCGAN?")

# %% [markdown]
# Earlier editors take the mask as an *input*. Somebody must supply it, and often it is the mask of a face that does not exist yet. SeCGAN asks no mask of its user. After training only $G_{rgb}$ is kept, and it needs no mask at all.
#
# ### Predict first
#
# (1) We take single edits and compare three masks with the true mask of the edited face: the mask of an edit that was trained *alone*, the mask of an edit of *SeCGAN*, and the mask of the *input*, simply copied. Which of them is closest to the truth? [Section 1](#1.-What-does-the-second-GAN-add?) measures it.
#
# (2) Eq. 11 compares $P(x^{out})$ with $\hat s^{out}$. There are five networks: $G_{rgb}$, $G_{seg}$, $P$, $D_{rgb}$, $D_{seg}$. In how many of them does Eq. 11 move *weights*? [Section 4](#4.-Mutual-learning) measures it.

# %%
guess_mask = ""  # "alone", "secgan" or "copy"
guess_taught = None  # 0 to 5


def verdict(guess, measured):
    """One line for a prediction."""
    said = "no guess" if guess in ("", None) else "right" if guess == measured else "not this time"
    print(f"predicted: {guess or '-'}, measured: {measured}. Verdict: {said}.")


# %% [markdown]
# ## 1. What does the second GAN add?
#
# A fair answer changes one thing. With the weight $\lambda_{sc} = 0$ both GANs train side by side and never hear of each other. With $\lambda_{sc} = 1$ the consistency ties them together. All else is equal: seed, first weights, faces, their order, and `4,000` iterations. Such runs were recorded for lesson [07](07_ablations.ipynb), with two seeds for each weight. Every run edited 300 test faces, each in 13 ways. The true masks are known, because our faces are drawn.
#
# As in lesson [01](01_parsing.ipynb) the score is the *mean IoU*: for each segment the pixels that both masks give to it, divided by the pixels that at least one of them gives to it; then the mean over segments. It is 1 for equal masks.

# %% tags=["nbval-check-output"]
from secgan_lite.course.study import chosen, load_study, score
from secgan_lite.support.files import bundled

scored = json.loads(bundled("editor-32-stargan-secgan", ".json").read_text(encoding="utf-8"))
copied = scored["counterfactual"]["mask_iou"]["copy"]
ties = {}
for weight in (0.0, 1.0):
    runs = chosen(load_study(), backbone="stargan", method="secgan", lambda_sc=weight)[:2]
    kinds = ("counterfactual.mask_iou", "counterfactual.g_seg_iou", "tarr.mean")
    ties[weight] = torch.tensor([[score(run, kind) for kind in kinds] for run in runs])
columns = {"run": "", "P(x_out)": ".3f", "ŝ_out": ".3f", "recognised (TARR)": ".3f"}
lines = [
    (f"λ_sc = {weight:g}, seed {s}", *values[s].tolist())
    for weight, values in ties.items()
    for s in (0, 1)
]
table("Mean IoU with the true mask", columns, [*lines, ("copy the input", copied, copied, None)])
apart, together = (ties[weight][:, :2] for weight in (0.0, 1.0))
claim("closer to the true mask with consistency", (together > apart)[:, 0].all(), n=2)
claim("further from it than before", (together < apart)[:, 1].all(), n=2)
rates = [ties[weight][:, 2] for weight in (0.0, 1.0)]
claim(
    "the recognition rates overlap", max(r.min() for r in rates) < min(r.max() for r in rates), n=2
)
claim("Copying the input beats them all", copied > max(apart.max(), together.max()), n=300)

# %% [markdown]
# *What does the tie change?* The masks of the edited images, $P(x^{out})$, are closer to the true mask with consistency, for both seeds. The masks of $G_{seg}$ are further from it than before. This is the price of learning from *each other*: $G_{seg}$ now also learns from its own pupil, $G_{rgb}$. In the last column, the paper's main score, the recognition rates overlap: two seeds show no difference. And look at the last row. Copying the input beats them all.
#
# The lead of copying needs an explanation, because copying is no edit. In a single edit few pixels of the mask change at all, as the end of this section shows. Whoever copies gets all the other pixels right. An editor draws every pixel again, and each stray pixel costs it. So a high IoU alone does not make a good editor. We need to look at the faces, and at the pixels that *should* change.
#
# Below are editors of 64 px, trained for `3,000` iterations with one seed. The first is the baseline, which is SeCGAN with $\lambda_{sc} = 0$: without Eq. 11 nothing that $G_{seg}$ does can reach $G_{rgb}$.

# %%
from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.course import batch_of
from secgan_lite.editing import Trained, generator_editor
from secgan_lite.evaluation import Truth
from secgan_lite.parsing import one_hot

people = datasets.load("synthetic", "test", 64, count=20)
x, y, _ = batch_of(people)
y_diffs = single_flips(y, resolved=True) - y  # (13, 20, 13): each attribute reversed
true = Truth.of(people).tensors()[1]  # (13, 20, 64, 64): segments of the true edits
editors = {
    "alone": Trained.of("editor-64-stargan-baseline"),
    "secgan": Trained.of("editor-64-stargan-secgan"),
}
P, G_seg = editors["secgan"].parser, editors["secgan"].g_seg
with torch.no_grad():
    edits = {k: torch.stack(list(editor.edit(x, y_diffs, y))) for k, editor in editors.items()}
    masks = {k: torch.stack([P(edit).argmax(dim=1) for edit in made]) for k, made in edits.items()}
    s_in = P(x).argmax(dim=1)
    made = generator_editor(G_seg)(one_hot(s_in), y_diffs, y)
    masks["G_seg"] = torch.stack([mask.argmax(dim=1) for mask in made])
masks["copy"] = s_in.expand_as(true)

# %%
asked = [
    (NAMES.index(n), k) for k, n in enumerate(("Bald", "Bangs", "Eyeglasses", "Male", "Young"))
]


def pick(values):
    """What was asked, from (13, 20, …)."""
    return torch.stack([values[a, k] for a, k in asked])


rows_shown = {
    "x_in": x[: len(asked)],
    "x_out, λ_sc = 0": pick(edits["alone"]),
    "P(x_out), λ_sc = 0": pick(masks["alone"]),
    "x_out, SeCGAN": pick(edits["secgan"]),
    "P(x_out), SeCGAN": pick(masks["secgan"]),
    "ŝ_out, SeCGAN": pick(masks["G_seg"]),
    "they disagree": pick(masks["secgan"]) != pick(masks["G_seg"]),
    "true mask": pick(true),
}
wishes = [figures.flip_name(NAMES[a], bool(y[k, a])).replace(" ", "\n") for a, k in asked]
show(figures.agreement(rows_shown, wishes), "Which of the masks looks most like the true one?")

# %% tags=["nbval-check-output"]
from secgan_lite.evaluation.truth import mean_iou, overlaps

moved = true != people.batch(torch.arange(20))[2]  # pixels whose segment changes


def iou(found, wanted):
    """Mean IoU over edits, faces and segments."""
    return mean_iou(overlaps(found, wanted).sum(dim=0).numpy()).mean()


titles = {"alone": "P(x_out), λ_sc = 0", "secgan": "P(x_out), SeCGAN"}
titles |= {"G_seg": "ŝ_out, SeCGAN", "copy": "copy the input"}
where = {"pixels that change": moved, "all others": ~moved}
right = {
    k: [iou(masks[k], true), *((masks[k] == true)[w].float().mean().item() for w in where.values())]
    for k in titles
}
columns = {"mask": "", "mean IoU": ".3f", "right where it changes": ".0%", "right elsewhere": ".0%"}
table("Masks of 260 edits", columns, [(titles[k], *values) for k, values in right.items()])
nearest = max(("alone", "secgan", "copy"), key=lambda k: right[k][0])
verdict(guess_mask, nearest)
dispute = masks["secgan"] != masks["G_seg"]
share = {k: (masks[k] == true)[dispute].float().mean().item() for k in ("G_seg", "secgan")}
print(f"where they disagree, ŝ_out is right in {share['G_seg']:.0%}, ", end="")
print(f"P(x_out) in {share['secgan']:.0%} of the pixels")
claim("the copy has the highest IoU", nearest == "copy", n=260)
gain = [b - a for a, b in zip(right["alone"], right["secgan"], strict=True)]
claim("more often right where the mask changes and elsewhere", min(gain[1:]) > 0.05, n=260)
claim("almost no pixel that should change", right["copy"][1] < 0.02, n=260)
claim("in four of five such pixels G_seg is right", 0.75 < share["G_seg"] < 0.85, n=260)

# %% [markdown]
# *What does $G_{seg}$ have to teach?* Look at the row "they disagree": in four of five such pixels G_seg is right. So it knows something that $G_{rgb}$ does not know yet. Compare the first two rows of the table: SeCGAN's edit is more often right where the mask changes and elsewhere. The copy has the highest IoU, and it gets almost no pixel that should change right.
#
# So the answer to this lesson's question is: the second GAN adds a teacher of *shape*. The edits keep their parts in place better and change shapes better. By IoU alone they are still worse than no edit at all.
#
# **Is P a fair judge?** P was SeCGAN's teacher. An editor may learn what P likes to see, instead of what is true. A second parser, the *witness*, has the same layers, but other first weights and other training faces, and no editor has ever learned from it. We ask both parsers about the bundled editors of 32 px, on 40 faces.

# %% tags=["nbval-check-output"]
from secgan_lite.parsing.parser import load_witness

small = datasets.load("synthetic", "test", 32, count=40)
x32, y32, _ = batch_of(small)
true32 = Truth.of(small).tensors()[1]
flips32 = single_flips(y32, resolved=True) - y32
pair = {m: Trained.of(f"editor-32-stargan-{m}") for m in ("baseline", "secgan")}
parsers = {"P": pair["secgan"].parser, "witness": load_witness(32)}
seen = {}
with torch.no_grad():
    for name, editor in pair.items():
        out32 = editor.edit(x32, flips32, y32)
        for who, parser in parsers.items():
            found = torch.stack([parser(edit).argmax(dim=1) for edit in out32])
            seen[who, name] = iou(found, true32)
columns = {"parser": "", "alone": ".3f", "SeCGAN": ".3f", "gain": "+.3f"}
lines = [(w, seen[w, "baseline"], seen[w, "secgan"]) for w in parsers]
table("Mean IoU by two parsers", columns, [(w, a, b, b - a) for w, a, b in lines])
gains = {w: seen[w, "secgan"] - seen[w, "baseline"] for w in parsers}
claim("The witness sees the gain too", gains["witness"] > 0.02, n=520)
claim("a smaller one than P sees", gains["witness"] < gains["P"], n=520)

# %% [markdown]
# *Who believes the gain?* The witness sees the gain too, but a smaller one than P sees. So part of it is real, and part of it is P's own taste.
#
# Now along training. The run `run-b` was recorded with $\lambda_{sc} = 1$: ten snapshots, and 26 edits of two faces in each.

# %%
from secgan_lite.course.recorded import load_dynamics

film = load_dynamics("run-b")
two = datasets.load("synthetic", "test", 32, count=2)
exact = Truth.of(two).tensors()[1]
stored = {k: torch.tensor(m[:, :, 1:]).long().transpose(1, 2) for k, m in film.masks.items()}
steps = [snapshot["iteration"] for snapshot in film.scores]
early, bald = range(0, 10, 2), NAMES.index("Bald")
frames = torch.from_numpy(film.samples[early, 0])  # of the first face
P_then, G_then = (stored[k][early, bald, 0] for k in ("P", "G_seg"))
strip = {
    "x_in": frames[:, 0],
    "x_out": frames[:, 1 + bald],
    "P(x_out)": P_then,
    "ŝ_out": G_then,
    "they disagree": P_then != G_then,
    "true mask": exact[bald, 0].expand_as(P_then),
}
titles_then = [f"iteration\n{steps[k]}" for k in early]
show(
    figures.agreement(strip, titles_then), "“To bald” along training: which mask gets there first?"
)

# %%
with_truth = {k: [iou(masks_then, exact) for masks_then in stored[k]] for k in ("P", "G_seg")}
curves = {"P(x_out)": with_truth["P"], "ŝ_out": with_truth["G_seg"]}
level = {"copy the input": iou(torch.from_numpy(two.masks).long().expand_as(exact), exact)}
show(
    figures.mask_scores(steps, curves, level), "Who is ahead, from the first snapshot to the last?"
)

# %% tags=["nbval-check-output"]
differ = (stored["P"] != stored["G_seg"]).float().mean(dim=(1, 2, 3, 4))
print(f"pixels in dispute: {differ[0]:.0%} at the first snapshot, {differ[-1]:.0%} at the last")
ahead = [b > a for a, b in zip(with_truth["P"], with_truth["G_seg"], strict=True)]
claim("G_seg is ahead in every snapshot", all(ahead), n=10)
claim("the two disagree in fewer pixels than at first", differ[-1] < differ[0], n=26)

# %% [markdown]
# *Who is ahead?* G_seg is ahead in every snapshot. To edit a mask is easier than to edit an image: there is no colour, no light, and 12 values in place of millions. At the end the two disagree in fewer pixels than at first.
#
# **Which wishes have a shape?** A mask can only teach where the wish changes the mask. We draw the true edits of 100 faces and count.

# %% tags=["nbval-check-output"]
many = datasets.load("synthetic", "test", 64, count=100)
changes = Truth.of(many).tensors()[1] != torch.from_numpy(many.masks).long()
changed = dict(zip(NAMES, changes.float().mean(dim=(1, 2, 3)).tolist(), strict=True))
ranked = sorted(changed.items(), key=lambda pair: -pair[1])
columns = {"attribute reversed": "", "pixels of the mask that change": ".2%"}
table("What an edit does to the mask, mean of 100 faces", columns, ranked)
shapeless = [name for name, value in ranked if value == 0]
claim("seven of the thirteen wishes change no pixel of the mask", len(shapeless) == 7, n=100)

# %% [markdown]
# *Where can the second GAN teach?* Look at the zeros: seven of the thirteen wishes change no pixel of the mask. Hair colours, pale skin and age have no shape here, and the paper's 12 segments have none for beards. For these wishes $G_{seg}$ can say one thing only: "stay as you are". That is a useful lesson, as we saw, but it is the same for all seven.
#
# ## 2. Where the label enters
#
# A conditional generator must hear its wish. How does a list of 13 numbers join an image? StarGAN tiles the label $y^{diff}$: each of its numbers becomes a constant plane of the image's size, and the planes join the three colours as further channels.

# %% [markdown] tags=["exercise"]
# ### Exercise A1 · The label's way in
#
# **Goal.** Write what enters StarGAN's first convolution: the image's channels first, then a constant plane for each attribute, in their order. **Difficulty** 2 of 5, 10 min. Checked, gradients included.
#
# <details><summary>Hint 1: what shapes?</summary>Write down the shape of the image, of the label, and of the result. Which two axes does the label lack?</details>
# <details><summary>Hint 2: how does a number become a plane?</summary>An axis of length 1 can be stretched to any length without any arithmetic. Look up how PyTorch adds such an axis, and how it stretches one.</details>
# <details><summary>Hint 3: how can I test it?</summary>Take two faces of 2 × 2 pixels with different wishes, and print the result for the second one. Is each plane constant? Is it this face's wish?</details>


# %% tags=["exercise", "nbval-check-output"]
def enter(x, y_diff):
    """Images (B, 3, h, h) and wishes (B, n) -> the generator's input, (B, 3 + n, h, h)."""
    # solution
    planes = y_diff[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, planes], dim=1)
    # end


enter = check("03-enter", enter)

# %% [markdown]
# Your function now runs in front of the trained network's first convolution, a 7 × 7 window with three pixels of zero padding. Behind it stands an **<dfn>instance norm</dfn>**: from each channel of each image it subtracts the mean over the pixels, and then divides by the standard deviation. *What will it leave of a constant plane?* Think before you run the cell.
#
# A convolution is linear. So the label's share of its output is the output with the wish minus the output without it. We compute that share for each of the 13 wishes, and subtract its mean, as the norm does. The third row is an experiment: we wrap the image round, so that it has no border anywhere.

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
    "without its mean": centred[bangs, channel],
    "the same, no border": centred_endless[bangs, channel],
}
show(
    figures.label_maps(maps),
    f"Where is “add bangs” left when the mean is gone (channel {channel} of the first layer)?",
)

# %% tags=["nbval-check-output"]
inner = centred[:, :, 3:-3, 3:-3]
energy = inner.square().sum(dim=(1, 2, 3)) / centred.square().sum(dim=(1, 2, 3))
area = inner[0, 0].numel() / h**2
print(f"pixels at least three away from the border: {area:.0%} of all")
print(f"energy of the centred share there: {energy.min():.0%} to {energy.max():.0%}, by wish")
claim("nothing is left, in any channel", centred_endless.abs().max() < 1e-5)
claim("every inner pixel gets the same number", inner.std(dim=(2, 3)).max() < 1e-5)
claim("the number is not zero", inner.abs().amax(dim=(1, 2, 3)).min() > 1e-3, n=13)
claim("most of the energy lies in the frame", energy.max() < 0.5, n=13)

# %% [markdown]
# *What is left of the label?* Start with the third map. Without a border the share is constant, the norm takes it away, and nothing is left, in any channel: the generator would be deaf. With the zero padding some of the window's taps fall off near the border. There the share differs, so it is not constant any more, and the norm cannot delete it. This is how StarGAN hears its wish.
#
# It hears it in two places. Most of the energy lies in the frame, three pixels wide. (By *energy* we mean the sum of the squares over pixels and channels.) But the inner pixels are not deaf: every inner pixel gets the same number, and the number is not zero, because the mean that the norm subtracts is the mean of frame *and* inside. The line above tells what part of the energy lies inside. So the label is a loud frame and a faint constant.
#
# With a 1 × 1 window no tap ever falls off the image, and the label would be lost as in the third map. AttGAN and STGAN choose another way: there the label joins the *deepest* features, where 4 × 4 positions see the whole face, and the norm behind it is a batch norm. A batch norm takes the mean over all faces of the batch, and faces have different wishes, so the wish stays.
#
# ## 3. Two modalities, one code
#
# What has to change to edit masks in place of images? Let the program say: it builds both branches at the published size and compares the shape of every tensor. The networks live on PyTorch's *meta* device, where tensors have shapes and no numbers.


# %% tags=["nbval-check-output"]
def network(name, part, modality=modalities.RGB, image_size=128, condition=0):
    """A network of the published size without numbers, and inputs that fit it."""
    kind = backbones.get(name)
    size = kind.size(image_size=image_size)
    y = torch.empty(1, 13, device="meta")
    x = torch.empty(1, modality.channels + condition, image_size, image_size, device="meta")
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
# The first layer, the last layer, and nothing else, as A.1 of the paper says. In the code a branch is one class and the difference one line of data:
#
# | modality | channels | last activation | real input of D | reconstruction |
# |---|---|---|---|---|
# | `RGB` | 3 | tanh, so in [−1, 1] | the image | mean absolute error, Eq. 5 |
# | `SEMANTIC` | 12 | softmax, so a distribution in each pixel | P's arg-max, one-hot | cross entropy, Eq. 10 |

# %% tags=["nbval-check-output"]
raw = torch.randn(1, 12, 2, 2, generator=stream(seed, "raw"))
soft = modalities.SEMANTIC.activate(raw)
wrong = modalities.RGB.activate(raw)
print("softmax: sum over the segments of a pixel", round(soft.sum(dim=1)[0, 0, 0].item(), 4))
print("tanh in its place:", round(wrong.sum(dim=1)[0, 0, 0].item(), 4), "(no distribution)")

# %% [markdown]
# **An option that is not the paper's: blending.** The generator above has to draw every pixel again, also those that should stay as they are. With `-p blend True` (lesson [04](04_train.ipynb)) the image generator puts out a fourth channel. Its first three are a colour $c$, as before. The fourth is a *share* $m$ between 0 and 1, one for each pixel and the same for its three colours. So much of the pixel is drawn, and the rest is copied from the input:
#
# $$x^{out} = m \odot \tanh(c) + (1 - m) \odot x^{in}, \qquad m = \mathrm{sigmoid}(\text{fourth channel}).$$
#
# In the code it is a third `Modality`, `RGB_BLENDED`; D, the losses and the semantic branch stay as they are. Four pixels with different shares, a drawn colour of $0.5$ and an input of $-0.5$:

# %% tags=["nbval-check-output"]
raw = torch.full((1, 4, 2, 2), 0.5).atanh()  # three channels of colour
raw[0, 3] = torch.tensor([[-20.0, -1.0], [1.0, 20.0]])  # and the share, before its sigmoid
pixels = modalities.RGB_BLENDED.activate(raw, torch.full((1, 3, 2, 2), -0.5))
print("share", [round(m, 2) for m in raw[0, 3].sigmoid().flatten().tolist()])
print("x_out", [round(value, 2) for value in pixels[0, 0].flatten().tolist()])

# %% [markdown]
# A share of 0 copies the input, a share of 1 takes the drawn colour.
#
# The bundled STGAN editor of 64 px is trained like this; all other runs of the course draw every pixel, as the paper does. There is a danger in it: copying everything satisfies Eq. 5 (reconstruction) perfectly. If $\lambda_{rec}$ is too large, the shares can go to 0 before G has learned a single edit. They stay there, because near 0 the sigmoid is flat and hardly any gradient comes back.
#
# ## 4. Mutual learning
#
# In **<dfn>distillation</dfn>** a big trained network, the teacher, teaches a small one, the pupil. In **mutual learning** (Zhang et al., 2018) two beginners teach each other. SeCGAN does the same with its two generators (§3.2):
#
# $$\mathcal L^{rgb}_{sc} = -\frac1{HW}\sum_{i,j} s^{out}_{ij}\cdot\log P(x^{out})_{ij} \qquad\text{(11)} \qquad\qquad \mathcal L^{seg}_{sc} = -\frac1{HW}\sum_{i,j} \bar P(x^{out})_{ij}\cdot\log\hat s^{out}_{ij} \qquad\text{(12)}$$
#
# Each pixel has 12 probabilities. $s^{out}$ and $\bar P$ are **hard targets**: 1 for the likeliest segment, 0 for the others. $\hat s^{out}$ and $P(x^{out})$ are soft. So each formula is a cross entropy, averaged over the pixels, of a pupil against its teacher's decision:
#
# | | teacher | pupil | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|---|---|
# | Eq. 11 | $G_{seg}$ | $G_{rgb}$, through the frozen P | $\log P(x^{out})$ → `log_p`, log-probabilities (B, 12, h, h); $\hat s^{out}$ before its softmax → `raw` (B, 12, h, h) | `losses.semantic_consistency` | P must not run under `no_grad` |
# | Eq. 12 | $G_{rgb}$, through P | $G_{seg}$ | the same two | `losses.semantic_consistency` | cross entropy takes its own softmax |
#
# ### One pixel first
#
# Two beginners disagree about a pixel. Who gives way? Take two segments only, *glasses* or *skin*, and one number for each branch: its **log-odds** for glasses, $a$ for $P(x^{out})$ and $b$ for $\hat s^{out}$. Positive means "glasses"; the further from 0, the surer. The probability is $\sigma(a) = 1/(1 + e^{-a})$. For a target $t$ the cross entropy has a simple slope:
#
# $$\frac{\partial}{\partial a}\Big(-t\log\sigma(a) - (1 - t)\log(1 - \sigma(a))\Big) = \sigma(a) - t$$
#
# So $a$ comes to rest where $\sigma(a) = t$. With a soft target, $t = \sigma(b)$, that is where $a = b$, at whatever height the two meet. With a hard target, $t$ is 0 or 1, which $\sigma(a)$ never reaches: $a$ grows on and on.
#
# Now the experiment. Many pairs $(a, b)$ descend Eq. 11 + Eq. 12, with hard targets as in SeCGAN, then with soft targets as in Deep Mutual Learning. The third panel is Deep Mutual Learning as a whole: there each network also learns from true labels, and here the true label is "glasses".


# %% tags=["setup"]
def descend(target_of, label_weight=0.0, steps=120, rate=0.2):
    """Positions (steps, starts, 2) of (a, b) that learn from each other, and from a true label.

    target_of: the teacher's log-odds -> the target for its pupil, between 0 and 1.
    """
    line = torch.linspace(-2.5, 2.5, 6)
    both = torch.cartesian_prod(line, 0.93 * line + 0.1)
    positions = [both]
    for _ in range(steps):
        targets = target_of(both.flip(1))  # each learns from the other
        slope = both.sigmoid() - targets + label_weight * (both.sigmoid() - 1)
        both = both - rate * slope
        positions.append(both)
    return torch.stack(positions)


# %%
pixel = {
    "hard targets (SeCGAN)": descend(lambda teacher: (teacher > 0).float()),
    "soft targets": descend(torch.sigmoid),
    "soft targets and true labels": descend(torch.sigmoid, label_weight=1.0),
}
show(
    figures.paths(pixel, ("a: the image branch", "b: the mask branch")),
    "When the two branches disagree about a pixel, which of them gives way?",
)

# %% tags=["nbval-check-output"]
ends = {title: positions[-1] for title, positions in pixel.items()}
sure = {title: end.abs().min(dim=1).values.median().item() for title, end in ends.items()}
columns = {"targets": "", "median over the starts": ".1f"}
table("How sure at the end: the smaller of |a| and |b|", columns, [*sure.items()])
hard, soft, labelled = ends.values()
begun = pixel["hard targets (SeCGAN)"][0]
dispute = (begun.prod(dim=1) < 0) & (begun.abs().diff(dim=1)[:, 0].abs() > 0.3)
surer = begun.gather(1, begun.abs().argmax(dim=1, keepdim=True)).sign()
claim(
    "the one that was less sure crosses its axis first",
    (hard.sign() == surer)[dispute].all(),
    n=int(dispute.sum()),
)
claim("both end sure", sure["hard targets (SeCGAN)"] > 2)
claim("they meet half-way and stop", (soft.diff(dim=1).abs().max() < 0.1) and soft.abs().max() < 3)
claim("All end sure of the true label", labelled.min() > 2, n=36)

# %% [markdown]
# *Who gives way?* (Grey dots are starts, orange dots ends. Above and to the right of the grey axes a branch says "glasses".)
#
# - **Hard targets.** Where the two agree, both end sure. Where they disagree (upper left, lower right), each moves towards the other's decision, and the one that was less sure crosses its axis first: it gives way. Two that are as sure as each other arrive at 0 together and go on quarrelling; in pictures the other losses decide such a case.
# - **Soft targets alone.** Here they meet half-way and stop. The pair agrees, and nobody has become sure.
# - **Soft targets and true labels.** All end sure of the true label. In Deep Mutual Learning the labels make the networks sure, and the soft targets pass on how sure the other one is.
#
# So hard and soft targets are two designs for two situations. SeCGAN has no true mask of an edit. Hard targets replace the missing push towards a decision, and the price is that a wrong decision is pushed just as hard.

# %% [markdown] tags=["exercise"]
# ### Exercise A2 · Both directions
#
# **Goal.** Write Eq. 11 and Eq. 12 in one function, with SeCGAN's hard targets. **Difficulty** 2 of 5, 15 min. Checked, gradients included.
#
# <details><summary>Hint 1: who is who?</summary>For each equation write down: who is the pupil (its <i>probabilities</i> enter), who is the teacher (its <i>decision</i> enters)? Which of the two may get a gradient?</details>
# <details><summary>Hint 2: which loss?</summary><code>F.cross_entropy</code> takes the target in two forms. Read in its documentation which form is a decision, and what it does to its first argument before it takes the logarithm.</details>
# <details><summary>Hint 3: does it matter that one is logits and one is log-probabilities?</summary>Compute by hand the log-softmax of numbers that are log-probabilities already: the sum of their exponentials is 1, and its logarithm is …</details>


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
# Your function, the package's, and a pair of plain loops must give the same two numbers:

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
# We run both branches on the six faces. For each loss alone we ask every network: how large is the gradient that reaches your weights? P's weights are frozen, so they get none; but the gradient passes through P on its way to $G_{rgb}$.

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


# %% tags=["nbval-check-output"]
translation = model.translate(batch)
log_p = model.parser(translation["rgb"].out)
raw = translation["semantic"].raw
eq_11, eq_12 = mutual(log_p, raw)
soft_target = raw.softmax(dim=1)
leaking = -(soft_target * log_p).sum(dim=1).mean()
cut = -(soft_target.detach() * log_p).sum(dim=1).mean()
with torch.no_grad():
    eq_11_no_grad = mutual(model.parser(translation["rgb"].out), raw)[0]

flow = {
    "Eq. 11": reach(eq_11),
    "Eq. 12": reach(eq_12),
    "Eq. 11, soft target, detached": reach(cut),
    "Eq. 11, soft target, not detached": reach(leaking),
    "Eq. 11, P under no_grad": reach(eq_11_no_grad),
}
pupils = {loss: [n for n, v in norms.items() if v] for loss, norms in flow.items()}
for loss, names in pupils.items():
    print(f"{loss:<33} teaches {' and '.join(names) or 'nobody'}")
verdict(guess_taught, len(pupils["Eq. 11"]))
claim("one network each", pupils["Eq. 11"] == ["G_rgb"] and pupils["Eq. 12"] == ["G_seg"])
claim(
    "it also moves the teacher", pupils["Eq. 11, soft target, not detached"] == ["G_rgb", "G_seg"]
)
claim("it teaches nobody", not pupils["Eq. 11, P under no_grad"])

# %%
show(figures.gradient_flow(flow), "Which networks does each loss teach?")

# %% [markdown]
# *Who learns from whom?* (A dot: a gradient arrives, with its norm. A cross: none.) Eq. 11 and Eq. 12 teach one network each. The gradient of Eq. 11 passes *through* P and does not touch its weights. An arg-max has no derivative, so no gradient reaches the teacher. This is why one backward pass over the sum of Eq. 14 and Eq. 16 serves both generators.
#
# A soft target works as well, if it is detached. If it is not, it also moves the teacher: $G_{seg}$ is told to agree with whatever $G_{rgb}$ has drawn. And with P under `no_grad` the loss has its right value, and it teaches nobody. Training would run without any error message.

# %% [markdown] tags=["exercise"]
# ### Exercise B · How soft is soft?
#
# **Goal.** Between hard and soft targets lies a whole family: $t = \sigma(b/T)$ with a *temperature* $T$. For $T = 1$ it is the soft target, for $T \to 0$ the hard one. *Predict first*: how sure do the two end for $T$ = `2`, `1`, `0.5` and `0.1`? At which $T$ does it change? Then write the experiment: `sureness(T)` runs `descend` and returns the median over all starts of the smaller of $|a|$ and $|b|$ at the end. Explain the outcome with the slope $\sigma(a) - t$. **Difficulty** 3 of 5, 15 min. Open: compare with the [solutions](solutions/03_parallel_branches.ipynb).
#
# <details><summary>Hint 1: what do I vary, what do I hold fixed?</summary>Only the target changes. Starts, steps and rate are those of <code>descend</code>.</details>
# <details><summary>Hint 2: how do I explain it?</summary>Suppose that the two agree already, a = b. Which sign has the slope if T is below 1? And above 1?</details>
# <details><summary>Hint 3: is it the end?</summary>120 steps are not infinitely many. Does the order of your results change with ten times as many?</details>


# %% tags=["exercise", "nbval-check-output"]
def sureness(T):
    """Median over the starts of min(|a|, |b|) at the end, for targets of temperature T."""
    # solution
    end = descend(lambda teacher: (teacher / T).sigmoid())[-1]
    return end.abs().min(dim=1).values.median().item()
    # end


found = {T: sureness(T) for T in (2, 1, 0.5, 0.1)}
if TODO in found.values():
    print("not attempted")
else:
    print({T: round(value, 1) for T, value in found.items()})

# %% [markdown] tags=["solution"]
# **Answer.** Where the two agree, $a = b$, the slope is $\sigma(a) - \sigma(a/T)$. For $T = 1$ it is 0: they stay as sure as they were when they met. For $T < 1$ the target is surer than the pupil, so both grow surer in each step, without end; the smaller $T$, the faster. For $T > 1$ the target is less sure than the pupil, and both slide to 0, where nobody has an opinion. So the change comes at $T = 1$. Soft targets are not "half" of hard ones: they stand just on the border between growing and fading.

# %% tags=["solution"]
assert found[2] < found[1] < found[0.5] < found[0.1]

# %% [markdown]
# ## 5. Four places for labels
#
# Both branches meet labels in four places: G when it edits, G when it reconstructs, D on real faces, and G's classification loss on the edit. There are only two labels, $y^{src}$ and $y^{trg}$, and what can be made of them. A wrong one in one place gives no error message.

# %% [markdown] tags=["exercise"]
# ### Exercise C · The editor that does not remove
#
# **Goal.** A colleague has ported her StarGAN to our networks. Her function hands out the four labels. Below are the symptoms, measured on our trained networks with her labels; her code comes after them. Find the cause *from the symptoms first*, write it down in one sentence, then repair the function. **Difficulty** 3 of 5, 15 min. Checked.
#
# <details><summary>Hint 1: who can be excluded?</summary>Which of the four labels does the row "D on real faces" depend on? Which of them does "reconstruction" depend on?</details>
# <details><summary>Hint 2: what does a removal look like?</summary>Write down what <code>y_src</code>, <code>y_trg</code> and their difference hold for an attribute that shall be removed. Which of these three numbers could a generator take for "leave it as it is"?</details>
# <details><summary>Hint 3: how can I test my suspicion?</summary>Predict from it what happens to an attribute that the face has already and shall keep, and look at the row "to keep".</details>

# %%
from secgan_lite.course.checks.branches import colleague
from secgan_lite.course.checks.branches import labels as healthy

forty = datasets.load("synthetic", "test", h, count=40)
x_all, y_all, _ = batch_of(forty)
y_wish = single_flips(y_all, resolved=True)  # (13, 40, 13)
own = torch.eye(13).bool()[:, None].expand_as(y_wish)  # the attribute that is reversed
kinds = (own & (y_all == 0), own & (y_all == 1), y_wish == y_all)  # to add, to remove, to keep
rgb = model.branches["rgb"]
symptoms = []
with torch.no_grad():
    for give in (healthy, colleague):
        hits = []
        for wish in y_wish:
            told, same, on_real, _ = give(y_all, wish)
            hits.append((rgb.judge(rgb.edit(x_all, told).out)[1] > 0) == (wish > 0))
        rates = [torch.stack(hits)[kind].float().mean().item() for kind in kinds]
        rebuilt = 127.5 * (rgb.edit(x_all, same).out - x_all).abs().mean().item()
        real = ((rgb.judge(x_all)[1] > 0) == (on_real > 0)).float().mean().item()
        symptoms.append([*rates, rebuilt, real])

# %% tags=["nbval-check-output"]
names = ("D sees it: to add", "D sees it: to remove", "D sees it: to keep")
names += ("reconstruction, grey levels", "D on real faces right")
lines = [
    (name, *(f"{v:.1f}" if "levels" in name else f"{v:.0%}" for v in values))
    for name, values in zip(names, zip(*symptoms, strict=True), strict=True)
]
table(
    "Symptoms on 40 faces, 13 single edits of each",
    {"what": "", "healthy": "", "colleague": ""},
    lines,
)
claim("most removals fail", symptoms[1][1] < 0.5 < symptoms[0][1], n=int(kinds[1].sum()))
claim("D is as good as before", symptoms[0][4] == symptoms[1][4], n=40)
claim("an empty wish changes the face more than it should", symptoms[1][3] > 1.3 * symptoms[0][3])

# %% [markdown]
# *Symptoms.* Her editor adds in most cases, but most removals fail. D is as good as before. And an empty wish changes the face more than it should: the reconstruction is worse.


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
# ## 6. The other way: Concat
#
# The paper's third method, **<dfn>Concat</dfn>** (§4.5), gives the mask of the input to the one generator, as 12 more channels. It is the natural rival: a mask helps, and there is no second GAN. What does each method need?

# %% tags=["nbval-check-output"]
from secgan_lite.course.anatomy import layers, multiply_adds, rows, weights

plain, joined = (network("stargan", "G", condition=c)[0] for c in (0, 12))
print(f"input channels: baseline {plain.in_channels}, concat {joined.in_channels}")
print(f"weights: baseline {weights(plain):,}, concat {weights(joined):,}")
with torch.no_grad():
    noisy = (batch.x + 0.3 * torch.randn(batch.x.shape, generator=stream(seed, "n"))).clamp(-1, 1)
    agree = (batch.s == model.parser(noisy).argmax(dim=1)).float().mean()
print(f"P with noise in the image: {agree:.0%} of the pixels as without")

# %% [markdown]
# | | baseline | concat | SeCGAN |
# |---|---|---|---|
# | networks in training | $G$, $D$ | $G$, $D$, P | $G$, $D$ twice, P |
# | networks afterwards | $G$ | $G$ **and P** | $G$ |
# | the mask of the *edited* face | never seen | never seen | made by $G_{seg}$ |
# | a mistake of P at test time | does not matter | enters the edit | does not matter |
#
# Concat needs P for as long as it is used, and a picture that P reads badly, for example a noisy one, reaches the generator with a wrong mask. It is told what the face *is*, and not what it should become. In the paper's Table 1 SeCGAN beats Concat with both backbones. Whether that holds here, with seeds and intervals, is a question for [07 · Ablations](07_ablations.ipynb).
#
# ## 7. What it costs
#
# "Twice the baseline's complexity during training", says §5 of the paper. A forward pass is not training: there are D's steps, the gradient penalty, G's call for the reconstruction, P, and the way back through all of them. So we run a whole iteration of Algorithm 1 and count every multiplication. The networks have StarGAN's published size and live on PyTorch's *meta* device, where tensors have shapes and no numbers. D learns in each iteration, G in every N-th; the paper takes N = 5, our lessons N = 1.

# %% tags=["nbval-check-output"]
from secgan_lite.course.anatomy import counted, iteration
from secgan_lite.parsing import Parser
from secgan_lite.parsing.unet import UNet
from secgan_lite.secgan import Batch, Model

work = {}
with torch.device("meta"):
    one = Batch(
        torch.empty(1, 3, 128, 128), torch.empty(1, 128, 128).long(), *torch.empty(2, 1, 13)
    )
    for method in ("baseline", "concat", "secgan"):
        size = backbones.get("stargan").size(image_size=128)
        whole = Model(method, "stargan", size, parser=Parser(UNet(width=16, levels=5)))
        work[method] = [
            counted(partial(iteration, whole, one, turn)) / 1e9 for turn in (False, True)
        ]
cost = {m: {n: ((n - 1) * d + g) / n for n in (1, 5)} for m, (d, g) in work.items()}
columns = {"method": "", "D alone": ".1f", "D and G": ".1f", "N = 1": ".1f", "N = 5": ".1f"}
lines = [(m, *work[m], *cost[m].values()) for m in work]
table("Billion multiply-adds of an iteration, per image, StarGAN at 128 px", columns, lines)
times = {m: [cost[m][n] / cost["baseline"][n] for n in (1, 5)] for m in cost}
print({m: [round(t, 2) for t in ratios] for m, ratios in times.items()}, "times the baseline")
claim(
    "SeCGAN doubles the work, for N = 1 and for N = 5", all(1.9 < t < 2.2 for t in times["secgan"])
)
claim("Concat adds a few percent", all(1 < t < 1.06 for t in times["concat"]))

# %% [markdown]
# *What does training cost?* SeCGAN doubles the work, for N = 1 and for N = 5. Concat adds a few percent in training, and P at every use. SeCGAN's price is paid once, in training.
#
# Which networks do this work? Counted for one forward pass of each:

# %% tags=["nbval-check-output"]
parts = []
for modality, suffix in ((modalities.RGB, "rgb"), (modalities.SEMANTIC, "seg")):
    for part in ("G", "D"):
        built, inputs = network("stargan", part, modality)
        parts.append(
            (f"{part}_{suffix}", weights(built) / 1e6, multiply_adds(built, *inputs) / 1e9)
        )
with torch.device("meta"):
    unet, image = UNet(width=16, levels=5), torch.empty(1, 3, 128, 128)
parts.append(("P (U-Net)", weights(unet) / 1e6, multiply_adds(unet, image) / 1e9))
columns = {"network": "", "million weights": ".2f", "billion multiply-adds": ".2f"}
table("One forward pass at 128 px", columns, parts)
once = {name: passes for name, _, passes in parts}
claim("Nearly all the work is the generators'", once["G_rgb"] > 10 * once["D_rgb"])
claim("P adds less than a twentieth of one generator", once["P (U-Net)"] < once["G_rgb"] / 20)

# %%
show(figures.costs(parts), "Which networks hold the weights, and which of them do the work?")

# %% [markdown]
# *Where does the work go?* Nearly all the work is the generators'; the discriminators hold more weights and use each of them for few pixels. P adds less than a twentieth of one generator.
#
# The numbers so far are counts at the published size. Time is another matter: small networks spend much of it on overhead, and P is not small beside the generators of our lessons. Here are whole iterations at the lessons' size on this machine, so your numbers will differ:

# %% tags=["nbval-ignore-output"]
from secgan_lite.course.anatomy import milliseconds

lines = []
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
# ## 8. Three backbones
#
# SeCGAN is not one network but a recipe. Its two branches can be made of StarGAN's, AttGAN's or STGAN's networks (§3.1). Here is what a generator of the published size is made of:

# %% tags=["nbval-check-output"]
built, inputs = network(backbone, "G")
table(
    f"{backbone}, generator at 128 px",
    {"layer": "", "puts out": ">", "weights": ",d"},
    rows(built, *inputs),
)

# %% [markdown]
# Read it from top to bottom. StarGAN halves the image twice, has six residual blocks (twelve convolutions of one kind) and doubles twice. The paper's Table 2 gives a residual block one convolution; with two the count comes to 8 million, which is what §4.2 says. Try `-p backbone attgan`: an encoder down to 4 × 4, a decoder back, one shortcut across.
#
# All three, side by side, as generators and as discriminators:

# %% tags=["nbval-check-output"]
columns = {"network": "", "convolutions, linear": "d"}
columns |= {"million weights": ".2f", "billion multiply-adds": ".2f"}
counted = []
millions, billions = {}, {}
for name in ("stargan", "attgan", "stgan"):
    for part in ("G", "D"):
        built, inputs = network(name, part)
        count = sum(times for _, times in layers(built, *inputs))
        size, work = weights(built) / 1e6, multiply_adds(built, *inputs) / 1e9
        counted.append([f"{name} {part}", count, size, work])
        millions[name, part], billions[name, part] = size, work
table("The three backbones at 128 px", columns, counted)
claim("does the most work", max(billions, key=billions.get) == ("stargan", "G"))
times_more = millions["attgan", "G"] / millions["stargan", "G"]
claim("five times as many", 4.5 < times_more < 5.5)
claim("less than a third of that work", billions["attgan", "G"] < billions["stargan", "G"] / 3)

# %% [markdown]
# StarGAN's generator has 8.46 million weights and does the most work, because it works at high resolution. AttGAN's has 43.46 million, five times as many, and does less than a third of that work: many of its weights sit where only 4 × 4 or 8 × 8 pixels are left. Neither number alone tells how long training takes.

# %% [markdown]
# ## What goes wrong, and limits
#
# **Agreement is not truth.** Two branches can agree on a wrong mask. The consistency loss pays for being alike, and not for being right. What keeps both honest are the other losses, above all each branch's own discriminator.
#
# **An early teacher is a bad teacher.** In its first steps $G_{seg}$ knows nothing. Its arg-max speaks with full confidence all the same. The paper uses the consistency from the first step on; with the option `sc_start_iteration` it begins later.
#
# **P is a third party.** P was trained on faces as they are, and it is asked about edits, which are blurred at first. Where P errs (lesson [01 · Parsing](01_parsing.ipynb)), Eq. 11 punishes $G_{rgb}$ for it, and Eq. 12 teaches the error to $G_{seg}$.
#
# **Two seeds and few faces.** Section 1 has two seeds for each weight, and its pictures come from one. They show a direction. Lesson [07](07_ablations.ipynb) has intervals, and asks whether the edits themselves get better.
#
# **Half of the wishes have no shape.** For them the second GAN can only say "stay". The picture along training shows one wish on one face; the table of wishes is about drawn faces and 12 segments, and other data have other zeros.
#
# ## Summary
#
# 1. The second GAN adds a teacher of shape: with it the masks of the edits come closer to the true ones, where the mask should change and elsewhere. $G_{seg}$ pays with some of its own accuracy. Copying the input still has the higher IoU.
# 2. StarGAN's label enters as constant planes. Behind the instance norm a frame and a faint constant are left of it, and without a border nothing.
# 3. A branch for masks is the same code with 12 channels, a softmax and a cross entropy.
# 4. Eq. 11 teaches $G_{rgb}$ alone, through P; Eq. 12 teaches $G_{seg}$ alone. Gradients prove it. Hard targets push towards a decision; soft ones pass on doubt.
# 5. Labels go to four places: the difference, zero, source and target.
# 6. SeCGAN doubles the work of a training iteration and adds nothing afterwards. Concat adds a few percent, and needs P for ever.
#
# ## Quiz
#
# 1. Which networks must be shipped to edit a photo with SeCGAN, and which with Concat? <details><summary>Answer</summary>G_rgb alone; G and P.</details>
# 2. In Eq. 11 P's output enters as log-probabilities, in Eq. 12 as an arg-max. Why? <details><summary>Answer</summary>In Eq. 11 it is the pupil's: a gradient must pass through P to the image, and an arg-max has none. In Eq. 12 it is the teacher's.</details>
# 3. Both branches take each other's soft, detached outputs as targets, and nothing else teaches them. Where do they end? <details><summary>Answer</summary>Where they meet, as sure as they are there. With true labels beside it, as in Deep Mutual Learning, they become sure.</details>
# 4. In the generators' step the package *freezes* D; in D's step it *detaches* the edits. Why not the same in both? <details><summary>Answer</summary>In the generators' step the gradient must pass through D to G, and D's weights should get none: freeze. In D's step the path should end before G: detach.</details>
#
# ## References
#
# - Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), 2021: §3.2 with Eq. 11 and 12 (10 min), §4.5 for Concat (5 min), Tables 2 and 3 in A.1 (5 min).
# - Zhang et al., [Deep Mutual Learning](https://arxiv.org/abs/1706.00384), 2018: §3, the loss with soft targets and labels (15 min).
# - Hinton et al., [Distilling the Knowledge in a Neural Network](https://arxiv.org/abs/1503.02531), 2015: §2, temperatures (10 min).
# - Ulyanov et al., [Instance Normalization](https://arxiv.org/abs/1607.08022), 2016: the whole paper is short (15 min).
# - Choi et al., [StarGAN](https://arxiv.org/abs/1711.09020), 2018: §3.1 (15 min). He et al., [AttGAN](https://arxiv.org/abs/1711.10678), 2019: §3 (20 min). Liu et al., [STGAN](https://arxiv.org/abs/1904.09709), 2019: §3 (20 min).
#
# Next: [04 · Train](04_train.ipynb). The same lesson about another backbone:
#
# ```
# papermill notebooks/03_parallel_branches.ipynb out.ipynb -p backbone stgan
# ```

# %% tags=["nbval-ignore-output"]
footer()
