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
# **Question.** SeCGAN trains two generators with eight loss terms. In which direction does each term pull an edited face, how hard, and is it the *right* direction?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 30 min, exercises 65 min | 1 min | under 1 GB | [00b · Conditional GANs](00b_conditional_gans.ipynb), [01 · Parsing](01_parsing.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., [*SeCGAN*](https://arxiv.org/abs/2111.09298), §3.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **point** from each symbol of Eq. 1-16 to its tensor, its shape and its function;
# 2. **write** all terms (exercises A1 and A2); the lesson then runs on your code;
# 3. **read** a gradient as a picture with a sign, and **measure** whether it points to the true edit (exercise B);
# 4. **find** a fault in a loss from its symptoms (exercise C).
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [From the plane to faces](#1.-From-the-plane-to-faces) · [Realism](#2.-Realism:-Eq.-1-and-2) · [Attributes](#3.-Attributes:-Eq.-3-and-4) · [Reconstruction](#4.-Reconstruction:-Eq.-5) · [Masks](#5.-The-same-for-masks:-Eq.-6-to-10) · [Consistency](#6.-Consistency:-Eq.-11-and-12) · [Which way?](#7.-Which-way-does-each-term-pull?) · [All together](#8.-All-together:-Eq.-13-to-16) · [The truth as judge](#9.-The-truth-as-judge) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class skip section 5 and exercise A1.*

# %% [markdown]
# ## Parameters
#
# We look at a trained SeCGAN, which comes with the course. For a run of your own, from [04 · Train](04_train.ipynb), give its folder.

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
# **Not the paper's numbers.** The paper has images of 128 px, $\lambda_{rec} = 10$, $\lambda_{sc} = 0.01$ and $N = 5$. So what you see below of how *hard* a term pulls is true of our small model only.
#
# ## The map

# %%
show(
    figures.method_map(("D", "consistency", "faces")),
    "From which parts of SeCGAN do the losses come?",
)

# %% [markdown]
# In full colour: where losses come from. Each discriminator $D$ has two heads: how real is it, and which attributes has it? A generator must please both heads. Two more terms hold the generator back: *reconstruction*, which the map leaves out, and *consistency*, which ties the branches together.
#
# ### Predict first
#
# Four terms pull at an edited image: realism (`adv`), attributes (`cls`), reconstruction (`rec`) and consistency (`sc`). Each is multiplied by its weight λ. Which pulls hardest, and which most weakly? [Section 8](#8.-All-together:-Eq.-13-to-16) has the verdict on all four.

# %%
guess = {"hardest": "", "weakest": ""}  # "adv", "cls", "rec" or "sc"

# %% [markdown]
# ## 1. From the plane to faces
#
# From lesson [00b · Conditional GANs](00b_conditional_gans.ipynb) we need two results:
#
# - The discriminator is a *critic*: it scores real things high and made things low, and the generator follows the slope of the score.
# - A *gradient penalty* keeps this slope near 1. Then the difference of the scores is a distance, and a *negative* loss is no fault.
#
# Two things are new for faces: a second head of $D$ names the attributes (section 3), and the critic scores *patches* (section 2).
#
# The paper prints the penalty as on the left. The papers that it builds on have it as on the right:
#
# $$\big(E\lVert\nabla D(\tilde x)\rVert_2 - 1\big)^2 \qquad\text{or}\qquad E\big[(\lVert\nabla D(\tilde x)\rVert_2 - 1)^2\big]$$
#
# Left: the *average* slope must be 1. Right: *each* slope must be 1. A critic has the slopes 0 and 2. Which form sees that they are wrong?

# %% tags=["nbval-check-output"]
slopes = torch.tensor([0.0, 2.0])
as_printed = (slopes.mean() - 1).square().item()
as_meant = (slopes - 1).square().mean().item()
print(f"penalty as printed: {as_printed:g}, as meant: {as_meant:g}")
claim("The printed form does not see this critic's fault", as_printed == 0 < as_meant)

# %% [markdown]
# *Which form sees it?* The right one, so the package takes this form. The printed form does not see this critic's fault, because the average of 0 and 2 is 1.
#
# ## 2. Realism: Eq. 1 and 2
#
# $D$ sees real images $x^{in}$ and edits $x^{out}$, and descends Eq. 1. The generator descends Eq. 2:
#
# $$L^{D}_{adv} = \underbrace{E[D(x^{out})] - E[D(x^{in})]}_{\text{minus the distance}} + \lambda_{gp}\,\underbrace{E\big[(\lVert\nabla D(\tilde x)\rVert_2 - 1)^2\big]}_{\text{gradient penalty}} \tag{1}$$
#
# $$L^{G}_{adv} = -E[D(x^{out})] \tag{2}$$
#
# Here $\tilde x = \alpha x^{in} + (1 - \alpha) x^{out}$ is a mix of a real image and an edit, with a random $\alpha$ for each face.
#
# | | symbol → tensor, shape, range | function | beware |
# |---|---|---|---|
# | Eq. 1 | $D(x)$ → `score` (B, 1, p, p), any number; one for each of p × p patches | [`losses.critic_adversarial`](../secgan_lite/losses.py) | a mean over faces *and* patches |
# | Eq. 1 | $\tilde x$ → `mixed` (B, 3, h, h) in [−1, 1]; α → `alpha` (B, 1, 1, 1) in [0, 1] | [`losses.gradient_penalty`](../secgan_lite/losses.py) | the square is inside; patches are *summed* |
# | Eq. 2 | $D(x^{out})$ → `score` of edits | [`losses.generator_adversarial`](../secgan_lite/losses.py) | the minus is in the loss: both players descend |
#
# Each score sees only a part of the face, a *patch* (a PatchGAN, [pix2pix](https://arxiv.org/abs/1611.07004), §3.2.2). So $D$ looks at texture and sharpness. Eq. 1 and 2 take the *mean* of the patches, the penalty their *sum*, as in StarGAN. So the sum has a slope near 1, and the mean a slope near $1/p^2$. Section 8 needs this.

# %% [markdown] tags=["exercise"]
# ### Exercise A1 · The penalty
#
# **Goal.** Write the penalty of Eq. 1, with `torch.autograd.grad`. **Difficulty** 3 of 5, 15 min. Checked, gradients included.
#
# <details><summary>Hint 1: which steps?</summary>Mix, score, take the gradient with respect to the mix. Then one number for each face.</details>
# <details><summary>Hint 2: what is easily missed?</summary>This loss must not teach the generator that made the edits. And the penalty is differentiated again later: what must autograd keep for that?</details>
# <details><summary>Hint 3: how can I test it?</summary>The critic x ↦ sum of w·x has the slope ‖w‖ everywhere, so its penalty is (‖w‖ − 1)².</details>


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
# The lesson goes on with your penalty if it is right, else with ours. Here it meets the trained critic and the six faces of the course. The package has a faster way to the gradient (`realism_gradient`); both must agree.

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
# The second head of $D$ gives a probability for each attribute. Its loss is the binary cross entropy. $D$ learns from *real* faces and their true labels $y^{src}$. $G$ learns to make edits in which $D$ sees the target labels $y^{trg}$:
#
# $$L^{D}_{cls} = -E\big[\,y^{src}\cdot\log D_{cls}(x^{in}) + (1 - y^{src})\cdot\log(1 - D_{cls}(x^{in}))\,\big] \tag{3}$$
#
# $$L^{G}_{cls} = -E\big[\,y^{trg}\cdot\log D_{cls}(x^{out}) + (1 - y^{trg})\cdot\log(1 - D_{cls}(x^{out}))\,\big] \tag{4}$$
#
# | | symbol → tensor, shape, range | function | beware |
# |---|---|---|---|
# | Eq. 3 | $D_{cls}$ → sigmoid of `logits` (B, 13); $y^{src}$ → (B, 13) in {0, 1} | [`losses.attribute_classification`](../secgan_lite/losses.py) | the dot product is a *sum* over attributes; then a mean over faces |
# | Eq. 4 | the same with edits and $y^{trg}$ | the same | the target, neither $y^{diff}$ nor $y^{src}$ |
#
# The paper prints the second half as $(1-y)\cdot(1-\log D)$, in all four places. Is this harmless?

# %%
show(figures.printed_and_meant(), "Which of the two losses has a lowest value?")
log_d = torch.tensor([-1.0, -10.0, -100.0])  # of an absent attribute: D smaller and smaller
printed, meant = log_d - 1, -torch.log1p(-log_d.exp())
claim("the printed one falls on and on", (printed.diff() < -1).all() and meant.min() >= 0)

# %% [markdown]
# *Which loss has a lowest value?* The one that is meant; the printed one falls on and on: a network could lower it for ever with one absent attribute, and no other attribute would count.
#
# ## 4. Reconstruction: Eq. 5
#
# So far any real-looking face with the target labels would do, even another person's. The remedy of lesson [00b](00b_conditional_gans.ipynb): the generator hears *differences* of labels, and with the difference 0 the input must come back:
#
# $$L_{rec} = E\lVert x^{in} - G(x^{in}, 0)\rVert_1 \tag{5}$$
#
# | | symbol → tensor, shape, range | function | beware |
# |---|---|---|---|
# | Eq. 5 | $G(x, 0)$ → `x_rec` (B, 3, h, h) in [−1, 1] | [`losses.rgb_reconstruction`](../secgan_lite/losses.py) | the norm is a sum in print, a *mean* in all published code |
#
# At 128 px the sum is $3 \cdot 128^2$ times the mean. The paper's $\lambda_{rec} = 10$ belongs to the mean. Our small model has 20, which kept faces better in a short training.
#
# ## 5. The same for masks: Eq. 6 to 10
#
# The second branch edits masks. $G_{seg}$ gets the mask $s^{in}$ that the parser P found, and puts out a *soft* mask $\hat s^{out}$: 12 probabilities at each pixel. Four of its losses are those above, with masks in place of images:
#
# $$\begin{aligned} L^{D_s}_{adv} &= E[D_s(\hat s^{out})] - E[D_s(s^{in})] + \lambda_{gp}E\big[(\lVert\nabla D_s(\tilde s)\rVert_2 - 1)^2\big] && (6)\\ L^{G_s}_{adv} &= -E[D_s(\hat s^{out})] && (7)\\ L^{D_s}_{cls} &= -E\big[\,y^{src}\cdot\log D_{s,cls}(s^{in}) + (1 - y^{src})\cdot\log(1 - D_{s,cls}(s^{in}))\,\big] && (8)\\ L^{G_s}_{cls} &= -E\big[\,y^{trg}\cdot\log D_{s,cls}(\hat s^{out}) + (1 - y^{trg})\cdot\log(1 - D_{s,cls}(\hat s^{out}))\,\big] && (9)\end{aligned}$$
#
# Only the reconstruction differs. A mask is a choice among 12 segments at each pixel, so its loss is a cross entropy:
#
# $$L^{s}_{rec} = -E\Big[\tfrac{1}{HW}\sum_{i,j} s^{in}_{ij}\cdot\log G_{seg}(s^{in}, 0)_{ij}\Big] \tag{10}$$
#
# | | symbol → tensor, shape, range | function | beware |
# |---|---|---|---|
# | Eq. 6-9 | $s^{in}$ → one-hot (B, 12, h, h) in {0, 1}; $\hat s^{out}$ → softmax of `raw`, in (0, 1) | those of Eq. 1-4 | |
# | Eq. 10 | $G(s, 0)$ → softmax of `raw` (B, 12, h, h); $s$ → `s` (B, h, h), numbers 0 to 11 | [`losses.semantic_reconstruction`](../secgan_lite/losses.py) | never log(softmax) by hand: a softmax can be exactly 0, and its logarithm minus infinity |
#
# ## 6. Consistency: Eq. 11 and 12
#
# Now the branches teach each other. One edit has two masks: $G_{seg}$ drew $\hat s^{out}$, and P reads $P(x^{out})$ from the edited image. In Eq. 11 the drawn mask is the teacher, in Eq. 12 the parsed one:
#
# $$L^{rgb}_{sc} = -E\Big[\tfrac{1}{HW}\sum_{i,j} s^{out}_{ij}\cdot\log P(x^{out})_{ij}\Big] \tag{11}$$
#
# $$L^{seg}_{sc} = -E\Big[\tfrac{1}{HW}\sum_{i,j} \bar P(x^{out})_{ij}\cdot\log \hat s^{out}_{ij}\Big] \tag{12}$$
#
# The teacher is *hard*: $s^{out}$ is the arg-max of $\hat s^{out}$, and $\bar P$ is that of $P$. No gradient passes through an arg-max, so each equation teaches one generator (lesson [03](03_parallel_branches.ipynb) draws which).
#
# | | symbol → tensor, shape, range | function | beware |
# |---|---|---|---|
# | Eq. 11 | $\log P(x^{out})$ → `log_p` (B, 12, h, h), ≤ 0; $s^{out}$ → `target` (B, h, h), numbers 0 to 11 | [`losses.semantic_consistency`](../secgan_lite/losses.py) | teaches $G_{rgb}$ *through* P: P's weights are frozen, its input is not |
# | Eq. 12 | $\log \hat s^{out}$ → log-softmax of `raw`; $\bar P$ → arg-max of `log_p` | the same | teaches $G_{seg}$ |

# %% [markdown] tags=["exercise"]
# ### Exercise A2 · All terms
#
# **Goal.** Write the six different terms: Eq. 1 without its penalty, 2, 3, 5, 10 and 11, in this order. Sections 7 and 8 compute with your code. **Difficulty** 3 of 5, 20 min. Checked one by one, gradients included.
#
# <details><summary>Hint 1: in which order do I work?</summary>One at a time. Put any number in the place of the others; the check tells you about each.</details>
# <details><summary>Hint 2: sum or mean?</summary>Ask for each axis: does the formula have E, 1/HW, a dot product or a norm there?</details>
# <details><summary>Hint 3: which functions survive large numbers?</summary>PyTorch has one function for "sigmoid, then binary cross entropy", one for "softmax, then cross entropy", and a third for log-probabilities.</details>


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
# Training goes down the gradient of a term. So the term pulls at the edit along **minus the gradient**. This pull is an image: we can draw it, and compare its direction with others, by the **<dfn>cosine</dfn>**: 1 if they are the same, 0 if they have nothing in common, −1 if they are opposite.
#
# Begin with two pixels. The edit is (0, 0), the true edit is (1, 0), and a critic gives the score $x_1 + 3x_2$. Which way does Eq. 2 pull?

# %% tags=["nbval-check-output"]
edit, true_edit = torch.zeros(2, requires_grad=True), torch.tensor([1.0, 0.0])
score = edit @ torch.tensor([1.0, 3.0])
(gradient,) = torch.autograd.grad(-score, edit)  # of Eq. 2
way = true_edit - edit.detach()
print("pull:", (-gradient).tolist(), "direction to the true edit:", way.tolist())
print(f"cosine: {F.cosine_similarity(-gradient, way, dim=0):.2f}")

# %% [markdown]
# *Which way does Eq. 2 pull?* Along (1, 3). The critic wants the first pixel brighter, which is right, and the second one too, which is wrong. The critic knows only its own score, not the true edit. So the cosine is 0.32.
#
# Now the trained model. Our faces are drawn, so the **true edit** is known: the same face, drawn again with the other attribute. Each of the six faces gets a wish.

# %% tags=["nbval-check-output"]
from secgan_lite.attributes import NAMES, index_of, single_flips
from secgan_lite.evaluation import Truth

asked = ["Pale_Skin", "Bangs", "Eyeglasses", "Blond_Hair", "Mustache", "Mouth_Slightly_Open"]
each, wish = torch.arange(6), torch.tensor([index_of(name) for name in asked])
y_trg = single_flips(y_src, resolved=True)[wish, each]
batch = batch_for(model, faces, y_trg)
x_true = Truth.of(faces).tensors()[0][wish, each]
titles = [figures.flip_name(name, bool(y_src[f, index_of(name)])) for f, name in enumerate(asked)]
print("; ".join(f"face {face}: {title}" for face, title in enumerate(titles, start=1)))

# %% [markdown]
# We take the gradients at $x^{out}$, for Eq. 5 at $x^{rec} = G(x^{in}, 0)$, and for masks at `raw`, before the softmax. Your `terms` is called once for each branch.

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

real_score, (score, logits) = rgb.judge(x)[0], rgb.judge(x_out)
shared = y_trg, x_rec, x, raw_rec, batch.s
of_image = terms(real_score, score, logits, *shared, log_p, drawn)
mask_score = semantic.judge(one_hot(batch.s))[0]
of_mask = terms(
    mask_score, *semantic.judge(raw.softmax(dim=1)), *shared, raw.log_softmax(dim=1), parsed
)

# %% tags=["nbval-check-output"]
package = {
    "1, without penalty": losses.critic_adversarial(real_score, score),
    "2": losses.generator_adversarial(score),
    "4": losses.attribute_classification(logits, y_trg),
    "5": losses.rgb_reconstruction(x_rec, x),
    "10": losses.semantic_reconstruction(raw_rec, batch.s),
    "11": losses.semantic_consistency(log_p, drawn),
}
rows = [[f"Eq. {n}", of_image[i].item(), package[n].item()] for i, n in enumerate(package)]
table("Are your terms the package's?", {"": "", "yours": ".3f", "the package's": ".3f"}, rows)
same = all(abs(mine - theirs) < 1e-4 for _, mine, theirs in rows)
claim("all six are the same", same, n=6)

# %% [markdown]
# *Are your terms the package's?* Yes, all six are the same. Now their gradients:

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
# Each row is one wish; four of the six are shown. Red makes a pixel brighter, blue makes it darker. All directions are drawn with the same length. Below a map stands its cosine with the direction to the true edit.


# %% tags=["setup"]
def cosines(steps, to):
    """How alike two directions are, face by face: (N,)."""
    return F.cosine_similarity(steps.flatten(1), to.flatten(1))


# %%
some = [0, 1, 3, 5]  # the faces that are shown
rows = [f"face {face + 1}:\n" + titles[face].replace(" ", "\n", 1) for face in some]


def told(values):
    return [f"{value:+.2f}" for value in values[some]]


to_truth = x_true - x_out.detach()
pull = {term: -gradients["rgb", term] for term in ("adv", "cls", "sc")}
towards = {term: cosines(step, to_truth) for term, step in pull.items()}
names = {"adv": "realism\nEq. 2", "cls": "attributes\nEq. 4", "sc": "consistency\nEq. 11"}
steps = {"direction to\nthe true edit": to_truth} | {names[term]: pull[term] for term in pull}
pictures = {"input $x^{in}$": x, "edit $x^{out}$": x_out, "true edit": x_true}
show(
    figures.directions(
        rows,
        {title: images[some] for title, images in pictures.items()},
        {title: step[some] for title, step in steps.items()},
        {names[term]: told(found) for term, found in towards.items()},
    ),
    "In which direction does each term pull, and is it the direction to the true edit?",
)
# %%
claim("None of the three has a cosine above 0.3", max(map(max, towards.values())) < 0.3, n=6)
size = {term: step.norm(dim=1).flatten(1) for term, step in pull.items()}  # (6, pixels)
top = {term: found.sort(dim=1).values[:, -found.shape[1] // 10 :] for term, found in size.items()}
held = {term: (top[term].square().sum() / size[term].square().sum()).item() for term in pull}
claim("most of its pull sits in a tenth of the pixels", held["cls"] > 0.5 > held["adv"], n=6)
near = F.max_pool2d((parsed != drawn).float()[:, None], 5, 1, 2).flatten(1) > 0
ratio = size["sc"][near].mean() / size["sc"][~near].mean()
claim("pulls harder near the places where the two masks disagree", ratio > 1.2, n=6)
to_input = cosines(-gradients["rgb", "rec"], x - x_rec.detach())
claim("it points to its goal on every face", to_input.min() > 0.5, n=6)
flat = gradients["rgb", "rec"].abs()
claim("every pixel pulls with the same force", flat.min() > 0.99 * flat.max(), n=6)

# %% [markdown]
# *Which way does each term pull?* Begin with the direction to the true edit: it has a colour where the wish is not fulfilled yet, and where the edit is blurred.
#
# - **Realism** pulls everywhere: each patch has a vote.
# - **Attributes** is the opposite: most of its pull sits in a tenth of the pixels.
# - **Consistency** pulls harder near the places where the two masks disagree.
#
# None of the three has a cosine above `0.3`: $D$ and P never saw the true edit. Is that more than chance? Section 9 takes more edits.
#
# *And reconstruction?* Reconstruction acts on another image, $x^{rec}$. Its goal is the input, and it points to its goal on every face. The derivative of $|x|$ is 1 or −1, so every pixel pulls with the same force: lost glasses no harder than noise.
#
# ### One attribute at a time
#
# The pull of Eq. 4 is a sum of 13 pulls, one for each attribute. Does the wish pull hardest?

# %% tags=["nbval-check-output"]
parts = F.binary_cross_entropy_with_logits(logits, y_trg, reduction="none")  # (6, 13)
by_attribute = torch.stack(
    [-torch.autograd.grad(parts[:, a].sum() / 6, x_out, retain_graph=True)[0] for a in range(13)]
)
assert torch.allclose(by_attribute.sum(dim=0), pull["cls"], atol=1e-6)
force = by_attribute.flatten(2).norm(dim=2)  # (13, 6)
share, sees, strongest = force / force.sum(dim=0), parts.neg().exp(), force.argmax(dim=0)
table(
    "Which attribute pulls hardest in Eq. 4?",
    {"wish": "", "D sees it": ".2f", "its share": ".0%", "strongest attribute": "", "share": ".0%"},
    [
        [titles[f], sees[f, a].item(), share[a, f].item(), NAMES[b], share[b, f].item()]
        for f, (a, b) in enumerate(zip(wish, strongest, strict=True))
    ],
)
claim("D sees the wish on all six faces already", sees[each, wish].min() > 0.9, n=6)
claim("the strongest pull is never the wish's", not (strongest == wish).any(), n=6)

# %% [markdown]
# *Which attribute pulls hardest?* D sees the wish on all six faces already, so the strongest pull is never the wish's. What pulls is what the edit has *disturbed*. On face 2 the bangs came, but the eyeglasses got lost. So Eyeglasses pulls.
#
# ### The right label and the wrong one
#
# Would a picture show a mistake? In the last column Eq. 4 gets $y^{src}$ in place of $y^{trg}$, so it asks each edit to go back. Below stands the cosine of the right and the wrong pull. One would expect −1.

# %%
loss = losses.attribute_classification(rgb.judge(x_out)[1], y_src)
(wrong,) = torch.autograd.grad(-loss, x_out)
alike = cosines(pull["cls"], wrong)
label = [NAMES[b].replace("_", " ").replace("Slightly ", "") for b in strongest[some]]
steps = {
    "right label $y^{trg}$:\nall attributes": pull["cls"],
    "right label $y^{trg}$:\nstrongest attribute": by_attribute[strongest, each],
    "wrong label $y^{src}$:\nall attributes": wrong,
}
_, second, third = steps
show(
    figures.directions(
        rows,
        {"edit $x^{out}$": x_out[some], "true edit": x_true[some]},
        {title: step[some] for title, step in steps.items()},
        {second: label, third: told(alike)},
    ),
    "Do the right and the wrong label pull in opposite directions?",
)
claim("On none of the six faces are the two pulls opposite", alike.min() > -0.3, n=6)
claim("on faces 1 and 2 they are much the same", alike[:2].min() > 0.5)

# %% [markdown]
# *Are they opposite?* On none of the six faces are the two pulls opposite, and on faces 1 and 2 they are much the same. The two labels differ in the wish only; all other attributes pull as before. So a picture can hide this mistake. A test finds it (lesson [03](03_parallel_branches.ipynb), exercise C).
#
# ### Two branches that disagree
#
# The maps show *how hard* consistency pulls at each pixel. In the masks, blue is the segment *eyeglasses*.

# %%
masks = {"parsed mask\n$P(x^{out})$": parsed, "drawn mask\n$\\hat s^{out}$": drawn}
pictures = {"edit $x^{out}$": x_out} | masks
forces = {
    "Eq. 11 pulls\nat the image": gradients["rgb", "sc"],
    "Eq. 12 pulls\nat the drawn mask": gradients["semantic", "sc"],
}
show(
    figures.pulls(
        rows,
        {title: found[some] for title, found in pictures.items()},
        {title: gradient[some] for title, gradient in forces.items()},
    ),
    "Where the two masks disagree: which pixels would consistency change?",
)
glasses = drawn[1] == SEGMENTS.index("eyeglasses")  # of face 2
contrast = []
for gradient in forces.values():
    size = gradient[1].norm(dim=0)
    contrast.append((size[glasses].mean() / size[~glasses].mean()).item())
claim("In both branches the pull is strongest inside the glasses", min(contrast) > 2)
lost = parsed[1] == SEGMENTS.index("eyeglasses")
claim("the edited image has lost them", lost.sum() < 0.1 * glasses.sum())

# %% [markdown]
# *Which pixels?* Look at face 2. The eyeglasses should stay. $G_{seg}$ has kept them; the edited image has lost them. In both branches the pull is strongest inside the glasses. Eq. 12 tells $G_{seg}$ to give them up, and Eq. 11 tells $G_{rgb}$ to bring them back. Neither branch knows which of them is right.

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
# The sum of *your* weighted terms must be what the package descends.

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
# The *value* of a loss says nothing about its influence: add a constant to it, and training stays the same. So we compare the *lengths* of the weighted pulls.

# %% tags=["nbval-check-output"]
words = {"adv": "realism", "cls": "attributes", "rec": "reconstruction", "sc": "consistency"}
lengths = {"image branch": {}, "mask branch": {}}
for (branch, term), gradient in gradients.items():
    weight = model.branches[branch].weights.of_generator[term]
    panel = "image branch" if branch == "rgb" else "mask branch"
    lengths[panel][term] = weight * gradient.norm().item()
force = lengths["image branch"]
by_force = sorted(force, key=force.get, reverse=True)
verdict = dict.fromkeys(by_force, "in between")
verdict |= {by_force[0]: "hardest", by_force[-1]: "weakest"}
mine = {term: which for which, term in guess.items()}
table(
    "Who pulls hardest at the edited image?",
    {"term": "", "length of its pull": ".3f", "its loss": ".2f", "verdict": "", "your guess": ""},
    [[words[t], force[t], values["rgb", t], verdict[t], mine.get(t, "–")] for t in by_force],
)
show(
    figures.strengths({at: {words[t]: f for t, f in fs.items()} for at, fs in lengths.items()}),
    "Which weighted term pulls hardest at the output of each generator?",
)
claim("attributes pull hardest", by_force[0] == "cls", n=6)
claim("Then come consistency and reconstruction", by_force[1:3] == ["sc", "rec"], n=6)
claim("realism pulls most weakly, by far", force["adv"] < force[by_force[2]] / 3, n=6)
claim("no smaller than that of reconstruction",
      abs(values["rgb", "adv"]) >= values["rgb", "rec"], n=6)  # fmt: skip

# %% [markdown]
# *Verdict.* At the image, attributes pull hardest. Then come consistency and reconstruction. At the end, realism pulls most weakly, by far, although the size of its loss is no smaller than that of reconstruction.
#
# Two of the bars follow from the formulas alone:
#
# - *Reconstruction* has the gradient $\pm\lambda_{rec}/(3Bh^2)$ at each of $3Bh^2$ numbers, so its length is $\lambda_{rec}/\sqrt{3Bh^2}$.
# - *Realism* has a slope near 1 for the sum of the patches of each face. The mean divides it by $p^2 B$. For B faces together that makes $1/(p^2\sqrt B)$.

# %% tags=["nbval-check-output"]
B, p = len(x), real_score.shape[-1]
by_hand = {"rec": rgb.weights.lambda_rec / x.numel() ** 0.5, "adv": 1 / (p**2 * B**0.5)}
for term, value in by_hand.items():
    print(f"{term} by hand: {value:.4f}, measured: {force[term]:.4f}")
close = all(abs(value - force[term]) < 0.1 * force[term] for term, value in by_hand.items())
claim("Both agree with the measured lengths to a tenth", close, n=6)
h = config.image_size
print(f"0.01 for a sum over {h**2:,} pixels is {0.01 * h**2:.1f} for their mean")

# %% [markdown]
# Both agree with the measured lengths to a tenth. So you can say what the *paper's* weights would change. $\lambda_{rec} = 10$ halves the bar of reconstruction. $\lambda_{sc} = 0.01$ makes the bar of consistency a hundred times shorter. But if Eq. 11 is a *sum* over the 1,024 pixels, $0.01$ is 10.2 for their mean.
#
# So **a weight means something only together with its reduction and the image size**.
#
# ### Play with the weights
#
# **How large must $\lambda_{sc}$ be, in whole numbers, before consistency wins half of the pixels of face 2?** Guess, then move the sliders. Sliders need a running kernel; the picture below shows three settings.

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import LossPlayground, Mix, Pulls, compared, weigh

playground = Pulls.of(model, batch, titles)
LossPlayground(playground)

# %%
trained = playground.trained["rgb"]
mixes = {
    f"as trained: λ_rec = {trained['rec']:g}, λ_sc = {trained['sc']:g}": Mix(face=1),
    "as in the paper: λ_rec = 10, λ_sc = 0.01": Mix(face=1, weights=(("rec", 10), ("sc", 0.01))),
    "much more consistency: λ_sc = 10": Mix(face=1, weights=(("sc", 10),)),
}
show(compared(playground, mixes), "Which term wins at which pixel of face 2, with three weights?")
wins = [weigh(playground, Mix(face=1, weights=(("sc", k),))).wins["sc"] for k in range(1, 11)]
enough = next((k for k, won in enumerate(wins, start=1) if won > 0.5), None)
claim("consistency wins half of the pixels from λ_sc = 6 on", enough == 6)

# %% [markdown]
# *How large must it be?* On face 2 consistency wins half of the pixels from λ_sc = 6 on. The last column goes a small step down the sum of the pulls. With λ_sc = 10 this step draws coloured noise.
#
# ## 9. The truth as judge
#
# For photographs nobody can say whether a loss pulls in the right direction. For drawn faces we can: here are 30 faces with all 13 edits of each. Two more directions are for comparison: a random one, and the way *back to the input*, $x^{in} - x^{out}$.


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


draws = stream(seed, "random direction")
for f in found.values():
    f["random"] = torch.randn(f["truth"].shape, generator=draws)
names = {term: words[term] for term in ("adv", "cls", "sc")}
names |= {"random": "random", "back": "back to the input"}
measured = {title: interval(by_face(name)) for name, title in names.items()}
show(
    figures.intervals(measured, "cosine with the direction to the true edit"),
    "Which direction points to the true edit?",
)
lows, highs = [low for _, low, _ in measured.values()], [high for *_, high in measured.values()]
claim("all three terms pull a little towards the true edit", min(lows[:3]) > 0, n=30)
claim("a random direction does not", lows[3] < 0 < highs[3], n=30)
claim("None of the three reaches a cosine of 0.1", max(highs[:3]) < 0.1, n=30)
claim("points far better than any of them", lows[4] > 0.5, n=30)
way = torch.stack([f["truth"] for f in found.values()])
change = way - torch.stack([f["back"] for f in found.values()])  # from the input to the true edit
keep = change.abs().amax(dim=2, keepdim=True) < 8.5 / 127.5  # less than 8.5 of 255 grey levels
disturbed = ((way * keep).square().sum() / way.square().sum()).item()
claim("Most of the error lies where nothing should change", disturbed > 0.5, n=390)

# %% [markdown]
# *Which direction points to the true edit?* On average all three terms pull a little towards the true edit, and a random direction does not. None of the three reaches a cosine of `0.1`. A generator can still learn from them: one of its weights acts on all pixels of all faces. What differs from face to face cancels out, and what the faces have in common adds up.
#
# The way back to the input points far better than any of them. Most of the error lies where nothing should change: our small model has drawn all pixels anew.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Does more consistency help?
#
# **Goal.** The sum that pulls at $x^{out}$ is adv + cls + $\lambda_{sc}$ sc. Predict: does its cosine with the direction to the true edit rise, fall or stay when $\lambda_{sc}$ goes from 0 to 1 and to 10? Write the experiment: the cosine for each of the 30 faces. Compare 1 and 10 with 0, *face by face*, with an interval. Explain the outcome in three lines. **Difficulty** 3 of 5, 15 min. Open: compare with the [solutions](solutions/02_losses.ipynb).
#
# <details><summary>Hint 1: what must be added up before what?</summary>The pulls. A cosine of a sum is not the sum of cosines.</details>
# <details><summary>Hint 2: when is it a difference?</summary>Take the difference of each face. Does the interval of these differences hold 0?</details>
# <details><summary>Hint 3: what could explain it?</summary>At which λ_sc is the pull of consistency as long as that of the attributes (section 8)? And how alike are the two directions?</details>


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
# **Answer.** The cosine rises: with λ_sc = 1 by 0.011 and with 10 by 0.025, and neither interval holds 0. With the paper's $0.01$ it rises by only 0.0001: the pull of consistency is too short to turn the sum. Why the rise? Consistency points better than the attributes do, 0.055 against 0.043. And the two directions differ, so their errors partly cancel. With 100 the sum is almost consistency alone, and the gain shrinks. This does not say that one should train with 10: such a model would make other edits (lesson [07 · Ablations](07_ablations.ipynb)).


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
# **Goal.** A colleague trains the second head of $D$ with a loss of their own. The loss falls, without any error message. But the attributes come out strangely. First find the cause *from the symptoms below* and write it down in one sentence. Then repair the function. The function must also survive logits of ±200. **Difficulty** 3 of 5, 15 min. Checked, gradients included.
#
# <details><summary>Hint 1: what can be excluded?</summary>The loss falls, so the optimiser works and the sign is right. What is different about faces with two labels and faces with six?</details>
# <details><summary>Hint 2: what is the lowest loss that a face can have?</summary>With a right Eq. 3 a perfect D reaches 0. Suppose that the probabilities of all attributes must add up to 1. What can D reach for a face with two labels? With six?</details>
# <details><summary>Hint 3: how can I test my suspicion?</summary>Take a face with two labels, logits of 10 for both and −10 for all others. Compare the function with Eq. 3 by hand.</details>


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
# *Symptoms.* The curve gives no alarm. The table does. Read the colleague's column: its loss grows with each further label that a face has. From two to four labels, with Eq. 3 it does not. Why should many labels be harder than few?


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
# **Losses do not tell quality.** Both players move. So the curves of Eq. 1 and 2 may stay flat while images improve. Lesson [04 · Train](04_train.ipynb) watches a judge that takes no part in the training.
#
# **A pull is advice from today's judge.** A discriminator that has not learnt an attribute points at noise, and the picture looks just as sure.
#
# **One model, one size.** Sections 7 to 9 measure one small model of 32 px, trained with one seed. The intervals are about faces, not about other trainings.
#
# **Masks hide much.** Real masks are one-hot and edited ones soft, so $D_{seg}$ can tell them apart without knowing faces. Blond and black hair have the same mask, so what $D_{seg}$ says about them is noise.
#
# **Labels are not people.** Male or Young are columns of a data set, drawn here as cartoons.
#
# ## Summary
#
# 1. Eq. 1-12 are seven functions: both branches share all but the reconstruction. In print Eq. 3, 4, 8 and 9 have no lowest value.
# 2. The penalty of Eq. 1 keeps *each* slope near 1, for the sum of the patches.
# 3. Minus the gradient shows in which direction a term pulls: to what D finds wrong, which is not always the wish.
# 4. Only reconstruction knows its goal. The other terms point a little towards the true edit, and mostly elsewhere.
# 5. Compare lengths of weighted gradients, not values of losses.
#
# ## Quiz
#
# 1. Why may D's classification on *edits* not teach D? <details><summary>Answer</summary>Edits have no true label: nobody knows which attributes really came out.</details>
# 2. P is frozen. Why must it not run under `no_grad` on x_out? <details><summary>Answer</summary>Eq. 11 teaches G_rgb through P: the gradient passes from the mask through P to the image.</details>
# 3. You double the image size and keep λ_rec. Does the pull of Eq. 5 on each pixel stay the same? <details><summary>Answer</summary>No. The mean divides by four times as many pixels, so each pixel is pulled a quarter as hard, and the whole pull is half as long.</details>
#
# ## References
#
# - Sun et al., [SeCGAN](https://arxiv.org/abs/2111.09298), 2021: §3.1 to §3.3 (25 min).
# - Gulrajani et al., [Improved Training of Wasserstein GANs](https://arxiv.org/abs/1704.00028), 2017: §4, the penalty (15 min).
# - Isola et al., [Image-to-Image Translation with Conditional Adversarial Networks](https://arxiv.org/abs/1611.07004), 2017: §3.2.2, patches (5 min).
# - Choi et al., [StarGAN](https://arxiv.org/abs/1711.09020), 2018: §3.1, two heads (15 min).
# - Zhang et al., [Deep Mutual Learning](https://arxiv.org/abs/1706.00384), 2018: §2, two networks that teach each other (15 min).
#
# Next: [03 · Parallel branches](03_parallel_branches.ipynb). The same lesson on a run of your own:
#
# ```
# papermill notebooks/02_losses.ipynb out.ipynb -p run_dir runs/NAME
# ```

# %% tags=["nbval-ignore-output"]
footer()
