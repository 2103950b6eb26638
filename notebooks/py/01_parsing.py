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

# %%
show(figures.doubt(x, log_p), "In which pixels is P unsure, and what is its second choice there?")

# %% [markdown]
# *What does a soft mask tell that a hard mask hides?* It tells where P is unsure. Inside a face P is unsure along outlines. There one pixel is really a mixture of two segments, and the second choice is the neighbour: skin for an eyebrow, lips for the skin below the nose. In the background the second choice is random. There P is unsure for another reason, which section 6 finds.
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
# <details><summary>Hint 1: what may be added?</summary>The 0.3 + 0.3 above were probabilities. What turns 19 logits of a pixel into probabilities, and over which dimension?</details>
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
    for narrow, up in zip(net.narrow, net.up):
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
# Now the training, with nothing hidden: take 16 faces, compute the loss, take a step. The *learning rate*, the length of a step, first rises and then falls to 0 (`OneCycleLR`). An **epoch** is one pass through all training faces. Before and after each epoch we keep the masks of the six faces.

# %%
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from secgan_lite.datasets import Sampler

training = datasets.load("synthetic", "train", image_size, count=num_images, seed=seed)


def look(net):
    with torch.no_grad():
        return net.eval()(x).argmax(dim=1)


def learn(net, epochs=4, batch_size=16):
    """Train a network; (loss of each step, masks of the six faces before and after each epoch)."""
    order, steps = Sampler(num_images, batch_size, stream(seed, "order")), num_images // batch_size
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
rows |= {f"yours,\n{k} epochs": films["yours"][k] for k in (0, 1, 2, 4)}
rows["without skips,\n4 epochs"] = films["without skips"][4]
show(figures.face_rows(rows), "What does a parser learn first, and what do skips add?")

# %% tags=["nbval-check-output"]
scores = {name: parsing.iou(parsing.confusion(net, test)) for name, net in nets.items()}
ahead = [curves["yours"][k] < curves["without skips"][k] for k in range(-100, 0)]
claim("ends with the lower loss", sum(ahead) == 100, n=100)
wrong = [(mask != exact).float().mean().item() for mask in films["yours"]]
print("wrong pixels of the six faces after each epoch:", [f"{share:.0%}" for share in wrong])
claim("most of the large segments stand after one epoch", wrong[1] < 0.2, n=6)
lost = [name for name in scores["yours"] if scores["yours"][name] <= scores["without skips"][name]]
claim("every segment is found better with skips", not lost, n=300)

# %% [markdown]
# *What comes first?* Before the training the masks are noise. But most of the large segments stand after one epoch: hair, skin and background. The later epochs sharpen outlines and find small parts. The network without skips has the same layers and saw the same faces. Still, yours ends with the lower loss, in each of the last hundred steps, and every segment is found better with skips: without them each pixel of the outline is guessed from a map of a quarter of the size.
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
# Pixel accuracy is one number and hides what matters. **<dfn>Intersection over union</dfn>** (IoU) asks for each segment: of all pixels that *are* it or were *called* it, how many are both? It needs the confusion matrix: how often was segment i called j?

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
print(
    "predicted",
    guess,
    "worst:",
    min(package, key=package.get),
    "best:",
    max(package, key=package.get),
)

# %%
scores = {"yours": parsing.iou(parsing.confusion(mine, test)), "bundled": package}
show(figures.small_segments(scores), "How well does each parser find each of the 12 segments?")

# %% [markdown]
# *Which segments can an editor trust?* Large ones: the bundled P has an IoU of 0.96 for hair. Small ones less: eyebrows and earrings are the worst, although the pixel accuracy is 0.978. Compare the wrong variant: a parser that is perfect, but has never heard of earrings and mouths, has a pixel accuracy of 0.996, and nearly everything right.

# %% [markdown] tags=["exercise"]
# ### Exercise C · Repair an IoU
#
# **Goal.** This IoU never exceeds one half, even for a perfect parser. Repair it. A segment that is neither there nor found must give NaN, not 0. **Difficulty** 1 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: try it</summary>Let the confusion matrix be diagonal. What is <code>hits</code>, what are the two sums?</details>
# <details><summary>Hint 2: count the union</summary>The pixels that are both are in the row's sum and in the column's sum.</details>
# <details><summary>Hint 3: almost code</summary>The union is <code>true + found - hits</code>. Zero divided by zero is NaN by itself.</details>


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
# ## 6. What mistakes do to Eq. 11 and 12
#
# In the consistency loss P has the say. What does a *perfect* editor pay? On drawn faces we can ask: draw the true edit and its exact mask, and compute Eq. 11 as if both generators had got everything right. A photograph allows no such experiment.

# %% tags=["nbval-check-output"]
from secgan_lite.faces import counterfactual, render

edited_images, edited_masks = render(counterfactual(test.faces, "Eyeglasses"), image_size)
truth = torch.from_numpy(edited_images).float() / 127.5 - 1
s_out = torch.from_numpy(edited_masks).long()
with torch.no_grad():
    log_p_truth, log_p_copy = P(truth), P(test.batch(torch.arange(300))[0])
price = {
    "a perfect edit, exact mask": losses.semantic_consistency(log_p_truth, s_out),
    "an edit that does nothing": losses.semantic_consistency(log_p_copy, s_out),
    "anything, P's own arg-max": losses.semantic_consistency(log_p_truth, log_p_truth.argmax(1)),
}
table("What Eq. 11 costs", {"edit": "", "Eq. 11": ".3f"}, [*price.items()])
floor, nothing, doubt = (loss.item() for loss in price.values())
claim("Most of the floor is doubt", doubt > floor / 2, n=300)
claim("more than three times the floor", nothing > 3 * floor, n=300)

# %% [markdown]
# Three things to take home.
#
# - **The floor is not zero.** A perfect edit pays 0.153.
# - **Most of the floor is doubt.** Against its own arg-max, where it cannot be wrong, P still pays 0.133. Training on hard pixels made it so: once a pixel has $0.7$ it is left alone, and P does not learn to be sure.
# - **The signal stands out.** Doing nothing costs 0.506, more than three times the floor. So the loss tells glasses from no glasses. What the floor has beyond the doubt comes from P's mistakes. Where P errs, agreeing with P is cheaper than drawing the truth, and so the loss rewards both generators for drawing what P expects.
#
# Where does the floor come from?

# %% tags=["nbval-check-output"]
per_pixel = F.cross_entropy(log_p_truth, s_out, reduction="none")
paid = torch.stack([per_pixel[s_out == k].sum() for k in range(12)]) / per_pixel.sum()
pixels = torch.bincount(s_out.flatten(), minlength=12) / s_out.numel()
worst = (paid / pixels).argsort(descending=True)[:4].tolist()
table(
    "The four segments that pay most for their size",
    {"segment": "", "share of the pixels": ".1%", "share of the loss": ".1%"},
    [(parsing.SEGMENTS[k], pixels[k].item(), paid[k].item()) for k in worst],
)
large = paid[[parsing.SEGMENTS.index(name) for name in ("hair", "skin", "others")]].sum().item()
print(f"hair, skin and others together pay {large:.0%}")
claim("at least twice their share", (paid / pixels).sort().values[-4:].min().item() > 2, n=300)
claim("most of the loss is paid by hair, skin and others", large > 0.5, n=300)

# %% [markdown]
# These small segments pay at least twice their share: pixel by pixel P's advice is poor there. But a share of little is little: most of the loss is paid by hair, skin and others, because they are so large.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Predict and explain
#
# **Goal.** Edits are blurred at first. Blur the six faces with `F.avg_pool2d(x, 3, 1, 1)` and predict, before you run it: by how much does P's pixel accuracy fall, and which segment suffers most? Then explain in three lines what this means for the first minutes of training. **Difficulty** 2 of 5, 15 min. Open: compare with the [solutions](solutions/01_parsing.ipynb).
#
# <details><summary>Hint 1: what does a blur remove?</summary>Whatever is about as small as the window: 3 pixels.</details>
# <details><summary>Hint 2: what to compare?</summary><code>P(blurred).argmax(dim=1)</code> against <code>exact</code>, once over all pixels, once for each segment.</details>
# <details><summary>Hint 3: almost code</summary><code>(P(F.avg_pool2d(x, 3, 1, 1)).argmax(dim=1) == exact).float().mean()</code></details>

# %% tags=["solution", "nbval-check-output"]
x, _, exact = batch_of(six_faces(32))
P = parsing.load_parser("auto", 32)
for title, images in {"sharp": x, "blurred": F.avg_pool2d(x, 3, 1, 1)}.items():
    right = P(images).argmax(dim=1) == exact
    there = [k for k in range(12) if (exact == k).any()]
    kept = {parsing.SEGMENTS[k]: right[exact == k].float().mean().item() for k in there}
    worst = ", ".join(f"{name} {kept[name]:.2f}" for name in sorted(kept, key=kept.get)[:3])
    print(f"{title}: {right.float().mean():.3f}; of the worst segments: {worst}")

# %% [markdown] tags=["solution"]
# **Answer.** The accuracy falls, and small parts suffer the most: see the list above. A window of 3 pixels covers a whole earring or eye. Early edits are blurred too. So in the first minutes Eq. 11 scolds $G_{rgb}$ for a blur that reconstruction and realism are already removing, and Eq. 12 teaches $G_{seg}$ masks without small parts. As the images get sharp, P can find the parts again. Options against it are a later start (`sc_start_iteration`), or a P trained with blur.

# %% [markdown]
# ## What goes wrong, and limits
#
# **P knows what it was trained on.** The bundled P has seen drawn faces only; on a photograph it answers with confidence, and nonsense. The public P was trained on all of CelebA-HQ, test faces included, framed more tightly than CelebA's crop. Bring your own: `python -m secgan_lite.parsing train --dataset celeba-hq …` (its options are in [data/README.md](../data/README.md)).
#
# **Size matters.** The paper trains P "separately for different resolutions": at 128 px a P made for 512 px sees other textures and other widths of outlines. So do we.
#
# **Masks are not identity, and not a person.** Segments ignore colour, light and expression. What P calls "skin" it learnt from the faces it was shown; on faces unlike them, dark skin in photographs among them, public parsers are known to do worse. Measure on your data, by group, before you rely on it.
#
# ## Summary
#
# 1. A mask has one of 12 numbers in every pixel; soft masks have 12 probabilities.
# 2. Arg-max has no gradient: soft for the pupil, hard for the teacher.
# 3. Merge probabilities, never arg-maxima, and name the order of classes.
# 4. Pixel accuracy is blind for small segments; IoU is not.
# 5. P's doubt and P's mistakes put a floor under Eq. 11 and 12. Small segments pay more than their share of it, large ones pay most of it.
#
# ## Quiz
#
# 1. A parser has $99\,\%$ pixel accuracy. Can it be useless for editing earrings? <details><summary>Answer</summary>Yes: earrings are a fraction of a percent of the pixels. Ask for their IoU.</details>
# 2. Why is $s^{in}$ computed once before training, and $P(x^{out})$ in every step? <details><summary>Answer</summary>Inputs and P never change; edits do, and Eq. 11 needs the gradient through P.</details>
# 3. P says "hat" with $0.4$, "hair" with $0.35$ and "background" with $0.25$. Which of the 12 segments is it? <details><summary>Answer</summary>Others: hat and background belong to it, $0.65$ together.</details>
#
# ## References
#
# Paper: §3 (parsing network), §3.2 (Eq. 11, 12). Yu et al., *BiSeNet*, 2018. Lee et al., *MaskGAN* (CelebAMask-HQ), 2020. Ronneberger et al., *U-Net*, 2015.
#
# Next: [02 · Losses](02_losses.ipynb). The same lesson at twice the size:
#
# ```
# papermill notebooks/01_parsing.ipynb out.ipynb -p image_size 64
# ```

# %% tags=["nbval-ignore-output"]
footer()
