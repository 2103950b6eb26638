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
# **Question.** SeCGAN teaches two generators with eight loss terms, and two discriminators with six. In which direction does each term pull an edited face, how hard, and does it pull towards the *right* edit?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 35 min, exercises 65 min | 1 min | under 1 GB | [00b · Conditional GANs](00b_conditional_gans.ipynb), [01 · Parsing](01_parsing.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., [*SeCGAN*](https://arxiv.org/abs/2111.09298), §3.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **read** Eq. 1-16 of the paper, and **point** from each symbol to its tensor, its shape and its function;
# 2. **write** all terms yourself (exercises A1 and A2); the lesson then runs on your code;
# 3. **read** a gradient as a picture with a sign, and **measure** whether a term pulls towards the true edit (exercise B);
# 4. **find** a fault in a loss from its symptoms (exercise C).
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [From the plane to faces](#1.-From-the-plane-to-faces) · [Realism](#2.-Realism:-Eq.-1-and-2) · [Attributes](#3.-Attributes:-Eq.-3-and-4) · [Reconstruction](#4.-Reconstruction:-Eq.-5) · [Masks](#5.-The-same-for-masks:-Eq.-6-to-10) · [Consistency](#6.-Consistency:-Eq.-11-and-12) · [Which way?](#7.-Which-way-does-each-term-pull?) · [All together](#8.-All-together:-Eq.-13-to-16) · [The truth as judge](#9.-The-truth-as-judge) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class skip section 5, which repeats sections 2 to 4 for masks, and exercise A1.*

# %% [markdown]
# ## Parameters
#
# Most of this lesson looks at a SeCGAN that has been trained on drawn faces. It comes with the course. To look at a run of your own, from [04 · Train](04_train.ipynb), give its folder as `run_dir`.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a finished run of method "secgan", "" for the bundled one
seed: int = 0  # of all random numbers

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

# %% tags=["nbval-check-output"]
settings(globals(), run_dir=str, seed=int)
from secgan_lite.course.model import batch_for, load_model

model, config = load_model(run_dir)
rgb, semantic = model.branches["rgb"], model.branches["semantic"]
print(f"{config.preset}: {config.backbone}, {config.image_size} px, {config.iterations:,} steps")
print(f"λ_rec = {rgb.weights.lambda_rec:g}, λ_sc = {rgb.weights.lambda_sc:g}")
print(f"N = {config.critic_steps} step of the discriminators for each step of the generators")

# %% [markdown]
# **Not the paper's numbers.** The model is small and was trained for a short time, with the preset `lite`. The paper has images of 128 px, $\lambda_{rec} = 10$, $\lambda_{sc} = 0.01$ and $N = 5$. So the *kind* of each pull below is the method's, but how the terms compare in strength belongs to these weights. Section 8 computes what the paper's weights would change.
#
# ## The map

# %%
show(
    figures.method_map(("D", "consistency", "faces")),
    "From which parts of SeCGAN do the losses come?",
)

# %% [markdown]
# In full colour: where losses come from. Each discriminator has two heads. One gives a score for realism, the other says which attributes it sees. Each generator must please both heads. Two more terms hold the generators back: *reconstruction*, which the map leaves out, and *consistency*, which ties the two branches together.
#
# ### Predict first
#
# Four terms pull at an edited image: realism (`adv`), attributes (`cls`), reconstruction (`rec`) and consistency (`sc`). Each is multiplied by its weight λ. Which pulls hardest in our trained model, and which most weakly? Write your guess down; [section 8](#8.-All-together:-Eq.-13-to-16) gives the verdict.

# %%
guess = {"hardest": "", "weakest": ""}  # "adv", "cls", "rec" or "sc"

# %% [markdown]
# ## 1. From the plane to faces
#
# Lesson [00b · Conditional GANs](00b_conditional_gans.ipynb) built a conditional GAN from points. It derived three things that we use from here on, so they are not repeated:
#
# - the discriminator is a *critic*: it gives a score, real things should score higher than made ones, and the generator follows the *slope* of the score;
# - the slope is kept near 1 by a *gradient penalty*, and then the difference of the scores measures a distance (the Wasserstein distance);
# - so a *negative* loss of the critic is no fault.
#
# Three things are new for faces. The critic does not hear the label; a second head tells the label in its place (section 3). The critic scores *patches*, not whole faces (section 2). And the paper's penalty differs from the one of lesson 00b by a bracket. The paper prints the left form; the papers that it builds on have the right one:
#
# $$\big(E\lVert\nabla D(\tilde x)\rVert_2 - 1\big)^2 \qquad\text{or}\qquad E\big[(\lVert\nabla D(\tilde x)\rVert_2 - 1)^2\big]$$
#
# On the left the *average* slope must be 1. On the right *each* slope must be 1. Does this matter? Suppose a critic that is flat in one place and steep in another: its slopes are 0 and 2.

# %% tags=["nbval-check-output"]
slopes = torch.tensor([0.0, 2.0])
as_printed = (slopes.mean() - 1).square().item()
as_meant = (slopes - 1).square().mean().item()
print(f"penalty as printed: {as_printed:g}, as meant: {as_meant:g}")
claim("The printed form does not see this critic's fault", as_printed == 0 < as_meant)

# %% [markdown]
# *Which form sees that the slopes are wrong?* The printed form does not see this critic's fault: 0 and 2 cancel out in the average. A generator that follows such a critic takes no step in one place and a large step in another. So the package takes the form that is meant.
#
# ## 2. Realism: Eq. 1 and 2
#
# The discriminator $D$ sees real images $x^{in}$ and edits $x^{out}$. It descends Eq. 1; the generator descends Eq. 2:
#
# $$L^{D}_{adv} = \underbrace{E[D(x^{out})] - E[D(x^{in})]}_{\text{minus the distance}} + \lambda_{gp}\,\underbrace{E\big[(\lVert\nabla D(\tilde x)\rVert_2 - 1)^2\big]}_{\text{gradient penalty}} \tag{1}$$
#
# $$L^{G}_{adv} = -E[D(x^{out})] \tag{2}$$
#
# Here $\tilde x = \alpha x^{in} + (1 - \alpha) x^{out}$ is a mix of a real image and an edit, and $\alpha$ is a random number between 0 and 1, one for each face.
#
# | | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|
# | Eq. 1 | $D(x)$ → `score` (B, 1, p, p): one score for each of p × p patches | `losses.critic_adversarial` | a mean over faces *and* patches |
# | Eq. 1 | $\tilde x$ → `mixed` (B, 3, h, h); α → `alpha` (B, 1, 1, 1) | `losses.gradient_penalty` | the square belongs inside; patches are *summed* |
# | Eq. 2 | the same `score`, now of edits | `losses.generator_adversarial` | the minus stands in the loss: both players descend |
#
# The last network layer of $D$ gives a small map of scores. Each score sees only a part of the face, a *patch*. This is called a PatchGAN (see [pix2pix](https://arxiv.org/abs/1611.07004), §3.2.2). It makes $D$ look at texture and sharpness, and each patch counts as one more example.
#
# The scores of the patches are averaged in Eq. 1 and 2. In the penalty StarGAN *sums* them before it takes the gradient. So the penalty holds the slope of the *sum* near 1, and a generator, which follows the *mean*, feels only a share of $1/p^2$ of it. Remember this for section 8.

# %% [markdown] tags=["exercise"]
# ### Exercise A1 · The penalty
#
# **Goal.** Write the penalty of Eq. 1 for images, with `torch.autograd.grad`. **Difficulty** 3 of 5, 15 min. Checked, gradients included.
#
# <details><summary>Hint 1: which steps?</summary>Mix each real image with its edit. Score the mix. Ask for the gradient of the score with respect to the mix. One number for each face comes next.</details>
# <details><summary>Hint 2: what is easily missed?</summary>The edits come from a generator, and this loss must not teach it. And the penalty itself is differentiated later, with respect to the critic's weights: what must autograd keep for that?</details>
# <details><summary>Hint 3: how can I test it?</summary>Take the critic x ↦ sum of w·x with a fixed w. Its slope is ‖w‖ everywhere, so the penalty must be (‖w‖ − 1)², for any images and with more than one face.</details>


# %% tags=["exercise", "nbval-check-output"]
def penalty(score, real, fake, alpha):
    """E[(‖∇D(x̃)‖₂ − 1)²] at x̃ = α·real + (1 − α)·fake: one number.

    score: images (B, C, h, h) -> (B, 1, p, p); alpha (B, 1, 1, 1) in [0, 1].
    """
    # solution
    mixed = torch.lerp(fake.detach(), real, alpha).requires_grad_(True)
    (gradient,) = torch.autograd.grad(score(mixed).sum(), mixed, create_graph=True)
    norm = (gradient.square().sum(dim=(1, 2, 3)) + 1e-12).sqrt()
    return (norm - 1).square().mean()
    # end


penalty = check("02-penalty", penalty)

# %% [markdown]
# The lesson goes on with your penalty if it is right, and with ours if not. Here it meets the trained critic and the six faces that every lesson shows. The package asks StarGAN's discriminator for its own gradient (`realism_gradient`), because that is faster than autograd. Both must agree.

# %% tags=["nbval-check-output"]
faces = six_faces(config.image_size)
x, y_src, _ = batch_of(faces)
with torch.no_grad():
    x_other = rgb.generator(x, y_src.roll(1, dims=0) - y_src)
alpha = torch.rand(6, 1, 1, 1, generator=stream(seed, "alpha"))

mine = penalty(lambda images: rgb.judge(images)[0], x, x_other, alpha)
package = losses.gradient_penalty(rgb.discriminator.realism_gradient, x, x_other, alpha)
assert torch.isclose(mine, package, atol=1e-6)
print(f"penalty of the trained critic: {package:.4f}")

# %% [markdown]
# ## 3. Attributes: Eq. 3 and 4
#
# The second head of $D$ gives for each attribute the probability that the face has it. With labels $y$, which are 0 or 1, the loss is the binary cross entropy. $D$ learns it on *real* faces and their true labels $y^{src}$. $G$ then has to make edits in which this $D$ sees the target labels $y^{trg}$:
#
# $$L^{D}_{cls} = -E\big[\,y^{src}\cdot\log D_{cls}(x^{in}) + (1 - y^{src})\cdot\log(1 - D_{cls}(x^{in}))\,\big] \tag{3}$$
#
# $$L^{G}_{cls} = -E\big[\,y^{trg}\cdot\log D_{cls}(x^{out}) + (1 - y^{trg})\cdot\log(1 - D_{cls}(x^{out}))\,\big] \tag{4}$$
#
# | | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|
# | Eq. 3 | $D_{cls}$ → sigmoid of `logits` (B, 13); $y^{src}$ → (B, 13) in {0, 1} | `losses.attribute_classification` | the dot product is a *sum* over attributes; a mean over faces |
# | Eq. 4 | the same with edits and $y^{trg}$ | `losses.attribute_classification` | the target, neither $y^{diff}$ nor $y^{src}$ |
#
# Here a misprint matters. In the second half the paper prints $(1-y)\cdot(1-\log D)$, in all four places. Is that harmless?

# %%
show(figures.printed_and_meant(), "Which of the two losses has a lowest value?")

# %% [markdown]
# *What does each form want from an attribute that the face does not have?* Both fall as $D$ goes to 0, as they should. But the printed one **falls on and on**. If a network makes one absent attribute less and less likely, its loss falls for ever, and the other attributes no longer matter. The numbers:

# %% tags=["nbval-check-output"]
absent, rows = torch.zeros(1, 1), []
for logit in (0.0, -10.0, -100.0):
    log_d = F.logsigmoid(torch.tensor([[logit]]))
    printed = -(absent * log_d + (1 - absent) * (1 - log_d)).item()
    meant = losses.attribute_classification(torch.tensor([[logit]]), absent).item()
    rows.append([f"{logit:.0f}", printed, meant])
table("Loss of an absent attribute", {"logit": ">", "printed": ".2f", "meant": ".2f"}, rows)
(_, first, _), (_, second, _), (_, third, _) = rows
claim("the printed one falls on and on", first > second > third)

# %% [markdown]
# ## 4. Reconstruction: Eq. 5
#
# Eq. 4 says what must change. Nothing says yet what must *stay*: with Eq. 2 and 4 alone, any real-looking face with the target labels would do, also another person's. Lesson [00b](00b_conditional_gans.ipynb) showed this with points. The remedy: the generator is told *differences* of labels, and zero means "change nothing". So with zero the input must come back:
#
# $$L_{rec} = E\lVert x^{in} - G(x^{in}, 0)\rVert_1 \tag{5}$$
#
# | | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|
# | Eq. 5 | $G(x, 0)$ → `x_rec` (B, 3, h, h), an image in [−1, 1] | `losses.rgb_reconstruction` | the norm is a sum in print, a *mean* in all published code |
#
# In an image of 128 px the sum adds up $3 \cdot 128^2$ numbers, so it is about fifty thousand times the mean. The paper's $\lambda_{rec} = 10$ belongs to the mean. Our small model takes 20, because that kept faces better in a short training.
#
# ## 5. The same for masks: Eq. 6 to 10
#
# The second branch edits masks of 12 segments. Its generator $G_{seg}$ gets the mask $s^{in}$ that the parser P found, and puts out a *soft* mask $\hat s^{out}$: 12 probabilities at each pixel. Four of its five losses are those above, with masks in place of images:
#
# $$\begin{aligned} L^{D_s}_{adv} &= E[D_s(\hat s^{out})] - E[D_s(s^{in})] + \lambda_{gp}E\big[(\lVert\nabla D_s(\tilde s)\rVert_2 - 1)^2\big] && (6)\\ L^{G_s}_{adv} &= -E[D_s(\hat s^{out})] && (7)\\ L^{D_s}_{cls} &= -E\big[\,y^{src}\cdot\log D_{s,cls}(s^{in}) + (1 - y^{src})\cdot\log(1 - D_{s,cls}(s^{in}))\,\big] && (8)\\ L^{G_s}_{cls} &= -E\big[\,y^{trg}\cdot\log D_{s,cls}(\hat s^{out}) + (1 - y^{trg})\cdot\log(1 - D_{s,cls}(\hat s^{out}))\,\big] && (9)\end{aligned}$$
#
# Only the reconstruction differs. A mask says which of 12 segments a pixel belongs to, so its loss is the cross entropy of a choice among 12:
#
# $$L^{s}_{rec} = -E\Big[\tfrac{1}{HW}\sum_{i,j} s^{in}_{ij}\cdot\log G_{seg}(s^{in}, 0)_{ij}\Big] \tag{10}$$
#
# | | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|
# | Eq. 6 | $s^{in}$ → one-hot (B, 12, h, h); $\hat s^{out}$ → softmax of `raw`, soft | `losses.critic_adversarial`, `losses.gradient_penalty` | $D$ can tell soft from one-hot |
# | Eq. 7 | the scores of $\hat s^{out}$ | `losses.generator_adversarial` | |
# | Eq. 8, 9 | as Eq. 3, 4 with masks | `losses.attribute_classification` | a mask hardly shows hair colour or skin |
# | Eq. 10 | $G(s, 0)$ → softmax of `raw` (B, 12, h, h); $s$ → `s` (B, h, h), segment numbers | `losses.semantic_reconstruction` | never log(softmax) by hand: see below |
#
# Why never by hand? If a network is very sure of a wrong segment, the softmax of the right one is exactly 0 in floating point. Its logarithm is minus infinity, and the run is lost. `F.cross_entropy` takes `raw` and subtracts logarithms, so it stays finite.
#
# ## 6. Consistency: Eq. 11 and 12
#
# Now the branches teach each other. $G_{seg}$ drew the mask $\hat s^{out}$ of the edit, and the parser reads a mask $P(x^{out})$ from the edited image. Both should be the same. In Eq. 11 the drawn mask is the teacher, in Eq. 12 the parsed one:
#
# $$L^{rgb}_{sc} = -E\Big[\tfrac{1}{HW}\sum_{i,j} s^{out}_{ij}\cdot\log P(x^{out})_{ij}\Big] \tag{11}$$
#
# $$L^{seg}_{sc} = -E\Big[\tfrac{1}{HW}\sum_{i,j} \bar P(x^{out})_{ij}\cdot\log \hat s^{out}_{ij}\Big] \tag{12}$$
#
# The teacher is always *hard*: at each pixel its most probable segment, and no gradient passes through that choice. So $s^{out}$ is the arg-max of $\hat s^{out}$, and $\bar P$ that of $P$. Each equation teaches one generator only; lesson [03 · Parallel branches](03_parallel_branches.ipynb) draws who learns from whom.
#
# | | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|
# | Eq. 11 | $\log P(x^{out})$ → `log_p` (B, 12, h, h); $s^{out}$ → `target` (B, h, h), segment numbers | `losses.semantic_consistency` | teaches $G_{rgb}$ *through* P: P's weights are frozen, its input is not |
# | Eq. 12 | $\log \hat s^{out}$ → log-softmax of `raw`; $\bar P$ → arg-max of `log_p` | `losses.semantic_consistency` | teaches $G_{seg}$ alone |

# %% [markdown] tags=["exercise"]
# ### Exercise A2 · All terms
#
# **Goal.** Write the six different terms from the tables above: Eq. 1 without its penalty, 2, 3, 5, 10 and 11, in this order. Eq. 4 and 6-9 and 12 are the same functions of other tensors, so your code will serve both branches. Sections 7 and 8 compute with it. **Difficulty** 3 of 5, 25 min. Checked: result 1 is Eq. 1, result 2 is Eq. 2, and so on, gradients included.
#
# <details><summary>Hint 1: in which order do I work?</summary>Write one term, put <code>real_score * 0</code> or any number in the place of the others, and let the check tell you about each. Begin with the scores, go on with Eq. 5.</details>
# <details><summary>Hint 2: sum or mean?</summary>Ask for each axis of the tensor: does the formula have E, 1/HW, a dot product, or a norm there? The tables say where print and practice differ.</details>
# <details><summary>Hint 3: which functions survive large numbers?</summary>PyTorch has one function for "sigmoid, then binary cross entropy", and one for "softmax, then cross entropy". For log-probabilities that are there already it has a third. Read in their documentation what each averages over.</details>


# %% tags=["exercise", "nbval-check-output"]
def terms(real_score, fake_score, logits, y, x_rec, x, raw, s, log_p, target):
    """Eq. 1 without its penalty, 2, 3, 5, 10 and 11: six numbers.

    real_score, fake_score (B, 1, p, p); logits (B, n); y (B, n) in {0, 1}; x_rec, x (B, 3, h, h);
    raw (B, S, h, h), before its softmax; log_p (B, S, h, h); s, target (B, h, h), segment numbers.
    """
    # solution
    per_face = F.binary_cross_entropy_with_logits(logits, y, reduction="none").sum(dim=1)
    return (
        fake_score.mean() - real_score.mean(),
        -fake_score.mean(),
        per_face.mean(),
        (x - x_rec).abs().mean(),
        F.cross_entropy(raw, s),
        F.nll_loss(log_p, target),
    )
    # end


terms = check("02-terms", terms)

# %% [markdown]
# ## 7. Which way does each term pull?
#
# Each term is a number that depends on the edited image. Its gradient says for every pixel and colour how the number grows. Training goes *down*, so **minus the gradient** is the direction in which the term pulls. This direction is again an image: we can draw it, and we can compare it with others.
#
# Because our faces are drawn, one more direction is known: from the edit to the **true edit**, the same face drawn again with the other attribute. Two directions are compared by their **<dfn>cosine</dfn>**: 1 if they are the same, 0 if they have nothing in common, −1 if they are opposite. We edit the six faces, each in another way.

# %% tags=["nbval-check-output"]
from secgan_lite.attributes import NAMES, index_of, single_flips
from secgan_lite.evaluation import Truth

wishes = ["Eyeglasses", "Bangs", "Eyeglasses", "Blond_Hair", "Mustache", "Mouth_Slightly_Open"]
each, asked = torch.arange(6), torch.tensor([index_of(name) for name in wishes])
y_trg = single_flips(y_src, resolved=True)[asked, each]
batch = batch_for(model, faces, y_trg)
x_true = Truth.of(faces).tensors()[0][asked, each]
titles = [figures.flip_name(name, bool(y_src[f, index_of(name)])) for f, name in enumerate(wishes)]
print("; ".join(f"face {face}: {title}" for face, title in enumerate(titles, start=1)))

# %% [markdown]
# The gradients are taken at what the generators put out. For images that is $x^{out}$, and for Eq. 5 the image $x^{rec} = G(x^{in}, 0)$. For masks we take the output *before* the softmax, because probabilities add up to 1 and so cannot move one by one.
#
# Your `terms` is called twice, once for each branch. In the image branch P's mask is the student and the drawn mask the teacher; in the mask branch it is the other way round.

# %%
from secgan_lite.segments import SEGMENTS, one_hot


def leaf(tensor):
    """A copy at which gradients end."""
    return tensor.detach().clone().requires_grad_(True)


unchanged = type(batch)(batch.x, batch.s, y_src, y_src)  # y_diff = 0
with torch.no_grad():
    edits, rebuilt = model.translate(batch), model.translate(unchanged)
x_out, x_rec = leaf(edits["rgb"].out), leaf(rebuilt["rgb"].out)
raw, raw_rec = leaf(edits["semantic"].raw), leaf(rebuilt["semantic"].raw)
log_p = model.parser(x_out)
parsed, drawn = log_p.argmax(dim=1), raw.argmax(dim=1)
shared = y_trg, x_rec, x, raw_rec, batch.s
real_score, (score, logits) = rgb.judge(x)[0], rgb.judge(x_out)
of_image = terms(real_score, score, logits, *shared, log_p, drawn)
mask_score, (score, mask_logits) = (
    semantic.judge(one_hot(batch.s))[0],
    semantic.judge(raw.softmax(1)),
)
of_mask = terms(mask_score, score, mask_logits, *shared, raw.log_softmax(dim=1), parsed)

# %%
values, gradients = {}, {}
for branch, found, at, same in (
    ("rgb", of_image, x_out, x_rec),
    ("semantic", of_mask, raw, raw_rec),
):
    _, adv, cls, rec_image, rec_mask, sc = found
    rec = rec_image if branch == "rgb" else rec_mask
    for term, value in {"adv": adv, "cls": cls, "rec": rec, "sc": sc}.items():
        where = same if term == "rec" else at
        (gradients[branch, term],) = torch.autograd.grad(value, where, retain_graph=True)
        values[branch, term] = value.item()


# %% [markdown]
# Now the pictures. Red: the term wants this pixel brighter; blue: darker. Below each map stands its cosine with the direction to the true edit. Reconstruction is drawn at $x^{rec}$, and its true direction leads back to the input, $x^{in} - x^{rec}$.


# %% tags=["setup"]
def cosines(steps, to):
    """How alike two directions are, face by face: (N,)."""
    return F.cosine_similarity(steps.flatten(1), to.flatten(1))


# %%
def told(values):
    return [f"{value:+.2f}" for value in values]


to_truth = x_true - x_out.detach()
pull = {t: -gradients["rgb", t] for t in ("adv", "cls", "rec", "sc")}
towards = {"rec": x - x_rec.detach()}
names = {"adv": "realism\nEq. 2", "cls": "attributes\nEq. 4"}
names |= {"rec": "reconstruction\nEq. 5", "sc": "consistency\nEq. 11"}
six = {t: cosines(pull[t], towards.get(t, to_truth)) for t in names}
show(
    figures.directions(
        x_out,
        {"to the\ntrue edit": to_truth} | {names[t]: pull[t] for t in names},
        {names[t]: told(six[t]) for t in names},
    ),
    "In which direction does each term pull, and is it the direction to the true edit?",
)
others = torch.stack([six[t] for t in ("adv", "cls", "sc")])
claim("reconstruction points to its goal on every face", six["rec"].min() > 0.5, n=6)
claim("none of the other three has a cosine above 0.3", others.max() < 0.3, n=6)
flat = gradients["rgb", "rec"].abs()
claim("Every pixel of every colour pulls with the same force", flat.min() > 0.99 * flat.max(), n=6)

# %% [markdown]
# *Which way does each term pull?* Begin with the second row: the direction to the true edit. It shows two things at once: where the wish was not fulfilled, and where the edit is blurred.
#
# - **Reconstruction** sees its goal: the input itself. So reconstruction points to its goal on every face. The derivative of $|x|$ is 1 or −1, however small the error is. Every pixel of every colour pulls with the same force, a pair of glasses that got lost no harder than the noise of the background.
# - **Realism** is restless and everywhere. A patch critic looks for texture, and each patch has a vote.
# - **Attributes** comes in spots, at places that $D$ looks at.
# - **Consistency** is a fine pattern around the places where both masks disagree, because P looks at small neighbourhoods.
#
# Nobody shows the true edit to these three. They only know what $D$ and P have learnt, and none of the other three has a cosine above `0.3` here. Section 9 asks with many more edits whether that is more than chance.
#
# ### One attribute at a time
#
# Eq. 4 is a sum over 13 attributes, so its pull is a sum of 13 pulls. Does the wish pull hardest? We take the sum apart.

# %%
parts = F.binary_cross_entropy_with_logits(logits, y_trg, reduction="none")  # (6, 13)
by_attribute = torch.stack(
    [-torch.autograd.grad(parts[:, a].sum() / 6, x_out, retain_graph=True)[0] for a in range(13)]
)
assert torch.allclose(by_attribute.sum(dim=0), pull["cls"], atol=1e-6)
force = by_attribute.flatten(2).norm(dim=2)  # (13, 6)
strongest = force.argmax(dim=0)

rows = []
for face, title in enumerate(titles):
    a, b = asked[face], strongest[face]
    p = parts[face, a].neg().exp().item()
    shares = [(force[i, face] / force[:, face].sum()).item() for i in (a, b)]
    rows.append([title, p, shares[0], NAMES[b], shares[1]])
columns = {"wish": "", "D sees the wish": ".2f", "its share": ".0%"}
table(
    "Which attribute pulls hardest in Eq. 4?",
    columns | {"strongest attribute": "", "its share ": ".0%"},
    rows,
)
claim("D sees the wish on all six faces already", min(row[1] for row in rows) > 0.9, n=6)
claim("the strongest pull is never the wish's", not (strongest == asked).any(), n=6)

# %%
show(
    figures.directions(
        x_out,
        {"all 13": pull["cls"], "strongest": by_attribute[strongest, each]},
        {"strongest": [NAMES[b].replace("_", "\n", 1) for b in strongest]},
    ),
    "How much of the attributes' pull is the pull of the strongest one?",
)

# %% [markdown]
# *Which attribute pulls hardest?* D sees the wish on all six faces already, so the wish has little left to ask for, and the strongest pull is never the wish's. What pulls is what the edit has *disturbed* on the way. On face 2 bangs were asked for and came, but the eyeglasses got lost: the attribute that now pulls is Eyeglasses.
#
# ### The right label and the wrong one
#
# Would a picture of pulls show a mistake? Let us make one: Eq. 4 gets the *source* label $y^{src}$ in place of the target, so that it pulls each edit back to where it came from.

# %%
labels = {"towards\n$y^{trg}$ (right)": y_trg, "towards\n$y^{src}$ (wrong)": y_src}
steps = {}
for title, y in labels.items():
    loss = losses.attribute_classification(rgb.judge(x_out)[1], y)
    steps[title] = -torch.autograd.grad(loss, x_out)[0]
right, wrong = steps.values()
alike = cosines(right, wrong)
show(
    figures.directions(x_out, steps, {list(steps)[1]: told(alike)}),
    "Do the right and the wrong label pull in opposite directions?",
)
claim("on the first two faces both labels pull in much the same direction", alike[:2].min() > 0.5)
claim("on the other four the directions have little in common", alike[2:].abs().max() < 0.3)
claim("on none are they opposite", alike.min() > -0.3, n=6)

# %% [markdown]
# *Are the two rows opposite?* Below the maps stands the cosine of the right pull and the wrong one. One would expect −1. But on the first two faces both labels pull in much the same direction, and on the other four the directions have little in common; on none are they opposite. The reason: only the wish differs between the two labels, while the other attributes are the same in both. So one can miss this mistake in the picture. A test finds it: assert which label goes where (lesson [03](03_parallel_branches.ipynb), exercise C).
#
# ### Masks
#
# The same question for the mask branch. A mask has no bright and dark, so here the maps show only *how strongly* each pixel is pulled.

# %%
titles_of_masks = {
    "adv": "realism\nEq. 7",
    "cls": "attributes\nEq. 9",
    "rec": "reconstruction\nEq. 10",
    "sc": "consistency\nEq. 12",
}
show(
    figures.pulls(x_out, {t: gradients["semantic", k] for k, t in titles_of_masks.items()}, drawn),
    "Which pixels of the edited mask would each loss term change most?",
)

edge = torch.zeros_like(drawn, dtype=torch.bool)  # pixels with another segment beside or below
edge[:, :-1] |= drawn[:, :-1] != drawn[:, 1:]
edge[:, :, :-1] |= drawn[:, :, :-1] != drawn[:, :, 1:]
on_edges = {}
for t in titles_of_masks:
    size = gradients["semantic", t].norm(dim=1)
    on_edges[t] = (size[edge].sum() / size.sum()).item()
area = edge.float().mean().item()
print("share of the pull on outlines:", {t: f"{share:.0%}" for t, share in on_edges.items()})
print(f"outlines' share of the pixels: {area:.0%}")
claim("Every term pulls harder on outlines", min(on_edges.values()) > 1.5 * area, n=6)
glasses = drawn[1] == SEGMENTS.index("eyeglasses")  # of face 2
contrast = []
for branch in model.branches:
    size = gradients[branch, "sc"][1].norm(dim=0)
    contrast.append((size[glasses].mean() / size[~glasses].mean()).item())
claim("consistency is strongest inside the glasses of face 2", min(contrast) > 2)

# %% [markdown]
# *Which pixels of the mask are in question?* The second row is the mask that $G_{seg}$ drew. Every term pulls harder on outlines than elsewhere: inside a segment the softmax is sure, and little gradient passes through it.
#
# Consistency also fills *whole parts*, where the branches disagree. In both branches consistency is strongest inside the glasses of face 2. There bangs were asked for, and the eyeglasses should stay. $G_{seg}$ has kept the glasses; the edited image has lost them. So Eq. 12 tells $G_{seg}$ to give them up, and Eq. 11 tells $G_{rgb}$ to bring them back. Each branch moves towards the other, and neither knows which of them is right.

# %% [markdown]
# ## 8. All together: Eq. 13 to 16
#
# Each of the four networks descends a weighted sum of its terms:
#
# $$\begin{aligned} L^{D} &= L^{D}_{adv} + \lambda_{cls} L^{D}_{cls} && (13)\\ L^{G} &= L^{G}_{adv} + \lambda_{cls} L^{G}_{cls} + \lambda_{rec} L_{rec} + \lambda_{sc} L^{rgb}_{sc} && (14)\\ L^{D_s} &= L^{D_s}_{adv} + \lambda_{cls} L^{D_s}_{cls} && (15)\\ L^{G_s} &= L^{G_s}_{adv} + \lambda_{cls} L^{G_s}_{cls} + \lambda_{rec} L^{s}_{rec} + \lambda_{sc} L^{seg}_{sc} && (16)\end{aligned}$$
#
# | | in [`secgan.py`](../secgan_lite/secgan.py) |
# |---|---|
# | Eq. 13, 15 | `Branch.critic_loss`, with $\lambda_{gp}$ inside Eq. 1 and 6 |
# | Eq. 14, 16 | `Branch.generator_loss`, `Model.consistency` |
#
# Does the sum of *your* terms equal what the package descends? It must.

# %% tags=["nbval-check-output"]
with torch.no_grad():
    total = model.generator_loss(batch, edits)[0].item()
mine = sum(
    model.branches[branch].weights.of_generator[term] * value
    for (branch, term), value in values.items()
)
assert abs(mine - total) < 1e-4 * abs(total)
print(f"Eq. 14 + Eq. 16: {total:.3f}; your eight weighted terms: {mine:.3f}")

draws = stream(seed, "mixing weights")
total, found = model.critic_loss(batch, edits, lambda _, count: torch.rand(count, generator=draws))
mine = of_image[0] + of_mask[0]
for branch in model.branches:
    w = model.branches[branch].weights
    mine = mine + w.lambda_gp * found[f"{branch}/gp"] + w.lambda_cls_d * found[f"{branch}/cls_d"]
assert abs(mine - total) < 1e-4 * abs(mine)
print(f"Eq. 13 + Eq. 15: {total:.3f}; six weighted terms: {mine:.3f}")

# %% [markdown]
# ### Who pulls hardest?
#
# A loss's *value* says nothing about its influence: if a constant is added to a loss, training stays the same. The gradient is what moves a network. So we compare the *lengths* (norms) of the weighted pulls at $x^{out}$, and for masks before the softmax.

# %% tags=["nbval-check-output"]
norms, rows = {"rgb": {}, "semantic": {}}, []
for (branch, term), gradient in gradients.items():
    weight = model.branches[branch].weights.of_generator[term]
    norms[branch][term] = weight * gradient.norm().item()
    rows.append([f"{branch}: {term}", norms[branch][term], values[branch, term]])
table(
    "How hard each weighted term pulls, beside its loss",
    {"term": "", "length of the pull": ".4f", "loss": ".2f"},
    rows,
)
force = norms["rgb"]
answer = {"hardest": max(force, key=force.get), "weakest": min(force, key=force.get)}
hits = sum(guess[which] == term for which, term in answer.items())
verdict = f"{hits} of 2 right" if any(guess.values()) else "no guess"
print(f"predicted: {guess}; measured: {answer}. Verdict: {verdict}.")

# %%
show(
    figures.strengths({"image branch": norms["rgb"], "mask branch": norms["semantic"]}),
    "Which weighted term pulls hardest at the output of each generator?",
)
weak, *stronger = sorted(force.values())
claim("Attributes lead", max(force, key=force.get) == "cls", n=6)
claim("realism comes last by far", force["adv"] == weak < stronger[0] / 3, n=6)
claim("the size of its loss is no smaller than that of reconstruction",
      abs(values["rgb", "adv"]) >= values["rgb", "rec"], n=6)  # fmt: skip

# %% [markdown]
# *Who pulls hardest?* Attributes lead in the image branch, and realism comes last by far, although the size of its loss is no smaller than that of reconstruction (its sign is another matter). Two of the bars can be computed by hand:
#
# - *Reconstruction* has the gradient $\pm\lambda_{rec}/(3Bh^2)$ at each of $3Bh^2$ numbers, so its length is $\lambda_{rec}/\sqrt{3Bh^2}$ for any images.
# - *Realism* has for each of B faces a slope of about 1 for the sum of its $p^2$ patches: that is what the penalty asks for. The mean over patches and faces divides it by $p^2 B$. Together that makes $1/(p^2\sqrt B)$.

# %% tags=["nbval-check-output"]
B, p = len(x), real_score.shape[-1]
by_hand = {"rec": rgb.weights.lambda_rec / x.numel() ** 0.5, "adv": 1 / (p**2 * B**0.5)}
for term, value in by_hand.items():
    print(f"{term} by hand: {value:.4f}, measured: {force[term]:.4f}")
close = all(abs(value - force[term]) < 0.1 * force[term] for term, value in by_hand.items())
claim("Both agree with the measured bars to 10 %", close, n=6)
h = config.image_size
print(f"pixels at {h} px: {h**2:,}; at 128 px: {128**2:,}")
print(f"0.01 for a sum over {h**2:,} pixels is {0.01 * h**2:.1f} for their mean")
print("limit 10%")

# %% [markdown]
# Both agree with the measured bars to 10 %. With them you can say what the *paper's* weights would change, without a new computation:
#
# - $\lambda_{rec} = 10$ halves our bar of reconstruction.
# - $\lambda_{sc} = 0.01$ makes the bar of consistency a hundred times shorter. In a short training such a weak pull is not noticed. This is why the preset `lite` has $\lambda_{sc} = 1$.
# - If Eq. 11 is read as a *sum* over pixels, all changes again: at 32 px there are 1,024 pixels, so $0.01$ for the sum is the same as 10.2 for the mean; at 128 px there are 16,384.
#
# So **a weight means something only together with its reduction and the image size**. Move the weights yourself, and see which term then wins which pixel. The sliders need a running kernel; below them is a picture of what they show at first for face 2.

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import LossPlayground, Mix, Pulls, weigh

playground = Pulls.of(model, batch, titles)
LossPlayground(playground)

# %%
show(
    weigh(playground, Mix(face=1)).sheet,
    "Which term wins at which pixel, with the weights of training?",
)

# %% [markdown]
# ## 9. The truth as judge
#
# For photographs nobody can say whether a loss pulls in the right direction. For drawn faces we can. We take 30 faces and all 13 edits of each, 390 edits in all, and compute for each term the cosine of its pull with the direction to the true edit. `towards_truth` does for them what you did in section 7.
#
# For comparison we add a random direction, which has a cosine near 0, and the direction *back to the input*, $x^{in} - x^{out}$.


# %% tags=["setup"]
from secgan_lite import datasets
from secgan_lite.course.pulls import towards_truth
from secgan_lite.evaluation.bootstrap import student


def interval(per_face):
    """Mean over faces, and the two ends of its 95 % interval (Student's t)."""
    mean, half = per_face.mean().item(), per_face.std().item() / len(per_face) ** 0.5
    return mean, mean - student(len(per_face)) * half, mean + student(len(per_face)) * half


# %%
found = towards_truth(model, datasets.load("synthetic", "test", config.image_size, count=30))


def by_face(name):
    """Cosine with the direction to the true edit: for each face, the mean over its 13 edits."""
    return torch.stack([cosines(f[name], f["truth"]) for f in found.values()]).mean(dim=0)


# %% tags=["nbval-check-output"]
draws = stream(seed, "random direction")
for f in found.values():
    f["random"] = torch.randn(f["truth"].shape, generator=draws)
names = {"adv": "realism", "cls": "attributes", "sc": "consistency"}
names |= {"random": "random", "back": "back to the input"}
rows = [[title, *interval(by_face(name))] for name, title in names.items()]
columns = {"direction": "", "mean": "+.3f", "from": "+.3f", "to": "+.3f"}
table("Cosine with the direction to the true edit, with its 95 % interval", columns, rows)
lows, highs = [row[2] for row in rows], [row[3] for row in rows]
claim("All three terms pull a little towards the true edit", min(lows[:3]) > 0, n=30)
claim("a random direction does not", lows[3] < 0 < highs[3], n=30)
claim("None of the three reaches a cosine of 0.1", max(highs[:3]) < 0.1, n=30)
claim("points far better than any of them", lows[4] > 0.5, n=30)
way = torch.stack([f["truth"] for f in found.values()])
change = way - torch.stack([f["back"] for f in found.values()])  # from the input to the true edit
keep = change.abs().amax(dim=2, keepdim=True) < 8.5 / 127.5  # less than 8.5 of 255 grey levels
disturbed = ((way * keep).square().sum() / way.square().sum()).item()
claim("Most of the squared error of this model's edits lies where nothing should change",
      disturbed > 0.5, n=390)  # fmt: skip

# %% [markdown]
# *Which term knows the right direction?* On average over the faces all three terms pull a little towards the true edit, and a random direction does not. None of the three reaches a cosine of `0.1`: of a step of length 1, less than a tenth leads towards the true edit. How can a generator learn from so poor a hint? Its weights do not move single pixels. One weight acts on all pixels of all faces, so what differs from face to face cancels out in the sum, and what they have in common adds up.
#
# The way back to the input points far better than any of them. The reason: a true edit differs from its input in some pixels only, but our small model has drawn all of them anew. Most of the squared error of this model's edits lies where nothing should change.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Does more consistency help?
#
# **Goal.** The sum that pulls at $x^{out}$ is adv + cls + $\lambda_{sc}$ sc. Predict: does its cosine with the direction to the true edit rise, fall or stay when $\lambda_{sc}$ goes from 0 over 1 to 10? Then write the experiment: a function of $\lambda_{sc}$ that returns the cosine for each of the 30 faces. Compare $\lambda_{sc} = 1$ and 10 with 0, *face by face*, with an interval, and explain the outcome in three lines. **Difficulty** 3 of 5, 15 min. Open: compare with the [solutions](solutions/02_losses.ipynb).
#
# <details><summary>Hint 1: what must be added up before what?</summary>A cosine of a sum is not the sum of cosines. The long vector in the sum decides.</details>
# <details><summary>Hint 2: when is it a difference?</summary>All values of λ_sc see the same 30 faces. So look at the difference of each face, and ask whether the interval of these differences holds 0.</details>
# <details><summary>Hint 3: what could explain it?</summary>Section 8 has the lengths of the pulls as trained. At which λ_sc is consistency as long as the attributes? And how alike are the two directions?</details>


# %% tags=["solution"]
from secgan_lite.course.model import load_model

model, config = load_model()
found = towards_truth(model, datasets.load("synthetic", "test", config.image_size, count=30))


# %% tags=["exercise"]
def experiment(lambda_sc):
    """Cosine of adv + cls + λ_sc·sc with the direction to the true edit, for each of 30 faces."""
    # solution
    sums = {name: f["adv"] + f["cls"] + lambda_sc * f["sc"] for name, f in found.items()}
    return torch.stack([cosines(s, found[name]["truth"]) for name, s in sums.items()]).mean(dim=0)
    # end


# %% tags=["exercise"]
if experiment(0) is TODO:
    print("not attempted")
else:
    for lambda_sc in (0, 0.01, 1, 10, 100):
        per_face = experiment(lambda_sc)
        print(f"λ_sc = {lambda_sc:>6}: {per_face.mean():+.3f}")

# %% [markdown] tags=["solution"]
# **Answer.** The cosine rises: with λ_sc = 1 by 0.011 and with 10 by 0.025, and neither interval holds 0. With $0.01$, the paper's weight, it rises by only 0.0001, because the pull of consistency is then too short to turn the sum. There are two reasons for the rise. Consistency points better than the attributes do, 0.055 against 0.043. And the two directions differ, so what is wrong in one is partly cancelled by the other. With 100 the sum is almost consistency alone, and the gain shrinks. Do not conclude that one should train with 10: these are pulls in *one* trained model, and a model trained with another weight would make other edits. Lesson [07 · Ablations](07_ablations.ipynb) trains with other weights.


# %% tags=["solution", "nbval-check-output"]
def alone(term):
    return torch.stack([cosines(f[term], f["truth"]) for f in found.values()]).mean(dim=0)


for lambda_sc in (0.01, 1, 10, 100):
    mean, low, high = interval(experiment(lambda_sc) - experiment(0))
    print(f"λ_sc = {lambda_sc:>6} against 0: {mean:.4f} ({low:.4f} to {high:.4f}), {mean:.3f}")
print(f"sc: {interval(alone('sc'))[0]:.3f}, cls: {interval(alone('cls'))[0]:.3f}")

# %% [markdown] tags=["exercise"]
# ### Exercise C · A classifier with favourites
#
# **Goal.** A colleague trains the second head of $D$ with a loss of their own. There is no error message, and the loss falls. But the attributes that $D$ then teaches to G come out strangely. Below are the symptoms; the code comes after them. Find the cause *from the symptoms first*, write it down in one sentence, then repair the function. It must also survive logits of ±200. **Difficulty** 3 of 5, 15 min. Checked, gradients included.
#
# <details><summary>Hint 1: what can be excluded?</summary>The loss falls, and no number is infinite. So the optimiser works and the sign is right. What is different about faces with one label and faces with six?</details>
# <details><summary>Hint 2: what is the lowest loss that a face can have?</summary>With a right Eq. 3 a perfect D has a loss near 0 on every face. Suppose instead that the probabilities of all attributes must add up to 1. What is the best that D can do for a face with two labels? With six?</details>
# <details><summary>Hint 3: how can I test my suspicion?</summary>Take one face with two labels and logits of 10 for both, −10 for all others. Compute by hand what Eq. 3 should give, and call the function.</details>


# %%
from secgan_lite import backbones
from secgan_lite.course.checks.losses import colleague
from secgan_lite.modalities import RGB

train = datasets.load("synthetic", "train", config.image_size, count=600)
x_train, y_train, _ = batch_of(train)
x_test, y_test, _ = batch_of(datasets.load("synthetic", "test", config.image_size, count=200))


def taught(loss_of, steps=200):
    """A new discriminator whose second head has learnt with a loss; and the loss at each step."""
    with initialisation(seed, "classifier"):
        D = backbones.get(config.backbone).discriminator(RGB, config.size)
    optimiser, draws, curve = torch.optim.Adam(D.parameters(), 1e-3), stream(seed, "batches"), []
    for _ in range(steps):
        some = torch.randint(len(x_train), (32,), generator=draws)
        loss = loss_of(D(x_train[some])[1], y_train[some])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        curve.append(loss.item())
    return D, curve


# %%
judges = {"Eq. 3": losses.attribute_classification, "the colleague's": colleague}
learnt = {title: taught(loss_of) for title, loss_of in judges.items()}
show(
    figures.symptoms({title: curve for title, (_, curve) in learnt.items()}, "loss of D"),
    "Does the loss of D give an alarm?",
)

# %% tags=["nbval-check-output"]
count, rows = y_test.sum(dim=1), []
with torch.no_grad():
    answers = {title: D(x_test)[1] for title, (D, _) in learnt.items()}
for n in range(2, 7):
    these = count == n
    found_losses = [judges[t](answers[t][these], y_test[these]).item() for t in judges]
    rows.append([f"{n}", int(these.sum()), *found_losses])
columns = {"labels of a face": "", "faces": "d"} | {f"loss, {title}": ".1f" for title in judges}
table("Loss on test faces, by the number of labels that a face has", columns, rows)
mistaken = [row[3] for row in rows]
grows = mistaken == sorted(mistaken)
claim("its loss grows with each further label", grows and mistaken[-1] > 3 * mistaken[0], n=200)
claim("with Eq. 3 it does not", rows[2][2] < 1.5 * rows[0][2], n=200)

# %% [markdown]
# *Symptoms.* The curve gives no alarm: it falls, and may just need more steps. The table does give one. Read the colleague's column: its loss grows with each further label that a face has. From two to four labels, with Eq. 3 it does not. Why should a face with many labels be harder than a face with few?


# %% tags=["exercise", "nbval-check-output"]
def classification(logits, y):
    """Eq. 3 for logits (B, n) and labels (B, n): summed over attributes, averaged over faces."""
    # solution
    entries = F.binary_cross_entropy_with_logits(logits, y, reduction="none")
    return entries.sum(dim=1).mean()
    # lesson
    # return F.cross_entropy(logits, y)
    # end


classification = check("02-classification", classification)

# %% [markdown]
# ## What goes wrong, and limits
#
# **Losses do not tell quality.** The adversarial terms have no zero, because both players move. Their curves may stay flat while the images improve, or fall while the images get worse. Lesson [04 · Train](04_train.ipynb) watches a judge that takes no part in the training.
#
# **A pull is advice from today's judge.** The maps show what would please *this* discriminator *now*. A discriminator that has not learnt an attribute yet points at noise, and the picture looks just as sure.
#
# **One model, one size.** All measurements of sections 7 to 9 come from one small model of 32 px with one seed. The intervals are about faces, not about other trainings. `run_dir` repeats them for a run of yours.
#
# **The discriminator of masks has an easy way out.** Real masks are one-hot, edited ones are soft. To tell them apart it need not know what a face is. The paper lives with it, and so do we.
#
# **A mask does not show everything.** Blond hair and black hair have the same mask. Eq. 8 and 9 still ask $D_{seg}$ to see hair colour and skin in it, and what it answers there is noise for $G_{seg}$. And the labels themselves, such as Male or Young, are columns of a data set, here drawn as cartoons of them.
#
# ## Summary
#
# 1. Eq. 1-12 are seven functions: the branches share all but the reconstruction. Printed formulas leave out reductions and have misprints; Eq. 3, 4, 8 and 9 have no lowest value as printed.
# 2. The penalty of Eq. 1 holds each slope near 1, with the square inside, for the sum of the patches.
# 3. Minus the gradient is an image with a sign: the direction in which a term pulls. It shows what D finds wrong, and that is not always the wish.
# 4. Only reconstruction knows its goal. Realism, attributes and consistency point a little towards the true edit, and mostly elsewhere.
# 5. A weight means something only with its reduction and the image size: compare lengths of gradients, not values.
#
# ## Quiz
#
# 1. Why may D's classification on *edits* not teach D? <details><summary>Answer</summary>Edits have no true label. Eq. 3 uses real faces and their labels; Eq. 4 uses D as it is, to teach G.</details>
# 2. P is frozen. Why must it not run under `no_grad` on x_out? <details><summary>Answer</summary>Eq. 11 teaches G_rgb through P. The gradient has to pass through P from the mask to the image, though P's weights stay as they are.</details>
# 3. You double the image size and keep λ_rec. Does the pull of Eq. 5 on each pixel stay the same? <details><summary>Answer</summary>No. The mean divides by four times as many pixels, so each pixel is pulled a quarter as hard, and the length of the whole pull is halved. With a sum instead of a mean each pixel would be pulled as before.</details>
#
# ## References
#
# - Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), 2021: §3.1 (Eq. 1-10), §3.2 (Eq. 11, 12), §3.3 (Eq. 13-16) (25 min).
# - Gulrajani et al., [Improved Training of Wasserstein GANs](https://arxiv.org/abs/1704.00028), 2017: §4, the penalty and why it is two-sided (15 min).
# - Isola et al., [Image-to-Image Translation with Conditional Adversarial Networks](https://arxiv.org/abs/1611.07004), 2017: §3.2.2, a discriminator of patches (5 min).
# - Choi et al., [StarGAN](https://arxiv.org/abs/1711.09020), 2018: §3.1, two heads and their losses (15 min).
# - Zhang et al., [Deep Mutual Learning](https://arxiv.org/abs/1706.00384), 2018: §2, two networks that teach each other (15 min).
#
# Next: [03 · Parallel branches](03_parallel_branches.ipynb). The same lesson on a run of your own:
#
# ```
# papermill notebooks/02_losses.ipynb out.ipynb -p run_dir runs/NAME
# ```

# %% tags=["nbval-ignore-output"]
footer()
