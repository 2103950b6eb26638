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
# | intermediate | 20 min, exercises 40 min | 1 min | under 2 GB | mean and covariance; [04 · Train](04_train.ipynb) |
#
# "Run all" scores a bundled editor on 200 drawn faces. With parameters this notebook is a tool: it scores a run of your own, or one on CelebA with the published encoders, and leaves `results.json` in the run's folder:
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
# 1. **compute** TARR, ssFID and the Inception Score, and **implement** the distance behind ssFID (exercise A);
# 2. **decide** by a paired interval whether two editors differ (section 4);
# 3. **place** an edit between the copied input and the true edit, and **repair** an error that flatters (exercise B);
# 4. **find** edits that please a judge and are wrong, and **test** by an experiment of your own what catches them (exercise C).
#
# ## Contents
#
# [Parameters](#Parameters) · [Three numbers](#Three-numbers) · [TARR](#1.-TARR:-does-a-judge-see-it?) · [ssFID](#2.-ssFID:-do-the-edits-look-like-the-data?) · [Inception Score](#3.-Inception-Score:-clear-and-varied?) · [Two editors](#4.-All-at-once,-and-two-editors) · [Figures of the paper](#5.-The-paper's-figures) · [The truth](#6.-Between-copying-and-the-truth) · [Recognised or right](#7.-Recognised,-or-right?) · [Cheaters](#8.-What-each-metric-misses) · [The eraser](#9.-The-eraser) · [Strength](#10.-What-strength-buys) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [References](#References) · [Glossary](glossary.md)
#
# *In a 50-minute class skip sections 3 and 10 and exercise B, and look at section 5 together.*

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

import numpy as np
import torch
from torch.nn import functional as F

from secgan_lite import datasets
from secgan_lite.attributes import single_flips
from secgan_lite.course import TODO, check, claim, figures, footer, parameters, show, table
from secgan_lite.course.cheats import another_face, fooled_judge, without_faint
from secgan_lite.editing import bundled_editors, editor_name, load_bundled
from secgan_lite.evaluation import (
    EvaluationConfig,
    Truth,
    evaluate,
    load_results,
    outcomes,
    over_snapshots,
    ssfid_floor,
)
from secgan_lite.faces import counterfactual, render
from secgan_lite.judges import load_classifier
from secgan_lite.modalities import from_bytes
from secgan_lite.parsing import load_witness, one_hot
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
# In section 8 the three numbers meet four "editors". *Copy* returns its input. *Noise* changes each pixel by at most 8 of 255 grey levels. *Another face* returns the picture of a different person. The *GAN* is the trained editor. Which of them has the highest TARR? Which has the lowest (best) ssFID?

# %%
guess = {"highest TARR": "", "lowest ssFID": ""}  # "copy", "noise", "another face" or "GAN"

# %% [markdown]
# ## The map

# %%
show(figures.method_map(("G", "faces")), "Which part of SeCGAN do the scores of this lesson judge?")

# %% [markdown]
# D cannot judge: G was trained to please it. A judge must be a network, or a program, that took no part in the training of G.
#
# ## Three numbers
#
# | | formula | symbol → tensor | function | beware |
# |---|---|---|---|---|
# | TARR ↑ | $\frac{1}{13\,n}\sum_{i,b}\big[\,[C(x^{out}_{ib})_i>0] = y^{trg}_{ib,i}\,\big]$ | $x^{out}_{ib}$ → `edits[i][b]`, (13, n, 3, h, h) in [−1, 1]: attribute i of face b reversed. $C$ → `judges.classifier.of(names)`, logits (n, 13). $y^{trg}$ → `targets`, (13, n, 13), 0 or 1 | [`evaluate`](../secgan_lite/evaluation/scores.py)`(…)["tarr"]`, from 0 to 1 | a mean, of the *diagonal*: the other 12 attributes are not looked at |
# | ssFID ↓ | $\lVert\mu_1-\mu_2\rVert^2 + \mathrm{tr}\big(\Sigma_1+\Sigma_2-2(\Sigma_1\Sigma_2)^{1/2}\big)$ | $\mu$ (d), $\Sigma$ (d, d) → mean and covariance of `judges.encoder(images)`, features (n, d) | [`FrechetDistances`](../secgan_lite/evaluation/distributions.py), from 0 | *squared*, Σ divided by n − 1, and too high for small n |
# | IS ↑ | $\exp E_x\,\mathrm{KL}\big(p(c\mid x)\,\Vert\,p(c)\big)$ | $p(c\mid x)$ → `judges.classes(images).softmax(dim=1)`, (n, classes) | [`InceptionScore`](../secgan_lite/evaluation/distributions.py), from 1 to the number of classes | natural logarithm; mean of ten splits |
#
# ↑: more is better. ↓: less is better. The paper names the three in §4.4, without numbers of equations.
#
# ## 1. TARR: does a judge see it?
#
# The target attribute recognition rate, TARR, needs a judge: a classifier of the 13 attributes. Each attribute of each test face is reversed, one at a time. TARR is the share of these edits in which the judge sees the wanted value. One face and one edit first:

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
# Only the sign counts: above 0 the judge says "eyeglasses". Below, TARR is counted by hand over six faces and all edits, beside the package and beside two wrong variants.

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
# The last variant flatters: an editor that does nothing has 12 of the 13 right already.
#
# One choice hides in TARR. If "blond" is added, a *literal* edit leaves the label "black" as it was; a *resolved* edit removes it. Drawn faces get resolved edits, photographs literal ones, and `results.json` says which.
#
# ## 2. ssFID: do the edits look like the data?
#
# A **<dfn>Fréchet distance</dfn>** compares two *sets* of images. An encoder turns each image into a feature vector. Each set is summarised by its mean $\mu$ and its covariance $\Sigma$. The distance of the two Gaussians is
#
# $$\|\mu_1-\mu_2\|^2 + \mathrm{tr}\big(\Sigma_1+\Sigma_2-2(\Sigma_1\Sigma_2)^{1/2}\big).$$
#
# In one dimension that is $(\mu_1-\mu_2)^2+(\sigma_1-\sigma_2)^2$:

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
# In any number of dimensions the package must agree with exercise A:

# %% tags=["nbval-check-output"]
a = torch.randn(300, 5, generator=draws, dtype=torch.double)
b = 1 + torch.randn(300, 5, generator=draws, dtype=torch.double).cumsum(dim=1)
distance = FrechetDistances(5, ("b",), "cpu")
distance.update(torch.arange(300), a, b[None])
package = distance.compute()["b"]["value"]
assert abs(float(frechet(a, b)) - package) < 1e-4 * package
print(f"exercise A {float(frechet(a, b)):.4f} = package {package:.4f}")

# %% [markdown]
# **<dfn>ssFID</dfn>** takes its features from a network that was trained *without* labels (SwAV). The published one has $2048$ features; ours, trained on drawn faces, has $128$. Values of different encoders cannot be compared.
#
# The paper compares the edits of the test faces with *the same faces before the edit*. So an editor that copies has ssFID 0, and an editor that changes little is near it.
#
# How large is an ssFID if nothing is wrong? We measure it between two sets of *other real faces*, for several n, and for comparison with one edit of the GAN and the same true edit. The second panel has the unbiased cousin of ssFID, the **<dfn>kernel distance</dfn>** (KID). With $k(a,b)=(a^\top b/d+1)^3$ it is the mean of $k$ within the first set, plus the mean within the second, minus twice the mean between both. No face meets itself or its own edit.


# %%
def kid(a, b):
    """Squared kernel distance of two sets of features (n, d) each, unbiased."""
    n, d = a.shape
    kernels = [(u @ v.T / d + 1) ** 3 for u, v in ((a, a), (b, b), (a, b))]
    first, second, between = ((k.sum() - k.trace()) / (n * (n - 1)) for k in kernels)
    return first + second - 2 * between


def mean_over_sets(score, a, b, n):
    """Mean score of sets of n: of all that the features (N, d) hold."""
    return float(np.mean([score(*two) for two in zip(a.split(n), b.split(n), strict=True)]))


sizes = [n for n in (20, 50, 100, 200) if n <= len(faces)]
if drawn and judges.encoder and sizes:
    most, asked = sizes[-1], "Bangs" if "Bangs" in names else names[0]
    real, y_real, _ = faces.batch(torch.arange(most), device=chosen.device)
    wanted = single_flips(y_real, names, resolved=True)[names.index(asked)]
    true = render(counterfactual(faces.drawn[:most], asked), config.image_size)[0]
    train = datasets.load("synthetic", "train", config.image_size, count=2 * most)
    with torch.inference_mode():
        images = {"faces": real, "GAN": editor.edit(real, (wanted - y_real)[None], y_real)[0]}
        images["truth"] = from_bytes(torch.from_numpy(true).to(real.device))
        images["some"], images["others"] = train.batch(torch.arange(2 * most))[0].split(most)
        features = {t: judges.encoder(i.to(real)).double().cpu() for t, i in images.items()}
    sets = {"real, other faces": ("some", "others")}
    sets |= {"edits of the GAN": ("faces", "GAN"), "true edits": ("faces", "truth")}
    by_n = {
        score: {
            title: [mean_over_sets(f, *(features[t] for t in pair), n) for n in sizes]
            for title, pair in sets.items()
        }
        for score, f in {"ssFID ↓": frechet, "KID ↓": kid}.items()
    }

# %%
if drawn and judges.encoder and sizes:
    show(
        figures.against_sample_size(sizes, by_n),
        f"Which score of {asked} depends on the number of faces, where nothing else changes?",
    )
    score = by_n["ssFID ↓"]["real, other faces"]
    falls = score == sorted(score, reverse=True)
    claim("ssFID of the real faces falls as n grows", falls, n=most)
    claim("loses more than half of its value", score[-1] < score[0] / 2, n=most)
else:
    print("This figure needs drawn faces, 20 or more, and an encoder: -p encoder FILE names one.")

# %% [markdown]
# *What does n do?* ssFID of the real faces falls as n grows, and loses more than half of its value, although both sets come from the same world: few images describe a covariance of 128 features badly, and the error is upwards. KID has no such slope; it goes up and down with the luck of the faces. So read an ssFID only beside another one with the same n.
#
# ## 3. Inception Score: clear and varied?
#
# The Inception Score is high when each image belongs *clearly* to one class, and all images together to *many*. It looks at no real image. Two images and two classes show it; on random logits the naive formula agrees with the package, up to its ten splits:

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
loose = 3 * torch.randn(4000, 5, generator=draws)
score = InceptionScore(faces=4000, sets=1, seed=seed)
score.update(torch.arange(4000), loose[:, None])
naive, package = inception_score(loose.softmax(dim=1)), score.compute()["value"]
assert abs(naive - package) < 0.01 * naive
print(f"4,000 random logits: naive {naive:.2f}, package {package:.2f}")

# %% [markdown]
# The published score uses the $1000$ classes of ImageNet, which say little about faces. Ours uses 32 kinds of faces: four hair colours, with or without eyeglasses, by gender and by age as labelled. Their probabilities are made from the logits of the *same* judge that counts TARR. So two of our three numbers share one network.

# %%
with torch.inference_mode():
    p = judges.classes(x).softmax(dim=1)
print(f"{p.shape[1]} classes; the likeliest of {few} faces: {p.argmax(dim=1).tolist()}")
print("how sure:", ", ".join(f"{value:.2f}" for value in p.amax(dim=1).tolist()))
if drawn and not run_dir:
    claim("sure of each of the six faces", bool((p.amax(dim=1) > 0.9).all()), n=few)

# %% [markdown]
# The judge is sure of each of the six faces. If a judge is sure of everything, the score tells only how *many* kinds there are, and how evenly they are filled.
#
# ## 4. All at once, and two editors
#
# Intervals say what other test faces could have given: TARR and errors by a **<dfn>bootstrap</dfn>** (draw as many faces with replacement, a thousand times), ssFID and IS by a **<dfn>jackknife</dfn>** (leave out a tenth of the faces at a time). A face goes with all its 13 edits, because they look alike.

# %%
quick = replace(judges, parser=None, g_seg=None, witness=None)
ours = outcomes(editor.edit, faces, quick, seed=seed, device=chosen.device)
scores = ours.scores()
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
# **Do two editors differ?** A face that is hard for one is often hard for the other. So take the *difference* face by face, and draw faces for it: a **<dfn>paired bootstrap</dfn>**. The editors differ if its interval does not hold 0. The wrong variant draws faces for each editor separately.


# %%
def per_face(columns):
    """By score, a number for each face (n,): 1 would be perfect."""
    left = columns["inside/edit"].sum(axis=1) / columns["inside/copy"].sum(axis=1)
    return {"TARR": columns["tarr"].mean(axis=1), "made right (section 6)": 1 - left}


there = bundled_editors(config.image_size) if drawn else []
methods = ("baseline", "concat", "secgan")
named = {m: editor_name(config.image_size, config.backbone, m) for m in methods}
rival, n = "baseline" if config.method != "baseline" else "secgan", min(60, len(faces))
if named[rival] in there:
    other = load_bundled(config.image_size, config.backbone, rival).to(chosen.device)
    theirs = outcomes(other.edit, faces.subset(n), judges.classifier, device=chosen.device)
    one, two = (per_face({k: c[:n] for k, c in o.by_face.items()}) for o in (ours, theirs))
    draws, again = np.random.default_rng(seed).integers(n, size=(2, 1000, n))
    lines = []
    for score, a in one.items():
        b = two[score]
        paired = (a - b)[draws].mean(axis=1)
        separate = a[draws].mean(axis=1) - b[again].mean(axis=1)  # wrong: not the same faces
        for how, means in {"paired": paired, "wrong: separate": separate}.items():
            low, high = np.percentile(means, [2.5, 97.5])
            verdict = "they differ" if low * high > 0 else "not shown"
            lines.append((score, how, (a - b).mean(), low, high, verdict))
    columns = {"score": "", "faces drawn": "", "difference": "+.3f", "from": "+.3f", "to": "+.3f"}
    title = f"{config.method} minus {rival}, on the same {n} faces, with 95 % intervals"
    table(title, columns | {"verdict": ""}, lines)
    widths = [high - low for *_, low, high, _ in lines]
    claim("Pairing makes the intervals narrower", sum(widths[::2]) < sum(widths[1::2]), n=n)
else:
    print(f"No {config.backbone} of method {rival} is bundled for these faces.")

# %% [markdown]
# Pairing makes the intervals narrower, at no cost. "Not shown" is not "equal": more faces may show it. No interval here covers the luck of a training run; [07 · Ablations](07_ablations.ipynb) trains several.
#
# ## 5. The paper's figures
#
# **Figure 4** is TARR by attribute. Bars of bundled editors are recorded, with 300 faces each.

# %%
bundled = {m: load_results(name) for m, name in named.items() if name in there}
rates = {m: results["tarr"] for m, results in bundled.items()}
if run_dir or not rates:
    rates[f"{config.method} (here)"] = scores["tarr"]
show(figures.tarr_by_attribute(rates), "How often does the judge recognise each edit, by method?")
if {"baseline", "secgan"} <= set(rates):
    pairs = {name: (rates["secgan"][name], rates["baseline"][name]) for name in names}
    for title, (i, j) in {"secgan above baseline": (0, 1), "baseline above secgan": (1, 0)}.items():
        apart = [name for name, p in pairs.items() if p[i]["low"] > p[j]["high"]]
        print(f"{title}, whiskers apart: {', '.join(apart) or 'none'}")

# %% [markdown]
# The printed lines name the attributes whose whiskers do not even touch.
#
# **Figure 5** looks at one face: edits, heat maps of what changed, what $G_{seg}$ makes of its *mask*, and the truth.

# %%
wanted = ("Bald", "Blond_Hair", "Eyeglasses", "Male")
flips = [names.index(name) for name in wanted if name in names]
rows, masks = {config.method: edits[flips, 0]}, {}
with torch.inference_mode():
    if editor.g_seg is not None and editor.parser is not None:
        s = one_hot(editor.parser(x[:1]).argmax(dim=1)).expand(len(flips), -1, -1, -1)
        moved = editor.g_seg(s, (targets - y)[flips, 0])
        masks["mask by G_seg"] = moved.argmax(dim=1).cpu()
if drawn:
    truth = Truth.of(faces.subset(few))
    rows["true edit"] = truth.tensors()[0][flips, 0]
    masks["true mask"] = torch.from_numpy(truth.masks[flips, 0])
rows = {title: images.cpu() for title, images in rows.items()}
flipped = [names[i] for i in flips]
show(
    figures.method_comparison(x[0].cpu(), rows, flipped, y[0, flips].cpu(), masks),
    "What changes in the face, and what should change?",
)

# %% [markdown]
# Compare each heat map with that of the true edit. Light where the true one is dark is *leakage*. Dark where the true one is light is an edit that was not made. Look at *to female*: was it made?
#
# **Figures 6 and 7** show every edit of some faces; here each stands above its true edit.

# %%
if drawn:
    one = figures.reversed_beside_truth(
        x[:1].cpu(), edits[:, :1].cpu(), truth.tensors()[0][:, :1], names, y[:1].cpu()
    )
    show(one, "Which edits of this face look like the true edit below them?")
else:
    show(figures.flip_grid(x.cpu(), edits.cpu(), names, y.cpu()), "Which edits look right?")

# %% [markdown]
# ## 6. Between copying and the truth
#
# For drawn faces the true edit exists. So each score can be placed on a scale: at 0 stands the **copied input**, at 1 the **truth**. A score below 0 is further off than copying.
#
# | | what is measured, per attribute | function in [`truth.py`](../secgan_lite/evaluation/truth.py) |
# |---|---|---|
# | *error inside* | mean difference from the true edit, in grey levels, over the pixels that the true edit changes by more than 8 levels; often as a share of that of copying, `inside_ratio` | `pixel_sums` |
# | *<dfn>leakage</dfn>* | the same over all other pixels | `pixel_sums` |
# | *mask* | overlap (IoU) of the mask of the edit with the true mask; the truth stays below 1, because parsers err | `mean_iou` |
# | *all 13 labels* | the share that the judge sees as wanted | `outcomes` in [`scores.py`](../secgan_lite/evaluation/scores.py) |
# | *<dfn>drift</dfn>* | distance to the *true edit* in the encoder's features, as a share of the distance between two people; copying has a drift as well | `feature_distances` |

# %%
if drawn:
    if run_dir:
        close = evaluate(editor.edit, faces.subset(40), judges, seed=seed, device=chosen.device)
        bundled[f"{config.method} (here)"] = close
    else:
        close = bundled[config.method]
    kept = scores["counterfactual"]
    scores["counterfactual"] = close["counterfactual"] | kept
    show(
        figures.counterfactual_scale({m: r["counterfactual"] for m, r in bundled.items()}),
        "How far does each method get from copying the input to the true edit?",
    )
    by_name = kept["by_attribute"]
    for kind, where in {"inside_ratio": "inside", "whole_ratio": "over the whole image"}.items():
        better = [name for name in by_name if by_name[name][kind]["high"] < 1]
        print(f"closer to the truth than copying, {where}: {len(better)} of {len(names)}")
        print("  not (yet):", ", ".join(name for name in by_name if name not in better) or "none")
    errors = [kept["inside_ratio"], kept["whole_ratio"]]
    fewer = errors[0]["high"] < 1 and errors[0]["value"] < errors[1]["value"]
    claim("helps inside more than it helps the image as a whole", fewer, n=len(faces))
else:
    print("Photographs have no true edits: this section needs drawn faces.")

# %% tags=["nbval-check-output"]
if drawn and not run_dir and {"secgan", "baseline"} <= set(bundled):
    both = [load_results(named[m]) for m in ("secgan", "baseline")]
    ious = [results["counterfactual"]["mask_iou"] for results in both]
    print("masks read by P: {:.3f} secgan, {:.3f} baseline".format(*(i["value"] for i in ious)))
    claim("P finds better masks", ious[0]["value"] > ious[1]["value"], n=300)

# %% [markdown]
# The editor helps inside more than it helps the image as a whole: a true edit changes few pixels, and an edit that leaks spoils many others a little.
#
# **Who reads the masks?** P finds better masks in the edits of SeCGAN than in those of the baseline. But P taught SeCGAN, so P is no independent judge. The *witness* is a second parser, with other first weights and other faces, which taught nobody. It reads 32 px, so edits are halved for it. From here on we use 20 faces.

# %%
from secgan_lite.evaluation.truth import mean_iou, overlaps


def iou(parser, edits, masks):
    """Overlap of the masks of edits (n_a, B, 3, h, h) with the true ones, mean over segments."""
    found = torch.stack([parser(edit).argmax(dim=1) for edit in edits])
    return mean_iou(overlaps(found.cpu(), masks).sum(dim=0).numpy()).mean()


def halved(edits):
    """Edits (n_a, B, 3, h, h) at 32 px: means over squares of pixels."""
    return torch.stack([F.avg_pool2d(edit, config.image_size // 32) for edit in edits])


if drawn:
    twenty = faces.subset(20)
    x20, y20, _ = twenty.batch(torch.arange(len(twenty)), device=chosen.device)
    t20, true20 = single_flips(y20, names, resolved=True), Truth.of(twenty)
    with torch.inference_mode():
        made = {"copy": x20.expand(len(names), *x20.shape)}
        made |= {"GAN": torch.stack(editor.edit(x20, t20 - y20, y20))}
        made |= {"the truth": true20.tensors(x20.device)[0]}

# %%
witness = load_witness(32) if drawn and config.image_size % 32 == 0 else None
if witness and editor.parser and named[rival] in there:
    at_32 = replace(twenty, images=twenty.images[..., :32, :32])  # its size is what counts
    masks = {"P": true20.tensors()[1], "witness": Truth.of(at_32).tensors()[1]}
    witness.to(chosen.device)
    with torch.inference_mode():
        read = {config.method: made["GAN"], rival: torch.stack(other.edit(x20, t20 - y20, y20))}
        read = {"copy": made["copy"], **read, "the truth": made["the truth"]}
        lines = [
            (title, iou(editor.parser, e, masks["P"]), iou(witness, halved(e), masks["witness"]))
            for title, e in read.items()
        ]
    columns = {"edits by": "", "by P, which taught SeCGAN": ".3f", "by the witness": ".3f"}
    table(f"Overlap with the true masks, as read on {len(twenty)} faces", columns, lines)
    by_p, by_witness = (lines[1][k] - lines[2][k] for k in (1, 2))
    print(f"{config.method} minus {rival}: {by_p:+.3f} by P, {by_witness:+.3f} by the witness")

# %% [markdown]
# Read the last line like this: a gain that P sees and the witness does not is P's own taste. Only what both see counts.

# %% [markdown] tags=["exercise"]
# ### Exercise B · An error that flatters
#
# **Goal.** A colleague reports a small mean error over the *whole* image, for an editor that returns its input. Repair the error: take it where the true edit changes a pixel, in any channel, by more than 8 of 255 levels. **Difficulty** 2 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: where is the edit?</summary>Look at the true changes in Figure 5: how much of the image should change at all?</details>
# <details><summary>Hint 2: which pixels?</summary>The truth and the input say which, not the edit. Images span 2, from −1 to 1, and that is 255 levels.</details>
# <details><summary>Hint 3: almost code</summary>An image of errors (B, h, h), indexed by a boolean image of the same shape, gives the pixels of all faces in one row.</details>


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

# %%
if drawn:
    true = truth.tensors()[0][flip]
    whole = (x.cpu() - true).abs().mean().item() * 127.5
    print(f"copying, {shown}: {whole:.1f} grey levels over the image,", end=" ")
    print(f"{float(inside(x.cpu(), true, x.cpu())):.1f} inside")

# %% [markdown]
# Both numbers are about the same copied faces. The colleague printed the first.
#
# ## 7. Recognised, or right?
#
# TARR asks whether the judge sees the wanted attribute; the error inside, whether the pixels are right. An honest edit moves both. For each attribute, put both on one scale: TARR, and 1 minus the error inside as a share of copying. Copying has 0 and 0, the truth 1 and 1. We call the distance between the two the **<dfn>gap</dfn>**: recognised, and not right.

# %%
if drawn:
    measured = scores if run_dir else load_results(editor.name)  # recorded on 300 faces
    tarr, by_name = measured["tarr"], measured["counterfactual"]["by_attribute"]
    gap = {a: tarr[a]["value"] + by_name[a]["inside_ratio"]["value"] - 1 for a in by_name}
    widest = sorted(gap, key=gap.get, reverse=True)
    show(
        figures.recognised_and_right(tarr, by_name),
        "Which edits does the judge recognise although the pixels are not right?",
    )
    print("widest gaps:", ", ".join(f"{name} {gap[name]:.2f}" for name in widest[:4]))

# %%
if drawn and not run_dir:
    recorded = load_results(editor.name)
    seen, errors = recorded["tarr"], recorded["counterfactual"]
    right = 1 - errors["inside_ratio"]["value"]
    claim("more is recognised than made right", seen["mean"]["low"] > right, n=200)
    inside_of = {name: e["inside_ratio"] for name, e in errors["by_attribute"].items()}
    far = max(inside_of, key=lambda a: seen[a]["value"] + inside_of[a]["value"])
    claim("leaves more than half of the error of copying", inside_of[far]["low"] > 0.5, n=200)
    print(f"{far}: TARR {seen[far]['value']:.2f}, inside {inside_of[far]['value']:.2f} of copying")

# %% [markdown]
# *What does this editor do?* On average more is recognised than made right. The edit with the widest gap leaves more than half of the error of copying. Ask your own eye: below are the three widest gaps and the narrowest one, on one face.

# %%
if drawn:
    picked = [*widest[:3], widest[-1]]
    ks = [names.index(name) for name in picked]
    marks = [figures.flip_name(name, bool(y[0, k])) for name, k in zip(picked, ks, strict=True)]
    says = ["yes" if (logits[k, 0, k] > 0) == (targets[k, 0, k] > 0) else "no" for k in ks]
    titles = [
        f"{mark}\ngap {gap[name]:.2f}\nthe judge: {said}".replace("-", "−")
        for mark, name, said in zip(marks, picked, says, strict=True)
    ]
    images = [figures.pixels(edits[k, 0]) for k in ks]
    truths = [figures.pixels(truth.tensors()[0][k, 0]) for k in ks]
    show(
        figures.wishes(figures.pixels(x[0]), images, truths, titles),
        "Do you see what the judge has seen, in the three widest gaps and in the narrowest?",
    )

# %% [markdown]
# ## 8. What each metric misses
#
# Now the editors of your prediction. *Noise* follows the sign of the judge's gradient. *Another face* looks up a training face with the wanted label. Two rows calibrate the table: the true edits, and two sets of *real, other faces*, which nobody edited. All sets have 20 faces, because ssFID depends on n.


# %%
def handed_out(edits):
    """An editor that hands out edits of the 20 faces that were made before."""
    return lambda x, y_diffs, y_src: [*edits, x]


if drawn:
    bank = datasets.load("synthetic", "train", config.image_size, count=500, attributes=names)
    cheaters = {"noise": fooled_judge(judges.classifier, names), "another face": another_face(bank)}
    made |= {t: torch.stack(edit(x20, t20 - y20, y20)) for t, edit in cheaters.items()}
    columns = {"editor": "", "TARR": ".2f", "ssFID": ".2f", "IS": ".2f", "inside": ".2f"}
    columns |= {"leakage": ".1f", "drift": ".2f"}
    options = {"truth": true20, "chunk": len(twenty), "device": chosen.device}
    order = ("copy", "noise", "another face", "GAN", "the truth")
    results = {t: evaluate(handed_out(made[t]), twenty, quick, **options) for t in order}
    lines = []
    for title, r in results.items():
        parts = [r["tarr"]["mean"], r.get("ssfid", {}).get("mean"), r["inception_score"]]
        kinds = ("inside_ratio", "outside", "identity_drift")
        parts += [r["counterfactual"].get(kind) for kind in kinds]
        lines.append([title, *(part and part["value"] for part in parts)])
    if judges.encoder and len(faces) >= 40:
        floor = ssfid_floor(judges.encoder, faces.subset(40))["value"]
        lines.append(["real, other faces", None, floor, *[None] * 4])
    table(f"What each score says of each editor, on {len(twenty)} faces", columns, lines)

# %%
if drawn and judges.encoder:
    by = {row[0]: dict(zip(columns, row, strict=True)) for row in lines[:5]}
    four = order[:4]
    highest = max(four, key=lambda title: by[title]["TARR"])
    lowest = min(four, key=lambda title: by[title]["ssFID"])
    for question, answer in {"highest TARR": highest, "lowest ssFID": lowest}.items():
        yours = guess[question] or "no guess"
        verdict = "right" if yours == answer else "look again" if guess[question] else "open"
        print(f"{question}: {answer}; you: {yours}: {verdict}")
    for title in four:
        print(f"  {title}: TARR {by[title]['TARR']:.2f}, ssFID {by[title]['ssFID']:.2f}")
    claim("has the lowest ssFID of all", lowest == "copy", n=20)
    claim("is recognised in more than three of four edits", by["noise"]["TARR"] > 0.75, n=20)
    claim("its ssFID stays below that of the GAN", by["noise"]["ssFID"] < by["GAN"]["ssFID"], n=20)
    claim("*inside* stays near 1", abs(by["noise"]["inside"] - 1) < 0.05, n=20)
    claim("has the highest TARR of the four", highest == "another face", n=20)
    claim("does *not* have the best ssFID", by["the truth"]["ssFID"] > by["GAN"]["ssFID"], n=20)
    leaks = max(by, key=lambda title: by[title]["leakage"])
    claim("its leakage is the largest of the table", leaks == "another face", n=20)

# %% [markdown]
# Read the table by rows.
#
# - **Copy** has the lowest ssFID of all, because the reference is the input itself. TARR catches it.
# - **Noise** is recognised in more than three of four edits, and its ssFID stays below that of the GAN. What catches it is the true edit: *inside* stays near 1, that of copying.
# - **Another face** has the highest TARR of the four, and its leakage is the largest of the table: the person is gone. Drift does not say so, because copying drifts as well.
# - **The truth** does *not* have the best ssFID: a set in which every face has the opposite hair *is* distributed otherwise. An ssFID below that of the truth is no merit.
# - **Real, other faces** show what n = 20 alone costs.
#
# Your eye is the fourth metric. Below is the attribute with the widest gap of section 7.


# %%
if drawn:
    k, rows = names.index(widest[0]), {"input": x20[:6].cpu()}
    for title in order[1:]:
        with torch.inference_mode():
            seen = (judge(made[title][k, :6])[:, k] > 0) == (t20[k, :6, k] > 0)
        rows[f"{title}\n{seen.sum()} of {len(seen)} seen"] = made[title][k, :6].cpu()
    show(
        figures.face_rows(rows),
        f"{widest[0].replace('_', ' ')} reversed in six faces: who did it, and who was believed?",
    )

# %% [markdown]
# The noise is a faint mottle on skin and background. The label below each name says how often the judge believed it.
#
# **A second judge.** The noise was made for *one* judge. The classifier for 32 px is another network, and sees the same edits, halved.


# %%
def rate(judge, edits):
    """TARR of edits (n_a, B, 3, h, h) of the 20 faces; by attribute and face, if seen."""
    with torch.inference_mode():
        said = torch.stack([judge(edit)[:, a] > 0 for a, edit in enumerate(edits)])
    seen = said == (t20 > 0).diagonal(dim1=0, dim2=2).T
    return seen.float().mean().item(), seen


if drawn and config.image_size % 32 == 0 and config.image_size > 32:
    second = load_classifier("auto", 32).to(chosen.device).of(names)
    first = {t: result["tarr"]["mean"]["value"] for t, result in results.items()}
    lines = [(t, first[t], rate(second, halved(made[t]))[0]) for t in order]
    columns = {"editor": "", "TARR, its judge": ".2f", "TARR, second judge": ".2f"}
    table(f"The same edits before two judges, {len(twenty)} faces", columns, lines)
    lost = {title: one - two for title, one, two in lines}
    claim("loses most before the second judge", max(lost, key=lost.get) == "noise", n=20)
    claim("the true edits lose almost nothing", lost["the truth"] < 0.05, n=20)
    claim("the GAN loses no more than a twentieth", lost["GAN"] < 0.05, n=20)

# %% [markdown]
# *Who depends on one judge?* Noise loses most before the second judge, and the true edits lose almost nothing. But the GAN loses no more than a twentieth. So a second judge that has learnt from the same kind of faces does not show the gap of section 7: both judges trust the same signs.
#
# ## 9. The eraser
#
# Another test needs no second network. Take every pixel that changed by 16 levels or less, and put the input back: `without_faint` in [`cheats.py`](../secgan_lite/course/cheats.py). The eye hardly misses what is erased. If the judge misses it, the edit lived on paint for the judge alone.

# %%
if drawn:
    steps = (0, 4, 8, 16, 32)
    after = {
        t: [rate(judge, without_faint(made[t], x20, levels)) for levels in steps]
        for t in ("noise", "GAN", "the truth")
    }
    show(
        figures.after_erasing(steps, {t: [rate for rate, _ in line] for t, line in after.items()}),
        "How much of each editor's TARR is left when faint changes are erased?",
    )
    at_16 = steps.index(16)
    claim("Noise is gone", after["noise"][at_16][0] < 0.02, n=20)
    claim("the truth keeps more than nine tenths", after["the truth"][at_16][0] > 0.9, n=20)

# %%
if drawn:
    left = handed_out(without_faint(made["GAN"], x20, 16))
    cleaned = evaluate(left, twenty, judges.classifier, **options)
    kinds = ("inside_ratio", "whole_ratio")
    lines = [
        (t, r["tarr"]["mean"]["value"], *(r["counterfactual"][kind]["value"] for kind in kinds))
        for t, r in {"as they are": results["GAN"], "erased up to 16 levels": cleaned}.items()
    ]
    columns = {"edits of the GAN": "", "TARR": ".2f", "inside": ".2f", "whole image": ".2f"}
    table("What erasing changes: TARR, and errors as a share of copying", columns, lines)
    seen = {t: [seen.float().mean(dim=1) for _, seen in line] for t, line in after.items()}
    drop = {t: (line[0] - line[at_16]).tolist() for t, line in seen.items()}
    more = [one - two for one, two in zip(drop["GAN"], drop["the truth"], strict=True)]
    losers = sorted(range(len(names)), key=lambda a: more[a], reverse=True)
    for a in losers[:3]:
        print(f"{names[a]}: −{drop['GAN'][a]:.2f}; its true edits −{drop['the truth'][a]:.2f}")
    claim("lose more than their true edits", more[losers[0]] > 0.05, n=20)
    claim("the judge recognises fewer of its edits", lines[1][1] < lines[0][1], n=20)
    claim("the error over the whole image is lower", lines[1][3] < lines[0][3], n=20)

# %% [markdown]
# *What was paint for the judge alone?* Noise is gone at 16 levels, and the truth keeps more than nine tenths of its TARR. As for the trained editor, the judge recognises fewer of its edits after erasing, yet the error over the whole image is lower: what was erased helped with the judge and harmed the picture. The attributes below the table lose more than their true edits. Nobody told the editor to cheat. It was trained to please a classifier.
#
# **Erase yourself.** Choose a face and an attribute, and move the slider. Which edits survive 16 levels, and which does your eye believe? Below the app is what it shows for the attribute that loses most.

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import Candidates, Eraser, Erasing, erase

if drawn:
    candidates = Candidates(names, judge, x20, y20, {title: made[title] for title in order[1:]})
    app = Eraser(candidates)
app if drawn else None

# %%
if drawn:
    k = losers[0]
    face = int(after["GAN"][0][1][k].int().argmax())  # the first that the judge believes
    show(
        erase(candidates, Erasing(face, k, levels=16)).sheet,
        f"{names[k].replace('_', ' ')} reversed: how sure is the judge before and after erasing?",
    )

# %% [markdown]
# ## 10. What strength buys
#
# One more knob changes every score: the strength of the edit, a factor on y_diff, here from $0.25$ to $2$.

# %%
if drawn:
    if run_dir:
        files = RunFolder(run_dir).snapshots()[::3]
        only = replace(quick, encoder=None, classes=None)
        curves = {"along the training": over_snapshots(files, faces.subset(20), only)}
    else:
        recorded = load_results(editor.name)["curves"]
        curves = {"along the strength": recorded["intensities"]}
    show(
        figures.recognition_against_error(curves),
        "How much error comes with more recognition?",
    )

# %% tags=["nbval-check-output"]
if drawn and not run_dir:
    points = load_results(editor.name)["curves"]["intensities"]
    once, more = (point for point in points if point["intensity"] in (1, 1.5))
    kinds = ("tarr", "inside_ratio", "outside")
    for kind in kinds:
        print(f"{kind:>12}: {once[kind]['value']:.3f}, then {more[kind]['value']:.3f}")
    gain, harm, leak = (more[kind]["value"] - once[kind]["value"] for kind in kinds)
    n = once["tarr"]["n"]
    claim("more edits are recognised", gain > 0.05, n=n)
    claim("the error inside hardly changes", abs(harm) < 0.05, n=n)
    claim("leakage is higher", leak > 0.5, n=n)

# %% [markdown]
# *What does strength buy?* At $1.5$ more edits are recognised, the error inside hardly changes, and leakage is higher. A table that compares editors has to say at which strength it was made.
#
# So this course reports no number alone: recognition comes with an error, and on photographs with pictures.

# %%
path = chosen.save(scores)
written = ", ".join(name for name, score in scores.items() if isinstance(score, dict))
print(f"{path.parent.name}/{path.name}: {written}")

# %% [markdown] tags=["exercise"]
# ### Exercise C · Catch me
#
# **Goal.** An attacker makes the noise *stronger* than your eraser. Which check still catches it, and spares the GAN? First guess. Then measure noise of strength 8, 16 and 32, `fooled_judge(judges.classifier, names, strength=…)`, and the GAN, under three checks: erased up to 16 levels, blurred 3 × 3, and the second judge. Say in `words`, in three lines, what each check assumes about the attacker. **Difficulty** 3 of 5, 20 min. Open: compare with the [solutions](solutions/05_evaluate.ipynb).
#
# <details><summary>Hint 1: what to return</summary>For each editor a row: its name, TARR as it is, and TARR under each check, on the same faces.</details>
# <details><summary>Hint 2: one rate</summary><code>rate(judge, edits)[0]</code>, with a tensor of edits (13, 20, 3, h, h), and <code>rate(second, halved(edits))[0]</code>.</details>
# <details><summary>Hint 3: a blur</summary><code>F.avg_pool2d(edits[a], 3, 1, 1, count_include_pad=False)</code> for each attribute a.</details>

# %% tags=["exercise"]
words = ""  # what each check assumes, in three lines


def catch(strengths=(8, 16, 32)):
    """Rows (editor, TARR, erased, blurred, second judge) for noise of each strength and the GAN."""
    # solution
    chosen = EvaluationConfig.of(num_images=20).load()
    classifier, names = chosen.judges.classifier, chosen.faces.attributes
    x, y, _ = chosen.faces.batch(torch.arange(20), device=chosen.device)
    targets = single_flips(y, names, resolved=True)
    wish = (targets > 0).diagonal(dim1=0, dim2=2).T
    judge, second = (c.of(names) for c in (classifier, load_classifier("auto", 32).to(x.device)))
    checks = (
        judge,
        lambda e: judge(without_faint(e, x)),
        lambda e: judge(F.avg_pool2d(e, 3, 1, 1, count_include_pad=False)),
        lambda e: second(F.avg_pool2d(e, e.shape[-1] // 32)),
    )
    noise = {f"noise {s}": fooled_judge(classifier, names, strength=s) for s in strengths}
    rows = []
    for title, edit in {**noise, "GAN": chosen.editor.edit}.items():
        with torch.inference_mode():
            edits = edit(x, targets - y, y)
            seen = [torch.stack([c(e)[:, a] > 0 for a, e in enumerate(edits)]) for c in checks]
        rows.append((title, *((one == wish).float().mean().item() for one in seen)))
    return rows
    # end


if (caught := catch()) is not TODO:
    columns = {"editor": "", "as it is": ".2f", "erased to 16": ".2f", "blurred": ".2f"}
    table("TARR under each check", columns | {"second judge": ".2f"}, caught)

# %% [markdown] tags=["solution"]
# **Answer.** *Erasing* assumes that no change is larger than 16 levels: noise of strength 32 passes. *Blurring* assumes that the attack lives in single pixels; this judge was trained with blurred faces, so much of the noise against it survives a blur. *The second judge* assumes that the attacker does not know it; strong noise fools it as well, in part. An attacker who knows a check can include it in the gradient. So a check gives evidence, and the true edit gives proof.

# %% [markdown]
# ## What goes wrong, and limits
#
# **The judges are networks.** They hardly err on drawn test faces, but edits are unlike any face of their training. Both judges have the same kind of layers and faces, so they may share a weakness.
#
# **The encoder is small**: a linear map of its features tells an open mouth from a closed one no better than a coin. An editor that never opens a mouth loses nothing in our ssFID.
#
# **Few images make ssFID too high.** The paper's $1500$ test images of CelebA-HQ are fewer than the $2048$ features of its encoder, so these values and those from $19962$ images of CelebA cannot be compared.
#
# **The truth is a drawing.** A method that comes close to the true edits of drawn faces need not do so on photographs.
#
# **Labels are columns of a data set.** A judge that "sees" *Male* or *Young* repeats what annotators clicked, and an editor trained on it repeats it once more.
#
# ## Summary
#
# 1. TARR is the judge's share of wanted values. ssFID compares two Gaussians in features, and depends on n. IS counts kinds and sees no real image.
# 2. Two editors differ if the paired interval of their difference does not hold 0. No such interval covers the luck of a training run.
# 3. Copying and the truth are the ends of a scale. For photographs there is no truth, so show pictures.
# 4. What is recognised and not right is a gap. A second judge and an eraser catch the noise without the truth. The gap of a trained editor they show in part or not at all.
# 5. Each metric has its cheater, and each cheater has its metric.

# %% [markdown]
# ## Quiz
#
# 1. An editor is nearly always recognised, and its error inside is that of copying. What did it do? <details><summary>Answer</summary>It moved the judge, not the image: it changed pixels, but not towards the true edit. The noise does it on purpose, a trained editor by itself.</details>
# 2. Why is the ssFID of the true edits above 0? <details><summary>Answer</summary>The distance is to the faces before the edit. A set in which every face has, say, the opposite hair is distributed otherwise, however right each edit is.</details>
# 3. The Inception Score of an editor that always returns the same bald man with glasses? <details><summary>Answer</summary>1, the lowest: each image is clear, but all belong to one class, so nothing diverges from the average.</details>
#
# ## References
#
# Paper: §4.4 (metrics), §4.6, Figures 4-7. Liu et al., *STGAN*, [arXiv 1904.09709](https://arxiv.org/abs/1904.09709) (the judge and its rule). Salimans et al., *Improved Techniques for Training GANs*, [arXiv 1606.03498](https://arxiv.org/abs/1606.03498), §4 (Inception Score). Heusel et al., *GANs Trained by a Two Time-Scale Update Rule*, [arXiv 1706.08500](https://arxiv.org/abs/1706.08500) (FID). Bińkowski et al., *Demystifying MMD GANs*, [arXiv 1801.01401](https://arxiv.org/abs/1801.01401) (KID, and the bias of FID). Morozov et al., *On Self-Supervised Image Representations for GAN Evaluation*, 2021 (features of SwAV). Goodfellow et al., *Explaining and Harnessing Adversarial Examples*, [arXiv 1412.6572](https://arxiv.org/abs/1412.6572) (the noise).
#
# Next: [06 · Explore](06_explore.ipynb), edits by hand. The long version of this lesson: `papermill notebooks/05_evaluate.ipynb out.ipynb -p run_dir runs/MY-RUN -p num_images 2000`.

# %% tags=["nbval-ignore-output"]
footer()
