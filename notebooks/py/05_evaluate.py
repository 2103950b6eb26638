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
# # 05 · Evaluate: what a number sees, and what it misses
#
# **Question.** The paper compares editors by three numbers. Can an editor score well on all three and still be useless?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 20 min, exercises 35 min | 1 min | under 2 GB | mean and covariance; [04 · Train](04_train.ipynb) |
#
# This notebook is a lesson and a tool. "Run all" scores an editor that is bundled with the course on 200 drawn faces. With parameters it scores a run of your own, or one on CelebA with the published encoders, and leaves `results.json` in the run's folder:
#
# ```
# papermill notebooks/05_evaluate.ipynb out.ipynb -p run_dir runs/MY-RUN
# papermill notebooks/05_evaluate.ipynb out.ipynb -p run_dir runs/MY-RUN -p data_dir data/celeba -p num_images 0 -p classifier judge-128.safetensors -p encoder swav_800ep_pretrain.pth.tar -p inception inception_v3_google-0cc3c7bd.pth
# ```
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298, §4.4 to §4.6.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **compute** TARR, ssFID and the Inception Score, **say** what each compares with what, and **implement** the distance behind ssFID (exercise A);
# 2. **read** an interval, and tell when two editors differ;
# 3. **place** an edit between the copied input and the true edit, and **repair** an error that flatters (exercise C);
# 4. **build** an editor that cheats a metric, and **name** the metric that catches it (exercise B).
#
# ## Contents
#
# [Parameters](#Parameters) · [Three numbers](#Three-numbers) · [TARR](#1.-TARR:-does-a-judge-see-it?) · [ssFID](#2.-ssFID:-do-the-edits-look-like-the-data?) · [Inception Score](#3.-Inception-Score:-clear-and-varied?) · [All at once](#4.-All-at-once) · [Figures of the paper](#5.-The-paper's-figures) · [The truth](#6.-Between-copying-and-the-truth) · [Against error](#7.-Recognition-against-error) · [Cheaters](#8.-What-each-metric-misses) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [References](#References) · [Glossary](glossary.md)
#
# *In a 50-minute class skip section 3 and exercise B, and look at section 5 together.*

# %% [markdown]
# ## Parameters
#
# `""` and `-1` leave a value to the run in `run_dir`; without one the largest bundled SeCGAN is scored.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a finished run, "" for a bundled editor
dataset: str = ""  # of the run: "synthetic", "celeba" or "celeba-hq"
data_dir: str = ""  # folder of real faces, or a pack of them
split: str = ""  # "paper", "official" (celeba) or "clean" (celeba-hq)
image_size: int = -1  # height and width, in pixels
backbone: str = ""  # of a bundled editor: "stargan", "attgan" or "stgan"
method: str = ""  # of a bundled editor: "secgan", "baseline" or "concat"
num_images: int = 200  # test faces, 0 for all
seed: int = 0  # of test faces, bootstrap and splits
device: str = "auto"  # "auto", "cpu", "cuda" or "mps"
parser: str = "auto"  # P: bundled, or a weights file
classifier: str = "auto"  # the judge of TARR: bundled, or a weights file
encoder: str = "auto"  # of ssFID: bundled, or a weights file
inception: str = "auto"  # of IS: the judge's kinds of faces, or a weights file
output_dir: str = ""  # folder for results.json, "" for the run's

# %% tags=["setup"]
from dataclasses import replace

import torch
from torch.nn import functional as F

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.course import TODO, check, claim, figures, footer, parameters, show, table
from secgan_lite.course.cheats import another_face, fooled_judge
from secgan_lite.editing import bundled_editors, editor_name, load_bundled
from secgan_lite.evaluation import (
    EvaluationConfig,
    Truth,
    copy_input,
    evaluate,
    load_results,
    over_snapshots,
)
from secgan_lite.parsing import one_hot
from secgan_lite.support.randomness import stream
from secgan_lite.training import RunFolder

# %%
given = parameters(globals(), EvaluationConfig.model_fields)
chosen = EvaluationConfig.of(**given).load()
editor, faces, judges = chosen.editor, chosen.faces, chosen.judges
names, drawn = faces.attributes, faces.faces is not None
config = editor.config
print(f"{editor.name}: {config.backbone}, {config.method}, {config.image_size} px")
print(f"{len(faces):,} test faces of {config.dataset}, on {chosen.device}")
if faces.absent:
    print(f"{faces.absent:,} more are in the split, and not in {data_dir}")

# %% [markdown]
# ### Predict first
#
# Four "editors" will be scored at the end: one copies its input; one adds faint noise; one answers with the picture of another person; and one is the trained GAN. Which of them has the highest TARR? Which has the lowest (best) ssFID? [Section 8](#8.-What-each-metric-misses) measures it.

# %%
guess = {"highest TARR": "", "lowest ssFID": ""}  # "copy", "noise", "another face" or "GAN"

# %% [markdown]
# ## The map

# %%
show(figures.method_map(("G", "faces")), "Which part of SeCGAN do the scores of this lesson judge?")

# %% [markdown]
# After training only $G_{rgb}$ is left to be judged (and $G_{seg}$, which shows what the masks learnt). D is of no use here: G was trained to please it. So the judges of this lesson are networks, or a program, that took no part in the training. There is one exception: P, which finds the masks in section 6, has taught every SeCGAN.
#
# ## Three numbers
#
# | | formula | symbol → tensor | function in [`evaluation`](../secgan_lite/evaluation) | beware |
# |---|---|---|---|---|
# | TARR ↑ | $\frac{1}{13\,n}\sum_{i,b}\big[\,[C(x^{out}_{ib})_i>0] = y^{trg}_{ib,i}\,\big]$ | $x^{out}$ → `edits` (13, n, 3, h, h), edit i reverses attribute i; $C$ → `judges.classifier.of(names)`, logits (n, 13); $y^{trg}$ → `targets` (13, n, 13) | `evaluate(…)["tarr"]` | the diagonal only: the other twelve attributes are not looked at |
# | ssFID ↓ | $\lVert\mu_1-\mu_2\rVert^2 + \mathrm{tr}\big(\Sigma_1+\Sigma_2-2(\Sigma_1\Sigma_2)^{1/2}\big)$ | $\mu$, $\Sigma$ → mean and covariance of `judges.encoder(images)`, features (n, d) | `distributions.FrechetDistances` | a squared distance, and biased upwards if n is not much larger than d |
# | IS ↑ | $\exp E_x\,\mathrm{KL}\big(p(c\mid x)\,\Vert\,p(c)\big)$ | $p(c\mid x)$ → `judges.classes(images).softmax(dim=1)`, (n, classes) | `distributions.InceptionScore` | natural logarithm; the mean of ten splits |
#
# ↑: more is better. ↓: less is better. Equations of losses end with Eq. 20; these three have no number in the paper (§4.4).

# %% [markdown]
# ## 1. TARR: does a judge see it?
#
# The *target attribute recognition rate* (§4.4) needs a judge: a classifier of the 13 attributes that takes no part in training the GAN. Every attribute of every test face is reversed, one at a time; the rate is the share of edits after which the judge sees the wanted value. One face and one flip first:

# %% tags=["nbval-check-output"]
few = min(6, len(faces))
x, y, _ = faces.batch(torch.arange(few), device=chosen.device)
shown = "Eyeglasses" if "Eyeglasses" in names else names[0]
flip = names.index(shown)
targets = single_flips(y, names, resolved=drawn)
with torch.inference_mode():
    edits = torch.stack(editor.edit(x, targets - y, y))
    judge = judges.classifier.of(names)  # its outputs for these attributes, in their order
    before, after = judge(x)[0, flip], judge(edits[flip])[0, flip]
print(f"{shown.lower()}: labelled {y[0, flip]:.0f}, wanted {targets[flip, 0, flip]:.0f}")
print(f"the judge's logit: {before:.1f} before, {after:.1f} after the edit")

# %% [markdown]
# The sign is all that counts: above 0 the judge says "eyeglasses". TARR does not ask *how* the logit got there, nor what became of the other attributes, of the background, or of the person. Counted by hand over six faces and all flips, beside the package, and beside two wrong variants:

# %% tags=["nbval-check-output"]
with torch.inference_mode():
    logits = torch.stack([judge(edit) for edit in edits])
seen = [
    (bool(logits[i, b, i] > 0), bool(targets[i, b, i] > 0), bool(y[b, i] > 0))
    for i in range(len(names))
    for b in range(few)
]
naive = sum(judged == wanted for judged, wanted, _ in seen) / len(seen)
kept = sum(judged == had for judged, _, had in seen) / len(seen)  # wrong: the old label
every = ((logits > 0) == (targets > 0)).float().mean()  # wrong: all 13 logits of every edit
alone = evaluate(editor.edit, faces.subset(few), judges.classifier, device=chosen.device)
assert abs(naive - alone["tarr"]["mean"]["value"]) < 1e-6
print(f"naive = package: {naive:.3f}; old label: {kept:.3f}; all 13 attributes: {every:.3f}")

# %% [markdown]
# The last number is the dangerous one: an editor that does nothing has twelve of the thirteen right already (lesson [04](04_train.ipynb), exercise C).
#
# Two choices hide in the number. **The intensity**: the label's change is ±1 here, as in training. A factor of $1.5$ would flatter the editor: section 7 shows by how much. And **which flips**: a literal flip of "blond" to 0 leaves the other colours at 0; a resolved one also clears what the new value rules out. Drawn faces use resolved flips, because their true edits are; photographs use literal ones. Both stand in `results.json`.

# %% [markdown]
# ## 2. ssFID: do the edits look like the data?
#
# A Fréchet distance compares two *sets* of images. An encoder turns each image into a feature vector; each set is summarised by mean $\mu$ and covariance $\Sigma$; the distance between the two Gaussians is
#
# $$\|\mu_1-\mu_2\|^2 + \mathrm{tr}\big(\Sigma_1+\Sigma_2-2(\Sigma_1\Sigma_2)^{1/2}\big).$$
#
# In one dimension that is $(\mu_1-\mu_2)^2+(\sigma_1-\sigma_2)^2$, which is easily checked:

# %% tags=["nbval-check-output"]
from secgan_lite.evaluation.distributions import FrechetDistances

draws = stream(seed, "lesson")
a, b = torch.randn(400, 1, generator=draws), 2 * torch.randn(400, 1, generator=draws) + 1
by_hand = (a.mean() - b.mean()) ** 2 + (a.std() - b.std()) ** 2
distance = FrechetDistances(1, ("b",), "cpu")
distance.update(torch.arange(400), a, b[None])
print(f"by hand {by_hand:.4f}, by the package {distance.compute()['b']['value']:.4f}")

# %% [markdown] tags=["exercise"]
# ### Exercise A · The distance in full
#
# **Goal.** Write the formula above for two sets of feature vectors, `a` of shape (n, d) and `b` of shape (m, d). **Difficulty** 3 of 5, 15 min. Checked.
#
# <details><summary>Hint 1: covariance</summary><code>torch.cov</code> wants a variable in each row: <code>a.T.cov()</code> is (d, d).</details>
# <details><summary>Hint 2: the trace of a root</summary>The root of a matrix has the roots of its eigenvalues, and a trace is the sum of the eigenvalues. So no root of a matrix has to be formed.</details>
# <details><summary>Hint 3: almost code</summary><code>torch.linalg.eigvals(first @ second).sqrt().real.sum()</code> is the last trace; it counts twice.</details>


# %% tags=["exercise", "nbval-check-output"]
def frechet(a, b):
    """Squared Fréchet distance of the Gaussians of two sets of features (n, d) and (m, d)."""
    # solution
    first, second = a.T.cov(), b.T.cov()
    apart = (a.mean(dim=0) - b.mean(dim=0)).square().sum()
    root = torch.linalg.eigvals(first @ second).sqrt().real.sum()
    return apart + first.trace() + second.trace() - 2 * root
    # end


frechet = check("05-frechet", frechet)

# %% [markdown]
# In any number of dimensions the package must agree with it:

# %% tags=["nbval-check-output"]
a = torch.randn(300, 5, generator=draws, dtype=torch.double)
b = 1 + torch.randn(300, 5, generator=draws, dtype=torch.double).cumsum(dim=1)
distance = FrechetDistances(5, ("b",), "cpu")
distance.update(torch.arange(300), a, b[None])
package = distance.compute()["b"]["value"]
assert abs(float(frechet(a, b)) - package) < 1e-4 * package
print(f"exercise A {float(frechet(a, b)):.4f} = package {package:.4f}")

# %% [markdown]
# FID takes its features from a classifier of ImageNet; **<dfn>ssFID</dfn>** takes them from a network trained *without* labels, by SwAV: two views of an image must be assigned to the same prototype. The published encoder is a ResNet-50 with $2048$ features. Offline we use a small one of $128$, trained by the same rule on drawn faces. Its values are **not comparable** with published ones: a distance has no meaning outside its features.
#
# What must hold for any encoder: a set has distance 0 to itself, and damage makes it grow.


# %%
def ssfid(images: torch.Tensor, damaged: list[torch.Tensor]) -> list[float]:
    """ssFID of each damaged copy of a set."""
    labels = tuple(map(str, range(len(damaged))))
    sets = FrechetDistances(judges.encoder.num_features, labels, chosen.device)
    with torch.inference_mode():
        features = torch.stack([judges.encoder(copy) for copy in damaged])
        sets.update(torch.arange(len(images)), judges.encoder(images), features)
    return [max(0.0, sets.compute()[label]["value"]) for label in labels]  # no −0.0 by rounding


if judges.encoder:
    some, _, _ = faces.batch(torch.arange(min(100, len(faces))), device=chosen.device)
    blurred = [F.avg_pool2d(some, k, 1, k // 2, count_include_pad=False) for k in (3, 7)]
    noise = torch.randn(some.shape, generator=draws).to(some)
    values = ssfid(some, [some, *blurred, some + 0.1 * noise, some + 0.3 * noise])
    kinds = ("itself", "blur 3", "blur 7", "noise 0.1", "noise 0.3")
    print(", ".join(f"{kind} {value:.3f}" for kind, value in zip(kinds, values, strict=True)))
else:
    print("No encoder is at hand for these faces: ssFID is left out. -p encoder FILE names one.")

# %% [markdown]
# ## 3. Inception Score: clear and varied?
#
# The Inception Score needs class probabilities $p(c\mid x)$: it is $\exp$ of the mean divergence of $p(c\mid x)$ from their average $p(c)$. It is high when each image belongs *clearly* to a class and all images together to *many*. Two images and two classes show it, and the naive formula agrees with the package (up to its ten splits):

# %% tags=["nbval-check-output"]
from secgan_lite.evaluation.distributions import InceptionScore


def inception_score(p):
    """exp of the mean KL(p(c|x) ‖ p(c)), of probabilities (n, classes)."""
    ratio = p.clamp(min=1e-12) / p.mean(dim=0).clamp(min=1e-12)
    return (p * ratio.log()).sum(dim=1).mean().exp().item()


toy = {
    "clear and varied": [[1.0, 0.0], [0.0, 1.0]],
    "clear, all alike": [[1.0, 0.0], [1.0, 0.0]],
    "varied, unclear": [[0.6, 0.4], [0.4, 0.6]],
}
table(
    "Two images and two classes",
    {"images": "", "Inception Score": ".3f"},
    [(kind, inception_score(torch.tensor(p))) for kind, p in toy.items()],
)
logits = 3 * torch.randn(4000, 5, generator=draws)
score = InceptionScore(faces=4000, sets=1, seed=seed)
score.update(torch.arange(4000), logits[:, None])
naive, package = inception_score(logits.softmax(dim=1)), score.compute()["value"]
assert abs(naive - package) < 0.01 * naive
print(f"4,000 random logits: naive {naive:.2f}, package {package:.2f}")

# %% [markdown]
# No real image is looked at. The published score uses the $1000$ classes of ImageNet (buckets, terriers, …), which say little about faces.
#
# Offline we use 32 kinds of faces: hair black, blond, brown or none of these, with or without eyeglasses, by gender and age as labelled. Their probabilities are products of the judge's own; those of the colours are a soft-max of their logits and 0, which is what three independent labels give when at most one may be set. So the score lies between 1 and 32.

# %%
with torch.inference_mode():
    p = judges.classes(x).softmax(dim=1)
print(f"{p.shape[1]} classes; the likeliest of {few} faces: {p.argmax(dim=1).tolist()}")
print("how sure:", ", ".join(f"{value:.2f}" for value in p.amax(dim=1).tolist()))

# %% [markdown]
# ## 4. All at once
#
# One pass over the faces and their 13 flips computes everything. Nothing but a few numbers per face is kept, so the same code serves the paper's $19962 × 13$ images on one GPU. Intervals say what other test faces could have given: TARR and errors by a **<dfn>bootstrap</dfn>** of faces (draw as many faces with replacement, a thousand times), ssFID and IS by a **<dfn>jackknife</dfn>** (leave out a tenth of the faces at a time, and see how much the score moves). What is drawn or left out is always a face with all its edits: thirteen edits of one face look alike, so they count as one observation, not as thirteen. (Published tables print the deviation of the ten splits beside IS. That is no interval for other faces.)

# %%
quick = replace(judges, parser=None, g_seg=None)
scores = evaluate(editor.edit, faces, quick, seed=seed, device=chosen.device)
found = {"TARR": scores["tarr"]["mean"], "reconstruction, 0-255": scores["reconstruction"]}
notes = {"Inception Score": scores["inception_score"]["classes"].get("note", "")}
if judges.encoder:
    found["ssFID"] = scores["ssfid"]["mean"]
    notes["ssFID"] = scores["ssfid"]["encoder"].get("note", "")
found["Inception Score"] = scores["inception_score"]
table(
    f"{len(faces):,} faces × {len(names)} flips, with 95 % intervals",
    {"score": "", "value": ".3f", "from": ".3f", "to": ".3f"},
    [(title, s["value"], s["low"], s["high"]) for title, s in found.items()],
)
print(*(f"{title}: {note}" for title, note in notes.items() if note), sep="\n")

# %% [markdown]
# Two editors differ when the *difference* has an interval without 0. Overlapping intervals are a warning; they ignore that both saw the same faces. And no interval here covers another source of luck: the seed of the training. That takes several runs, which is the subject of [07 · Ablations](07_ablations.ipynb).

# %% [markdown]
# ## 5. The paper's figures
#
# **Figure 4** is TARR by attribute. The bars of the other methods are recorded: 300 faces each, stored with their weights.

# %%
there = bundled_editors(config.image_size) if drawn else []
named = {
    m: editor_name(config.image_size, config.backbone, m) for m in ("baseline", "concat", "secgan")
}
missing = " or ".join(m for m in named if named[m] not in there)
if missing:
    print(f"Not shown: no {config.backbone} of method {missing} is bundled for these faces.")
rates = {m: load_results(name)["tarr"] for m, name in named.items() if name in there}
rates[f"{config.method} (here)" if run_dir else config.method] = scores["tarr"]
show(figures.tarr_by_attribute(rates), "How often does the judge recognise each flip, by method?")

# %% [markdown]
# **Figure 5** looks at one face: the edit, a heat map of what it changed, and masks. A good edit lights up where the true one does and nowhere else. The masks are `G_seg`'s: what the semantic branch makes of the *mask* of the face, without seeing the image.

# %%
wanted = ("Bald", "Bangs", "Blond_Hair", "Eyeglasses", "Male", "Mustache", "No_Beard", "Young")
flips = [names.index(name) for name in wanted if name in names]
rows, masks = {}, {}
with torch.inference_mode():
    if config.method != "baseline" and named["baseline"] in there:
        rival = load_bundled(config.image_size, config.backbone, "baseline").to(chosen.device)
        rows["baseline"] = torch.stack(rival.edit(x[:1], (targets - y)[:, :1], y[:1]))[flips, 0]
    rows[config.method] = edits[flips, 0]
    if editor.g_seg is not None and editor.parser is not None:
        s = one_hot(editor.parser(x[:1]).argmax(dim=1)).expand(len(flips), -1, -1, -1)
        moved = editor.g_seg(s, (targets - y)[flips, 0])
        masks["mask by G_seg"] = moved.argmax(dim=1).cpu()
if drawn:
    truth = Truth.of(faces.subset(6))
    rows["true edit"] = torch.from_numpy(truth.images[flips, 0])
    masks["true mask"] = torch.from_numpy(truth.masks[flips, 0])
rows = {title: images.cpu() for title, images in rows.items()}
flipped = [names[i] for i in flips]
show(
    figures.method_comparison(x[0].cpu(), rows, flipped, y[0, flips].cpu(), masks),
    "What does each method change in the same face, and what should change?",
)

# %% [markdown]
# **Figures 6 and 7** are grids: every flip of several faces. Look along a row for the person, down a column for the attribute.

# %%
show(
    figures.flip_grid(x.cpu(), edits.cpu(), names, y.cpu()), "Which flips look right on every face?"
)

# %% [markdown]
# ## 6. Between copying and the truth
#
# For drawn faces the true edit exists, so each score can be placed on a scale: at 0 stands the **copied input**, at 1 the **truth**.
#
# - *Error where something should change*: the mean difference from the true edit over the pixels that the true edit changes (by more than 8 of 255 levels).
# - *Mask*: P parses the edit; IoU with the true mask, mean over segments. The truth itself stays below an IoU of 1, because P errs.
# - *All 13 labels*: the share that the judge sees as wanted. Copying has 12 of 13 right or so.
# - *Features*: the distance to the true edit in the encoder's features, as a share of the distance between two people.
#
# Beside the scale stands *<dfn>leakage</dfn>*: the error where nothing should change. Copying is perfect at that. So an edit can be right where it should act and still leave the *whole* image further from the truth than doing nothing, when it acts on few pixels and spoils many a little. Below, an attribute counts as closer when its whole interval over faces lies below 1.

# %%
if drawn:
    few = faces.subset(40)
    close = evaluate(editor.edit, few, judges, seed=seed, device=chosen.device)["counterfactual"]
    scores["counterfactual"] |= {k: close[k] for k in close if k not in scores["counterfactual"]}
    others = [m for m in rates if m in named and m != config.method]
    placed = {m: load_results(named[m])["counterfactual"] for m in others}
    show(
        figures.counterfactual_scale(placed | {config.method: close}),
        "How far does each method get from copying the input to the true edit?",
    )
    by_name = scores["counterfactual"]["by_attribute"]
    for where, kind in {"inside": "inside_ratio", "over the whole image": "whole_ratio"}.items():
        better = [name for name in by_name if by_name[name][kind]["high"] < 1]
        print(
            f"closer to the truth than copying, {where}: {len(better)} of {len(names)} attributes"
        )
        print("  not (yet):", ", ".join(name for name in by_name if name not in better) or "none")
else:
    print("Photographs have no true edits: this section needs drawn faces.")

# %% tags=["nbval-check-output"]
if drawn and not run_dir:
    recorded = load_results(editor.name)  # on 300 faces
    seen = recorded["tarr"]
    ratio = recorded["counterfactual"]["by_attribute"]["Male"]["inside_ratio"]
    print(f"Male: TARR {seen['Male']['value']:.2f}, error inside {ratio['value']:.2f} of copying")
    claim("*Male* is recognised in 5 of 6 edits", seen["Male"]["value"] > 5 / 6, n=300)
    claim("its error inside is nearly that of copying", ratio["low"] > 0.95, n=300)
    claim("The mean over all attributes is as high", seen["mean"]["low"] > 0.83, n=300)
    claim("so are glasses, in more than 5 of 6", seen["Eyeglasses"]["value"] > 5 / 6, n=300)

# %% [markdown]
# *Closer, but by how much?* Here *Male* is recognised in 5 of 6 edits, and so are glasses, in more than 5 of 6. The mean over all attributes is as high. But look at the picture of *Male* in section 5, and at the truth below it: its error inside is nearly that of copying. This edit has moved the judge, not the image. An interval below 1 says that the gain is no luck; it does not say that the gain is large.

# %% [markdown] tags=["exercise"]
# ### Exercise C · An error that flatters
#
# **Goal.** A colleague reports a mean error of 3 grey levels for an editor that returns its input. Find out how, and repair the error: it shall be taken where the true edit changes a pixel, in any channel, by more than 8 of 255 levels. **Difficulty** 2 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: where is the edit?</summary>Look at the true changes in Figure 5: how much of the image should change at all?</details>
# <details><summary>Hint 2: which pixels?</summary>The truth and the input say which, not the edit: <code>(truth - x).abs().amax(dim=1)</code>, in units of 2/255.</details>
# <details><summary>Hint 3: almost code</summary>An image of errors (B, h, h), indexed by a boolean image of the same shape, gives the pixels of all faces in one row: take their mean.</details>


# %% tags=["exercise", "nbval-check-output"]
def inside(edit, truth, x):
    """Mean error of edits (B, 3, h, h) in [−1, 1] where something should change, 0-255."""
    error = (edit - truth).abs().mean(dim=1) * 127.5
    # solution
    return error[(truth - x).abs().amax(dim=1) * 127.5 > 8].mean()
    # lesson
    # return error.mean()
    # end


inside = check("05-inside", inside)

# %% [markdown]
# ## 7. Recognition against error
#
# One point says little, because either coordinate is easily had alone. Two curves tell more: along the *training* (recorded at each snapshot), and along the *intensity* of the edit, the factor on y_diff, which costs nothing but a few forward passes. An editor is better than another when its curve lies to the upper left.

# %%
if drawn and not run_dir:
    curves = load_results(editor.name)["curves"]
    show(
        figures.recognition_against_error(
            {
                "along the training": curves["snapshots"],
                "along the intensity": curves["intensities"],
            }
        ),
        "How much error comes with more recognition?",
    )
elif drawn:
    files = RunFolder(run_dir).snapshots()[::3]
    points = over_snapshots(files, faces.subset(20), replace(quick, encoder=None, classes=None))
    show(
        figures.recognition_against_error({"along the training": points}),
        "How much error comes with more recognition?",
    )

# %% tags=["nbval-check-output"]
if drawn and not run_dir:
    once, more = (point for point in curves["intensities"] if point["intensity"] in (1, 1.5))
    kinds = ("tarr", "inside_ratio", "outside")
    for kind in kinds:
        print(f"{kind:>12}: {once[kind]['value']:.3f}, then {more[kind]['value']:.3f}")
    gain, harm, leak = (more[kind]["value"] - once[kind]["value"] for kind in kinds)
    n = once["tarr"]["n"]
    claim("more edits are recognised", gain > 0.05, n=n)
    claim("the error inside is about the same", abs(harm) < 0.02, n=n)
    claim("leakage is higher by more than two grey levels", leak > 2, n=n)

# %% [markdown]
# *What does strength buy?* Follow the curve along the intensity from 1 to $1.5$, whose scores are printed below it. At $1.5$ more edits are recognised, the error inside is about the same, and leakage is higher by more than two grey levels. A table that compares editors has to say at which intensity it was made.
#
# ## 8. What each metric misses
#
# Now the cheaters of your prediction. The *noise* editor knows the judge and follows the sign of its gradient, at most 8 of 255 levels per pixel. *Another face* looks up a training face with the wanted label. All have the same 30 faces, because ssFID depends on their number.

# %%
if drawn:
    few = faces.subset(30)
    truth = Truth.of(few)
    bank = datasets.load("synthetic", "train", config.image_size, count=500, attributes=names)
    true_edit = lambda x, y_diffs, y_src: [*truth.tensors(x.device)[0], x]  # noqa: E731
    cheaters = {
        "copy": copy_input,
        "noise": fooled_judge(judges.classifier, names),
        "another face": another_face(bank),
        "GAN": editor.edit,
        "the truth": true_edit,
    }
    columns = {"editor": "", "TARR": ".2f", "ssFID": ".2f", "IS": ".2f", "inside": ".2f"}
    columns |= {"leakage": ".1f", "drift": ".2f"}
    found, lines = {}, []
    for title, edit in cheaters.items():
        result = evaluate(edit, few, quick, truth, chunk=len(few), device=chosen.device)
        error, rate = result["counterfactual"], result["tarr"]["mean"]["value"]
        outside = error["outside"]["value"]
        found[title] = rate, max(0.0, result["ssfid"]["mean"]["value"]), outside
        errors = (error[k]["value"] for k in ("inside_ratio", "outside", "identity_drift"))
        lines.append([title, *found[title][:2], result["inception_score"]["value"], *errors])
    table(f"What each score says of each editor, on {len(few)} faces", columns, lines)

# %%
if drawn:
    four = [title for title in found if title != "the truth"]
    measured = {"highest TARR": max(four, key=lambda title: found[title][0])}
    measured["lowest ssFID"] = min(four, key=lambda title: found[title][1])
    print("predicted", guess, "measured", measured)
    rate, distance, leakage = (
        {title: numbers[k] for title, numbers in found.items()} for k in range(3)
    )
    claim("has the best possible ssFID", distance["copy"] < 0.005, n=30)
    claim("is recognised about as often as", abs(rate["noise"] - rate["GAN"]) < 0.1, n=30)
    claim("has the highest TARR of the four", measured["highest TARR"] == "another face", n=30)
    highest = max(distance, key=distance.get) == "another face"
    claim("Its ssFID is the highest of the column", highest, n=30)
    claim("Leakage catches it", leakage["another face"] == max(leakage.values()), n=30)
    claim("does *not* have the best ssFID", distance["the truth"] > distance["GAN"], n=30)

# %% [markdown]
# Read the table by rows.
#
# - **Copy** has the best possible ssFID and hardly any leakage. TARR catches it.
# - **Noise** is recognised about as often as the GAN's edits, its ssFID stays near 0, and on the picture it is a faint mottle. What catches it is the true edit (*inside* stays near 1, that of copying), or a second judge that it does not know.
# - **Another face** has the highest TARR of the four, as high as the truth. Its ssFID is the highest of the column; but at 30 faces much of every ssFID here comes from their small number (see the limits). Leakage catches it: the person is gone. (*Drift* is the distance to the true edit in the encoder's features. It does not mean "another person": copying, too, is far from the true edit.)
# - **The truth** does *not* have the best ssFID. Its sets hold only reversed labels, so their distribution must differ from the real one. An ssFID below that of the truth is no merit.
#
# So no number is reported alone in this course: recognition always comes with an error, and on photographs, where no true edit exists, with pictures.

# %%
path = chosen.save(scores)
written = ", ".join(name for name, score in scores.items() if isinstance(score, dict))
print(f"{path.parent.name}/{path.name}: {written}")

# %% [markdown] tags=["exercise"]
# ### Exercise B · Catch me
#
# **Goal.** Make the noise editor weaker, `fooled_judge(judges.classifier, names, strength=2)`, and find the strength at which its TARR falls to the GAN's. Then find a score that catches it *without* the true edit: blur every edit a little before the judge sees it, and compare what that costs the noise and what it costs the GAN. Explain the difference in three lines. **Difficulty** 3 of 5, 20 min. Open: compare with the [solutions](solutions/05_evaluate.ipynb).
#
# <details><summary>Hint 1: a second opinion</summary>Noise is made for one judge, seeing one sharp image. What is left of it after an average over three by three pixels?</details>
# <details><summary>Hint 2: an editor around an editor</summary><code>lambda x, d, y: [F.avg_pool2d(e, 3, 1, 1) for e in edit(x, d, y)]</code></details>
# <details><summary>Hint 3: what to compare</summary>Four rates: noise and GAN, sharp and blurred, on the same 30 faces.</details>

# %% [markdown] tags=["solution"]
# **Answer.** The judge saw blurred and noisy faces in its training, so the blur costs an honest edit little: the fringe is still there. The noise lives in single pixels whose signs were chosen one by one; their average is smaller than each of them. So the blur costs the noise more than it costs the GAN, although most of the noise gets through. A real edit survives what an attack does not. It is no proof: an attacker who knows of the blur makes noise that survives it.

# %% [markdown]
# ## What goes wrong, and limits
#
# **The judge is a network.** It hardly errs on drawn test faces; on edits it extrapolates: blurred, noisy, half-changed faces were in its training as augmentation only. The noise editor shows how far that goes.
#
# **The encoder is small**, has seen drawn faces only, and can't tell an open mouth from a closed one: a linear map of its features predicts that label no better than a coin. An editor that never opens a mouth loses nothing in our ssFID. The published encoder has blind spots of its own.
#
# **Few images make ssFID look worse.** A covariance of $d$ features needs many more than $d$ images. The paper's $1500$ test images of CelebA-HQ are fewer than the $2048$ features of its encoder, so those values can't be compared with the ones from $19962$ images of CelebA.
#
# **The truth is a drawing.** That a method comes close to the true edits of drawn faces does not prove that it does so on photographs; it proves that a score is able to tell.
#
# **Labels are columns of a data set.** A judge that "sees" *Male* or *Young* repeats what annotators clicked, and an editor trained on it repeats it once more.
#
# ## Summary
#
# 1. TARR: the judge's share of wanted values, blind to everything else. ssFID: two Gaussians in features, blind to which edit belongs to which face. IS: clear and varied classes, blind to real images.
# 2. Every score comes with an interval and n, and none of them covers the luck of a training run.
# 3. Copying and the truth are the ends of a scale; photographs have only pictures in their place.
# 4. Each metric has its cheater, and each cheater has its metric.

# %% [markdown]
# ## Quiz
#
# 1. An editor is nearly always recognised, and its error inside the true change is that of copying. What did it do? <details><summary>Answer</summary>It moved the judge, not the image: like the noise, it changed pixels, but not towards the true edit.</details>
# 2. Why is the ssFID of the true edits above 0? <details><summary>Answer</summary>The distance is to the real test faces. A set in which every face has, say, the opposite hair is distributed otherwise, however perfect each edit is.</details>
# 3. The Inception Score of an editor that always returns the same bald man with glasses? <details><summary>Answer</summary>1, the lowest: each image is clear, but all belong to one class, so nothing diverges from the average.</details>
#
# ## References
#
# Paper: §4.4 (metrics), §4.6, Figures 4-7. Liu et al., *STGAN*, 2019 (the judge and its rule). Salimans et al., *Improved Techniques for Training GANs*, 2016 (Inception Score). Heusel et al., *GANs Trained by a Two Time-Scale Update Rule*, 2017 (FID). Caron et al., *SwAV*, 2020. Morozov et al., *On Self-Supervised Image Representations for GAN Evaluation*, 2021.
#
# Next: [06 · Explore](06_explore.ipynb), flips by hand. The long version of this lesson scores a run of your own on more faces: `papermill notebooks/05_evaluate.ipynb out.ipynb -p run_dir runs/MY-RUN -p num_images 2000`.

# %% tags=["nbval-ignore-output"]
footer()
