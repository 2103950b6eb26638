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
# # 01 · Parsing: from a face to 12 segments
#
# **Question.** SeCGAN learns from masks that nobody has drawn. A network, the parser P, guesses them. How good are its guesses, and what do its mistakes do to the editor?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 30 min, exercises 65 min | 1 min | under 2 GB | convolutional networks, softmax and cross entropy |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298, §3.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **read** a mask of 12 segments, and **merge** the 19 parts of a published parser into them (exercise A1);
# 2. **say** why an arg-max stops gradients, and where SeCGAN uses a soft mask and where a hard one;
# 3. **write** the forward pass of a U-Net, **train** it, and show what its skip connections are good for (exercise A2);
# 4. **measure** a parser by IoU, and what a blur does to it (exercise B);
# 5. **split** the loss of a perfect edit into P's doubt and P's mistakes, and **say** what a surer P would change;
# 6. **find** a wrong IoU by its symptoms (exercise C).
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [Twelve segments](#1.-Twelve-segments) · [Soft and hard](#2.-Soft-and-hard-masks) · [Nineteen parts](#3.-From-19-parts-to-12-segments) · [Build P](#4.-Build-and-train-your-own-P) · [How good?](#5.-How-good-is-P?) · [A perfect edit](#6.-What-a-perfect-edit-pays) · [A surer P](#7.-Would-a-surer-P-help?) · [A wrong score](#8.-A-score-that-cannot-be-right) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class skip sections 3 and 8.*

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
image_size: int = 32  # height and width of the faces, 32 or 64 pixels
num_images: int = 1500  # faces to train your own P on
seed: int = 0  # of the training faces and of your P

# %% tags=["setup"]
from typing import Literal

import torch
from torch.nn import functional as F

from secgan_lite import datasets, losses, parsing
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
from secgan_lite.support.randomness import initialisation, stream

# %%
settings(globals(), image_size=Literal[32, 64], num_images=int, seed=int)

# %% [markdown]
# ## The map

# %%
show(figures.method_map(("P", "faces")), "Where in SeCGAN does the parser P work?")

# %% [markdown]
# P works in two places. On the left it turns the input face into the mask that the mask generator $G_{seg}$ edits. In the middle it turns the *edited* face into a mask, so that the consistency loss can compare both masks. P is trained before SeCGAN, and then its weights stay as they are.
#
# ### Predict first
#
# The 12 segments are skin, eyebrows, eyes, eyeglasses, ears, earrings, nose, mouth, lips, neck, hair and others. Which of them will P find worst, and which best? Write both names down; [section 5](#5.-How-good-is-P?) gives the verdict.

# %%
guess = {"worst": "", "best": ""}  # names of segments

# %% [markdown]
# ## 1. Twelve segments
#
# A mask is an image without colours: in every pixel it holds the number of a segment, such as 10 for hair. For photographs a person has to draw the mask by hand. Our faces are drawn by a program, and the program knows what it draws. So our masks are **exact**.

# %%
faces = six_faces(image_size)
x, y, exact = batch_of(faces)
show(
    figures.faces_and_masks(faces.images, faces.masks),
    "To which segment does each part of a face belong?",
)

# %% [markdown]
# *Where is what?* You will meet these six faces in every lesson. The segment "others" holds whatever no attribute changes: background, clothes, hat, necklace (§3 of the paper).
#
# How large are the segments? We count pixels on 300 test faces. No network of this course was trained on them.

# %% tags=["nbval-check-output"]
test = datasets.load("synthetic", "test", image_size, count=300)
masks = torch.from_numpy(test.masks).long()
share = torch.bincount(masks.flatten(), minlength=12) / masks.numel()
smallest, *_, largest = sorted(zip(share.tolist(), parsing.SEGMENTS, strict=True))
for part, name in (smallest, largest):
    print(f"{name}: {part:.2%} of all pixels")
missed = share[[parsing.SEGMENTS.index(name) for name in ("earrings", "mouth")]].sum().item()
claim("the background more than a third", share[-1].item() > 1 / 3, n=300)
claim("is still right nearly everywhere", missed < 0.01, n=300)

# %%
show(figures.segment_sizes(masks), "How many of all pixels belong to each segment?")

# %% [markdown]
# *Which segments can a parser forget without being punished?* The small ones. Earrings are a fraction of a percent of all pixels, and the background more than a third. A parser that never says "earrings" or "mouth" is still right nearly everywhere. So **<dfn>pixel accuracy</dfn>**, the share of pixels with the right segment, says little about small parts.
#
# ## 2. Soft and hard masks
#
# P does not choose a segment at once. For every pixel $ij$ it gives 12 probabilities. Together they are the **<dfn>soft mask</dfn>** $\hat s$. If we choose the likeliest segment in every pixel, we get the **<dfn>hard mask</dfn>** $s$:
#
# $$\hat s_{ij,k} = P(x)_{ij,k}, \quad \sum_{k=0}^{11} \hat s_{ij,k} = 1, \qquad\qquad s_{ij} = \arg\max_k\, \hat s_{ij,k}$$
#
# In code the two look like this. The last two rows are needed in sections 4 and 5.
#
# | symbol | what | tensor | function in [`parsing`](../secgan_lite/parsing) | has a gradient | beware |
# |---|---|---|---|---|---|
# | $\hat s = P(x)$ | soft mask: 12 probabilities in every pixel | `log_p` (B, 12, h, h) | `P(x)` | yes, back to the image | these are *logarithms*: `exp` before you add |
# | $s$ | the likeliest segment | `s` (B, h, h), integers | `P(x).argmax(dim=1)` | no | 0 is skin, and "others" is 11 |
# | $s$, one-hot | the same as 12 planes of 0 and 1: what $G_{seg}$ and $D_{seg}$ see | (B, 12, h, h) | `one_hot(s)` | no | planes in dimension 1, not last |
# | $L_P$ | $-\frac1{\lvert H\rvert}\sum_{ij\in H}\log P(x)_{ij,\,s_{ij}}$, $H$ the pixels with less than $0.7$ for the right segment, and no fewer than the hardest sixteenth | one number | `hard_pixel_loss(log_p, s)` | yes | which pixels are in $H$ changes in every step |
# | IoU of segment k | $n_{kk} / (\sum_j n_{kj} + \sum_j n_{jk} - n_{kk})$ | $n$ → `counts` (12, 12), by (true, found) | `iou(confusion(P, faces))` | no | the hits are in both sums; 0 / 0 is NaN |

# %% tags=["nbval-check-output"]
P = parsing.load_parser("auto", image_size)
log_p = P(x)
s = log_p.argmax(dim=1)
print("soft", tuple(log_p.shape), "sums to", round(log_p.exp().sum(dim=1).mean().item(), 4))
print("hard", tuple(s.shape), s.dtype)
print("one-hot", tuple(parsing.one_hot(s).shape))
second = log_p.topk(2, dim=1).indices[:, 1][s == parsing.SEGMENTS.index("others")]
hair = (second == parsing.SEGMENTS.index("hair")).float().mean().item()
claim("its second choice is most often hair", hair > 0.5, n=6)

# %%
show(figures.doubt(x, log_p), "In which pixels is P unsure, and what is its second choice there?")

# %% [markdown]
# *What does a soft mask tell that a hard mask hides?* It tells where P is unsure. Inside a face P is unsure along outlines. There one pixel is really a mixture of two segments, and the second choice is the neighbour: skin for an eyebrow, lips for the skin below the nose. In the background, far from any outline, P is a little unsure as well, and its second choice is most often hair. No mixture explains that; section 6 looks for the reason.
#
# SeCGAN needs both kinds of mask. First the soft one. The editor must learn *through* P: if P sees no glasses in the edit, then the *pixels* of the edit should change. So a gradient has to go from the mask back to the pixels. We compare both kinds:

# %% tags=["nbval-check-output"]
image = x[:1].clone().requires_grad_(True)
wanted = exact[:1]
soft_loss = losses.semantic_consistency(P(image), wanted)
(gradient,) = torch.autograd.grad(soft_loss, image)
print(f"through the soft mask: gradient of norm {gradient.norm():.4f}")

hard = parsing.one_hot(P(image).argmax(dim=1))
hard_loss = -(parsing.one_hot(wanted) * (hard + 1e-6).log()).sum(dim=1).mean()  # wrong
print(f"through the arg-max: requires_grad is {hard_loss.requires_grad}, nothing can be learnt")

# %% [markdown]
# Why has the arg-max no gradient? Change a pixel a little: the likeliest segment stays the same, so the derivative is 0. At the few places where it changes, it jumps, and there is no derivative. PyTorch returns integers, which cannot carry a gradient at all.
#
# SeCGAN uses this. Its consistency losses, Eq. 11 and 12 (lesson [02](02_losses.ipynb)), compare two masks. One of them shall *learn*, so it is soft. The other shall only say *what is wanted*, so it is hard, and no gradient changes it.
#
# ## 3. From 19 parts to 12 segments
#
# Published parsers know 19 parts: left and right eye, upper and lower lip, and so on. The paper has 12 segments. For a hard mask we just rename: upper lip becomes lips. For a *soft* mask we add the probabilities of all parts of a segment, and take the arg-max after that. Does the order matter? Take one pixel: upper lip $0.3$, lower lip $0.3$, skin $0.4$.

# %% tags=["nbval-check-output"]
p = {"skin": 0.4, "u_lip": 0.3, "l_lip": 0.3}
late = parsing.PARTS[max(p, key=p.get)]  # arg-max first, then rename: wrong
merged = {}
for part, probability in p.items():
    merged[parsing.PARTS[part]] = merged.get(parsing.PARTS[part], 0) + probability
early = max(merged, key=merged.get)
print(f"arg-max first: {late}; merged first: {early} with {merged[early]:.1f}")

# %% [markdown] tags=["exercise"]
# ### Exercise A1 · Merge a soft mask
#
# **Goal.** Given are logits of 19 parts, and the number of the segment to which each part belongs. Make log-probabilities of the 12 segments. **Difficulty** 2 of 5, 15 min. Checked with other groups every time.
#
# <details><summary>Hint 1: what may be added?</summary>In the example above we added probabilities. What turns 19 logits of a pixel into probabilities, and over which dimension?</details>
# <details><summary>Hint 2: how do I find the parts of a segment?</summary><code>groups == k</code> is a row of 19 truth values. You can use it as an index.</details>
# <details><summary>Hint 3: how can I test it?</summary>Apply <code>exp</code> to your result and add up over the segments: every pixel must give 1. If you get −∞ for very unlikely segments, stay in logarithms and look up <code>logsumexp</code>.</details>


# %% tags=["exercise", "nbval-check-output"]
def merge(logits, groups):
    """log p of 12 segments, (B, 12, h, h).

    logits: of 19 parts, (B, 19, h, h); groups: the segment of each part, 19 integers of 0 to 11.
    """
    # solution
    log_p = logits.log_softmax(dim=1)
    parts = [log_p[:, groups == k].logsumexp(dim=1) for k in range(12)]
    return torch.stack(parts, dim=1)
    # end


merge = check("01-merge", merge)

# %% [markdown]
# The package has the same function, for published weights. It takes the *name* of an order of the 19 parts instead of their groups. Two orders are in use. Whoever takes the wrong one finds every part, but under another name:

# %% tags=["nbval-check-output"]
logits = 3 * torch.randn(1, 19, 8, 8, generator=stream(seed, "parts"))
groups = torch.from_numpy(parsing.lookup("face-parsing")).long()
ours, package = merge(logits, groups), parsing.merge(logits, "face-parsing")
assert torch.allclose(ours, package, atol=1e-5)
other = parsing.merge(logits, "celebamask")  # wrong: the other order
same = (other.argmax(dim=1) == package.argmax(dim=1)).float().mean()
print(
    f"ours = package: {torch.allclose(ours, package, atol=1e-5)}; with the wrong order {same:.0%}"
)

# %% [markdown]
# ## 4. Build and train your own P
#
# A parser must know two things about a pixel. *What* is it part of? For this the network has to look at a large neighbourhood. *Where exactly* does that part end? For this it needs every single pixel. The **<dfn>U-Net</dfn>** gets both. On the way down it halves the size twice, so that each number sees more of the face, but outlines are lost. On the way up it doubles the size again. At each size a **<dfn>skip connection</dfn>** brings the map from the way down, with its sharp outlines, to the way up.
#
# | step | layer | size, for h = 32 | channels |
# |---|---|---|---|
# | begin | `net.entry` | 32 | 3 → 16 |
# | down 1 | halve, then `net.down[0]` | 16 | 16 → 32 |
# | down 2 | halve, then `net.down[1]` | 8 | 32 → 64 |
# | up 1 | `net.narrow[0]`, double, **add the map of size 16**, `net.up[0]` | 16 | 64 → 32 |
# | up 2 | `net.narrow[1]`, double, **add the map of size 32**, `net.up[1]` | 32 | 32 → 16 |
# | end | `net.exit` | 32 | 16 → 12 logits |
#
# `F.max_pool2d(x, 2)` halves: it keeps the largest of each 2 × 2 values. `F.interpolate(x, scale_factor=2)` doubles: it repeats each value.

# %% [markdown] tags=["exercise"]
# ### Exercise A2 · The way through the U-Net
#
# **Goal.** The layers are given, you write the way of the data through them: images in, logits of 12 segments out. Your function then trains a parser in this lesson. **Difficulty** 3 of 5, 20 min. Checked, gradients included.
#
# <details><summary>Hint 1: what must be remembered?</summary>Two maps of the way down are needed again. Which is needed first on the way up?</details>
# <details><summary>Hint 2: "size of tensor must match"?</summary>Print the shapes before the addition. Sizes must agree and channels, too: <code>net.narrow</code> is there for the channels.</details>
# <details><summary>Hint 3: it runs, but is it right?</summary>Set the input of one skip to zero: if the result stays the same, this skip is not connected. And ask of each <code>net.up</code>: does it see both maps?</details>


# %% tags=["exercise", "nbval-check-output"]
def u_net(net, x):
    """Images (B, 3, h, h) -> logits (B, 12, h, h), through the layers of net."""
    # solution
    kept = [net.entry(x)]
    for stage in net.down:
        kept.append(stage(F.max_pool2d(kept[-1], 2)))
    x = kept.pop()
    for narrow, up in zip(net.narrow, net.up, strict=True):
        x = up(F.interpolate(narrow(x), scale_factor=2) + kept.pop())
    return net.exit(x)
    # end


u_net = check("01-unet", u_net)

# %% [markdown]
# Your function gets the layers of the package's `UNet`. Beside it we put a network with the same layers and the same first weights, but *without* skip connections: each step up sees only what came from below.


# %%
from secgan_lite.parsing.unet import UNet


class Mine(UNet):
    """The package's layers, your forward."""

    def forward(self, x):
        return u_net(self, x)


class NoSkips(UNet):
    """Wrong: the same layers, and nothing comes across."""

    def forward(self, x):
        x = self.entry(x)
        for stage in self.down:
            x = stage(F.max_pool2d(x, 2))
        for narrow, up in zip(self.narrow, self.up, strict=True):
            x = up(F.interpolate(narrow(x), scale_factor=2))
        return self.exit(x)


# %% tags=["nbval-check-output"]
def new(kind):
    """A network of a kind; the first weights depend on the seed alone."""
    with initialisation(seed, "my parser"):
        return kind(width=16, levels=3)


mine, package = new(Mine).eval(), new(UNet).eval()
equal = torch.allclose(mine(x), package(x), atol=1e-5)
print("weights:", sum(p.numel() for p in mine.parameters()))
claim("the same logits as the package's network", equal, n=6)

# %% [markdown]
# With equal weights your network gives the same logits as the package's network. So we can train yours in its place. What should the loss be? The usual one is the **cross entropy**, the mean over all pixels of how surprised P is by the truth:
#
# $$L_{CE} = -\frac{1}{hw}\sum_{ij} \log P(x)_{ij,\,s_{ij}}$$
#
# But most pixels are background and skin. Soon P is right there, and still they make up most of the mean. So BiSeNet, the parser of the paper, takes the mean over the *hard* pixels $H$ only. A pixel is hard as long as P gives less than $0.7$ to the right segment:
#
# $$L_P = -\frac{1}{\lvert H\rvert}\sum_{ij\in H} \log P(x)_{ij,\,s_{ij}}, \qquad H = \{ij : P(x)_{ij,\,s_{ij}} < 0.7\}$$
#
# (If few pixels are hard, the hardest sixteenth is taken.) First a slow loop that does what the formula says, beside the package's function:

# %% tags=["nbval-check-output"]
import math

draws = stream(seed, "hard pixels")
segments = torch.randint(12, (2, 8, 8), generator=draws)
logits = 3 * torch.randn(2, 12, 8, 8, generator=draws) + 9 * parsing.one_hot(segments)
right = [
    logits[face, :, i, j].softmax(dim=0)[segments[face, i, j]].item()
    for face in range(2)
    for i in range(8)
    for j in range(8)
]
hard = [-math.log(p) for p in right if p < 0.7]
naive, package = sum(hard) / len(hard), parsing.hard_pixel_loss(logits, segments).item()
assert math.isclose(naive, package, rel_tol=1e-4)
print(f"{len(hard)} of {len(right)} pixels are hard: naive {naive:.3f} = package {package:.3f}")
print(f"over all pixels instead: {F.cross_entropy(logits, segments):.3f}")

# %% [markdown]
# Now the training, all of it: take 16 faces, compute the loss, take a step. The *learning rate*, the length of a step, first rises and then falls to 0 (`OneCycleLR`). An **epoch** is one pass through all training faces. Before and after each epoch we keep the masks of the six faces.

# %%
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from secgan_lite.datasets import Sampler

training = datasets.load("synthetic", "train", image_size, count=num_images, seed=seed)


def look(net):
    with torch.no_grad():
        return net.eval()(x).argmax(dim=1)


def learn(net, epochs=4):
    """Train a network; (loss of each step, masks of the six faces before and after each epoch)."""
    size = min(16, num_images)  # faces in a step
    order, steps = Sampler(num_images, size, stream(seed, "order")), num_images // size
    optimiser = AdamW(net.parameters(), lr=0.01, weight_decay=1e-3)
    schedule = OneCycleLR(optimiser, 0.01, total_steps=epochs * steps)
    curve, seen = [], [look(net)]
    for _ in range(epochs):
        net.train()
        for _ in range(steps):
            images, _, segments = training.batch(next(order))
            loss = parsing.hard_pixel_loss(net(images), segments)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            curve.append(loss.item())
        seen.append(look(net))
    return curve, seen


# %% tags=["nbval-ignore-output"]
import time

nets, curves, films = {"yours": mine, "without skips": new(NoSkips)}, {}, {}
for name, net in nets.items():
    started = time.perf_counter()
    curves[name], films[name] = learn(net)
    print(f"{name}: {num_images:,} faces, {time.perf_counter() - started:.0f} s")

# %% [markdown]
# First the losses along the training.

# %%
show(figures.learning(curves, epochs=4), "How fast does each network learn?")

# %%
rows = {"image": x, "exact": exact}
rows |= {f"yours,\nepoch {k}": films["yours"][k] for k in (0, 1, 2, 4)}
rows["without skips,\nepoch 4"] = films["without skips"][4]
show(figures.face_rows(rows), "What does a parser learn first, and what do skips add?")

# %%
scores = {name: parsing.iou(parsing.confusion(net, test)) for name, net in nets.items()}
last = {name: sum(curve[-50:]) / len(curve[-50:]) for name, curve in curves.items()}
print("loss, mean of the last 50 steps:", {name: round(loss, 2) for name, loss in last.items()})
claim("end close together", abs(last["yours"] - last["without skips"]) < 0.1, n=50)
wrong = [(mask != exact).float().mean().item() for mask in films["yours"]]
print("wrong pixels of the six faces after each epoch:", [f"{share:.0%}" for share in wrong])
claim("most of the large segments stand after one epoch", wrong[1] < 0.25, n=6)
means = {name: sum(iou.values()) / len(iou) for name, iou in scores.items()}
print("mean IoU:", {name: round(mean, 2) for name, mean in means.items()})
claim("the mean IoU is higher with skips", means["yours"] > means["without skips"], n=300)

# %% [markdown]
# *What comes first?* Before the training each mask is a guess. But most of the large segments stand after one epoch: hair, skin and background. The later epochs sharpen outlines and find small parts. The network without skips has the same layers and saw the same faces. Their losses end close together, because this loss looks at those pixels alone that are still hard. But the mean IoU is higher with skips: without them each pixel of the outline is guessed from a map of a quarter of the size.
#
# Beside yours we put the bundled P. It is the same kind of network, trained for six epochs on eight times as many faces, which takes a few minutes.

# %%
with torch.no_grad():
    found = {"yours": mine(x).argmax(dim=1), "bundled": P(x).argmax(dim=1)}
show(
    figures.parser_beside_truth(x, exact, found),
    "Which pixels does each parser get wrong, and what does it take them for?",
)
errors = {title: (mask != exact).float().mean().item() for title, mask in found.items()}
claim("the bundled one errs in fewer pixels than yours", errors["bundled"] < errors["yours"], n=6)

# %% [markdown]
# *Where is each parser wrong?* The rows "wrong" show only the wrong pixels, in the colour of the segment that the parser chose. They lie along outlines, and the bundled one errs in fewer pixels than yours. Remember how small these faces are: at 32 × 32 pixels an eyebrow is one pixel high.
#
# ## 5. How good is P?
#
# We need a score that small segments cannot hide from. For segment $k$, let $T_k$ be the pixels that *are* it, and $F_k$ the pixels that P *found* to be it. The **<dfn>intersection over union</dfn>** (IoU) is the number of pixels in both, divided by the number of pixels in at least one of them:
#
# $$\mathrm{IoU}_k = \frac{\lvert T_k \cap F_k\rvert}{\lvert T_k \cup F_k\rvert} = \frac{n_{kk}}{\sum_j n_{kj} + \sum_j n_{jk} - n_{kk}}$$
#
# The IoU is 1 if P finds exactly the right pixels, and 0 if it finds none of them. All the numbers come from one table, the **<dfn>confusion matrix</dfn>**: $n_{kj}$ is the number of pixels that are segment $k$ and were found to be $j$. We compute the IoU both ways, by the sets and by the table:

# %% tags=["nbval-check-output"]
counts = parsing.confusion(P, test)  # rows: true segment, columns: found
naive = {}
with torch.no_grad():
    called = torch.cat(
        [P(test.batch(rows)[0]).argmax(dim=1) for rows in torch.arange(300).split(100)]
    )
for k, name in enumerate(parsing.SEGMENTS):
    both = ((masks == k) & (called == k)).sum().item()
    either = ((masks == k) | (called == k)).sum().item()
    naive[name] = both / either

package = parsing.iou(counts)
assert all(abs(package[name] - naive[name]) < 1e-9 for name in package)
accuracy = parsing.pixel_accuracy(counts)
never = (counts.sum() - counts[5].sum() - counts[7].sum()) / counts.sum()
print(f"pixel accuracy {accuracy:.3f}; naive = package: True")
print(f"a parser that is perfect but knows no earrings and no mouth: {never:.3f}")
ranked = sorted(package, key=package.get)
some = [*ranked[:4], "hair", "others"]
table("The bundled P", {"segment": "", "IoU": ".2f"}, [(name, package[name]) for name in some])
claim("eyebrows and earrings are the worst", set(ranked[:2]) == {"eyebrows", "earrings"}, n=300)
claim("and nearly everything right", never.item() > 0.99 > accuracy, n=300)
for what, name in (("worst", ranked[0]), ("best", ranked[-1])):
    verdict = "no guess" if not guess[what] else "right" if guess[what] == name else "not this time"
    print(f"{what}: predicted {guess[what] or '-'}, measured {name}. Verdict: {verdict}.")

# %%
scores["bundled"] = package
show(figures.small_segments(scores), "How well does each parser find each of the 12 segments?")

# %% [markdown]
# *Which segments can an editor rely on?* On the large ones: the bundled P has an IoU of 0.96 for hair. But eyebrows and earrings are the worst, although the pixel accuracy of this P is 0.978. And look at a parser that does not know earrings and mouth, and is perfect otherwise. It has a pixel accuracy of 0.996, and nearly everything right, but an IoU of 0 for both.

# %% [markdown] tags=["exercise"]
# ### Exercise B · What does a blur do to P?
#
# **Goal.** The first edits of a young generator are blurred. Predict: if the 300 test faces are blurred once, by how much does P's pixel accuracy fall, and which segments suffer most? Then write the experiment: blur the faces `times` times with `F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)`, parse them with the bundled P, and return the pixel accuracy and the IoU of each segment. Explain the outcome in three lines. **Difficulty** 2 of 5, 15 min. Open: compare with the [solutions](solutions/01_parsing.ipynb).
#
# <details><summary>Hint 1: what does a blur remove?</summary>Each pixel becomes the mean of 3 × 3 pixels. Which segments are about as small as that?</details>
# <details><summary>Hint 2: where does the confusion matrix come from?</summary>You have two lists of equal length, true and found segments. Give each of the 144 pairs a number of its own, and count the numbers.</details>
# <details><summary>Hint 3: how can I test it?</summary><code>experiment(0)</code> must give the accuracy of the bundled P above.</details>


# %% tags=["exercise", "nbval-check-output"]
def experiment(times):
    """(pixel accuracy, IoU of each segment by name) of the bundled P on blurred test faces."""
    # solution
    x, _, s = datasets.load("synthetic", "test", 32, count=300).batch(torch.arange(300))
    for _ in range(times):
        x = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    with torch.no_grad():
        found = parsing.load_parser("auto", 32)(x).argmax(dim=1)
    counts = torch.bincount((12 * s + found).flatten(), minlength=144).view(12, 12)
    return parsing.pixel_accuracy(counts), parsing.iou(counts)
    # end


measured = {times: experiment(times) for times in (0, 1, 2)}
if TODO in measured.values():
    print("not attempted")
else:
    for times, (accuracy_then, iou_then) in measured.items():
        worst = sorted(iou_then, key=iou_then.get)[:5]
        told = ", ".join(f"{name} {iou_then[name]:.2f}" for name in worst)
        print(f"blurred {times} times: accuracy {accuracy_then:.3f}; worst IoU: {told}")

# %% [markdown] tags=["solution"]
# **Answer.** The accuracy falls, but a reader of the accuracy alone would miss what happens: as the list above shows, after one blur P hardly finds the smallest parts any more. A window of 3 pixels covers a whole earring or eye, so its colour is mixed with that of its neighbours. P has seen sharp faces only, and does not know such colours. The opposite would have been possible, too: a P that was trained with blurred faces. Options against it are such a P, or a later start of the consistency losses (`sc_start_iteration`).

# %% [markdown]
# Are early edits really like that? Three short trainings of SeCGAN are recorded with the course; lesson [04](04_train.ipynb) takes them apart. We look at one of them, at the edits after 80, 240 and 800 iterations. Seven of the 13 edits, such as another hair colour, change no segment: for them the right mask of the edit is the mask of the input. So we can count, without any truth beside it, how many pixels P finds in the same segment as before the edit.

# %%
from secgan_lite.course.recorded import load_dynamics

run = load_dynamics("run-a")
colours = ["Black_Hair", "Blond_Hair", "Brown_Hair", "Mustache", "No_Beard", "Pale_Skin", "Young"]
chosen = [1 + run.config["attributes"].index(name) for name in colours]  # 0 is the input
samples, seen = torch.tensor(run.samples), torch.tensor(run.masks["P"]).long()
rows = {"input": samples[0, 0, [0] * 7], "P(input)": seen[0, 0, [0] * 7]}
for k in (0, 2, 9):
    after = f"after {run.scores[k]['iteration']}"
    rows |= {f"edit\n{after}": samples[k, 0, chosen], f"P(edit)\n{after}": seen[k, 0, chosen]}
show(
    figures.face_rows(rows),
    "Which segments does P lose in early edits, though no edit here changes one?",
)

# %% tags=["nbval-check-output"]
before, edited = seen[:, :, :1].expand(-1, -1, 7, -1, -1), seen[:, :, chosen]
parts = [parsing.SEGMENTS.index(n) for n in ("eyebrows", "eyes", "ears", "nose", "mouth", "lips")]
small = torch.isin(before, torch.tensor(parts))
kept = [(edited[k] == before[k])[small[k]].float().mean().item() for k in range(10)]
table(
    "Pixels in which P finds the same segment before and after an edit that changes none",
    {"iterations": ",d", "all pixels": ".0%", "pixels of small parts": ".0%"},
    [
        (run.scores[k]["iteration"], (edited[k] == before[k]).float().mean().item(), kept[k])
        for k in (0, 2, 9)
    ],
)
claim("At the beginning P loses most of the small parts", kept[0] < 0.5, n=14)
claim("most of them are found again, but not all", 0.5 < kept[-1] < 0.8, n=14)

# %% [markdown]
# *Does this blur disappear with training?* In part. At the beginning P loses most of the small parts. After 800 iterations most of them are found again, but not all. So in the first part of a training, the masks that P gives the editor are poor advice about small parts. This is one run with two faces; how it goes on in a long training, it does not show.

# %% [markdown]
# ## 6. What a perfect edit pays
#
# In SeCGAN nobody knows the right mask of an edit. P speaks instead, in the consistency loss. Let $s^{out}$ be the hard mask that $G_{seg}$ makes, and $\hat s = P(x^{out})$ the soft mask that P sees in the edit. Eq. 11 is the cross entropy between the two:
#
# $$L_{sc} = -\frac{1}{hw}\sum_{ij} \log P(x^{out})_{ij,\,s^{out}_{ij}}$$
#
# Suppose both generators are *perfect*: the edit is the true one, and so is the mask. Is the loss then 0? With drawn faces we can try it, because we can draw the true edit. With photographs nobody can. We add glasses to 300 faces, or take them off.

# %% tags=["nbval-check-output"]
from secgan_lite.faces import counterfactual, render

edited_images, edited_masks = render(counterfactual(test.faces, "Eyeglasses"), image_size)
truth = torch.from_numpy(edited_images).float() / 127.5 - 1
s_out = torch.from_numpy(edited_masks).long()
copies, _, _ = test.batch(torch.arange(300))
with torch.no_grad():
    log_p_truth, log_p_copy = P(truth), P(copies)
price = {
    "the true edit, with its exact mask": losses.semantic_consistency(log_p_truth, s_out),
    "a copy of the input, with the same mask": losses.semantic_consistency(log_p_copy, s_out),
    "the true edit, with P's own hard mask": losses.semantic_consistency(
        log_p_truth, log_p_truth.argmax(dim=1)
    ),
}
table("What Eq. 11 costs", {"edit": "", "Eq. 11": ".3f"}, [*price.items()])
floor, nothing, doubt = (loss.item() for loss in price.values())
print(f"doubt: {doubt / floor:.0%} of the floor")
claim("Most of this floor is doubt", doubt > 0.8 * floor, n=300)
claim("more than three times the floor", nothing > 3 * floor, n=300)

# %% [markdown]
# *What does a perfect edit pay?* There are three answers in this table.
#
# - **A perfect edit is not free.** It costs 0.153. We call this the *floor*.
# - **Most of this floor is doubt.** In the last row we compare P with its own hard mask, so P cannot be wrong. It still pays 0.133, which is 87% of the floor, because it gives the likeliest segment a probability below 1.
# - **The loss still does its work.** An edit that does nothing costs 0.506, more than three times the floor. So the loss can tell glasses from no glasses.
#
# In each pixel we can split the loss into these two parts. If P is right there, all of it is doubt. If P is wrong, it pays for its mistake in addition:
#
# $$-\log \hat s_{ij,\,s^{out}_{ij}} \;=\; \underbrace{-\log \max_k \hat s_{ij,k}}_{\text{doubt}} \;+\; \underbrace{\log\max_k \hat s_{ij,k} - \log \hat s_{ij,\,s^{out}_{ij}}}_{\text{mistake, 0 where P is right}}$$

# %%
in_all = F.nll_loss(log_p_truth, s_out, reduction="none")
doubts = -log_p_truth.amax(dim=1)


def by_segment(loss):
    """The share of the whole floor that each segment pays, (12,)."""
    return torch.stack([loss[s_out == k].sum() for k in range(12)]) / in_all.sum()


size = torch.bincount(s_out.flatten(), minlength=12) / s_out.numel()
show(
    figures.who_pays(size, by_segment(doubts), by_segment(in_all - doubts)),
    "Which segments pay the floor: as doubt, and for mistakes?",
)

# %% tags=["nbval-check-output"]
paid = by_segment(in_all)
large = [parsing.SEGMENTS.index(name) for name in ("hair", "skin", "others")]
tiny = size.argsort()[:7]
print("smallest seven:", ", ".join(parsing.SEGMENTS[k] for k in tiny.tolist()))
print(f"they have {size[tiny].sum():.1%} of the pixels and pay {paid[tiny].sum():.1%}")
print(f"hair, skin and others pay {paid[large].sum():.0%}")
claim("most of the floor is paid by hair, skin and others", paid[large].sum() > 0.5, n=300)
claim("more than twice their share", paid[tiny].sum() > 2 * size[tiny].sum(), n=300)

# %% [markdown]
# *Who pays the floor?* There are two true sentences here, and it is easy to mix them up. Pixel by pixel, small segments cost more: the seven smallest pay 10.7% of the floor, which is more than twice their share of the pixels. But a large share of little is little: most of the floor is paid by hair, skin and others, together 78%, and nearly all of that is doubt. So the floor tells of an *unsure* P, rather than of a P that is wrong.
#
# The doubt comes from P's own training. Once P gives a pixel $0.7$, the pixel is no longer hard and teaches P no more. So P never learns to be sure.
#
# ## 7. Would a surer P help?
#
# This leads to a question that the paper does not ask: *would SeCGAN edit better with a surer P?* We can make P surer without training it. Divide its logarithms by a number $\tau$, the **<dfn>temperature</dfn>**, and normalise again:
#
# $$\hat s^{(\tau)}_{ij,k} = \frac{\hat s_{ij,k}^{1/\tau}}{\sum_m \hat s_{ij,m}^{1/\tau}}$$
#
# With $\tau < 1$ large probabilities become larger and small ones smaller. The likeliest segment stays the same. So P's *hard* mask does not change at all, and neither does Eq. 12, which uses only that. What changes is Eq. 11, and there what counts is the gradient at the edit's pixels: the *pull* on the edit. We measure it at the edit that does nothing, where there is most to learn.


# %% tags=["nbval-check-output"]
def pull(images, temperature):
    """(Eq. 11, its pull on each image (300, 3·h·h)) with P at a temperature."""
    images = images.clone().requires_grad_(True)
    log_p = (P(images) / temperature).log_softmax(dim=1)
    loss = losses.semantic_consistency(log_p, s_out)
    (gradient,) = torch.autograd.grad(len(images) * loss, images)
    return loss.item(), -gradient.flatten(1)


temperatures, lines, same_way, lengths, floors = (2.0, 1.0, 0.5, 0.25), [], {}, {}, {}
_, usual = pull(copies, 1.0)
for temperature in temperatures:
    floors[temperature], rest = pull(truth, temperature)
    costs, pulled = pull(copies, temperature)
    same_way[temperature] = F.cosine_similarity(pulled, usual).mean().item()
    lengths[temperature] = (pulled.norm(dim=1).mean() / usual.norm(dim=1).mean()).item()
    compared = costs / floors[temperature]
    lines.append((temperature, floors[temperature], compared, lengths[temperature],
                  same_way[temperature]))  # fmt: skip
columns = {"temperature": ".2f", "floor": ".3f", "doing nothing / floor": ".1f"}
columns |= {"length of the pull": ".2f", "cosine with the usual pull": ".3f"}
table("Eq. 11 with a less sure and a surer P; usual is temperature 1", columns, lines)
claim("halves the floor", floors[0.5] < 0.55 * floors[1.0], n=300)
claim("the pull becomes about twice as long", 1.8 < lengths[0.5] < 2.2, n=300)
claim("hardly changes its direction", same_way[0.5] > 0.95, n=300)
believed, was_right = log_p_truth.amax(dim=1).exp().mean(), (log_p_truth.argmax(dim=1) == s_out)
print(f"believed: {believed:.3f}, right: {was_right.float().mean():.3f}")
claim("P is right more often than it believes", was_right.float().mean() > believed, n=300)
claim("the floor rises again", floors[0.25] > floors[0.5], n=300)

# %% [markdown]
# *What does a surer P change?* A temperature of $0.5$ halves the floor. The reason: P is right more often than it believes, if we take the probability of the likeliest segment for its belief. At $0.25$ the floor rises again: now P is too sure, and its mistakes cost more. For the editor another column matters. At $0.5$ the pull becomes about twice as long, and hardly changes its direction. A pull of twice the length is what you also get with twice the weight $\lambda_{sc}$. So *in this place* a surer P has no new advice, it only speaks louder.
#
# **What we do not know.** This is one place, an edit that does nothing. Training passes through many others, and Eq. 12 stays as it was while Eq. 11 gets louder. An answer needs trainings: temperature 1 and $0.5$, and temperature 1 with $\lambda_{sc}$ doubled in Eq. 11 alone, each with the same three seeds or more, compared by the error of the edits and by the IoU of their masks, with intervals. If the second and third agree and both differ from the first, then loudness was all. Lesson [07](07_ablations.ipynb) shows how to plan such a study; this would be a good project.
#
# ## 8. A score that cannot be right
#
# Last, a colleague's IoU. It runs without an error. We try it on the bundled P, and on two made-up parsers of which we know what they deserve.

# %% tags=["nbval-check-output"]
from secgan_lite.course.checks.parsing import colleague

true_pixels = counts.sum(dim=1)
all_others = torch.zeros_like(counts)
all_others[:, 11] = true_pixels  # whatever a pixel is, it is called "others"
parsers = {"bundled P": counts, "perfect": true_pixels.diag(), 'says "others" always': all_others}
shown = ["hair", "mouth", "others"]
table(
    "The colleague's IoU",
    {"parser": ""} | dict.fromkeys(shown, ".2f"),
    [
        (name, *(colleague(n)[parsing.SEGMENTS.index(part)].item() for part in shown))
        for name, n in parsers.items()
    ],
)
claim("never above one half", max(colleague(n).max().item() for n in parsers.values()) <= 0.5)

# %% [markdown]
# *Symptoms.* No segment is missing, and 0 is where it belongs. But the numbers are never above one half, and a perfect parser does not get 1.

# %% [markdown] tags=["exercise"]
# ### Exercise C · The colleague's IoU
#
# **Goal.** Say from the symptoms what is wrong, in one sentence, *before* you read the code below. Then repair the function. A segment that is neither there nor found must give NaN, not 0: nothing was asked. **Difficulty** 2 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: which case is easiest?</summary>The perfect parser. Its table has numbers on the diagonal only. What should come out for a segment of 100 pixels, and what comes out?</details>
# <details><summary>Hint 2: draw it</summary>Draw two circles that overlap: what is true, and what was found. If you count first one circle and then the other, what have you counted twice?</details>
# <details><summary>Hint 3: how can I test it?</summary>Compare with <code>parsing.iou(counts)</code> for the bundled P. And with a table of zeros: does your answer give NaN?</details>


# %% tags=["exercise", "nbval-check-output"]
def iou(counts):
    """IoU of each segment, from counts (12, 12) by (true, found): floats (12,)."""
    hits = counts.diagonal().double()
    true, found = counts.sum(dim=1), counts.sum(dim=0)
    # solution
    return hits / (true + found - hits)
    # lesson
    # return hits / (true + found)
    # end


iou = check("01-iou", iou)

# %% [markdown]
# ## What goes wrong, and limits
#
# **P knows what it was trained on.** The bundled P has seen drawn faces only. For a photograph it gives an answer, too, but nonsense, and it does not look unsure. The published P was trained on all of CelebA-HQ. So it has seen the test faces as well, and its faces fill more of the image than those of CelebA. You can bring your own: `python -m secgan_lite.parsing train --dataset celeba-hq …` (the options are in [data/README.md](../data/README.md)).
#
# **Size matters.** The paper trains one P for each image size ("separately for different resolutions"). In an image of 512 pixels, outlines and textures have other widths than in one of 128 pixels, so a P for one size does badly at another. We do as the paper does.
#
# **One seed.** The two parsers of section 4 were trained once. That skip connections help is well known; *by how much* they help here, one seed does not tell.
#
# **A mask is not a person.** A mask has no colour, no light and no expression. And what P calls "skin" depends on the faces that it was shown. If faces with dark skin were rare among them, P may be worse at them. Measure P on your own data, separately for each group of people, before you rely on it.
#
# ## Summary
#
# 1. A hard mask has a segment in every pixel; a soft mask has 12 probabilities.
# 2. The arg-max has no gradient: whoever shall learn gets the soft mask, and whoever says what is wanted gives the hard one.
# 3. Add the probabilities of parts before the arg-max, and name the order of the parts.
# 4. Skip connections bring sharp outlines to the layers that know what they see.
# 5. Pixel accuracy cannot see small segments; IoU can.
# 6. Even a perfect edit pays Eq. 11. Most of that is P's doubt over hair, skin and others. A surer P pulls harder, in nearly the same direction.
#
# ## Quiz
#
# 1. A parser has $99\,\%$ pixel accuracy. Can it be useless for editing earrings? <details><summary>Answer</summary>Yes: earrings are a fraction of a percent of the pixels. Ask for their IoU.</details>
# 2. Your U-Net gives soft, round masks although its loss is low. Which layer inputs do you look at first? <details><summary>Answer</summary>The skip connections, above all the one at full size: without it no layer on the way up has seen a sharp outline.</details>
# 3. P says "hat" with $0.4$, "hair" with $0.35$ and "background" with $0.25$. Which of the 12 segments is it? <details><summary>Answer</summary>Others: hat and background belong to it, $0.65$ together.</details>
# 4. With a surer P the loss of your finished SeCGAN falls by half. Are the edits better now? <details><summary>Answer</summary>The number does not say so. The floor of the loss has changed, not the edits. Compare the edits.</details>
#
# ## References
#
# | source | read | minutes |
# |---|---|---|
# | Sun et al., [*SeCGAN*](https://arxiv.org/abs/2111.09298), 2021 | §3, the parsing network; §3.2, Eq. 11 and 12 | 15 |
# | Ronneberger et al., [*U-Net*](https://arxiv.org/abs/1505.04597), 2015 | §2 and Figure 1: the first skip connections of this kind; there they are joined, here added | 10 |
# | Yu et al., [*BiSeNet*](https://arxiv.org/abs/1808.00897), 2018 | §3: one path for outlines, one for meaning | 15 |
# | Lee et al., [*MaskGAN*](https://arxiv.org/abs/1907.11922), 2020 | the part on CelebAMask-HQ: where the 19 parts come from | 5 |
# | Guo et al., [*On Calibration of Modern Neural Networks*](https://arxiv.org/abs/1706.04599), 2017 | §4.2, temperature scaling | 10 |
#
# Next: [02 · Losses](02_losses.ipynb). The same lesson at twice the size:
#
# ```
# papermill notebooks/01_parsing.ipynb out.ipynb -p image_size 64
# ```

# %% tags=["nbval-ignore-output"]
footer()
