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
# # 06 · Explore: edit faces by hand
#
# **Question.** A slider moves one number of $y^{diff}$. What moves in the face, what moves that should not, and where does the editor stop knowing what it does?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 15 min, exercises 32 min | 1 min | under 1 GB | [00 · Start here](00_start_here.ipynb) |
#
# The three apps of this lesson need a running kernel. Without one, and where you see no sliders, read on: below each app stand pictures of what it shows. For a lecture, `voila notebooks/06_explore.ipynb` shows the apps without code.
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298, §3.1, §4.5.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **steer** an edit by its 13 numbers, and **implement** what an added attribute rules out (exercise A);
# 2. **tell** what lies inside and what outside of the training, and **repair** a warning that overlooks most of it (exercise C);
# 3. **compare** methods on one face against the true edit, and **explain** why one face proves little (exercise B);
# 4. **read** the pulls of the loss terms, and a recorded training, with a slider.
#
# ## Contents
#
# [Parameters](#Parameters) · [The map](#The-map) · [What a slider is](#1.-What-a-slider-is) · [The flip explorer](#2.-The-flip-explorer) · [Where the training ends](#3.-Where-the-training-ends) · [Side by side](#4.-Side-by-side) · [The loss playground](#5.-The-loss-playground) · [The training scrubber](#6.-The-training-scrubber) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [References](#References) · [Glossary](glossary.md)
#
# *In a 50-minute class take sections 1 to 3 and exercise A; show 5 and 6 from the front.*

# %% [markdown]
# ## Parameters
#
# `""` and `-1` choose the largest bundled editor. `run_dir` puts a run of your own first, from [04 · Train](04_train.ipynb).

# %% tags=["parameters"]
run_dir: str = ""  # folder of a finished run on drawn faces, "" for the bundled editors
image_size: int = -1  # of the editor shown first, in pixels
backbone: str = ""  # of the editor shown first: "stargan", "attgan" or "stgan"
method: str = ""  # of the editor shown first: "secgan", "baseline" or "concat"

# %% tags=["setup"]
from dataclasses import replace

import numpy as np
import torch

from secgan_lite.attributes import rivals, single_flips
from secgan_lite.course import TODO, check, claim, figures, footer, settings, show, six_faces, table
from secgan_lite.course.widgets import (
    Drawn,
    FlipExplorer,
    Look,
    Mix,
    Moment,
    catalogue,
    changed,
    chosen,
    explore,
    flipped,
)

# %%
settings(globals(), run_dir=str, image_size=int, backbone=str, method=str)
app = FlipExplorer(run_dir, image_size, backbone, method)


def seen(look):
    """Attributes that the judge sees in a face."""
    return [name for name, there in explore(look).present.items() if there]


six = [replace(app.look, subject=Drawn("test", number)) for number in range(6)]
look = next(look for look in six if not {"Bangs", "Eyeglasses"} & set(seen(look)))
there = ", ".join(f"{e.image_size} px {e.backbone} {e.method}" for e in catalogue(run_dir))
print(f"editors at hand: {there}")

# %% [markdown]
# ## The map

# %%
show(figures.method_map(("faces", "G")), "Which part of SeCGAN do the sliders steer?")

# %% [markdown]
# In full colour: what you hold in your hands today. A face and a wish go into $G_{rgb}$, and an edited face comes out. Discriminators and parser are at rest; the apps call P and a *judge* only to look at the result. The judge is a separate classifier of the 13 attributes; it is no part of SeCGAN and taught nobody.
#
# ### Predict first
#
# The training only ever asked for whole changes: every entry of $y^{diff}$ was −1, 0 or 1. You will move a slider for eyeglasses slowly from 0 to 1 and beyond. Will the glasses (a) fade in evenly, (b) appear at once somewhere in between, or (c) stay away until 1? And what will happen at 2? Write it down; [section 3](#3.-Where-the-training-ends) measures it.

# %%
guess = ""  # "a", "b" or "c"

# %% [markdown]
# ## 1. What a slider is
#
# Everything on the page is one function of a small, frozen state: whose face, which editor, which changes. `explore` takes such a look and returns the picture and all its numbers.

# %%
bangs = changed(look, "Bangs", 1.0)
explored = explore(bangs)
print("state:", bangs.subject.title, dict(bangs.changes), "strength", bangs.strength)
print("y_diff:", {name: value for name, value in explored.y_diff.items() if value})
print(f"picture: {explored.picture.width} x {explored.picture.height} pixels, ready as PNG")

# %% [markdown]
# So the sliders hold no secret: each sets one number of the vector that $G_{rgb}$ gets. With $n$ attributes, and the functions of [`explorer.py`](../secgan_lite/course/widgets/explorer.py):
#
# | | formula | symbol → tensor | function | beware |
# |---|---|---|---|---|
# | a wish | $y^{diff} = a\,w(c)$ | $c$ → `changes` (n,), the sliders, −1 to 1; $a$ → `strength`, 0 to 2 | `explore(look)` | $a$ multiplies what is taken away, too |
# | what an added attribute takes away | $w_j = -\max_i R_{ij}\max(c_i, 0)$ where $c_j = 0$ and $y^{src}_j = 1$, else $w_j = c_j$ | $R$ → `ruled_out` (n, n) of 0 and 1; $y^{src}$ → `present` (n,), as the judge sees it | `wish(changes, present, ruled_out)` | the strongest, not the sum; minus, because it goes |
# | outside of the training | $\lvert y^{diff}_j\rvert > 1$, or $y^{diff}_j > 0$ where $y^{src}_j = 1$, or $y^{diff}_j < 0$ where $y^{src}_j = 0$ | marks (n,) | `unseen(y_diff, present)` | +1 itself may lie outside |
#
# Is it the same edit as by hand?

# %% tags=["nbval-check-output"]
from secgan_lite.course.widgets.catalogue import editor, title

trained = editor(look.editors[0])
x = torch.tensor(look.subject.at(trained.config.image_size)).float()[None] / 127.5 - 1
y_diff = torch.zeros(1, len(trained.config.attributes))
y_diff[0, trained.config.attributes.index("Bangs")] = 1
y_src = torch.tensor([[float(explored.present.get(name, 0)) for name in trained.config.attributes]])
with torch.no_grad():
    naive = trained.edit(x, y_diff[None], y_src)[0][0]
apart = np.abs(
    explored.faces[title(look.editors[0])] - (naive.numpy() + 1).transpose(1, 2, 0) * 127.5
)
assert apart.max() < 1
print("by hand and by the app: the same pixels, up to rounding:", bool(apart.max() < 1))

# %% [markdown]
# Nobody told the generator that this face has no bangs yet. It need not know: it gets the *difference*. But the difference has to make sense, and here the app helps. Hair has one colour, and a bald head has no bangs (a column of the data set that is 1 forces others to 0), so a wish for one takes away another:

# %% tags=["nbval-check-output"]
colours = ("Black_Hair", "Brown_Hair", "Blond_Hair")
blond = explore(changed(look, "Blond_Hair", 0.5))
print("the judge sees:", [name for name in colours if blond.present.get(name)])
print("asked: Blond_Hair +0.5; y_diff:", {n: v for n, v in blond.y_diff.items() if v})

# %% [markdown] tags=["exercise"]
# ### Exercise A · What a wish rules out
#
# **Goal.** Write the rule. `changes` holds what was asked for, 0 where nothing was; `present`, which attributes the face has; `ruled_out[i, j]`, that i and j exclude each other. An attribute that was not asked for, that is there, and that an added one excludes, is taken away *as strongly* as the other is added. **Difficulty** 2 of 5, 12 min. Checked.
#
# <details><summary>Hint 1: who pushes?</summary>Only what is added: <code>changes.clamp(min=0)</code>. If two push, the stronger one counts.</details>
# <details><summary>Hint 2: from pairs to attributes</summary><code>ruled_out * added[:, None]</code> has, in column j, the strength of everything that pushes j.</details>
# <details><summary>Hint 3: almost code</summary>Its maximum over rows, negative, goes where <code>(changes == 0) & present</code>; everywhere else <code>changes</code> stays: <code>torch.where</code>.</details>


# %% tags=["exercise", "nbval-check-output"]
def wish(changes, present, ruled_out):
    """y_diff (n,) from changes (n,), labels present (n,) and exclusions (n, n), both boolean."""
    # solution
    strongest = (ruled_out * changes.clamp(min=0)[:, None]).amax(dim=0)
    return torch.where((changes == 0) & present, 0 - strongest, changes)
    # end


wish = check("06-wish", wish)

# %% [markdown]
# ## 2. The flip explorer
#
# Choose a face: one of the test set, a new one (with sliders for its 55 parameters), or a photo of your own, which stays on this machine. Then move attributes, or press a button to reverse one. The bars are the judge's probabilities: the line is the face as it was, the bar is the edit. An exclamation mark says that no training has seen such a change.

# %% tags=["widget", "nbval-ignore-output"]
app

# %% [markdown]
# What it shows, for a reader without a kernel: three flips of one face.

# %%
for name in ("Bangs", "Eyeglasses", "Male"):
    explored = explore(flipped(look, name))
    picture, words = explored.sheet
    show(
        (picture, f"{name} reversed. {words}"),
        f"Reversing {name}: does the edit change what the true edit changes?",
    )

# %% [markdown]
# *What changed, and what else?* Rows: the face, its edit, the true edit. Columns: the picture; a heat map of the change; the mask, as P finds it (of the true edit it is exact); and what $G_{seg}$ makes of the mask alone. A good edit's heat map looks like the last row's. What glows elsewhere is leakage.
#
# The masks tell two stories. P looks at the finished edit, so what is blurred there may be missing in its mask. $G_{seg}$ never saw the edit: it moved segments. Where the two disagree, Eq. 11 and 12 pulled during the training.
#
# **The true edit knows no half measures.** Slide to `0.4` and it is still the input; from `0.5` on it is the whole change.

# %% [markdown]
# ## 3. Where the training ends
#
# Now the answer to your prediction: the same face, eyeglasses from nothing to twice the whole.

# %% tags=["nbval-check-output"]
strengths = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
glasses = [explore(replace(changed(look, "Eyeglasses", 1.0), strength=s)) for s in strengths]
row = title(look.editors[0])
rows = []
for strength, result in zip(strengths, glasses, strict=True):
    judge = result.probabilities[row].get("Eyeglasses", np.nan)
    moved = np.abs(result.faces[row].astype(int) - result.faces["input"]).mean()
    rows.append([f"{strength:.2f}", judge, moved, "no" if result.unseen else "yes"])
table(
    "Eyeglasses, from nothing to twice the whole",
    {"strength": ">", "judge": ".1f", "mean change, grey levels": ".1f", "in training": ""},
    rows,
)
print("predicted:", guess or "no prediction")
certain = [result.probabilities[row].get("Eyeglasses", np.nan) for result in glasses]
moves = [np.abs(result.faces[row] - np.float64(result.faces["input"])).mean() for result in glasses]
claim("The judge's opinion is a step", max(certain[:4]) < 0.2 and min(certain[4:]) > 0.8)
claim("it goes on growing beyond 1", moves[4] < moves[5] < moves[6])

# %%
from PIL import Image

from secgan_lite.course.widgets import canvas

strip = {f"{s:.2f}": result.faces[row] for s, result in zip(strengths, glasses, strict=True)}
picture = canvas.on_white(canvas.strip(strip, 110))
words = "One face with eyeglasses added, at strengths from 0 to 2: stronger and stronger."
show((picture, words), "At which strength can you see the glasses?")

# %% [markdown]
# *At which strength do you see glasses, and at which does the judge?* The pixels change smoothly, because a network of convolutions is a continuous function of its inputs. The judge's opinion is a step: it has a threshold. So the answer is (a) for the pixels, and (b) for the judge. Beyond 1 the edit is an extrapolation, and it goes on growing beyond 1: the smear gets darker.
#
# Three kinds of wishes lie outside of the training: beyond ±1; adding what is there already; taking away what is not there. The labels make it so: from 0 only +1 leads to another label, from 1 only −1. And there is a fourth, which no vector shows: a face of another kind.

# %% tags=["nbval-check-output"]
for name, value in (("Bangs", 1.5), (seen(look)[0], 1.0), ("Eyeglasses", -1.0)):
    result = explore(replace(changed(look, name, np.sign(value)), strength=abs(value)))
    print(*result.notes, sep="\n")

# %% [markdown] tags=["exercise"]
# ### Exercise C · A warning that sleeps
#
# **Goal.** A colleague's app warns only beyond ±1. A user puts a second pair of glasses on a face, and it keeps silent. Repair the warning: it shall mark every entry of $y^{diff}$ that lies *outside* of what training could give for that label. (Values between 0 and ±1 lie between two that it gave: not marked.) **Difficulty** 2 of 5, 10 min. Checked.
#
# <details><summary>Hint 1: which values are there?</summary>With $y^{src}=0$, $y^{trg}-y^{src}$ is 0 or 1. With $y^{src}=1$ it is −1 or 0.</details>
# <details><summary>Hint 2: three cases</summary>Beyond ±1; above 0 where the label is 1; below 0 where it is 0.</details>
# <details><summary>Hint 3: almost code</summary><code>| ((y_diff > 0) & present) | …</code></details>


# %% tags=["exercise", "nbval-check-output"]
def unseen(y_diff, present):
    """Marks (B, n) of what no training had: y_diff (B, n), labels present (B, n), boolean."""
    beyond = y_diff.abs() > 1
    # solution
    return beyond | ((y_diff > 0) & present) | ((y_diff < 0) & ~present)
    # lesson
    # return beyond
    # end


unseen = check("06-unseen", unseen)

# %% [markdown]
# ## 4. Side by side
#
# The same wish, and all methods with one backbone inside. The editor of the sections above has no such relatives here, so this section takes the backbone that has; the first line says which. In the app: choose the backbone and tick "all methods side by side".

# %%
from secgan_lite.editing import compared_first

now = next(e for e in catalogue(run_dir) if e.name == look.editors[0])
family = now.backbone if run_dir or backbone else compared_first(now.image_size)
rivals_here = chosen(catalogue(run_dir), now.image_size, family, now.method, together=True)
print("side by side:", ", ".join(rivals_here))
together = replace(look, editors=rivals_here)
show(
    explore(flipped(together, "Blond_Hair")).sheet,
    "Which method comes closest to the true edit of this one face?",
)

# %% [markdown]
# *Which is best?* You have picked a winner already. Wait. Another face, another flip, and the order turns round. So here are six faces with all 13 flips: the error inside the true change, divided by that of copying the input.

# %% tags=["nbval-check-output"]
names = trained.config.attributes
results = {
    (number, name): explore(flipped(replace(together, subject=Drawn("test", number)), name))
    for number in range(6)
    for name in names
}
ratios = {
    row_title: [
        r.scores[row_title]["inside"] / r.scores[row_title]["copying"] for r in results.values()
    ]
    for row_title in map(title, rivals_here)
}
for row_title, values in ratios.items():
    print(f"{row_title:>14}: middle of {len(values)} ratios {np.median(values):.2f}")
first, *others = (np.array(values) for values in ratios.values())
for row_title, values in list(ratios.items())[1:]:
    share = np.mean(np.array(values) < first)
    print(
        f"{row_title} is closer to the truth than {next(iter(ratios))} in {share:.1f} of the cases"
    )
    claim("each wins in more than a quarter of the cases", 0.25 < share < 0.75, n=len(values))
middles = [np.median(values) for values in ratios.values()]
claim("The middles hardly differ", max(middles) - min(middles) < 0.05, n=len(results))

# %% [markdown]
# At 0 an edit is the true one, at 1 it is as far from it as the input. The first lines compare the middles, the other ones count pair by pair. The middles hardly differ: by less than $0.05$. Counted against the baseline, each wins in more than a quarter of the cases. What you saw in the picture above was *one* of them. Lesson [05 · Evaluate](05_evaluate.ipynb) gives intervals.

# %% [markdown] tags=["exercise"]
# ### Exercise B · The best face for the other side
#
# **Goal.** You want to prove that the method you like *least* is better. Find, among the 78 pairs above, the face and the flip that show it most clearly, and draw it. Then explain in three lines what this says about figures in papers, ours included. **Difficulty** 2 of 5, 10 min. Open: compare with the [solutions](solutions/06_explore.ipynb).
#
# <details><summary>Hint 1: what to sort?</summary>The difference of the two lists in <code>ratios</code>, pair by pair.</details>
# <details><summary>Hint 2: which pair is it?</summary>Entry i belongs to face <code>i // 13</code> and to attribute <code>names[i % 13]</code>.</details>
# <details><summary>Hint 3: almost code</summary><code>best = int(np.argmax(mine - theirs))</code>, then <code>explore(flipped(replace(together, subject=Drawn("test", best // 13)), names[best % 13])).sheet</code></details>

# %% [markdown] tags=["solution"]
# **Answer.** `best = int(np.argmax(np.array(ratios["secgan"]) - np.array(ratios["baseline"])))` finds the pair at which the baseline shines most, and the other way round it finds SeCGAN's. Both pictures are honest: nothing in them is drawn by hand. Only the choice is not. A picture shows *that* something happens, never *how often*; so a figure needs a rule by which its faces were chosen (here: the first six of the test set, always), and a number over many faces beside it.

# %% [markdown]
# ## 5. The loss playground
#
# Why does an edit look as it does? Because of a tug-of-war. Lesson [02 · Losses](02_losses.ipynb) computed, for a trained SeCGAN, which pixels each term wants to change. Gradients are linear in the weights λ, so they are computed once, and a slider only adds them up anew.

# %%
from secgan_lite.attributes import index_of
from secgan_lite.course.model import batch_for, load_model
from secgan_lite.course.widgets import LossPlayground, Pulls, weigh

model, config = load_model("")
faces = six_faces(config.image_size)
wishes = ["Eyeglasses", "Bangs", "Eyeglasses", "Blond_Hair", "Mustache", "Mouth_Slightly_Open"]
labels = torch.from_numpy(faces.labels).float()
flips = single_flips(labels, resolved=True)
y_trg = torch.stack([flips[index_of(name), face] for face, name in enumerate(wishes)])
titles = [
    figures.flip_name(name, bool(labels[face, index_of(name)])) for face, name in enumerate(wishes)
]
pulls = Pulls.of(model, batch_for(model, faces, y_trg), titles)

# %% tags=["widget", "nbval-ignore-output"]
LossPlayground(pulls)

# %% [markdown]
# All maps of a picture have one scale, and show the square root of a pull, so that weak ones can be seen at all. *Who wins* is the colour of the strongest term at each pixel. *A step* goes a little way down the sum of the three terms that see the edit.

# %% tags=["nbval-check-output"]
from secgan_lite.course.widgets.playground import PAPER

ways = {"as trained": (), "as in the paper": tuple(PAPER.items()), "λ_sc = 100": (("sc", 100.0),)}
weighed = {way: weigh(pulls, Mix(face=1, weights=weights)) for way, weights in ways.items()}
for way, result in weighed.items():
    print(f"{way:>15}: " + ", ".join(f"{t} {share:.0%}" for t, share in result.shares.items()))
shares = {way: result.shares for way, result in weighed.items()}
claim("the attributes have by far the largest pull", shares["as trained"]["cls"] > 0.5)
claim("consistency all but vanishes", shares["as in the paper"]["sc"] < 0.01)
claim("it drowns everything else", shares["λ_sc = 100"]["sc"] > 0.9)

# %%
for way, result in weighed.items():
    picture = canvas.on_white(canvas.titled(result.picture, way))
    show(
        (picture, f"{way}. {result.alt}"), f"Which term wins at which pixel with the weights {way}?"
    )

# %% [markdown]
# *Which term wins where?* As trained, the attributes have by far the largest pull. With the paper's weights consistency all but vanishes from this picture. One reason may be the reading: as a *sum* over pixels instead of a mean the same $0.01$ pulls $h^2$ times as hard (lesson [02](02_losses.ipynb), section 8). At a hundred it drowns everything else, and the step is coloured noise that P likes.
#
# ## 6. The training scrubber
#
# A training, recorded: what the log said, what two faces looked like, and how the judge scored each snapshot. Slide back to see edits appear, and compare a run that works with one that does not. Your own: `run_dir`.

# %% tags=["nbval-check-output"]
from secgan_lite.course.widgets import TrainingScrubber, recordings, scrub

runs = recordings(run_dir)
print("recorded:", ", ".join(runs))

# %% tags=["widget", "nbval-ignore-output"]
TrainingScrubber(runs=runs)

# %%
if runs:
    from secgan_lite.course.widgets.scrubber import iterations

    pair = dict(list(runs.items())[:2])
    steps = iterations(pair)
    for step in (steps[0], steps[len(steps) // 2], steps[-1]):
        show(scrub(pair, Moment(step)).sheet, f"How far have both runs come by iteration {step:,}?")

# %% [markdown]
# *When does the judge begin to see edits, and what came first?* Follow the line through the plots: D learns the attributes on real faces first, then the generator learns to please D, and the judge follows last. Colours come early, geometry late. In a broken run the faces tell it as a rule before the curves do; lesson [04 · Train](04_train.ipynb) lists the usual causes.

# %% [markdown]
# ## What goes wrong, and limits
#
# **The judge is not you.** Bars near the end of their scale mean that a network trained on drawn faces has no doubt. Look for an edit that convinces it and not you: strength 2 finds some within a minute.
#
# **A photo means nothing here.** The bundled editors have seen drawings only. Upload a portrait, and the app warns: the judge and P guess as well. What comes out is no statement about the person. With a run on CelebA as `run_dir`, the same app edits photographs; then it says the same of drawn faces.
#
# **Sliders suggest a control that is not there.** Two sliders moved together are not the sum of two edits, and few pairs were trained. And one slider may move more than its own attribute. How often, on the six faces of section 4 and with the SeCGAN of that section, does the judge see *another* attribute than the true edit has?

# %% tags=["nbval-check-output"]
from collections import Counter


def strayed(result, asked=()):
    """Attributes that the judge sees otherwise than the true edit has them."""
    judged = result.probabilities[row]
    return [n for n in names if n not in asked and (judged[n] > 0.5) != result.wanted[n]]


flips = Counter(n for (_, name), r in results.items() for n in strayed(r, [name]))
idle = (explore(replace(together, subject=Drawn("test", number))) for number in range(6))
nothing = Counter(n for result in idle for n in strayed(result))
others = flips.total() / (len(results) * (len(names) - 1))
print(f"another attribute: {others:.0%} of labels,", dict(flips.most_common(4)))
print(f"nothing was asked: {nothing.total() / len(results):.0%} of labels,", dict(nothing))
frequent = {name for name, _ in flips.most_common(4)}
claim("the labels that stray are among the same ones", set(nothing) <= frequent, n=6)

# %% [markdown]
# In the second line the generator only has to hand the face back, and the labels that stray are among the same ones: thin glasses and small signs that it cannot *draw*, whatever was asked. (Six faces are too few to say how often.) These faces are drawn with attributes that are independent of each other, so all of this is the doing of the editor, or an error of the judge. In photographs it has company: labels such as Male, Young or Pale_Skin are columns of a data set, and what "more of it" looks like is whatever those columns come with.
#
# **Edited pictures of real people** can harm them. The paper asks for detectors. Ask the people on your photos before you edit them, and don't pass edits on as real.
#
# ## Summary
#
# 1. A slider is one number of $y^{diff}$. An added attribute takes away what it rules out, as strongly.
# 2. Training knows 0 from every face, +1 from faces that lack the attribute and −1 from faces that have it. Beyond, against the label, or on another kind of face, the editor guesses.
# 3. One picture proves that something happens. How often, only numbers over many faces tell.
# 4. λ decides who wins at which pixel, and a recorded run shows when each skill came.

# %% [markdown]
# ## Quiz
#
# 1. A face has glasses. You set Eyeglasses to +1. Why is that outside of the training, although training used +1? <details><summary>Answer</summary>+1 only occurred with label 0. For a face with label 1 the difference was 0 or −1.</details>
# 2. The true edit does not move while you slide from `0.1` to `0.4`. Is the app broken? <details><summary>Answer</summary>No. A drawn face has an attribute or has not: half a pair of glasses does not exist, so the truth changes at one half.</details>
# 3. You double all four λ, realism included. What happens to "who wins" and to the step? <details><summary>Answer</summary>Nothing: only ratios matter there. Adam hardly notices either; plain gradient descent would take twice the step.</details>
#
# ## References
#
# Paper: §3.1 (y_diff), §3.2 (Eq. 11, 12), §3.3 (Eq. 13-16), §4.5 (Concat). Kahng et al., *GAN Lab*, 2019: a playground for GANs in the plane. Liu et al., *STGAN*, 2019: why a difference and not a target.
#
# Next: [07 · Ablations](07_ablations.ipynb) asks how much the methods differ, with several seeds. A run of your own, in this lesson:
#
# ```
# papermill notebooks/06_explore.ipynb out.ipynb -p run_dir runs/MY-RUN
# ```

# %% tags=["nbval-ignore-output"]
footer()
