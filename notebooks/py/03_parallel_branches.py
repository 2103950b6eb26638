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
# **Question.** What does a second GAN, one that never sees an image, add to an image editor, who learns from whom, and what does it cost?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 20 min, exercises 35 min | 1 min | 1 GB | [02 · Losses](02_losses.ipynb) |
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298, §3 and A.1.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **tell** the three backbones apart by where the label enters, and **say** what separates a branch for images from one for masks;
# 2. **implement** the consistency loss in both directions, and **prove** by gradients who learns from whom (exercises A and B);
# 3. **find** a label that goes to the wrong place (exercise C);
# 4. **compare** the parallel branch with the concatenated mask: what each needs, in training and afterwards.
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [Three backbones](#1.-Three-backbones) · [Where the label enters](#2.-Where-the-label-enters) · [Two modalities](#3.-Two-modalities,-one-code) · [Mutual learning](#4.-Mutual-learning) · [Concat](#5.-The-other-way:-Concat) · [Cost](#6.-What-it-costs) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class skip sections 1 and 6.*

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
backbone: str = "stargan"  # whose layers section 1 lists: "stargan", "attgan" or "stgan"
run_dir: str = ""  # folder of a finished run of method "secgan", "" for the bundled one
seed: int = 0  # of random inputs

# %% tags=["setup"]
from typing import Literal

import torch
from torch.nn import functional as F

from secgan_lite import backbones, losses, modalities
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
# In full colour: two generators that get the same wish $y^{diff}$, one for the image, one for its mask, and the loss that makes them agree. The idea in one picture, redrawn from the paper's Figure 1:

# %%
show(figures.two_ways(), "How do earlier editors use a mask, and how does SeCGAN?")

# %% [markdown]
# Earlier editors feed the mask *in*: somebody must supply it, often the mask of the face that is not there yet. SeCGAN needs no mask from the user, and none at all once it is trained: only $G_{rgb}$ is kept.
#
# ### Predict first
#
# Eq. 11 compares $P(x^{out})$ with $\hat s^{out}$. Both come out of networks. How many of $G_{rgb}$, $G_{seg}$, $P$, $D_{rgb}$ and $D_{seg}$ get a gradient from it? Write a number; [section 4](#4.-Mutual-learning) counts.

# %%
guess = None  # 0 to 5

# %% [markdown]
# ## 1. Three backbones
#
# SeCGAN is a recipe around a GAN, not a GAN. Any of StarGAN, AttGAN and STGAN fits into either branch (§3.1). The table below is not typed, but computed: we build the published size on PyTorch's *meta* device, which has shapes and no numbers, and note what each layer puts out.

# %% tags=["nbval-check-output"]
from secgan_lite.course.anatomy import layers, multiply_adds, rows, weights


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
#
# ## 2. Where the label enters
#
# A conditional generator must hear its wish. StarGAN tiles $y^{diff}$ into constant planes and hands them to the first convolution, together with the image. Right behind it comes an **<dfn>instance norm</dfn>**, which subtracts from each plane its mean. What is left of a constant plane?

# %%
entry = model.branches["rgb"].generator.entry
wish = torch.zeros(1, 13)
wish[0, 1] = 1.0  # add bangs
with torch.no_grad():
    share = entry.label_share(wish, config.image_size)
    planes = wish[:, :, None, None].expand(-1, -1, config.image_size, config.image_size)
    wrapped = F.pad(planes, (3, 3, 3, 3), mode="circular")  # wrong: no border anywhere
    endless = F.conv2d(wrapped, entry.weight[:, entry.image_channels :])
centred, centred_endless = (m - m.mean(dim=(2, 3), keepdim=True) for m in (share, endless))
channel = int(centred.abs().amax(dim=(2, 3)).argmax())
maps = {
    "the label's share": share[0, channel],
    "centred by the norm": centred[0, channel],
    "centred, no border": centred_endless[0, channel],
}
show(
    figures.label_maps(maps),
    f"Where can the generator see the label after the norm (channel {channel} of the first layer)?",
)

# %% tags=["nbval-check-output"]
spread = {"on the whole map": centred, "inside the frame": centred[:, :, 3:-3, 3:-3]}
spread["without a border"] = centred_endless
table(
    "How much the label's share varies over the pixels",
    {"where": "", "largest standard deviation": ".4f"},
    [(where, values.flatten(2).std(dim=2).max().item()) for where, values in spread.items()],
)
claim(
    "the share is constant in every channel",
    spread["inside the frame"].std(dim=(2, 3)).max() < 1e-5,
)
claim("nothing is left, in any channel", centred_endless.abs().max() < 1e-5)

# %% [markdown]
# *Where does the generator see the label?* In a frame three pixels wide, where the 7 × 7 window meets the zero padding and some of its taps fall off. Inside, the share is constant in every channel, so it comes out of the norm as one and the same offset wherever you look. The residual blocks have to carry the news inwards. The third map is a wrong variant: wrap the image round like a torus, so that it has no border, and *nothing* is left, in any channel. The generator could not hear. A 1 × 1 kernel would do the same.
#
# AttGAN and STGAN let the label join the *deepest* features, where 4 × 4 positions see the whole face, and follow it with a batch norm, which keeps it.
#
# ## 3. Two modalities, one code
#
# What has to change to edit masks in place of images? Let the program say: build both branches and compare every tensor's shape.

# %% tags=["nbval-check-output"]
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
# | | teacher, as arg-max | pupil | formula | symbol → tensor | function of [`losses.py`](../secgan_lite/losses.py) | beware |
# |---|---|---|---|---|---|---|
# | Eq. 11 | $G_{seg}$ | $G_{rgb}$, through the frozen P | $-\frac1{HW}\sum_{ij} s^{out}_{ij}\cdot\log P(x^{out})_{ij}$ | $\log P(x^{out})$ → `log_p` (B, 12, h, h); $s^{out}$ → `raw.argmax(dim=1)` (B, h, h) | `losses.semantic_consistency` | a *mean* over pixels; P without `no_grad` |
# | Eq. 12 | $G_{rgb}$, through P | $G_{seg}$ | $-\frac1{HW}\sum_{ij} \bar P(x^{out})_{ij}\cdot\log\hat s^{out}_{ij}$ | $\hat s^{out}$ → `raw` (B, 12, h, h), before softmax; $\bar P$ → `log_p.argmax(dim=1)` | `losses.semantic_consistency` | `raw` goes in as it is; never a softmax first |
#
# In <dfn>distillation</dfn> a big network teaches a small one. Here both are beginners and each has what the other lacks: $G_{seg}$ sees shapes without the distraction of colour and light; $G_{rgb}$ knows what a picture can look like. So each is the other's teacher (§3.2).
#
# ### One pixel first
#
# Two beginners who disagree: who gives way? Take a single pixel and two segments, glasses or skin. Each branch has one number, its log-odds for glasses: $a$ for $P(x^{out})$, $b$ for $\hat s^{out}$. Positive means "glasses", and the further from 0 the surer. We let both descend Eq. 11 + Eq. 12 from many starts, and beside it two other targets: soft ones, as in deep mutual learning, and soft ones that are not detached, which is wrong.


# %%
def descend(targets_of, steps=120, rate=0.2):
    """Positions (steps, starts, 2) of (a, b); targets_of: log-odds -> the other's target."""
    line = torch.linspace(-2.5, 2.5, 6)
    both = torch.cartesian_prod(line, 0.93 * line + 0.1).requires_grad_(True)
    positions = [both.detach().clone()]
    for _ in range(steps):
        a, b = both.unbind(dim=1)
        loss = sum(
            F.binary_cross_entropy_with_logits(pupil, targets_of(teacher), reduction="sum")
            for pupil, teacher in ((a, b), (b, a))  # Eq. 11, Eq. 12
        )
        (slope,) = torch.autograd.grad(loss, both)
        both = (both - rate * slope).detach().requires_grad_(True)
        positions.append(both.detach().clone())
    return torch.stack(positions)


pixel = {
    "arg-max (the paper)": descend(lambda teacher: (teacher > 0).float()),
    "soft, detached": descend(lambda teacher: teacher.sigmoid().detach()),
    "wrong: soft, not detached": descend(lambda teacher: teacher.sigmoid()),
}
show(
    figures.paths(pixel, ("a: the image branch", "b: the mask branch")),
    "When the two branches disagree about a pixel, which of them gives way?",
)

ends = {title: positions[-1] for title, positions in pixel.items()}
sure = {title: end.abs().min(dim=1).values.median().item() for title, end in ends.items()}
print("how sure at the end (middle of all starts):", {t: round(s, 1) for t, s in sure.items()})
gap = ends["soft, detached"].diff(dim=1).abs().max().item()
claim("they meet half-way and stop", gap < 0.1 and sure["soft, detached"] < 2)
claim("they do become sure", sure["wrong: soft, not detached"] > 3)

# %% [markdown]
# *Who gives way?* (Grey dots are starts, red dots ends. Above and right of the axes a branch says "glasses".) With the paper's **arg-max** paths end where both are sure *and* agree; in the quarters of disagreement (upper left, lower right) each moves towards the other's opinion until one of them crosses its axis: the less sure gives way. (Two that are just as sure as each other arrive at 0 together, and quarrel on; in pictures the other terms break the tie.) **Soft and detached**, they meet half-way and stop: this loss alone gives them no reason to become sure. (In deep mutual learning each network also learns from true labels, and these make it sure. Here nobody has a true mask of the edit.) **Soft and not detached**, they do become sure, but not by learning from each other alone: the gradient also pulls the *teacher* towards whatever its pupil says.
#
# In pictures there are 12 segments and h × h pixels, and three more terms that pull. The rule is the same.

# %% [markdown] tags=["exercise"]
# ### Exercise A · Both directions
#
# **Goal.** Write Eq. 11 and Eq. 12 in one function. **Difficulty** 2 of 5, 10 min. Checked, gradients included.
#
# <details><summary>Hint 1: what is a target?</summary>A segment number for every pixel. Which function turns 12 channels into one number?</details>
# <details><summary>Hint 2: which loss?</summary>Cross entropy, averaged over pixels and faces: <code>F.cross_entropy</code> takes logits or log-probabilities (B, 12, h, h) and numbers (B, h, h).</details>
# <details><summary>Hint 3: almost code</summary>Eq. 11 is <code>F.cross_entropy(log_p, raw.argmax(dim=1))</code>. For Eq. 12 the two change places.</details>


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
# One call of the package's function for each direction, and a naive pair of loops, must give the same:

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
    print(f"Eq. {number}: naive {by_hand:.4f} = package {theirs:.4f} = exercise A {mine:.4f}")

# %% [markdown]
# Now the proof. We run both branches on the six faces, take each loss by itself, and ask every network for the size of the gradient that reaches its weights. P's weights are frozen, so they get none, but P is on the way.

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
    """Norm of the gradient of a loss for the weights of every network, 0 where none arrives."""
    norms = {}
    for name, part in networks.items():
        wanted = [p for p in part.parameters() if p.requires_grad]
        found = (
            wanted
            and loss.requires_grad
            and torch.autograd.grad(loss, wanted, retain_graph=True, allow_unused=True)
        )
        norms[name] = sum(g.norm().item() ** 2 for g in found or () if g is not None) ** 0.5
    return norms


# %% tags=["nbval-check-output"]
translation = model.translate(batch)
log_p = model.parser(translation["rgb"].out)
raw = translation["semantic"].raw
eq_11, eq_12 = mutual(log_p, raw)
soft_target = -(raw.softmax(dim=1) * log_p).sum(dim=1).mean()
with torch.no_grad():
    eq_11_no_grad = mutual(model.parser(translation["rgb"].out), raw)[0]

flow = {
    "Eq. 11": reach(eq_11),
    "Eq. 12": reach(eq_12),
    "wrong: soft target in Eq. 11": reach(soft_target),
    "wrong: P under no_grad": reach(eq_11_no_grad),
}
pupils = {loss: [n for n, v in norms.items() if v] for loss, norms in flow.items()}
assert pupils["Eq. 11"] == ["G_rgb"] and pupils["Eq. 12"] == ["G_seg"]
for loss, names in pupils.items():
    print(f"{loss:<29} teaches {' and '.join(names) or 'nobody'}")
print("predicted", guess, "measured", len(pupils["Eq. 11"]))
claim("One network each", len(pupils["Eq. 11"]) == len(pupils["Eq. 12"]) == 1)
claim("it teaches nobody", not pupils["wrong: P under no_grad"])

# %%
show(figures.gradient_flow(flow), "Which networks does each loss teach?")

# %% [markdown]
# *Who learns from whom?* (A dot: a gradient arrives, with its norm. A cross: none.) **One** network each, so the answer to the prediction is 1. Eq. 11 passes *through* P without touching its weights. The arg-max cuts the other path. That is why one backward pass over the sum of Eq. 14 and Eq. 16 serves both generators: neither term can leak.
#
# Both wrong variants have the right value or nearly so, and both would train without an error. With a soft target, Eq. 11 also teaches $G_{seg}$ to agree with a bad edit. Under `no_grad`, it teaches nobody: the semantic branch runs along, costs time, and gives $G_{rgb}$ no advice. Gradients show it at once.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Predict and explain
#
# **Goal.** Say for each of these which networks get a gradient, then check with `reach`: (a) Eq. 4 with $D_{rgb}$ as it is; (b) Eq. 4 under `secgan.frozen`; (c) Eq. 3 on edits that are not detached. Why does the package freeze D in the generator's step, and detach in the critic's? **Difficulty** 3 of 5, 15 min. Open: compare with the [solutions](solutions/03_parallel_branches.ipynb).
#
# <details><summary>Hint 1: what is a path?</summary>A gradient reaches a network if its weights took part in the value, and nothing on the way cuts.</details>
# <details><summary>Hint 2: where are cuts?</summary><code>detach</code> cuts the path; <code>requires_grad_(False)</code> lets it pass but leaves out the weights.</details>
# <details><summary>Hint 3: almost code</summary><code>logits = model.branches["rgb"].discriminator(translation["rgb"].out)[1]</code>, then <code>reach(losses.attribute_classification(logits, batch.y_trg))</code>.</details>

# %% [markdown] tags=["solution"]
# **Answer.** (a) $G_{rgb}$ and $D_{rgb}$: both took part. The second is not wanted, and if the optimiser of D ever stepped on it, D would learn to please G. (b) $G_{rgb}$ alone: the gradient passes through D, whose weights are left out, which also saves their computation. (c) Both again: an edit that is not detached lets D's loss push the generator, against its own. So: *freeze* the network you pass through, *detach* where the path should end.

# %% [markdown]
# ## 5. The other way: Concat
#
# The paper's third method, *<dfn>Concat</dfn>* (§4.5), gives the mask to the one generator as 12 more channels. It is the natural rival: the same information, no second GAN. What does each need?

# %% tags=["nbval-check-output"]
plain, joined = (network("stargan", "G", condition=c)[0] for c in (0, 12))
print(f"input channels: baseline {plain.in_channels}, concat {joined.in_channels}")
print(f"weights: baseline {weights(plain):,}, concat {weights(joined):,}")
claim("less than a hundredth more weights", weights(joined) < 1.01 * weights(plain))
with torch.no_grad():
    s = batch.s
    agrees = (s == model.parser(batch.x).argmax(dim=1)).float().mean()
    noisy = (batch.x + 0.3 * torch.randn(batch.x.shape, generator=stream(seed, "n"))).clamp(-1, 1)
    damaged = (s == model.parser(noisy).argmax(dim=1)).float().mean()
print(f"P on the faces again: {agrees:.0%} of the pixels the same; with noise: {damaged:.0%}")

# %% [markdown]
# | | baseline | concat | SeCGAN |
# |---|---|---|---|
# | networks in training | $G$, $D$ | $G$, $D$, P | $G$, $D$ twice, P |
# | networks afterwards | $G$ | $G$ **and P** | $G$ |
# | the mask of the *edited* face | never seen | never seen | generated by $G_{seg}$ |
# | a mistake of P at test time | no matter | goes into the edit | no matter |
#
# Concat's generator has less than a hundredth more weights. But it needs P for every edit, and it is told what the face *is*, not what it should become. SeCGAN pays in training, and afterwards $G_{rgb}$ works by itself. In the paper's Table 1 SeCGAN beats Concat for both backbones; whether that holds here, with seeds and intervals, is a question for [07 · Ablations](07_ablations.ipynb).

# %% [markdown] tags=["exercise"]
# ### Exercise C · Whose label is it?
#
# **Goal.** This function was ported from StarGAN, where the generator is told the *target*. SeCGAN's generators are told the *difference*. Repair it. **Difficulty** 2 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: what does G(x, 0) mean?</summary>For a generator that is told targets, 0 would be a face with no attribute at all. For one that is told differences it means: change nothing.</details>
# <details><summary>Hint 2: which of the four are right already?</summary>D classifies faces, not wishes: real faces have y_src, edits should have y_trg.</details>
# <details><summary>Hint 3: almost code</summary>Only the first two change: <code>y_trg - y_src</code> and <code>torch.zeros_like(y_src)</code>.</details>


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
# "Twice the baseline's complexity during training" (§5 of the paper). Let us count, at the published size of StarGAN and 128 px, for one image and one forward pass.

# %% tags=["nbval-check-output"]
from secgan_lite.parsing.unet import UNet

parts = []
for modality, suffix in ((modalities.RGB, "rgb"), (modalities.SEMANTIC, "seg")):
    for part in ("G", "D"):
        built, inputs = network("stargan", part, modality)
        cost = weights(built) / 1e6, multiply_adds(built, *inputs) / 1e9
        parts.append((f"{part}_{suffix}", *cost))
with torch.device("meta"):
    unet = UNet(width=16, levels=5)
cost = weights(unet) / 1e6, multiply_adds(unet, torch.empty(1, 3, 128, 128, device="meta")) / 1e9
parts.append(("P (U-Net)", *cost))
columns = {"network": "", "million weights": ".2f", "billion multiply-adds": ".2f"}
table("StarGAN's published size at 128 px", columns, parts)
work = {name: work for name, _, work in parts}
image, mask = (work[f"G_{k}"] + work[f"D_{k}"] for k in ("rgb", "seg"))
claim("The second branch doubles the work", 1.9 < (image + mask) / image < 2.3)
claim("The generators have most of the work", work["G_rgb"] > 10 * work["D_rgb"])
claim("P adds less than a twentieth", work["P (U-Net)"] < image / 20)

# %%
show(figures.costs(parts), "Which networks hold the weights, and which of them do the work?")

# %% [markdown]
# *What makes training expensive?* The generators have most of the work and the discriminators most of the weights. The second branch doubles the work. P adds less than a twentieth, though it runs in every generator step, forward and back. That is a count of one pass at the published size, not yet the time of a training step. At the size of the lessons P is not so small beside G. On this machine:

# %% tags=["nbval-ignore-output"]
from secgan_lite.course.anatomy import milliseconds

with torch.no_grad():
    times = {
        "G_rgb": milliseconds(lambda: model.branches["rgb"].generator(batch.x, batch.y_diff)),
        "D_rgb": milliseconds(lambda: model.branches["rgb"].discriminator(batch.x)),
        "P": milliseconds(lambda: model.parser(batch.x)),
    }
times["both branches, forward and back"] = milliseconds(
    lambda: model.generator_loss(batch, model.translate(batch))[0].backward()
)
table("Milliseconds for 6 faces", {"work": "", "ms": ".1f"}, [*times.items()])

# %% [markdown]
# ## What goes wrong, and limits
#
# **Agreement is not truth.** Two branches can agree on a wrong mask: consistency pays for being alike, not for being right. What keeps them honest are the other terms, each branch's own discriminator above all.
#
# **The teacher has bad days.** Early in training $\hat s^{out}$ is noise, and its arg-max is hard noise: one of 12 labels per pixel, with full confidence. The paper starts with consistency on; `sc_start_iteration` lets it wait.
#
# **P is a third party.** It has been trained on faces as they are, and is asked about edits as they come out, blurred at first. What P gets wrong ([01 · Parsing](01_parsing.ipynb)), Eq. 11 punishes in $G_{rgb}$ and Eq. 12 teaches to $G_{seg}$.
#
# **Half of the attributes have no shape.** For hair colour or pale skin the right mask is the old one. There $G_{seg}$'s lesson is "change nothing", which keeps an edit in its place, and is all it can say.
#
# ## Summary
#
# 1. StarGAN, AttGAN and STGAN differ in where the label enters; any of them fits into either branch.
# 2. A branch for masks is the same code with 12 channels, a softmax and a cross entropy.
# 3. Eq. 11 teaches $G_{rgb}$ alone, through P; Eq. 12 teaches $G_{seg}$ alone. Arg-max is the wall between them. Assert it by gradients.
# 4. Labels go to four places: the difference, zero, source and target.
# 5. SeCGAN about doubles the work of a pass in training, and an edit needs its $G_{rgb}$ alone. Concat adds little to training, and needs P afterwards.
#
# ## Quiz
#
# 1. Which networks must be shipped to edit a photo with SeCGAN, and which with Concat? <details><summary>Answer</summary>G_rgb alone; G and P.</details>
# 2. Why is P's output kept as log-probabilities rather than arg-max when it is the pupil's? <details><summary>Answer</summary>Eq. 11 must pass its gradient through P to the image; an arg-max has none.</details>
# 3. What would happen if both branches used each other's soft outputs as targets? <details><summary>Answer</summary>Detached, they would meet half-way, and neither would have a reason to commit itself. Not detached, each loss would also teach the teacher to say what its pupil says.</details>
#
# ## References
#
# Paper: §3.1, §3.2 (Eq. 11, 12), §4.5 (Concat), A.1 (Tables 2 and 3). Choi et al., *StarGAN*, 2018. He et al., *AttGAN*, 2019. Liu et al., *STGAN*, 2019. Zhang et al., *Deep Mutual Learning*, 2018.
#
# Next: [04 · Train](04_train.ipynb). The same lesson about another backbone:
#
# ```
# papermill notebooks/03_parallel_branches.ipynb out.ipynb -p backbone stgan
# ```

# %% tags=["nbval-ignore-output"]
footer()
