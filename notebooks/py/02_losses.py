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
# # 02 · Losses: what each term wants
#
# **Question.** SeCGAN adds up eight losses in two branches. Which pixels does each of them want to change, and how hard does it pull?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 25 min, exercises 40 min | 1 min | under 1 GB | gradients in PyTorch; [01 · Parsing](01_parsing.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298, §3.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **derive** why a critic needs a slope, and **implement** the penalty that keeps it near 1 (exercise A);
# 2. **point** from each symbol of Eq. 1-12 to its tensor, its shape and its function;
# 3. **spot** a loss that is unbounded, averaged over the wrong axis or fed the wrong label (exercise C);
# 4. **read** a gradient as an image, and **predict** which term wins when Eq. 13-16 add them up (exercise B).
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [A critic in the plane](#1.-A-critic-in-the-plane) · [Realism](#2.-Realism:-Eq.-1-and-2) · [Attributes](#3.-Attributes:-Eq.-3-and-4) · [Reconstruction](#4.-Reconstruction:-Eq.-5) · [Masks](#5.-The-same-for-masks:-Eq.-6-to-10) · [Consistency](#6.-Consistency:-Eq.-11-and-12) · [Which pixels?](#7.-Which-pixels?) · [All together](#8.-All-together:-Eq.-13-to-16) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class skip section 5: it repeats sections 2 to 4 for masks.*

# %% [markdown]
# ## Parameters
#
# Most of this lesson looks at a SeCGAN that has been trained on drawn faces and is bundled with the course. `run_dir` puts a run of your own in its place, from [04 · Train](04_train.ipynb).

# %% tags=["parameters"]
run_dir: str = ""  # folder of a finished run of method "secgan", "" for the bundled one
seed: int = 0  # of the random inputs and of the toy critics

# %% tags=["setup"]
import torch
from torch.nn import functional as F

from secgan_lite import losses
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
settings(globals(), run_dir=str, seed=int)
from secgan_lite.course.model import batch_for, load_model

model, config = load_model(run_dir)
rgb, semantic = model.branches["rgb"], model.branches["semantic"]
print(f"{config.backbone}, {config.image_size} px, {config.iterations:,} iterations of training")

# %% [markdown]
# ## The map

# %%
show(
    figures.method_map(("D", "consistency", "faces")),
    "From which parts of SeCGAN do the losses come?",
)

# %% [markdown]
# In full colour: where losses come from. Each discriminator has two heads, one for realism and one for attributes, and each generator must please both. Two more terms hold the generators back: reconstruction, which the map leaves out, and consistency, which ties the branches together.
#
# ### Predict first
#
# Four terms pull at an edited image: realism (`adv`), attributes (`cls`), reconstruction (`rec`) and consistency (`sc`). In a trained model, weighted as in training, which pulls hardest and which most weakly? Write your guess down; [section 8](#8.-All-together:-Eq.-13-to-16) measures it.

# %%
guess = {"hardest": "", "weakest": ""}  # "adv", "cls", "rec" or "sc"

# %% [markdown]
# ## 1. A critic in the plane
#
# Forget faces for a moment. Real samples are points on a ring, the generator's samples are a blob. A **<dfn>critic</dfn>** $D$ gives every point a score; it should be high on the ring and low on the blob. The generator will then move its points *up the slope* of $D$. So what matters about a critic is not its score, but its slope.
#
# We train three critics for as many steps: without a penalty, with the penalty as the paper prints it, and with the penalty of the paper's own reference (WGAN-GP).

# %%
draws = stream(seed, "points")
angle = 2 * torch.pi * torch.rand(200, 1, generator=draws)
ring = 0.8 * torch.cat([angle.cos(), angle.sin()], dim=1)
real_points = ring + 0.05 * torch.randn(200, 2, generator=draws) + 0.8
fake_points = 0.25 * torch.randn(200, 2, generator=draws) - 1.2


def trained_critic(penalty, steps=250):
    layers = [(2, 64), (64, 64), (64, 1)]
    with initialisation(seed, "toy critic"):
        parts = [m for a, b in layers for m in (torch.nn.Linear(a, b), torch.nn.ReLU())][:-1]
    critic = torch.nn.Sequential(*parts)
    optimiser = torch.optim.Adam(critic.parameters(), 3e-3, betas=(0.5, 0.999))
    for _ in range(steps):
        loss = losses.critic_adversarial(critic(real_points), critic(fake_points))
        if penalty:
            alpha = torch.rand(200, 1, generator=draws)
            loss = loss + 10 * penalty(critic, real_points, fake_points, alpha)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return critic


# %% [markdown]
# The printed penalty squares the mean deviation, $(E\|\nabla D\| - 1)^2$. The intended one averages the squared deviations, $E(\|\nabla D\| - 1)^2$. One bracket apart:


# %%
from functools import partial

from secgan_lite.backbones import summed_gradient


def penalty_as_printed(score, real, fake, alpha):
    gradient = summed_gradient(score, torch.lerp(fake, real, alpha))
    return (gradient.norm(dim=1).mean() - 1).square()


def penalty_as_meant(score, real, fake, alpha):
    return losses.gradient_penalty(partial(summed_gradient, score), real, fake, alpha)


critics = {
    "no penalty": trained_critic(None),
    "as printed: $(E\\|\\nabla\\| - 1)^2$": trained_critic(penalty_as_printed),
    "as meant: $E(\\|\\nabla\\| - 1)^2$": trained_critic(penalty_as_meant),
}
show(
    figures.toy_critics(critics, real_points, fake_points),
    "How steep is each critic between the two clouds (mean ± standard deviation), and where does it push the fakes?",
)

mixing = torch.rand(200, 1, generator=stream(seed, "between"))
between = torch.lerp(fake_points, real_points, mixing)
slopes = [summed_gradient(critic, between).norm(dim=1) for critic in critics.values()]
for title, slope in zip(("no penalty", "as printed", "as meant"), slopes, strict=True):
    print(f"{title:>10}: slope between the clouds {slope.mean():.2f} ± {slope.std():.2f}")
claim("the slope grows into the thousands", slopes[0].mean().item() > 1000, n=200)
claim(
    "differ at least five times as much", slopes[1].std().item() > 5 * slopes[2].std().item(), n=200
)

# %% [markdown]
# *How steep is each critic?* Contour lines are 1 apart, so the wider they lie the gentler the slope. **Without a penalty** the slope grows into the thousands, because the loss lets a critic multiply its scores, and the generator's steps would grow with them. **With it** the slope between the clouds is near 1. The printed form keeps the *average* slope near 1, so steep places may hide behind flat ones: its slopes differ at least five times as much from point to point as those of the intended form.
#
# The critic's loss, fake minus real, then estimates the distance between both clouds (the Wasserstein distance). That is why a *negative* critic loss is normal, and why its size means something.

# %% [markdown]
# ## 2. Realism: Eq. 1 and 2
#
# | | formula | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|---|
# | Eq. 1 | $E[D(x^{out})] - E[D(x^{in})]$ | $D(x)$ → `score` (B, 1, p, p): one score for each of p × p patches | `losses.critic_adversarial` | mean over faces *and* patches |
# | Eq. 1 | $+\,\lambda_{gp}E[(\lVert\nabla D(\tilde x)\rVert_2-1)^2]$ | $\tilde x$ → `mixed` (B, 3, h, h); α → `alpha` (B, 1, 1, 1) | `losses.gradient_penalty` | the square belongs inside; patches are *summed* |
# | Eq. 2 | $E[-D(x^{out})]$ | the same `score`, now of edits | `losses.generator_adversarial` | the minus is in the loss: both players descend |
#
# The same in code, first naively, one number at a time, then by the package.

# %% tags=["nbval-check-output"]
draws = stream(seed, "scores")
real_score, fake_score = torch.randn(2, 4, 1, 2, 2, generator=draws)

naive = 0.0
for face in range(4):
    for row in range(2):
        for column in range(2):
            naive += (fake_score - real_score)[face, 0, row, column].item() / 16

package = losses.critic_adversarial(real_score, fake_score)
wrong = fake_score.sum() - real_score.sum()  # grows with batch and patches
assert torch.isclose(package, torch.tensor(naive))
assert losses.generator_adversarial(fake_score) == -fake_score.mean()
print(f"naive {naive:.4f} = package {package:.4f}; summed instead: {wrong:.4f}")
claim("The sum is 16 times the mean", torch.isclose(wrong, 16 * package))

# %% [markdown]
# The sum is 16 times the mean here, and on larger images, with more patches, it would be more: a weight tuned at one size would be wrong at the next.
#
# A detail that the table hides: in the penalty StarGAN *sums* the patches before it takes the gradient, although the scores are averaged. So with p × p patches the penalty holds the slope of the sum near 1, and the generator feels only a share of $1/p^2$ of it. That is one reason why `adv` will look weak in section 8.

# %% [markdown] tags=["exercise"]
# ### Exercise A · The penalty
#
# **Goal.** Write Eq. 1's penalty with `torch.autograd.grad`. **Difficulty** 3 of 5, 15 min. Checked.
#
# <details><summary>Hint 1: which steps?</summary>Mix each real image with its fake one. Score the mix. Ask for the gradient of the score with respect to the mix. Take one norm per face, subtract 1, square, average.</details>
# <details><summary>Hint 2: what is easily missed?</summary>The fake images come from a generator that this loss must not teach. And the penalty is itself differentiated, later, with respect to the critic's weights.</details>
# <details><summary>Hint 3: almost code</summary><code>mixed = torch.lerp(fake.detach(), real, alpha).requires_grad_(True)</code>, then <code>torch.autograd.grad(score(mixed).sum(), mixed, create_graph=True)</code>, then the norm over dimensions 1, 2 and 3.</details>


# %% tags=["exercise", "nbval-check-output"]
def penalty(score, real, fake, alpha):
    """E[(‖∇D(x̃)‖₂ − 1)²] at x̃ = α·real + (1 − α)·fake: one number.

    score: images (B, C, h, h) -> (B, 1, p, p); alpha (B, 1, 1, 1) in [0, 1].
    """
    # solution
    mixed = torch.lerp(fake.detach(), real, alpha).requires_grad_(True)
    (gradient,) = torch.autograd.grad(score(mixed).sum(), mixed, create_graph=True)
    norm = gradient.square().sum(dim=(1, 2, 3)).sqrt()
    return (norm - 1).square().mean()
    # end


penalty = check("02-penalty", penalty)

# %% [markdown]
# Whatever you wrote, a right penalty goes on from here. The package's takes the *gradient* of the critic rather than its score: StarGAN's discriminator knows its own (`realism_gradient`), which is faster than asking autograd twice. Both must agree, on the six faces and the trained critic:

# %% tags=["nbval-check-output"]
faces = six_faces(config.image_size)
x, y_src, _ = batch_of(faces)
with torch.no_grad():
    x_other = rgb.generator(x, y_src.roll(1, dims=0) - y_src)
alpha = torch.rand(6, 1, 1, 1, generator=stream(seed, "alpha"))


def realism(images):
    return rgb.discriminator(images)[0]


mine = penalty(realism, x, x_other, alpha)
package = losses.gradient_penalty(rgb.discriminator.realism_gradient, x, x_other, alpha)
assert torch.isclose(mine, package, atol=1e-6)
print(f"penalty of the trained critic: {package:.4f}")

# %% [markdown]
# ## 3. Attributes: Eq. 3 and 4
#
# | | formula | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|---|
# | Eq. 3 | $-[y\cdot\log D + (1-y)\cdot\log(1-D)]$ with $y = y^{src}$, on real faces | $D_{cls}$ → `logits` (B, 13), $D$ = sigmoid; $y$ → (B, 13) in {0, 1} | `losses.attribute_classification` | *sum* over attributes (StarGAN), mean over faces |
# | Eq. 4 | the same with $y = y^{trg}$, on edits | likewise | `losses.attribute_classification` | the target, neither $y^{diff}$ nor $y^{src}$ |
#
# The paper prints $(1-y)\cdot(1-\log D)$ in the second half, in all four places. Is that a harmless misprint?

# %%
show(figures.printed_and_meant(), "Which of the two losses has a lowest value?")

# %% [markdown]
# *What does each form want from an absent attribute?* Both fall as $D$ goes to 0, as they should. But the printed one **has no bottom**: by making one absent attribute ever less likely, the loss falls without end, and every other attribute is drowned out. The numbers:

# %% tags=["nbval-check-output"]
absent, rows = torch.zeros(1, 1), []
for logit in (0.0, -10.0, -100.0):
    log_d = F.logsigmoid(torch.tensor([[logit]]))
    printed = -(absent * log_d + (1 - absent) * (1 - log_d)).item()
    meant = losses.attribute_classification(torch.tensor([[logit]]), absent).item()
    rows.append([f"{logit:.0f}", printed, meant])
table("Loss of an absent attribute", {"logit": ">", "printed": ".2f", "meant": ".2f"}, rows)

# %% [markdown]
# Now naive against package, and two wrong variants: a mean over the attributes, and a sigmoid taken twice.

# %% tags=["nbval-check-output"]
logits = 2 * torch.randn(4, 13, generator=stream(seed, "logits"))
labels = torch.randint(2, (4, 13), generator=stream(seed, "labels")).float()
naive = 0.0
for z, label in zip(logits.flatten().tolist(), labels.flatten().tolist(), strict=True):
    d = torch.sigmoid(torch.tensor(z))
    naive -= (label * d.log() + (1 - label) * (1 - d).log()).item() / 4

package = losses.attribute_classification(logits, labels)
assert torch.isclose(package, torch.tensor(naive))
mean = losses.attribute_classification(logits, labels, "mean")
twice = losses.attribute_classification(logits.sigmoid(), labels)
print(f"naive {naive:.3f} = package {package:.3f}; mean: {mean:.3f}, sigmoid twice: {twice:.3f}")
claim("The mean is 13 times smaller", torch.isclose(package, 13 * mean))

# %% [markdown]
# The mean is 13 times smaller: AttGAN's code takes it, and makes up for it with λ = 10 in the generator. A sigmoid taken twice gives no error and a plausible number; only its gradient is poor, because a probability used as a logit stays between 0 and 1.

# %% [markdown] tags=["exercise"]
# ### Exercise C · Repair the printed loss
#
# **Goal.** A colleague typed Eq. 3 as printed. Training went well for a minute, then the loss fell to minus thousands. Repair the function; it must also survive logits of ±200. **Difficulty** 2 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: where?</summary>Try y = 0 by hand: what should the loss be if D = 0?</details>
# <details><summary>Hint 2: the formula</summary>For y = 0 it must be −log(1 − D), which is 0 at D = 0 and grows without end towards D = 1.</details>
# <details><summary>Hint 3: almost code</summary>1 − sigmoid(z) = sigmoid(−z), so log(1 − D) is <code>F.logsigmoid(-logits)</code>. It never takes the logarithm of zero.</details>


# %% tags=["exercise", "nbval-check-output"]
def classification(logits, y):
    """Eq. 3 for logits (B, n) and labels (B, n): summed over attributes, averaged over faces."""
    log_d = F.logsigmoid(logits)
    # solution
    entries = -(y * log_d + (1 - y) * F.logsigmoid(-logits))
    # lesson
    # entries = -(y * log_d + (1 - y) * (1 - log_d))
    # end
    return entries.sum(dim=1).mean()


classification = check("02-classification", classification)

# %% [markdown]
# ## 4. Reconstruction: Eq. 5
#
# | | formula | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|---|
# | Eq. 5 | $E\lVert x^{in} - G(x^{in}, 0)\rVert_1$ | $G(x, 0)$ → `x_rec` (B, 3, h, h), behind its tanh | `losses.rgb_reconstruction` | the norm is a sum in print, a *mean* in all code |
#
# Zero is the label of "change nothing", because the generator is told differences. StarGAN, which is told targets, has to edit there and back instead, at twice the cost.

# %% tags=["nbval-check-output"]
raw = torch.randn(2, 3, 4, 4, generator=stream(seed, "raw"))
image = torch.rand(2, 3, 4, 4, generator=stream(seed, "image")) * 2 - 1
naive = sum(
    abs(i - torch.tanh(torch.tensor(r)).item())
    for i, r in zip(image.flatten().tolist(), raw.flatten().tolist(), strict=True)
) / (2 * 3 * 4 * 4)
package = losses.rgb_reconstruction(raw.tanh(), image)
assert torch.isclose(package, torch.tensor(naive))
printed = (image - raw.tanh()).abs().sum() / 2
print(f"naive {naive:.4f} = package {package:.4f}; the printed sum: {printed:.4f}")
print(f"sum over mean: {3 * 4 * 4}; in an image of 128 px: {3 * 128 * 128:,}")

# %% [markdown]
# A sum over 3 × 4 × 4 values is 48 times the mean; over an image of 128 px it would be 49,152 times. `losses.rgb_reconstruction`, a mean, and λ_rec = 10 go together. (10 is the weight in the paper. The bundled model was trained for a short time and with 20, which section 8 will use.)
#
# ## 5. The same for masks: Eq. 6 to 10
#
# The semantic branch edits one-hot masks of 12 segments as if they were images. Four of its five losses *are* those above, so the package has no second copy of them.
#
# | | formula | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|---|
# | Eq. 6 | Eq. 1 with $s$ for $x$ | $s^{in}$ → one-hot (B, 12, h, h); $\hat s^{out}$ → softmax, *soft* | `losses.critic_adversarial`, `losses.gradient_penalty` | D can tell soft from one-hot: watch it |
# | Eq. 7 | Eq. 2 with $\hat s^{out}$ | | `losses.generator_adversarial` | |
# | Eq. 8, 9 | Eq. 3, 4 with masks | | `losses.attribute_classification` | a mask hardly shows hair colour or skin |
# | Eq. 10 | $-\frac1{HW}\sum_{ij} s_{ij}\cdot\log G(s, 0)_{ij}$ | `raw` (B, 12, h, h) before softmax; $s$ → `s` (B, h, h), segment numbers | `losses.semantic_reconstruction` | cross entropy on *raw* outputs; never log(softmax) by hand |

# %% tags=["nbval-check-output"]
raw = 2 * torch.randn(2, 12, 3, 3, generator=stream(seed, "raw mask"))
s = torch.randint(12, (2, 3, 3), generator=stream(seed, "segments"))
naive = 0.0
for face in range(2):
    for i in range(3):
        for j in range(3):
            p = raw[face, :, i, j].exp() / raw[face, :, i, j].exp().sum()
            naive -= p[s[face, i, j]].log().item() / (2 * 3 * 3)

package = losses.semantic_reconstruction(raw, s)
assert torch.isclose(package, torch.tensor(naive))
sure = torch.tensor([[[[200.0]], [[0.0]]]])
by_hand = -sure.softmax(dim=1).log()[0, 1].item()
print(f"naive {naive:.4f} = package {package:.4f}")
print(
    f"log(softmax) of a sure mistake: {by_hand}, package: {F.cross_entropy(sure, s[:1, :1, :1] * 0 + 1):.0f}"
)

# %% [markdown]
# The naive form is right until a network is very sure of something wrong. Then the softmax is exactly 0 in floating point, its logarithm infinite, and the run is lost. `F.cross_entropy` subtracts logarithms and stays finite.
#
# ## 6. Consistency: Eq. 11 and 12
#
# | | formula | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|---|
# | Eq. 11 | $-\frac1{HW}\sum_{ij} s^{out}_{ij}\cdot\log P(x^{out})_{ij}$ | $P(x^{out})$ → `log_p` (B, 12, h, h); $s^{out}$ → arg-max of `raw`, (B, h, h) | `losses.semantic_consistency` | teaches $G_{rgb}$ *through* P: P's weights are frozen, its input is not |
# | Eq. 12 | $-\frac1{HW}\sum_{ij} \bar P(x^{out})_{ij}\cdot\log \hat s^{out}_{ij}$ | $\hat s^{out}$ → softmax of `raw`; $\bar P$ → arg-max of `log_p` | `losses.semantic_consistency` | teaches $G_{seg}$ alone: the arg-max has no gradient |

# %% tags=["nbval-check-output"]
log_p = torch.randn(2, 12, 3, 3, generator=stream(seed, "P")).log_softmax(dim=1)
target = raw.argmax(dim=1)
naive = 0.0
for face in range(2):
    for i in range(3):
        for j in range(3):
            naive -= log_p[face, target[face, i, j], i, j].item() / (2 * 3 * 3)

package = losses.semantic_consistency(log_p, target)
assert torch.isclose(package, torch.tensor(naive))
watched = raw.clone().requires_grad_(True)
soft = -(watched.softmax(dim=1) * log_p).sum(dim=1).mean()  # wrong: a soft target, not detached
leak = torch.autograd.grad(soft, watched)[0].norm()
print(f"naive {naive:.3f} = package {package:.3f}")
print(f"soft target instead: {soft:.3f}, and its gradient reaches the teacher: norm {leak:.3f}")
claim("its gradient reaches the teacher", leak.item() > 0)

# %% [markdown]
# The value of the wrong variant gives no warning. But its gradient reaches the teacher. So Eq. 11 would now teach $G_{seg}$ as well, and teach it to agree with whatever P sees in a bad edit. Lesson [03 · Parallel branches](03_parallel_branches.ipynb) draws who learns from whom.
#
# ## 7. Which pixels?
#
# Each term is a number that depends on the edited image $x^{out}$. Its gradient with respect to $x^{out}$ says for every pixel how much the term would gain by changing it. We edit the six faces, each in another way, and ask.

# %%
from secgan_lite.attributes import index_of, single_flips

wishes = ["Eyeglasses", "Bangs", "Eyeglasses", "Blond_Hair", "Mustache", "Mouth_Slightly_Open"]
flips = single_flips(y_src, resolved=True)
y_trg = torch.stack([flips[index_of(name), face] for face, name in enumerate(wishes)])
batch = batch_for(model, faces, y_trg)
with torch.no_grad():
    edits = model.translate(batch)
for face, name in enumerate(wishes):
    print(f"face {face + 1}: {figures.flip_name(name, bool(y_src[face, index_of(name)]))}")

# %% [markdown]
# `Branch.generator_terms` of the package names three terms of each branch: realism, attributes and reconstruction. The fourth, consistency, needs the other branch as its teacher. Note what is a leaf: the *outputs*, so that gradients stop there and do not run on into the generators. For images that is $x^{out}$, after the tanh, and for Eq. 5 the reconstruction $x^{rec} = G(x^{in}, 0)$. For masks it is the output *before* the softmax: probabilities can't move one by one, since they add up to 1, and the slope of $\log \hat s$ has no bound where $\hat s$ is near 0. The package calls both what a generator *predicts*; `Modality.show` makes of it what D sees.

# %%
x_out, raw = edits["rgb"].out, edits["semantic"].raw
parsed, generated = model.parser(x_out).argmax(dim=1), raw.argmax(dim=1)
teachers = {"rgb": generated, "semantic": parsed}
values, gradients = {}, {}
for name, branch in model.branches.items():
    modality, edit = branch.modality, edits[name]
    with torch.no_grad():
        unchanged = branch.decode(edit.features, torch.zeros_like(y_trg))
    out, same = (
        modality.predict(output, edit.source).clone().requires_grad_(True)
        for output in (edit.raw, unchanged)
    )
    judged, target = branch.judge(modality.show(out)), modality.target(batch.x, batch.s)
    terms = branch.generator_terms(judged, y_trg, same, target)
    terms["sc"] = losses.semantic_consistency(modality.segmented(out, model.parser), teachers[name])
    for term, value in terms.items():
        values[name, term] = value.item()
        (gradients[name, term],) = torch.autograd.grad(
            value, same if term == "rec" else out, retain_graph=True
        )

# %%
titles = {
    "adv": "realism\nEq. 2",
    "cls": "attributes\nEq. 4",
    "rec": "reconstruction\nEq. 5",
    "sc": "consistency\nEq. 11",
}
show(
    figures.pulls(x_out, {t: gradients["rgb", k] for k, t in titles.items()}, parsed),
    "Which pixels of the edited image would each loss term change most?",
)

rows, asked = torch.arange(6), [index_of(name) for name in wishes]
with torch.no_grad():
    granted = (rgb.discriminator(x_out)[1][rows, asked] > 0) == (y_trg[rows, asked] > 0)
print(f"D sees what was asked for on {int(granted.sum())} of 6 faces")
claim("D sees it on all six faces already", granted.all(), n=6)
flat = gradients["rgb", "rec"].abs()
claim("Every pixel of every colour pulls alike", flat.min().item() > 0.99 * flat.max().item(), n=6)

# %% [markdown]
# *Which pixels does each term want to change in these edits?* (The brighter, the more. Each row has its own scale.)
#
# - **Realism** is restless and everywhere: a patch critic looks for texture, and every patch has a vote.
# - **Attributes** comes in spots. They need not lie where the wish is: D sees it on all six faces already. What pulls then is what the edit has disturbed on the way, such as glasses that went lost with the bangs on face 2.
# - **Reconstruction** has no favourite: the derivative of $|x|$ is 1 or −1 however small the error, so its row is flat. Every pixel of every colour pulls alike, a lost pair of glasses no more than the noise of the background.
# - **Consistency** comes in clouds, because P, a network of convolutions, spreads each disagreement over a neighbourhood. The brightest lies where a whole part is in dispute: on face 2, around the glasses. The next figure tells why.
#
# Now the same question for masks.

# %%
titles = {
    "adv": "realism\nEq. 7",
    "cls": "attributes\nEq. 9",
    "rec": "reconstruction\nEq. 10",
    "sc": "consistency\nEq. 12",
}
masks = {t: gradients["semantic", k] for k, t in titles.items()}
show(
    figures.pulls(x_out, masks, generated),
    "Which pixels of the edited mask would each loss term change most?",
)

# %% [markdown]
# The second row is now $\hat s^{out}$, what $G_{seg}$ made. The terms live on outlines: inside a segment the softmax is so sure that no gradient passes. Consistency is the exception, and shows what it is for: it fills *whole parts* where the branches disagree. Face 2 should get bangs and keep its glasses; $G_{seg}$ has kept them, the blurred edit has lost them. Eq. 12 now tells $G_{seg}$ to give them up, and Eq. 11, in the figure before, tells $G_{rgb}$ to bring them back: brightest right where they were.
#
# And a wrong variant, to see what these images do *not* tell: Eq. 4 fed with the *source* label, so that it pulls every edit back to where it came from.

# %%
leaf = x_out.clone().requires_grad_(True)
logits = rgb.discriminator(leaf)[1]
labels = {"towards\n$y^{trg}$ (right)": y_trg, "towards\n$y^{src}$ (wrong)": y_src}
maps = {}
for title, y in labels.items():
    loss = losses.attribute_classification(logits, y)
    maps[title] = torch.autograd.grad(loss, leaf, retain_graph=True)[0]
show(
    figures.directions(x_out, maps),
    "Do the right and the wrong label push a pixel in the same direction?",
)

right, wrong = (gradient.norm(dim=1).flatten(start_dim=1) for gradient in maps.values())
alike = F.cosine_similarity(right, wrong)  # of the maps as drawn, 1 = the same picture
print("likeness of both maps, face by face:", [round(value, 2) for value in alike.tolist()])
claim("the two rows look much alike", alike.min().item() > 0.5, n=6)

# %% [markdown]
# With the wrong label the two rows look much alike. That has two reasons: of 13 labels only those of the wish are exchanged, and the maps show how strong a pull is, not in which direction. So a picture of pulls does not find this slip, and the loss falls as it should. What finds it is an assertion: which label goes where (lesson [03](03_parallel_branches.ipynb), exercise C).
#
# ## 8. All together: Eq. 13 to 16
#
# | | sum | in [`secgan.py`](../secgan_lite/secgan.py) |
# |---|---|---|
# | Eq. 13, 15 | $L^D = L_{adv} + \lambda_{cls} L_{cls}$ (with $\lambda_{gp}$ inside Eq. 1, 6) | `Branch.critic_loss` |
# | Eq. 14, 16 | $L^G = L_{adv} + \lambda_{cls} L_{cls} + \lambda_{rec} L_{rec} + \lambda_{sc} L_{sc}$ | `Branch.generator_loss`, `Model.consistency` |
#
# A loss's *value* says nothing about its influence; its gradient does. Here is the norm of each weighted term's gradient at $x^{out}$ (for masks, before the softmax), and with it the answer to your prediction.

# %% tags=["nbval-check-output"]
norms, rows = {"rgb": {}, "semantic": {}}, []
for (name, term), gradient in gradients.items():
    w = model.branches[name].weights
    norms[name][term] = w.of_generator[term] * gradient.norm().item()
    rows.append([f"{name}: {term}", norms[name][term], values[name, term]])
table(
    "How hard each weighted term pulls, beside its loss",
    {"term": "", "norm of the gradient": ".4f", "loss": ".2f"},
    rows,
)
pull = norms["rgb"]
answer = {"hardest": max(pull, key=pull.get), "weakest": min(pull, key=pull.get)}
print("predicted", guess, "measured", answer)
weak, *stronger = sorted(pull.values())
claim("Attributes lead", max(pull, key=pull.get) == "cls", n=6)
claim("realism comes last by far", pull["adv"] == weak < stronger[0] / 3, n=6)
by_hand = rgb.weights.lambda_rec / batch.x.numel() ** 0.5
print(f"rec by hand: {rgb.weights.lambda_rec:g} / sqrt({batch.x.numel():,}) = {by_hand:.4f}")

# %%
show(
    figures.strengths({"image branch": norms["rgb"], "mask branch": norms["semantic"]}),
    "Which weighted term pulls hardest at the output of each generator?",
)

# %% [markdown]
# *Who pulls hardest?* Attributes lead, and realism comes last by far, although its *value* is no smaller than the value of reconstruction: section 2 told why. Reconstruction can be checked by hand, because its gradient is $\pm\lambda_{rec}/(3Bh^2)$ everywhere: its norm is $\lambda_{rec}/\sqrt{3Bh^2}$, whatever the images. And the bundled model was trained with λ_sc = 1: with the paper's $0.01$ the last bar would be a hundred times shorter.
#
# Move the weights yourself, and see which term then wins which pixel. Optional: this cell needs a running kernel.

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import LossPlayground, Pulls

titles = [figures.flip_name(n, bool(y_src[f, index_of(n)])) for f, n in enumerate(wishes)]
LossPlayground(Pulls.of(model, batch, titles))

# %% [markdown]
# Does the sum of our terms equal what the package descends? It must, for the generators and for the critics.

# %% tags=["nbval-check-output"]
with torch.no_grad():
    total = model.generator_loss(batch, edits)[0].item()
ours = 0.0
for name, branch in model.branches.items():
    w = branch.weights
    for term, weight in (
        ("adv", 1),
        ("cls", w.lambda_cls_g),
        ("rec", w.lambda_rec),
        ("sc", w.lambda_sc),
    ):
        ours += weight * values[name, term]
assert abs(ours - total) < 1e-4 * abs(total)
print(f"Eq. 14 + Eq. 16: {total:.3f}; eight weighted terms of ours: {ours:.3f}")

draws = stream(seed, "mixing weights")
total, parts = model.critic_loss(batch, edits, lambda _, count: torch.rand(count, generator=draws))
ours = 0.0
for name, branch in model.branches.items():
    w = branch.weights
    for term, weight in (("critic", 1), ("gp", w.lambda_gp), ("cls_d", w.lambda_cls_d)):
        ours += weight * parts[f"{name}/{term}"].item()
assert abs(ours - total.item()) < 1e-4 * abs(ours)
print(f"Eq. 13 + Eq. 15: {total:.3f}; six weighted terms: {ours:.3f}")

# %% [markdown] tags=["exercise"]
# ### Exercise B · Predict and explain
#
# **Goal.** Say, before you compute it, what happens to the bars above (a) with the paper's $\lambda_{sc} = 0.01$, (b) if Eq. 11 is read as a *sum* over pixels with $\lambda_{sc} = 0.01$, (c) if the classification is averaged, as AttGAN does. Then compute, and explain in three lines. **Difficulty** 2 of 5, 15 min. Open: compare with the [solutions](solutions/02_losses.ipynb).
#
# <details><summary>Hint 1: what changes?</summary>Weights and reductions multiply a gradient by a number. No map of section 7 changes, only its scale.</details>
# <details><summary>Hint 2: which numbers?</summary>The mean over pixels divides by h²; the mean over attributes divides by 13.</details>
# <details><summary>Hint 3: almost code</summary><code>norms["rgb"]["sc"] / (100 * lambda_sc) * h ** 2</code> is case (b).</details>

# %% [markdown] tags=["solution"]
# **Answer.** (a) The consistency bar shrinks a hundredfold and becomes by far the weakest: over a short training it is not noticed, which is why the `lite` preset has λ_sc = 1. (b) At 32 px the sum is 1,024 times the mean, so 0.01 × 1,024 is about ten times λ_sc = 1: the bar *grows* tenfold. At 128 px it would be 16,384 times, and consistency would rule everything. (c) The attribute bar is 13 times shorter, below reconstruction; AttGAN's λ = 10 brings most of it back. A weight means something only together with its reduction and the image size.

# %% tags=["solution", "nbval-check-output"]
h = 32
print(f"sum over mean at {h} px: {h**2:,}; at 128 px: {128**2:,}; times 0.01: {0.01 * h**2:.2f}")

# %% [markdown]
# ## What goes wrong, and limits
#
# **Losses do not tell quality.** The adversarial terms have no zero: both players move, so their curves may stay flat while the images improve, or fall while they get worse. Lesson [04 · Train](04_train.ipynb) watches a judge that takes no part instead.
#
# **Gradient images tell direction, not intention.** They show what would help *this* discriminator *now*. A discriminator that has not learnt an attribute yet points at noise, with the same bright colours.
#
# **The discriminator of masks has an easy way out.** Real masks are one-hot, edited ones are soft: to tell them apart it need not know what a face is. The paper lives with it, and so do we.
#
# **A mask does not show everything.** Blond hair and black hair have the same mask. Eq. 8 and 9 ask $D_{seg}$ to classify hair colour and skin nevertheless, and what it answers there is noise for $G_{seg}$. And the labels themselves, such as Male or Young, are columns of a data set, here drawn as cartoons of them.
#
# ## Summary
#
# 1. A critic's slope is what the generator follows; the penalty keeps it near 1, for each face, with the square inside.
# 2. Eq. 1-12 are seven functions: the branches share all but the reconstruction.
# 3. Printed formulas leave out reductions and have misprints: Eq. 3, 4, 8 and 9 are unbounded as printed. Assert against a naive version.
# 4. A gradient is an image: it shows which pixels a term wants to change. Its size alone shows no direction, so a wrong label can hide there.
# 5. A weight means something only with its reduction and image size: compare gradient norms, not values.
#
# ## Quiz
#
# 1. A critic's loss is −3 after an hour. Is that a fault? <details><summary>Answer</summary>No. It is fake minus real: −3 says that real images score 3 more. With a slope near 1 it estimates a distance.</details>
# 2. Why may D's classification on *edits* not teach D? <details><summary>Answer</summary>Edits have no true label. Eq. 3 uses real faces and their labels; Eq. 4 uses D as it is, to teach G.</details>
# 3. P is frozen. Why must it not run under `no_grad` on x_out? <details><summary>Answer</summary>Eq. 11 teaches G_rgb through P: the gradient has to pass from the mask to the image, though P's weights stay as they are.</details>
#
# ## References
#
# Paper: §3.1 (Eq. 1-10), §3.2 (Eq. 11, 12), §3.3 (Eq. 13-16). Gulrajani et al., *Improved Training of Wasserstein GANs*, 2017. Choi et al., *StarGAN*, 2018. Zhang et al., *Deep Mutual Learning*, 2018.
#
# Next: [03 · Parallel branches](03_parallel_branches.ipynb). The same lesson on a run of your own:
#
# ```
# papermill notebooks/02_losses.ipynb out.ipynb -p run_dir runs/NAME
# ```

# %% tags=["nbval-ignore-output"]
footer()
