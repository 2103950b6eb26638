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
# | intermediate | 30 min, exercises 45 min | 3 min | under 2 GB | [03 · Parallel branches](03_parallel_branches.ipynb) |
#
# This notebook is a lesson and a tool. "Run all" trains a small SeCGAN on drawn faces; with other parameters it trains StarGAN's published size on CelebA. It ends with a [report](#The-report) of the run. `-p lesson False` leaves out the cells that only teach:
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
# 2. **read** a run's curves, **tell** a healthy run from one that fails loudly and one that fails quietly, and **choose** what to change (exercise B);
# 3. **judge** an edit against the true edit, and **repair** a recognition rate that flatters (exercise C);
# 4. **scale** the same run up with parameters only.
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [Data](#Data-and-the-parser) · [Two branches](#Two-branches,-one-code) · [Algorithm 1](#Algorithm-1,-beside-the-code) · [Two numbers](#Two-numbers-first) · [Training](#Training) · [Reading the curves](#Reading-the-curves) · [Three runs](#Three-recorded-runs) · [When it goes wrong](#When-it-goes-wrong) · [The edits](#The-edits,-beside-the-truth) · [Scores](#Scores) · [Scaling up](#Scaling-up) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [The report](#The-report) · [Glossary](glossary.md)
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
discriminator_depth: int = -1  # how often D halves the image
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
repeat: bool = False  # train a finished run again, beside it
lesson: bool = True  # False trains and reports, and leaves out the cells that only teach

# %% tags=["setup"]
from secgan_lite.course import TODO, TRAINING, Live, check, figures, footer, parameters, show, teach

# %%
from secgan_lite.training import TrainConfig

given = parameters(globals(), (*TRAINING, "lesson"))
teach(given.pop("lesson"), "04_train")
config = TrainConfig.of(**given)
print(config.run_name)
for name in ("image_size", "width", "iterations", "critic_steps", "learning_rate", "lambda_sc"):
    print(f"{name:>14} = {getattr(config, name)}")

# %% [markdown]
# ## The map

# %% tags=["lesson"]
show(figures.method_map(), "Which parts of SeCGAN take part in the training?")

# %% [markdown]
# All of it is in play now: both generators, both discriminators, P twice, and the loss that ties the branches.
#
# ## Data and the parser
#
# The default faces are drawn from parameters, so each has an exact mask and 13 exact labels. SeCGAN may not use the exact mask, because nobody has one for a photograph. It uses a frozen **parser P**, trained beforehand, and takes P's arg-max on every training image as the mask `s` (§3.1). We compute these masks once, before training, instead of in each of its steps.

# %%
import torch

from secgan_lite.evaluation import load_judge
from secgan_lite.training import load_inputs

faces, held_out, P = load_inputs(config)
judge = load_judge(config)
print(f"{len(faces):,} training faces, {len(held_out):,} held out, {config.image_size} px")
if faces.absent:
    print(f"{faces.absent:,} more are in the split, and not in {config.data_dir}")

# %% tags=["lesson"]
x, y, exact = held_out.batch(torch.arange(8))
if P is not None:
    found = P(x).argmax(dim=1)
    show(
        figures.faces_and_masks(x, found),
        "Where does P find the 12 segments in eight faces that are held out?",
    )
    if exact is not None:
        print(f"P is right on {(found == exact).float().mean():.1%} of these pixels.")

# %% [markdown]
# Each colour is one of the paper's 12 segments. The masks above are P's guesses, not the truth: look at the earrings and eyebrows, which are small. Whatever P gets wrong, the semantic branch will learn from.

# %% [markdown]
# ## Two branches, one code
#
# The RGB branch edits images with `G_rgb` and judges them with `D_rgb`. The semantic branch does the same with masks. Both are instances of one class; only the number of channels and the final activation differ (Table 2 of the paper).

# %% tags=["lesson"]
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
# | line | the paper says | in `Trainer.step` of [`trainer.py`](../secgan_lite/training/trainer.py) | beware |
# |---|---|---|---|
# | 4 | $t \leftarrow t + 1$ | `self.iteration += 1` | t counts *critic* steps, from 1 |
# | 5 | sample a mini-batch, $L^D$ of both branches (Eq. 13, 15) | `self.draw()`, `self.model.translate(batch)`, `self.model.critic_loss(batch, translation, alpha)` | edits are detached: D must not teach G |
# | 6 | Eq. 17, 18: $\theta_D \leftarrow \theta_D - \eta_D^t\,\partial L^D / \partial\theta_D$ | `self.update("discriminator", loss, terms)`, at the rate `learning_rate(config, self.iteration)` | the rate depends on t, and falls to 0 at the end |
# | 7 | if $t \equiv 0 \pmod N$ | `whose_turn(config, self.iteration)`, that is `iteration % config.critic_steps == 0` | N = 1 in `lite`, 5 in the paper |
# | 8 | the *same* mini-batch: $L^G$ of both branches (Eq. 14, 16) | `self.model.generator_loss(batch, translation, coupled)` | D as it is *after* line 6, and frozen |
# | 9 | Eq. 19, 20: $\theta_G \leftarrow \theta_G - \eta_G^t\,\partial L^G / \partial\theta_G$ | `self.update("generator", loss, terms)` | one backward pass for both generators |
#
# Here is the source, complete:

# %% tags=["lesson"]
import inspect

from secgan_lite.training import Trainer
from secgan_lite.training.trainer import whose_turn

print(inspect.getsource(Trainer.step))

# %% tags=["lesson"]
print(inspect.getsource(whose_turn))

# %% [markdown]
# Two details are worth a second look. Lines 5 and 8 translate the same batch with the same generator, so the code translates it once. And one backward pass serves both generators: in the consistency loss each branch takes the other's *arg-max* as its target (Eq. 11, 12), which has no gradient, so Eq. 11 teaches only `G_rgb` and Eq. 12 only `G_seg`. Both save time and must change no number. We check it: Algorithm 1 once more, naively, with two translations and an optimiser of our own, beside the package on a tiny model. The wrong variant takes a *fresh* mini-batch in line 8.

# %% tags=["lesson"]
from secgan_lite import datasets, parsing

few = datasets.load("synthetic", "train", 32, count=12)
small_P = parsing.load_parser("auto", 32)
small = {"width": 4, "discriminator_width": 4, "batch_size": 4, "critic_steps": 2}
tiny = TrainConfig.of(iterations=6, schedule="constant", image_size=32, device="cpu", **small)


def naive_weights(fresh=False):
    """All weights after six iterations of Algorithm 1, line by line."""
    run = Trainer(tiny, few, small_P)
    draw, model = run.draw, run.model
    options = {"lr": tiny.learning_rate, "betas": (0.5, 0.999), "fused": True}
    parts = {"D": [b.discriminator for b in model.branches.values()]}
    parts["G"] = [b.generator for b in model.branches.values()]
    adam = {
        k: torch.optim.Adam(torch.nn.ModuleList(v).parameters(), **options)
        for k, v in parts.items()
    }

    def descend(part, loss):
        adam[part].zero_grad()
        loss.backward()
        adam[part].step()

    for t in range(1, 7):  # lines 3 and 4
        batch = draw()
        descend("D", model.critic_loss(batch, model.translate(batch), run.alpha)[0])  # 5, 6
        if t % 2 == 0:  # line 7
            batch = draw() if fresh else batch
            descend("G", model.generator_loss(batch, model.translate(batch))[0])  # 8, 9
    return torch.cat([p.detach().flatten() for p in model.branches.parameters()])


# %% tags=["lesson", "nbval-check-output"]
package = Trainer(tiny, few, small_P)
for _ in range(6):
    package.step()
package = torch.cat([p.detach().flatten() for p in package.model.branches.parameters()])
gap, wrong = ((naive_weights(fresh) - package).abs().max().item() for fresh in (False, True))
assert gap < 1e-4 < wrong
print(f"{len(package):,} weights after six iterations: naive = package: {gap < 1e-4}")
print(f"with a fresh batch in line 8 they differ: {wrong > 1e-4}")

# %% [markdown]
# ## Two numbers first
#
# Before a million weights play this game, let two. The real data are numbers around 1, the generator puts out its only weight $g$, and the critic is a line through the origin, $D(x) = d\,x$. So $L^D = d\,g - d\,\bar x$ (fake minus real), and $L^G = -d\,g$. The generator has learnt when $g = 1$.

# %% [markdown] tags=["exercise"]
# ### Exercise A · Algorithm 1 for a GAN of two numbers
#
# **Goal.** The smallest GAN: a critic with one weight `d`, a generator with one weight `g`. Write lines 3 to 11 with plain gradient descent, Eq. 17 and 19. **Difficulty** 2 of 5, 15 min. Checked.
#
# <details><summary>Hint 1: the order</summary>Each batch first moves d. Every n-th batch then moves g as well, with d as it is by now, on the same batch. The first t is 1.</details>
# <details><summary>Hint 2: the gradient</summary>Make both weights leaves, ask for the gradient of one of them alone: <code>torch.autograd.grad(loss, d)</code>.</details>
# <details><summary>Hint 3: almost code</summary><code>for t, batch in enumerate(batches, start=1): d = d - rate * gradient(critic, 0)</code>, then, if <code>t % n == 0</code>, the same for g with <code>generator</code>.</details>


# %% tags=["exercise", "lesson", "nbval-check-output"]
import torch


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
# Your function, or the reference, now plays the game of the section above, from $g = -1$ and $d = 0$, with N = 1: first as it is, then wrong (lines 6 and 9 at the same time, so that G learns from D as it was *before* line 6), then with Eq. 1's penalty, for which the slope of this critic is just $d$.


# %% tags=["lesson"]
def critic_loss(penalty):
    return lambda d, g, batch: d * g - d * batch.mean() + penalty * (d.abs() - 1) ** 2


def generator_loss(d, g, batch):
    return -d * g


def game(play, rounds=160, rate=0.1):
    """(g, d) after each move of both, (rounds + 1, 1, 2); play: (d, g, batch, rate) -> (d, g)."""
    draws = torch.Generator().manual_seed(0)
    d, g = torch.tensor(0.0), torch.tensor(-1.0)
    positions = [[[g.item(), d.item()]]]
    for _ in range(rounds):
        batch = 1 + 0.1 * torch.randn(8, generator=draws)
        d, g = (w.detach() for w in play(d, g, batch, rate))
        positions.append([[g.item(), d.item()]])
    return positions


games = {
    "Algorithm 1": game(
        lambda d, g, x, r: algorithm(critic_loss(0), generator_loss, d, g, [x], 1, r)
    ),
    "wrong: both at once": game(lambda d, g, x, r: (d - r * (g - x.mean()), g + r * d)),
    "with the penalty": game(
        lambda d, g, x, r: algorithm(critic_loss(1), generator_loss, d, g, [x], 1, r)
    ),
}
show(
    figures.paths(games, ("g, the generator", "d, the critic"), ends=[(1, 0)]),
    "Does any of the three games end at the right answer?",
)

# %% [markdown]
# *Where does the game end?* (The red dot is the end; the star is where the generator is right and the critic has no more to say.) Nowhere near the star. **Algorithm 1** goes round it: the critic's slope brings $g$ to the star, but by then the slope is at its steepest, so $g$ runs past, and is called back. **At once** the circle becomes a spiral *outwards*: each player answers to where the other was, and overshoots a little more every time. So the order of lines 6 and 8 is not a matter of taste. **The penalty** pulls the slope towards 1 on either side and flattens the circle: bounded steps. But it does not settle either, because it wants a slope of 1 even where real and fake agree (Mescheder et al., 2018).
#
# Two lessons for large runs: curves of a healthy GAN may swing, and what ends a run is not an equilibrium but the learning rate, which falls to 0 in its second half.
#
# ## Training
#
# ### Predict first
#
# When both discriminators recognise the attributes of nearly every *real* face, will the judge accept nearly every *edit*? "yes" or "no", and a reason; the run answers.

# %%
guess = ""  # "yes" or "no"

# %% [markdown]
# ### Train
#
# The bar below says after a few seconds how long it will take; the picture comes after 20 seconds, and again every half minute: the curves so far, and two faces as the generator edits them at that moment. Under papermill the terminal says the same in plain lines, and `out.ipynb` is worth opening while it runs.

# %%
from secgan_lite.evaluation import judge_rate
from secgan_lite.training import train

page = Live("Is this run healthy?")
observers = [judge_rate(held_out.subset(24), judge)] if judge else []
run = train(config, faces, P, observers, live=page.look)
page.update(figures.training_curves(run.log))
print(run.path.name)
if "judge" in run.log[-1]:
    last = {"real": run.log[-1]["rgb/real_accuracy"], "edits": run.log[-1]["judge"]}
    print(f"D on real faces {last['real']:.2f}, judge on edits {last['edits']:.2f}; you: {guess!r}")

# %% [markdown]
# ## Reading the curves
#
# - **Are edits recognised?** D learns the attributes on real faces first (solid); then the generator learns to please it (dashed); the judge, which takes no part in training, follows (green). A dashed line far above the green one means that G has found patterns that please D and nobody else.
# - **Critic.** The estimate of the distance between real and edited faces. A negative value is normal. It should neither run away nor collapse to 0 within the first steps.
# - **Error.** The reconstruction error falls; the dotted line, how much an edit changes, should stay above it: if it falls to the same height, edits do nothing.
# - **Disagreement.** Cross entropy between the two branches' masks, each against the other's arg-max. It falls when both learn the same geometry. With one branch there is none.

# %% [markdown]
# ## Three recorded runs
#
# Your run is one. To know a healthy one you must have seen sick ones. Here are three, recorded with their samples; they differ in the loss only, same faces, same seed, same first weights. **One works. One fails loudly. One fails quietly.** Which is which? Decide before you read on, and say by which panel.

# %% tags=["lesson"]
from secgan_lite.course.recorded import load_dynamics

recorded = {f"run {letter.upper()}": load_dynamics(f"run-{letter}") for letter in "abc"}
show(
    figures.recorded_runs(recorded, ("Blond_Hair", "Eyeglasses", "Male")),
    "Which run works, which fails loudly, and which fails quietly?",
)

# %% tags=["lesson", "nbval-check-output"]
from secgan_lite.course import claim

settings = [
    {k: tuple(v) if isinstance(v, list) else v for k, v in r.config.items()}
    for r in recorded.values()
]
odd = [name for name in settings[0] if len({values[name] for values in settings}) > 1]
for (title, dynamics), values in zip(recorded.items(), settings, strict=True):
    chosen = ", ".join(f"{name} = {values[name]:g}" for name in odd)
    end = {name: dynamics.scores[-1][name]["value"] for name in ("tarr", "inside_ratio", "outside")}
    print(f"{title}, t = {dynamics.log[-1]['iteration']}: {chosen}")
    print("       " + ", ".join(f"{name} {value:.3g}" for name, value in end.items()))
copying, working, _ = logs = [dynamics.log for dynamics in recorded.values()]
agree, errs = ([log[-1][f"rgb/{term}"] for log in logs] for term in ("sc", "rec"))
critics = [max(abs(record["semantic/critic"]) for record in log) for log in logs]
claim("the branches agree better than at first", agree[1] < working[0]["rgb/sc"])
claim("panel two swings by hundreds of thousands", max(critics[:2]) < 10 and critics[2] > 1e5)
claim("the branches agree best of all", agree[0] == min(agree))
claim("its reconstruction error is the lowest", errs[0] == min(errs))
judged = [score["tarr"]["value"] for score in recorded["run A"].scores]
claim("the dashed line and the judge *fall*", judged[-1] < judged[0])

# %% [markdown]
# *How can you tell?* Read the panels from top to bottom, as in your own run. (The lines above say what differs in the loss, and how each run's last snapshot scores; what the scores mean is told under [Scores](#Scores).)
#
# - **Run B works.** The dashed line and the judge follow the solid one; the critics stay within a few units; the dotted line leaves the error behind; the branches agree better than at first. In the samples look for colour, then shape, then detail.
# - **Run C fails loudly**, in every panel. Without the penalty ($\lambda_{gp} = 0$) no term holds the critics' slopes, and panel two swings by hundreds of thousands (it is logarithmic!). It starts with the masks: soft against one-hot is easy to tell, so $D_{seg}$ has something to multiply. Realism then drowns every other term of $G_{seg}$, and the disagreement shoots up. Before iteration 200 the images follow: the reconstruction error jumps to the dotted line and stays with it, and the samples become one picture for every wish, of nobody.
# - **Run A fails quietly**, and is the reason for this section. No curve explodes, the branches agree best of all, its reconstruction error is the lowest and its samples stay near the input. But Eq. 4 is missing ($\lambda_{cls}$ of the generators is 0), so nobody asks for an edit: the dashed line and the judge *fall*, and the dotted line stays down with the reconstruction error. G has learnt to copy. If you only watch the losses that you optimise, or whether faces look good, you would ship it.
#
# Two habits follow. Look at **a quantity that no term of the loss contains** (here the judge), and at **every panel**: run A looks fine in all but the first.

# %% [markdown]
# ### The rules, in numbers
#
# The [report](#The-report) at the end of this notebook reads your run by the same rules. Nobody can prove such bounds; these tell the three runs apart, and leave room for other backbones and sizes.
#
# | the question | good | bad |
# |---|---|---|
# | Is every term of the loss at work? | each has a weight above 0 and moves; errors fall | one has not |
# | Do the critics stay bounded? | within $\pm 20$ in the second half | beyond $\pm 100$ |
# | Does D learn the attributes of real faces? | it avoids half of the mistakes that always giving the commoner answer makes | not even a quarter |
# | Does G please D? | on edits D finds nearly as many labels as on real faces: at most $0.10$ less | more than $0.25$ less |
# | Does the judge see the edits? | it accepts $0.70$ of the flips or more | less than half |
# | Do edits change more than reconstructions? | twice as much or more | less than $1.5$ times |
# | Are edits closer to the true edit than the input is? (drawn faces) | surely: the whole interval is below 1 | surely not |
#
# What lies between is *doubtful*. A run with less than half of its preset's iterations is not judged: it is too early. Let us see what the rules say of the three runs.

# %% tags=["lesson", "nbval-check-output"]
from secgan_lite.course.report import Verdict

always = 0.76  # share of labels that is right if each attribute always gets its commoner value
for title, dynamics in recorded.items():
    its_config = TrainConfig(**dynamics.config)
    verdict = Verdict.of(its_config, dynamics.log, always, dynamics.scores[-1])
    print(f"{title}: {verdict.title}")
    for sign in verdict.signs:
        if sign.state != "good":
            print(f"    {sign.state}: {sign.question} {sign.found}")

# %% [markdown]
# Slide through them, two side by side. Optional: this cell needs a running kernel.

# %% tags=["lesson", "widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import TrainingScrubber

TrainingScrubber(runs=recorded)

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
from secgan_lite.editing import generator_editor, load_generator
from secgan_lite.evaluation import Truth, evaluate

generator, _ = load_generator(run.path)
few = held_out.subset(3)
x, y, _ = few.batch(torch.arange(len(few)))
synthetic = few.faces is not None
y_diffs = single_flips(y, config.attributes, resolved=synthetic) - y
with torch.inference_mode():
    edits = torch.stack(generator_editor(generator, P)(x, y_diffs))
show(
    figures.flip_grid(x, edits, config.attributes, y),
    "Which attributes can this run reverse on faces that it never saw?",
)

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
        ),
        "Where does each edit change the face, and where should it?",
    )

# %% [markdown]
# ## Scores
#
# - **<dfn>TARR</dfn>**, the target attribute recognition rate (§4.4): the share of flips after which the judge sees the wanted value. It rewards any change that the judge believes, a ruined face included.
# - **Reconstruction**: the mean error of G(x, 0), from 0 to 255. It should be small, and says nothing about edits.
# - **Inside**: the error against the true edit where the true edit changes something, divided by the error of copying the input. Below 1 the edit is better than none; the truth scores 0.
# - **Outside**: the error where nothing should change. Copying scores 0.

# %%
from secgan_lite.training import tell

if judge:
    tell(f"Scoring the flips of {len(held_out)} test faces ...")
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


# %% tags=["exercise", "lesson", "nbval-check-output"]
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
# papermill notebooks/04_train.ipynb out.ipynb -p image_size 64 -p iterations 5000 -p lesson False
# papermill notebooks/04_train.ipynb out.ipynb -p preset paper -p dataset celeba -p data_dir data/celeba -p parser parser-128.safetensors -p device cuda
# papermill notebooks/04_train.ipynb out.ipynb -p preset paper … -p resume True
# ```
#
# `preset paper` is the published size (§4.3): hours on one GPU, as the second table says. A run that was stopped goes on exactly where it was with `-p resume True`. A finished one is shown again when you run the notebook again; `-p repeat True` trains it anew and keeps the old one beside it. Without a notebook, for clusters: `python -m secgan_lite.training` takes the same names. Real faces need a real parser: [data/README.md](../data/README.md).
#
# **What an iteration costs, and what each lever gains.** `python -m secgan_lite.course benchmark` prints a table for your machine; here is one for two CPU cores, and one for a large GPU whose machine had other work as well (and StarGAN's lite discriminator a level less). The floor, in the first, is the least time that its convolutions need: multiply-adds over the best rate at which the machine was seen to convolve. The last rows are options of `TrainConfig`:

# %% tags=["lesson", "nbval-check-output"]
import re

from secgan_lite.support.files import DATA

results = DATA / "results"
on_gpu = (results / "benchmark-gpu.txt").read_text(encoding="utf-8")
print((results / "benchmark.txt").read_text(encoding="utf-8"), on_gpu, sep="\n")
for name in ("stargan", "attgan"):
    steps = TrainConfig.of(preset="paper", backbone=name).iterations
    for kind in ("baseline", "secgan"):
        milliseconds = float(re.search(rf"paper {name} {kind}, batch \d+ +([\d.]+)", on_gpu)[1])
        print(f"{name} {kind}: {steps:,} iterations, {steps * milliseconds / 3.6e6:.1f} hours")

# %% [markdown]
# Read a row against the plain one of the same run, and leave differences of a tenth alone: the machine's own speed wanders as much between two rows. What helps on a CPU is on already, and no option: D's gradient in Eq. 1 is written out instead of differentiated twice, real and edited images pass D together, and freed memory is kept. Of the options none pays much there. `gp_every` is no pure lever: it takes the penalty at every fourth batch, four times as strong, and so it is another training.
#
# *Why is `lite` not much faster on a GPU, and why does no option help there?* The GPU waits. An iteration is about a thousand small operations, and Python needs some hundredths of a millisecond to hand over each, longer than it takes to do. So the networks can grow at no cost until the GPU is busy: at the paper's size it does a hundred times the work in twice the time. StarGAN's 200,000 iterations take 2.4 hours for the baseline and 4.8 for SeCGAN; AttGAN's 1,137,400 take 16.0 and 32.8.
#
# ## What goes wrong, and limits
#
# **What three minutes reach.** A short run, from three seeds, on 300 test faces with 13 flips each, as recorded with the command below:

# %% tags=["lesson", "nbval-check-output"]
import json

lite = json.loads((results / "lite.json").read_text(encoding="utf-8"))
print(f"{lite['command']}; mean (lowest to highest seed)")
for name in ("secgan", "baseline", "secgan, D to 4 × 4"):
    texts = [f"{k} {m} ({low} to {high})" for k, (m, low, high) in lite[name].items()]
    print(f"{name:>18}: " + ", ".join(texts))
ours, theirs = (lite[name].values() for name in ("secgan", "baseline"))
ends = [(a[1], a[2], b[1], b[2]) for a, b in zip(ours, theirs, strict=True)]
overlap = all(low <= others and other <= high for low, high, other, others in ends)
claim("the two methods overlap in every score", overlap, n=3)

# %% [markdown]
# Three seeds are no proof: the two methods overlap in every score. And in the same *time* the baseline could train about twice as long. Lesson [07](07_ablations.ipynb) asks the question properly. The weak points are the same for both: turning a head bald, which changes a third of the image and has few examples, and opening a mouth of a few pixels.
#
# **What `lite` changes, and why.** It trains for minutes where the paper trains for a day, so its numbers differ. The discriminator is twice as wide as the generator (at equal width it recognises too few attributes to teach them) and halves the image until 2 × 2 are left, as the paper's does at 128 px (ending at 4 × 4, the third row, leaves more error inside, and neither a deeper generator nor other weights nor rates made up for it), λ_rec is 20 (the paper: 10) and keeps the face where a short training would blur it, λ_sc is 1 (the paper: $0.01$, which short runs do not notice; 3 slows them down), and every iteration updates both networks (N = 1; the paper: 5). The networks are the paper's, smaller.
#
# **Why the label is hard to learn.** StarGAN tiles y_diff into constant planes, and the instance norm behind the first convolution subtracts each plane's mean. So what tells of the label is a frame three pixels wide, where the 7 × 7 window meets the padding, and inside of it one constant per plane, which holds the smaller part of the energy. With a 1 × 1 kernel there would be no frame, and so no label: the generator could not see it (lesson [03](03_parallel_branches.ipynb), section 2).
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
# Paper: §3.3 (Eq. 13-16, Algorithm 1 with Eq. 17-20), §4.3, §4.4. Choi et al., *StarGAN*, 2018. Gulrajani et al., *Improved Training of Wasserstein GANs*, 2017. Mescheder et al., *Which Training Methods for GANs do actually Converge?*, 2018.
#
# Next: [05 · Evaluate](05_evaluate.ipynb) scores a run with the paper's metrics, and intervals.

# %% [markdown]
# ## The report
#
# Everything about your run in one place: how it went, by the [rules above](#The-rules,-in-numbers), its flips, its scores, and how to go on with it. The same is in `report.html` in the run's folder, for every run; `python -m secgan_lite.training` writes it too.

# %% tags=["nbval-ignore-output"]
from secgan_lite.course.report import write_report

footer()
write_report(run, held_out, P)
