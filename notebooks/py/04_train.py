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
# | intermediate | 25 min, exercises 45 min | 3 min | under 2 GB | [03 · Parallel branches](03_parallel_branches.ipynb) |
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
# 1. **name** what each line of Algorithm 1 reads and updates, and **write** it for a GAN of two numbers (exercise A);
# 2. **read** four curves, **say** whether a run works, stalls or cheats, and **choose** what to change (exercise B);
# 3. **judge** an edit against the true edit, and **repair** a recognition rate that flatters (exercise C);
# 4. **scale** the same run up with parameters only.
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [Data](#Data-and-the-parser) · [Two branches](#Two-branches,-one-code) · [Algorithm 1](#Algorithm-1,-beside-the-code) · [Training](#Training) · [Reading the curves](#Reading-the-curves) · [When it goes wrong](#When-it-goes-wrong) · [The edits](#The-edits,-beside-the-truth) · [Scores](#Scores) · [Scaling up](#Scaling-up) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz)
#
# *In a 50-minute class start the training cell first, read Algorithm 1 while it runs, and skip exercises A and B.*

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

# %% tags=["setup"]
import torch

from secgan_lite import figures
from secgan_lite.course import TODO, Live, check, footer, parameters, show

# %%
from secgan_lite.training import TrainConfig

config = TrainConfig.of(**parameters(globals()))
print(config.run_name)
for name in ("image_size", "width", "iterations", "critic_steps", "learning_rate", "lambda_sc"):
    print(f"{name:>14} = {getattr(config, name)}")

# %% [markdown]
# ## The map

# %%
show(figures.method_map())

# %% [markdown]
# All of it is in play now: both generators, both discriminators, P twice, and the loss that ties the branches.
#
# ## Data and the parser
#
# The default faces are drawn from parameters, so each has an exact mask and 13 exact labels. SeCGAN may not use the exact mask, because nobody has one for a photograph. It uses a frozen **parser P**, trained beforehand, and takes P's arg-max on every training image as the mask `s` (§3.1). We compute these masks once, before training, instead of in each of its steps.

# %%
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
# Compare with the table: the source above is the algorithm, and nothing is left out. Two details of it (lines 5 and 8: one translation for both) save time and change no number.

# %% [markdown] tags=["exercise"]
# ### Exercise A · Algorithm 1 for a GAN of two numbers
#
# **Goal.** The smallest GAN: a critic with one weight `d`, a generator with one weight `g`. Write lines 3 to 11 with plain gradient descent, Eq. 17 and 19. **Difficulty** 2 of 5, 15 min. Checked.
#
# <details><summary>Hint 1: the order</summary>Each batch first moves d. Every n-th batch then moves g as well, with d as it is by now, on the same batch. The first t is 1.</details>
# <details><summary>Hint 2: the gradient</summary>Make both weights leaves, ask for the gradient of one of them alone: <code>torch.autograd.grad(loss, d)</code>.</details>
# <details><summary>Hint 3: almost code</summary><code>for t, batch in enumerate(batches, start=1): d = d - rate * gradient(critic, 0)</code>, then, if <code>t % n == 0</code>, the same for g with <code>generator</code>.</details>


# %% tags=["exercise", "nbval-check-output"]
def algorithm(critic, generator, d, g, batches, n, rate):
    """The weights (d, g) after all batches. critic(d, g, batch), generator(d, g, batch): losses."""
    # solution
    for t, batch in enumerate(batches, start=1):
        for loss, mine, turn in ((critic, 0, True), (generator, 1, t % n == 0)):
            if turn:
                leaves = [w.detach().requires_grad_(True) for w in (d, g)]
                step = rate * torch.autograd.grad(loss(*leaves, batch), leaves[mine])[0]
                d, g = (d - step, g) if mine == 0 else (d, g - step)
    return d, g
    # end


algorithm = check("04-algorithm", algorithm)

# %% [markdown]
# ## Training
#
# **Predict first.** When both discriminators recognise the attributes of nearly every *real* face, will the judge accept nearly every *edit*? Write down yes or no, and a reason.

# %% tags=["nbval-ignore-output"]
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
# ## When it goes wrong
#
# Read from the top; the first line that fits is usually the cause.
#
# | what you see | likely cause | first thing to try |
# |---|---|---|
# | "Not finite by iteration …" | the rate is too high, or the penalty is missing | half the `learning_rate` |
# | solid line stays low: D does not learn real faces | labels do not fit the images, or D is too small | look at ten faces with their labels; a wider D |
# | solid high, dashed low: G does not please D | λ_rec holds G back, or the label does not reach it | `lambda_rec` down; look at G(x, y) for two labels |
# | dashed high, green low: D is pleased, the judge is not | G has found patterns for D alone | train longer; more faces; a wider D |
# | dotted line as low as the reconstruction error | edits change nothing: is D's label on edits y_trg? | lesson [03](03_parallel_branches.ipynb), exercise C |
# | critic far from 0 and growing | the penalty does not bite: missing, or its graph cut | lesson [02](02_losses.ipynb), exercise A |
# | disagreement does not fall | Eq. 11 has no gradient (P under `no_grad`), or λ_sc is too small to notice | gradients by network, lesson [03](03_parallel_branches.ipynb), section 4 |
# | faces become one face | the penalty or λ_rec is too weak | both back to the preset |
#
# Change one thing at a time, keep the seed, and compare with the run before.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Predict and explain
#
# **Goal.** Predict all four panels of curves for `-p lambda_sc 0`, for `-p critic_steps 5` and for a `lambda_rec` a tenth of the preset's; run one of them with `iterations` at 200 and explain in three lines what you got wrong. **Difficulty** 3 of 5, 20 min. Open: compare with the [solutions](solutions/04_train.ipynb).
#
# <details><summary>Hint 1: what does each parameter touch?</summary>λ_sc: the fourth panel, and through it geometry. N: how often G moves. λ_rec: the third panel, and how free G is.</details>
# <details><summary>Hint 2: what stays?</summary>D's accuracy on real faces depends on none of them: solid lines hardly move.</details>
# <details><summary>Hint 3: how to run</summary><code>train(config.model_copy(update={"lambda_sc": 0, "iterations": 200, "output_dir": "…"}), faces, P)</code></details>

# %% [markdown] tags=["solution"]
# **Answer.** *λ_sc = 0*: panels one to three look the same; the fourth falls only as far as two independent branches agree by themselves, then stays. *N = 5*: the solid lines as before, the dashed and the green ones lag, because G has moved a fifth as often; the critic's estimate is larger, D being ahead. *A tenth of λ_rec*: the dashed and green lines rise sooner, the reconstruction error stays high, and the edits lose the person. A rate alone would call that a success.

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
# The rates are measured on this live run, so they differ a little from machine to machine.

# %% [markdown] tags=["exercise"]
# ### Exercise C · A rate that flatters
#
# **Goal.** A colleague reports 92 of 100 for an editor that returns its input. Find out how, and repair the rate. **Difficulty** 2 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: who is right for free?</summary>A single flip changes one attribute. What does a judge say of the other twelve, if nothing was edited?</details>
# <details><summary>Hint 2: which entries count?</summary>Of logits (n, B, n), edit i reverses attribute i: the entries (i, b, i).</details>
# <details><summary>Hint 3: almost code</summary><code>hits.diagonal(dim1=0, dim2=2)</code> has them, as (B, n).</details>


# %% tags=["exercise", "nbval-check-output"]
def rate(logits, targets, y_src):
    """Share of single flips that the judge sees: logits and targets (n, B, n), y_src (B, n)."""
    hits = (logits > 0) == (targets > 0)
    # solution
    return hits.diagonal(dim1=0, dim2=2).float().mean()
    # lesson
    # return hits.float().mean()
    # end


rate = check("04-rate", rate)

# %% [markdown]
# ## Scaling up
#
# The notebook is the program: the same cells, other parameters. From small to large:
#
# ```
# papermill notebooks/04_train.ipynb out.ipynb -p image_size 64 -p iterations 5000
# papermill notebooks/04_train.ipynb out.ipynb -p preset paper -p dataset celeba -p data_dir data/celeba -p parser parser-128.safetensors -p device cuda
# papermill notebooks/04_train.ipynb out.ipynb -p preset paper … -p resume True
# ```
#
# `preset paper` is the published size: a day on one GPU for StarGAN (§4.3). A run that was stopped goes on exactly where it was with `-p resume True`. Without a notebook, for clusters: `python -m secgan_lite.training` takes the same names. Real faces need a real parser: [data/README.md](../data/README.md).
#
# ## What goes wrong, and limits
#
# **What three minutes reach.** A short run, from three seeds, on 300 test faces with 13 flips each, as recorded with the command below:

# %% tags=["nbval-check-output"]
import json

from secgan_lite.files import REPOSITORY

recorded = json.loads((REPOSITORY / "data" / "results" / "lite.json").read_text())
print(f"{recorded['command']}; mean (lowest to highest seed)")
for name in ("secgan", "baseline"):
    texts = [f"{k} {m} ({low} to {high})" for k, (m, low, high) in recorded[name].items()]
    print(f"{name:>8}: " + ", ".join(texts))

# %% [markdown]
# Three seeds are no proof: the intervals of the two methods touch, and at equal *time* the baseline could train more than twice as long. Lesson 07 will ask the question properly. The weak points are the same for both: turning a head bald, which changes a third of the image and has few examples, and opening a mouth of a few pixels.
#
# **What `lite` changes, and why.** It trains for minutes where the paper trains for a day, so its numbers differ. The discriminator is twice as wide as the generator (at equal width it recognises too few attributes to teach them), λ_rec is 20 (the paper: 10) and keeps the face where a short training would blur it, λ_sc is 1 (the paper: $0.01$, which short runs do not notice; 3 slows them down), and every iteration updates both networks (N = 1; the paper: 5). The networks are the paper's, smaller.
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

# %% [markdown]
# ## Quiz
#
# 1. D recognises 99 of 100 attributes on edits, the judge 60. Who is right? <details><summary>Answer</summary>The judge: G was trained to please D, not the judge.</details>
# 2. Why may one backward pass serve both generators? <details><summary>Answer</summary>Each consistency term's target is an arg-max, so Eq. 11 has no gradient for G_seg and Eq. 12 none for G_rgb.</details>
# 3. The reconstruction error is 2 and the dotted line is 2. Is the run good? <details><summary>Answer</summary>No: edits change as little as reconstructions do. The label is ignored.</details>
#
# ## References
#
# Paper: §3.3 (Eq. 13-16, Algorithm 1 with Eq. 17-20), §4.3, §4.4. Choi et al., *StarGAN*, 2018. Gulrajani et al., *Improved Training of Wasserstein GANs*, 2017.
#
# Next: lesson 05 evaluates a run, with intervals.

# %% tags=["nbval-ignore-output"]
footer()
