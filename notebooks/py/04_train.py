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
# # 04 · Train: both branches, one algorithm
#
# **Question.** What happens, step by step, when two GANs learn to edit faces side by side, and how do you see that it works?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | intermediate | 15 min | 3 min | under 2 GB | GANs, WGAN-GP, convolutional networks |
#
# This notebook is a lesson and a tool. "Run all" trains a small SeCGAN on drawn faces; with other parameters it trains StarGAN's published size on CelebA:
#
# ```
# papermill notebooks/04_train.ipynb out.ipynb -p backbone stargan -p method baseline
# papermill notebooks/04_train.ipynb out.ipynb -p preset paper -p dataset celeba -p data_dir data/celeba -p parser parser-128.safetensors
# ```
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **name** what each line of Algorithm 1 reads and updates, and point at the code that does it;
# 2. **read** four curves and say whether a run works, stalls or cheats;
# 3. **judge** an edit against the true edit, and say why a recognition rate alone is not enough;
# 4. **scale** the same run up with parameters only.
#
# ## Contents
#
# [Parameters](#Parameters) · [Data](#Data-and-the-parser) · [Two branches](#Two-branches,-one-code) · [Algorithm 1](#Algorithm-1-beside-the-code) · [Training](#Training) · [Reading the curves](#Reading-the-curves) · [The edits](#The-edits,-beside-the-truth) · [Scores](#Scores) · [Limits](#What-goes-wrong,-and-limits)

# %% [markdown]
# ## Parameters
#
# `""` and `-1` stand for the preset's own value; 0 is a value. A misspelt name stops the notebook at once.

# %% tags=["parameters"]
preset: str = "lite"  # "lite" (minutes on a CPU), "paper" or "as-coded" (the published code)
dataset: str = "synthetic"  # "synthetic", "celeba" or "celeba-hq"
data_dir: str = ""  # folder of the real data set
split: str = "paper"  # "paper", "official" (celeba) or "clean" (celeba-hq)
correlation: float = 0.0  # of attributes among synthetic faces, 0 to 1
image_size: int = -1  # height and width, in pixels
backbone: str = "stargan"  # the single GAN in each branch: "stargan", "attgan" or "stgan"
method: str = "secgan"  # "secgan", "baseline" or "concat"
lambda_sc: float = -1.0  # weight of the semantic consistency, Eq. 14 and 16
iterations: int = -1  # t of Algorithm 1, critic steps
batch_size: int = -1  # faces in a mini-batch
num_images: int = -1  # training faces, 0 for all
seed: int = 0  # of every random stream
device: str = "auto"  # "auto", "cpu", "cuda" or "mps"
parser: str = "auto"  # P: bundled, or a weights file
classifier: str = "auto"  # the judge: bundled, or a weights file
output_dir: str = ""  # run folder, "" for one under runs
resume: bool = False  # go on from the last checkpoint

# %%
from secgan_lite.course import Live, footer, parameters, show
from secgan_lite.training import TrainConfig

config = TrainConfig.of(**parameters(globals()))
print(config.run_name)
for name in ("image_size", "width", "iterations", "critic_steps", "learning_rate", "lambda_sc"):
    print(f"{name:>14} = {getattr(config, name)}")

# %% [markdown]
# ## Data and the parser
#
# The default faces are drawn from parameters, so each has an exact mask and 13 exact labels. SeCGAN may not use the exact mask, because nobody has one for a photograph. It uses a frozen **parser P**, trained beforehand, and takes P's arg-max on every training image as the mask `s` (§3.1). We compute these masks once, before training, instead of in each of its steps.

# %%
import torch

from secgan_lite import figures
from secgan_lite.evaluation import load_judge
from secgan_lite.training import load_inputs

faces, held_out, P = load_inputs(config)
judge = load_judge(config)
print(f"{len(faces):,} training faces, {len(held_out):,} held out, {config.image_size} px")

# %%
x, y, exact = held_out.batch(torch.arange(8))
if P is not None:
    found = P(x).argmax(dim=1)
    show(figures.faces_and_masks(x, found))
    if exact is not None:
        print(f"P is right on {(found == exact).float().mean():.1%} of these pixels.")

# %% [markdown]
# Each colour is one of the paper's 12 segments. The masks above are P's guesses, not the truth: look at the earrings and eyebrows, its smallest segments. Whatever P gets wrong, the semantic branch will learn from.

# %% [markdown]
# ## Two branches, one code
#
# The RGB branch edits images with `G_rgb` and judges them with `D_rgb`. The semantic branch does the same with masks. Both are instances of one class; only the number of channels and the final activation differ (Table 2 of the paper).

# %%
from secgan_lite.secgan import Model

model = Model(config.method, config.backbone, config.size, config.weights, P)
for branch_name, branch in model.branches.items():
    g, d = (
        sum(p.numel() for p in n.parameters()) for n in (branch.generator, branch.discriminator)
    )
    channels = f"{branch.generator.in_channels} -> {branch.modality.channels}"
    print(f"{branch_name:>8}: G {channels} channels, {g:,} weights; D {d:,} weights")

# %% [markdown]
# ## Algorithm 1, beside the code
#
# | line | the paper says | in `secgan_lite.training.trainer.Trainer.step` |
# |---|---|---|
# | 4 | t ← t + 1 | `self.iteration += 1` |
# | 5 | sample a mini-batch, compute L_D of both branches (Eq. 13, 15) | `self._draw()`, `model.translate(batch)`, `model.critic_loss(...)` |
# | 6 | update both D (Eq. 17, 18) | `self._update("discriminator", loss)` |
# | 7 | if t ≡ 0 mod N | `self.iteration % config.critic_steps == 0` |
# | 8 | the same mini-batch: L_G of both branches (Eq. 14, 16) | `model.generator_loss(...)` |
# | 9 | update both G (Eq. 19, 20) | `self._update("generator", loss)` |
#
# Two details are worth a second look. Lines 5 and 8 translate the same batch with the same generator, so the code translates it once. And one backward pass serves both generators: in the consistency loss each branch takes the other's *arg-max* as its target (Eq. 11, 12), which has no gradient, so Eq. 11 teaches only `G_rgb` and Eq. 12 only `G_seg`.

# %%
import inspect

from secgan_lite.training import Trainer

print(inspect.getsource(Trainer.step))

# %% [markdown]
# ## Training
#
# **Predict first.** When both discriminators recognise the attributes of nearly every *real* face, will the judge accept nearly every *edit*? Write down yes or no, and a reason.

# %%
from secgan_lite.training import estimate_seconds

minutes = estimate_seconds(config, faces, P) / 60
print(f"{config.iterations:,} iterations will take about {minutes:.1f} min here.")

# %%
from secgan_lite.evaluation import judge_rate
from secgan_lite.training import train

page = Live()
observers = [judge_rate(held_out.subset(24), judge)] if judge else []
observers.append(lambda trainer, log: page.update(figures.training_curves(log)) or {})
run = train(config, faces, P, observers)
print(run.path.name)

# %% [markdown]
# ## Reading the curves
#
# - **Are edits recognised?** D learns the attributes on real faces first (solid); then the generator learns to please it (dashed); the judge, which takes no part in training, follows (green). A dashed line far above the green one means that G has found patterns that please D and nobody else.
# - **Critic.** The estimate of the distance between real and edited faces. A negative value is normal. It should neither run away nor collapse to 0 within the first steps.
# - **Error.** The reconstruction error falls; the dotted line, how much an edit changes, should stay above it: if it falls to the same height, edits do nothing.
# - **Disagreement.** Cross entropy between the two branches' masks, each against the other's arg-max. It falls when both learn the same geometry. With one branch there is none.

# %% [markdown]
# ## The edits, beside the truth
#
# Each attribute reversed, one at a time, on faces that training never saw. Look along a row for the identity, and down a column for the attribute.

# %%
from secgan_lite.attributes import single_flips
from secgan_lite.evaluation import Truth, evaluate, generator_editor
from secgan_lite.training import load_generator

generator, _ = load_generator(run.path)
few = held_out.subset(6)
x, y, _ = few.batch(torch.arange(len(few)))
synthetic = few.faces is not None
y_diffs = single_flips(y, config.attributes, resolved=synthetic) - y
with torch.inference_mode():
    edits = torch.stack(generator_editor(generator, P)(x, y_diffs))
show(figures.flip_grid(x, edits, config.attributes, y))

# %% [markdown]
# On drawn faces we can do what no photograph allows: draw the true edit, and compare. The heat maps show the absolute difference to the input, as in Figure 5 of the paper: a good edit lights up only where the true one does. The masks are P's view of the edit and, for SeCGAN, what `G_seg` made of the input's mask.

# %%
if synthetic:
    names = ["Bald", "Bangs", "Blond_Hair", "Eyeglasses", "Male", "Mustache", "No_Beard", "Young"]
    shown = [config.attributes.index(name) for name in names]
    truth = Truth.of(few)
    with torch.inference_mode():
        masks = {"P(edit)": P(edits[shown, 0]).argmax(dim=1)} if P else {}
        if config.method == "secgan":
            from secgan_lite.parsing import one_hot

            g_seg, _ = load_generator(run.path / "generator_seg.safetensors")
            s = one_hot(P(x[:1]).argmax(dim=1)).expand(len(shown), -1, -1, -1)
            masks["G_seg(mask)"] = g_seg(s, y_diffs[shown, 0]).argmax(dim=1)
    show(
        figures.edit_comparison(
            x[0],
            edits[shown, 0],
            truth.images[shown, 0],
            names,
            y[0, shown],
            masks,
        )
    )

# %% [markdown]
# ## Scores
#
# - **TARR** (§4.4): the share of flips after which the judge sees the wanted value. It rewards any change that the judge believes, a ruined face included.
# - **Reconstruction**: the mean error of G(x, 0), from 0 to 255. It should be small, and says nothing about edits.
# - **Inside**: the error against the true edit where the true edit changes something, divided by the error of copying the input. Below 1 the edit is better than none; the truth scores 0.
# - **Outside**: the error where nothing should change. Copying scores 0.

# %%
if judge:
    scores = evaluate(generator_editor(generator, P), held_out, judge)
    run.save_results(scores)
    rows = {"TARR": scores["tarr"]["mean"], "reconstruction": scores["reconstruction"]}
    if synthetic:
        rows |= {
            f"{k} (counterfactual)": scores["counterfactual"][k]
            for k in ("inside_ratio", "outside")
        }
    for title, score in rows.items():
        print(
            f"{title:>29}: {score['value']:6.3f}   95 % interval {score['low']:.3f} to {score['high']:.3f}"
        )
    hardest = sorted(config.attributes, key=lambda name: scores["tarr"][name]["value"])[:3]
    print("hardest:", ", ".join(f"{name} {scores['tarr'][name]['value']:.2f}" for name in hardest))

# %% [markdown]
# ## What goes wrong, and limits
#
# **What three minutes reach.** The default run, from three seeds, on 300 test faces with 13 flips each (mean, and lowest to highest of the seeds):
#
# | method | iterations | TARR | reconstruction | inside, of copying |
# |---|---|---|---|---|
# | secgan | 700 | 0.890 (0.881–0.906) | 16.1 (15.8–16.3) | 0.655 (0.645–0.666) |
# | baseline | 700 | 0.845 (0.803–0.873) | 15.9 (15.8–16.0) | 0.667 (0.653–0.680) |
#
# The command is the bare one above with `-p method … -p seed …`, seeds 0, 1 and 2. Three seeds are no proof, and at equal *time* the baseline could train more than twice as long. Lesson 07 will ask the question properly. The weak points are the same for both: turning a head bald, which changes a third of the image and has few examples, and opening a mouth of a few pixels.
#
# **What `lite` changes, and why.** It trains for minutes where the paper trains for a day, so its numbers differ. The discriminator is twice as wide as the generator (at equal width it recognises too few attributes to teach them), λ_rec is 20 (the paper: 10) and keeps the face where a short training would blur it, λ_sc is 1 (the paper: 0.01, which short runs do not notice; 3 slows them down), and every iteration updates both networks (N = 1; the paper: 5). The networks are the paper's, smaller.
#
# **Why the label is hard to learn.** StarGAN tiles y_diff into constant planes, and the instance norm behind the first convolution takes out whatever is constant over a plane. All that is left of the label is a frame three pixels wide, where the 7 × 7 window meets the padding. With a 1 × 1 kernel nothing would be left at all: the generator could not see the label.
#
# **What the edits lack.** They are blurred, and their background is restless: look at the heat maps outside the true change. `|x_out − x_in|` never comes near zero. Longer training helps most; so does a larger image.
#
# Labels such as Male, Young or Pale_Skin are columns of a data set, drawn here as cartoons of those columns. An editor of faces can be misused; the paper asks for detectors, and so do we.
#
# ## Summary
#
# 1. Algorithm 1 updates both critics in every iteration, both generators in every N-th, on the same mini-batch.
# 2. D's view on real faces comes first, D's view on edits second, the judge's last. Watch the judge.
# 3. A recognition rate needs an error beside it; drawn faces give the true one.
# 4. `-p` scales the run: preset, data set, image size, backbone, method.

# %%
footer()
