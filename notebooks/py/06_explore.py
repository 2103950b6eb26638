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

# %% [markdown] tags=["slide"]
# # 06 · Explore: edit faces by hand
#
# **Question.** A slider moves one number of $y^{diff}$. What moves in the face? What moves that should not? And where does the editor leave what its training has seen?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 25 min, exercises 42 min | 1 min | under 1 GB | [00](00_start_here.ipynb); for sections 5 and 6 [02](02_losses.ipynb) and [04](04_train.ipynb) |
#
# **No kernel?** The three apps need one. `secgan-lite site` builds web pages whose explorer runs in the browser alone ([README](../README.md)). And below each app stand its pictures.
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298, §3.1, §4.5.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **steer** an edit by its 13 numbers, and **implement** how an added attribute takes others away (exercise A);
# 2. **tell** which values lie outside of the training, and **repair** a function that warns too rarely (exercise C);
# 3. **measure** in an experiment of your own whether two sliders add up (exercise B);
# 4. **explain** why one picture cannot compare two methods (quiz 2);
# 5. **read** the pulls of the losses, and a recorded training, with a slider (quiz 1, 3).
#
# ## Contents
#
# [Parameters](#Parameters), [The map](#The-map), [What a slider is](#1.-What-a-slider-is), [The flip explorer](#2.-The-flip-explorer), [Where the training ends](#3.-Where-the-training-ends), [Side by side](#4.-Side-by-side), [The loss playground](#5.-The-loss-playground), [The training scrubber](#6.-The-training-scrubber), [Limits](#What-goes-wrong,-and-limits), [Summary](#Summary), [Quiz](#Quiz), [References](#References), [Glossary](glossary.md)
#
# *A class of 50 minutes: sections 1 to 3, exercise A.*

# %% [markdown]
# ## Parameters
#
# `""` and `-1` choose the largest bundled editor. `run_dir` puts a run of your own first, from [04](04_train.ipynb). The apps show any editor. What the lesson *measures* uses the bundled default, SeCGAN with the STGAN backbone at 64 px, and 24 faces that were in no training.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a finished run on drawn faces, "" for the bundled editors
image_size: int = -1  # of the editor shown first, in pixels
backbone: str = ""  # of the editor shown first: "stargan", "attgan" or "stgan"
method: str = ""  # of the editor shown first: "secgan", "baseline" or "concat"

# %% tags=["setup"]
from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch
from PIL import Image

from secgan_lite import datasets
from secgan_lite.attributes import rivals, single_flips
from secgan_lite.course import TODO, check, claim, figures, footer, settings, show, table
from secgan_lite.course.widgets import (
    Drawn,
    FlipExplorer,
    canvas,
    catalogue,
    changed,
    chosen,
    explore,
    flipped,
)
from secgan_lite.course.widgets.catalogue import title
from secgan_lite.editing import Trained, default_editor, encoded
from secgan_lite.evaluation import Truth
from secgan_lite.judges import load_classifier
from secgan_lite.parsing import one_hot
from secgan_lite.segments import SEGMENTS
from secgan_lite.support.files import DATA

# %%
settings(globals(), run_dir=str, image_size=int, backbone=str, method=str)
app = FlipExplorer(run_dir, image_size, backbone, method)
print("editors at hand:")
print(*(f"  {e.image_size} px, {e.backbone}, {e.method}" for e in catalogue(run_dir)), sep="\n")

# %% [markdown]
# ## The map

# %%
show(figures.method_map(("faces", "G")), "Which part of SeCGAN do the sliders steer?")

# %% [markdown]
# The sliders set $y^{diff}$, the wish. Both generators get it: $G_{rgb}$ edits the image, $G_{seg}$ the mask. The apps ask two more networks about the result. The parser P finds its **mask**: for each pixel, the part of the face that it shows. The **judge** is a classifier of the 13 attributes; it took no part in the training. The lesson measures 24 faces:

# %% tags=["setup"]
hero = Trained.of(default_editor())  # what is measured; the apps show any editor
size, names = hero.config.image_size, hero.attributes
faces = datasets.load("synthetic", "test", size, 24, attributes=names)
x, y, _ = faces.batch(torch.arange(24))
flips, (true, true_mask) = single_flips(y, names, resolved=True), Truth.of(faces).tensors()[:2]
judge = load_classifier(hero.config.classifier, size).of(names)
exclusions = rivals(names)

# %% [markdown] tags=["slide"]
# ### Predict first
#
# In training, every entry of $y^{diff}$ was −1, 0 or 1. Now the slider *Bangs* moves slowly from 0 to 1. What happens?
#
# - (a) The pixels change evenly: at one half, half of the change is there.
# - (b) The judge jumps: within one quarter of the slider it changes its mind on most faces.
# - (c) The pixels wait: before 1, less than a tenth of the change is there.

# %%
guess = ""  # "a", "b" or "c"

# %% [markdown]
# ## 1. What a slider is
#
# Each slider sets one number of the vector that $G_{rgb}$ gets, one for each of 13 attributes. The three hair colours exclude each other, and so do Bald and Bangs. So a wish for one can take another away. With $n$ attributes, and the functions of [`explorer.py`](../secgan_lite/course/widgets/explorer.py):
#
# | | formula | symbol → tensor | function | beware |
# |---|---|---|---|---|
# | how strongly attribute $j$ must go | $p_j = \max_i R_{ij}\max(c_i, 0)$ | $c$ → `changes` (n,), the sliders, −1 to 1; $R$ → `ruled_out` (n, n), true where two attributes exclude each other | in `wish` | the strongest, not the sum |
# | the wish | $w_j = -p_j$ where $c_j = 0$ and $y^{src}_j = 1$, else $w_j = c_j$ | $y^{src}$ → `present` (n,), true where the face has it | `wish(changes, present, ruled_out)` | minus: the attribute is removed |
# | what $G_{rgb}$ gets | $y^{diff} = a\,w$ | $a$ → `strength`, 0 to 2 | in `explore` | $a$ multiplies what is taken away, too |
#
# For $y^{src}$ the app asks the judge, as a photo has no labels; the lesson takes the true ones. An example: a face has black hair and bangs, and the slider of blond hair stands at `0.6`.
#
# | | black hair | blond hair | bangs |
# |---|---|---|---|
# | the sliders, $c$ | `0` | `0.6` | `0` |
# | the face, $y^{src}$ | `1` | `0` | `1` |
# | the wish, $w$ | `−0.6` | `0.6` | `0` |
#
# Black hair goes as strongly as blond hair comes.

# %% [markdown] tags=["exercise", "slide"]
# ### Exercise A · What a wish rules out
#
# **Goal.** Write $w$. `changes` holds what was asked for, 0 where nothing was. An attribute goes if three things are true: nobody asked to change it, the face has it, and an added attribute excludes it. It goes *as strongly* as the other one is added, even if that is weak. **Difficulty** 2 of 5, 12 min. Checked.
#
# <details><summary>Hint 1: who pushes?</summary>Only positive entries of <code>changes</code>. Of two that push the same attribute, the stronger counts.</details>
# <details><summary>Hint 2: from pairs to attributes</summary>Multiply <code>ruled_out</code> by a column of strengths. Column j of the product holds all that pushes j. Which reduction keeps the strongest?</details>
# <details><summary>Hint 3: where?</summary><code>torch.where</code> takes the result where two conditions hold, and <code>changes</code> elsewhere.</details>


# %% tags=["exercise", "nbval-check-output"]
def wish(changes, present, ruled_out):
    """y_diff (n,) from changes (n,), labels present (n,) and exclusions (n, n), both boolean."""
    # solution
    strongest = (ruled_out * changes.clamp(min=0)[:, None]).amax(dim=0)
    return torch.where((changes == 0) & present, 0 - strongest, changes)
    # end


wish = check("06-wish", wish)

# %% [markdown]
# Now the rule is at work: faces with another hair colour become blond, by the bare wish $c$ and by the rule's $w$.


# %% tags=["setup"]
@torch.no_grad()
def edited(changes, rule=wish, strength=1.0):
    """Edits of the 24 faces, and the y_diff (24, n) that made them, from changes (24, n)."""
    pairs = zip(changes, y > 0, strict=True)
    y_diff = strength * torch.stack([rule(c, there, exclusions) for c, there in pairs])
    return hero.edit(x, y_diff[None], y)[0], y_diff


def reversing(*attributes):
    """Changes (24, n) that reverse some attributes of each face."""
    changes = torch.zeros(24, len(names))
    for i in map(names.index, attributes):
        changes[:, i] = 1 - 2 * y[:, i]
    return changes


# %% [markdown]
# Two measures come from lesson [05](05_evaluate.ipynb). The *error inside* is the mean error of an edit, in grey levels of 255, at the pixels that the true edit changes. The **<dfn>error outside</dfn>** is the error at all other pixels (lesson 05: *leakage*).
#
# The tables give the **<dfn>error left</dfn>**: the error inside, divided by that of *copying*, an editor that returns its input. So copying has 1, and a perfect edit 0. Here $\hat x$ → `edits` and the true edits $x^*$ → `true[i]` are (24, 3, h, h), and the changed pixels $M$ → `changed_pixels(i)` are (24, 1, h, h):
#
# $$\text{error left} = \frac{\sum_{p \in M} \lvert \hat x_p - x^*_p \rvert}{\sum_{p \in M} \lvert x_p - x^*_p \rvert}$$


# %% tags=["setup"]
def changed_pixels(i):
    """Where the true edit of attribute i moves a colour by more than 8 levels, (24, 1, h, h)."""
    return (true[i] - x).abs().amax(dim=1, keepdim=True) * 127.5 > 8


def left(edits, i, which=slice(None)):
    """Error left: 1 for copying, 0 for the true edit of attribute i."""
    error, copying = (((a - true[i]).abs() * changed_pixels(i))[which].sum() for a in (edits, x))
    return (error / copying).item()


def outside(edits, i, which=slice(None)):
    """Error outside, in grey levels."""
    rest = ~changed_pixels(i).expand_as(x)[which]
    return (edits - true[i]).abs()[which][rest].mean().item() * 127.5


# %% tags=["nbval-check-output"]
blond = names.index("Blond_Hair")
dark = (y[:, blond] == 0) & (y[:, exclusions[blond]].sum(dim=1) > 0)  # it has what must go
ways = {"the bare wish": lambda changes, present, ruled_out: changes, "the rule": wish}
recoloured = {way: edited(reversing("Blond_Hair"), rule)[0] for way, rule in ways.items()}
errors = {way: left(edits, blond, dark) for way, edits in recoloured.items()}
for way, error in errors.items():
    print(f"{way}: error left {error:.2f}, n = {int(dark.sum())}")
claim("The bare wish has the larger error", errors["the bare wish"] > errors["the rule"] + 0.02,
      n=int(dark.sum()))  # fmt: skip
here = replace(app.look, editors=(default_editor(),))
there = torch.tensor([*explore(here).present.values()])
mine = wish(reversing("Blond_Hair")[0], there, exclusions).tolist()
claim("the app follows the same rule",
      [*explore(flipped(here, "Blond_Hair")).y_diff.values()] == mine)  # fmt: skip

# %% tags=["slide"]
first = dark.nonzero()[:4, 0]
rows = {"input": x, **recoloured, "true edit": true[blond]}
board = canvas.board(
    {title: list(canvas.as_tiles(images[first])) for title, images in rows.items()},
    [f"face {i}" for i in first.tolist()],
    140,
)
words = "Four faces with dark hair; edited to blond by the bare wish and by the rule; true edits."
show((canvas.on_white(board), words), "To blond: what happens if the old colour is not taken away?")

# %% [markdown]
# *What does the rule buy?* The bare wish has the larger error. It asks for hair of two colours at once, and in training no face has that. On one face we checked that the app follows the same rule. But the earrings of face 5 fade.

# %% [markdown]
# ## 2. The flip explorer
#
# - *face*: a drawn face, which *the face's parameters* redraw, or a photo, which stays on this machine.
# - A button reverses an attribute, a slider sets its number. *strength* is $a$; *play* moves it.
# - *input over the edit* lays the input over the edit.
# - A bar is the judge's probability for the edit, the line in it that for the input. An exclamation mark: training never used such a value on such a face.
# - *labels right*: the share of the 13 labels that the judge sees as in the true edit. *mask*: IoU (lesson [01](01_parsing.ipynb)) of P's mask of the edit with the true mask, at best 1; *G_seg*: the same for the mask by $G_{seg}$. Errors: section 1.
#
# **Find out:** press *add bangs* on test face 0; on test face 4 *add eyeglasses*, undo, *to male*. Which button does what the true edit does?

# %% tags=["widget", "nbval-ignore-output"]
app

# %%
words = """The explorer on test face 0. Left: input, edit and true edit, their changes and masks.
Right: 13 buttons and sliders; pressed are add bangs and remove beard, and the judge's bars of Bangs
and No_Beard stand at 100%. Young stands at +0.20, and its bar has an exclamation mark."""
show(
    (Image.open(DATA / "explorer.png"), words),
    "The app with three sliders moved: which of the three values did training never use?",
)


# %% tags=["slide"]
def sheet(look):
    """A look's picture, and its alt text with the errors."""
    picture, words = explore(look).sheet
    parts = {"inside": "error inside", "copying": "of copying", "outside": "outside"}
    for of, scores in explore(look).scores.items():
        told = (f"{word} {scores[key]:.1f}" for key, word in parts.items())
        words += f" {of}: {', '.join(told)}."
    return picture, words


flips_shown = {
    "add bangs": (0, "Bangs"),
    "add eyeglasses": (4, "Eyeglasses"),
    "to male": (4, "Male"),
}
for button, (number, name) in flips_shown.items():
    face = replace(app.look, subject=Drawn("test", number))
    caption = f"{button}, test face {number}: does the edit change what the true edit changes?"
    show(sheet(flipped(face, name)), caption)

# %% [markdown]
# Compare the last two rows of each picture. The third column is P's mask (of the true edit it is exact). The last comes from $G_{seg}$, which gets the input's mask and the wish, but not the image.
#
# On face 0 the bangs come out, with a brown stain, and miss both ends. On face 4 the glasses are scratches where a black frame should be. *To male* should cut the hair: the mask by $G_{seg}$ does, but in the image **the hair stays long**, with stains.

# %% tags=["nbval-check-output"]
boy, every = names.index("Male"), torch.ones(24, dtype=torch.bool)
groups = {"bangs": ("Bangs", every), "glasses": ("Eyeglasses", every)}
groups |= {"to female": ("Male", y[:, boy] == 1), "to male": ("Male", y[:, boy] == 0)}
edits = {name: edited(reversing(name)) for name in ("Bangs", "Eyeglasses", "Male")}
found = {}
for group, (name, which) in groups.items():
    i, images = names.index(name), edits[name][0]
    with torch.no_grad():
        yes = ((judge(images)[:, i] > 0) == (flips[i][:, i] > 0))[which].float().mean().item()
    found[group] = [int(which.sum()), yes, left(images, i, which), outside(images, i, which)]
columns = {"reversed": "", "faces": "d", "judge accepts": ".2f", "error left": ".2f"}
table(
    "Edits of 24 faces: does the judge see the wish, and how wrong are they?",
    columns | {"error outside, levels": ".1f"},
    [[group, *values] for group, values in found.items()],
)
lefts = {group: values[2] for group, values in found.items()}
claim("an error near that of copying", min(lefts["to female"], lefts["to male"]) > 0.8, n=24)
claim("the judge accepts all bangs", found["bangs"][1] == 1, n=24)
claim("about half of their error is left", 0.4 < lefts["bangs"] < 0.65, n=24)
claim("most of the error of the glasses is left", lefts["glasses"] > 0.8, n=24)
claim("below 3 grey levels", max(values[3] for values in found.values()) < 3, n=24)

# %% [markdown]
# *Is the face unlucky?* No: in both directions *Male* has an error near that of copying. *What moves that should not?* Little: the error outside stays below 3 grey levels. The fault: what should move, stays.
#
# *Can the judge tell?* Here the judge accepts all bangs, and still about half of their error is left. So **a judge that says yes is not a picture that is right**. And most of the error of the glasses is left.
#
# Why does *Male* fail? In our drawn world it decides the length of the hair. Take the pixels whose *segment* (part of the face) must change.

# %% tags=["nbval-check-output"]
hair, (images, y_diff), rows = SEGMENTS.index("hair"), edits["Male"], {}
with torch.no_grad():
    mask, by_p = (hero.parser(pictures).argmax(dim=1) for pictures in (x, images))
    by_g = encoded(hero.g_seg, one_hot(mask), y)(y_diff).argmax(dim=1)
goal = true_mask[boy]
for group in ("to female", "to male"):
    due = (goal != mask) & groups[group][1][:, None, None]
    shares = (
        part[due].float().mean()
        for part in (mask == hair, goal == hair, by_g == goal, by_p == goal)
    )
    rows[group] = [share.item() for share in shares]
columns = {"reversed": "", "were hair": ".2f", "become hair": ".2f"}
table(
    "Of the pixels whose segment must change: what they were, and who gets them right",
    columns | {"right by G_seg": ".2f", "right in the edit, seen by P": ".2f"},
    [[group, *values] for group, values in rows.items()],
)
claim("most of them become hair", rows["to female"][1] > 0.5, n=11)
claim("most of them were hair", rows["to male"][0] > 0.5, n=13)
claim("G_seg is right at more than half of them, the image at fewer than half",
      all(values[2] > 0.5 > values[3] for values in rows.values()), n=24)  # fmt: skip

# %% [markdown]
# *What does the mask editor know?* Of the pixels that must change to female, most of them become hair; of those to male, most of them were hair. G_seg is right at more than half of them, the image at fewer than half. One likely reason, not tested here: a mask needs no colours.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Do two sliders add up?
#
# **Goal.** Reverse two attributes *together*: is the change the sum of the two single changes? Let $\Delta_a$, $\Delta_b$ and $\Delta_{ab}$ be the changes by the wish a, by the wish b and by both, each measured from the output without a wish, $G(x, 0)$. Measure the **<dfn>surplus</dfn>**:
#
# $$\frac{\operatorname{mean}\lvert\Delta_{ab}-\Delta_a-\Delta_b\rvert}{\operatorname{mean}\lvert\Delta_{ab}\rvert}$$
#
# over all numbers of the 24 faces: 0 means that they add up. Test: an attribute with itself ($\Delta_{ab}=\Delta_a=\Delta_b$) has surplus 1. Then choose three pairs: one that should add up, one that should not, one that you cannot foresee. Write your prediction *before* you run. **Difficulty** 2 of 5, 18 min. Open: compare with the [solutions](solutions/06_explore.ipynb).
#
# <details><summary>Hint 1: where do they meet?</summary>Think of the pixels that each wish changes.</details>
# <details><summary>Hint 2: what makes an edit?</summary><code>edited(reversing("Bangs"))[0]</code> gives 24 edits; <code>reversing</code> takes two names as well, and without a name asks for nothing.</details>

# %% tags=["exercise"]
prediction = ""  # three pairs, what you expect, and why
# solution
my_pairs = [("Blond_Hair", "Mustache"), ("Blond_Hair", "Bangs")]
my_pairs += [("Bald", "Blond_Hair"), ("Bangs", "Eyeglasses")]
# lesson
# my_pairs = []  # [("Bangs", "Eyeglasses"), …]
# end


def surplus(a, b):
    """Mean |Δab − Δa − Δb| over mean |Δab|: numbers of 24 faces, for two attributes."""
    # solution
    nothing, *some = (edited(reversing(*which))[0] for which in ((), (a,), (b,), (a, b)))
    one, other, both = (edits - nothing for edits in some)
    return ((both - one - other).abs().mean() / both.abs().mean()).item()
    # end


measured = [(a, b, surplus(a, b)) for a, b in my_pairs]
if measured and all(share is not TODO for *_, share in measured):
    print(f"bangs twice: surplus {surplus('Bangs', 'Bangs'):.2f}, wanted 1.00")
    columns = {"one": "", "the other": "", "surplus": ".2f"}
    table("How far two sliders are from adding up, n = 24 faces", columns, measured)

# %% [markdown] tags=["solution"]
# **Answer.** Hair to blond and a moustache share no pixels, and their surplus is small. With blond hair and bangs the bangs must be *blond*, and neither single edit has drawn that. *Bald* and *Blond_Hair* have the largest surplus: a bald head has no hair that could be blond. But bangs and eyeglasses hardly share pixels, and do not add up well either: one network draws both.

# %% [markdown]
# ## 3. Where the training ends
#
# The 24 faces again, with *Eyeglasses* or *Bangs* reversed, at growing strength. The change is measured from the output at strength 0.

# %% tags=["nbval-check-output"]
strengths, growing = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0), {}
for name in ("Eyeglasses", "Bangs"):
    i, idle = names.index(name), edited(reversing(name), strength=0.0)[0]
    for strength in strengths:
        edits = edited(reversing(name), strength=strength)[0]
        with torch.no_grad():
            accepted = ((judge(edits)[:, i] > 0) == (flips[i][:, i] > 0)).float().mean().item()
        growing[name, strength] = accepted, (edits - idle).abs().mean().item() * 127.5
columns = {"strength": ">", "glasses: judge accepts": ".2f", "change, grey levels": ".1f"}
table(
    "24 faces, glasses and bangs reversed, from nothing to twice the whole",
    columns | {"bangs: judge accepts": ".2f", "change, grey levels ": ".1f", "in training": ""},
    [
        [f"{s:.2f}", *growing["Eyeglasses", s], *growing["Bangs", s], seen]
        for s, seen in zip(
            strengths, ("yes", *["between"] * 3, "yes", *["beyond"] * 2), strict=True
        )
    ],
)

# %% tags=["nbval-check-output"]
accepted, moved = (dict(zip(strengths, values, strict=True)) for values in zip(
    *(growing["Bangs", s] for s in strengths), strict=True))  # fmt: skip
half, most = moved[0.5] / moved[1.0], moved[0.75] / moved[1.0]
jump = max(accepted[b] - accepted[a] for a, b in pairwise(strengths[:5]))
table(
    "Predict first: the verdict",
    {"option": "", "measured": "", "verdict": ""},
    [
        ["a", f"at 0.5 there is {half:.2f} of the change", "yes" if 0.4 < half < 0.6 else "no"],
        ["b", f"largest jump of the judge: {jump:.2f}", "yes" if jump > 0.5 else "no"],
        ["c", f"at 0.75 there is {most:.2f} of the change", "yes" if most < 0.1 else "no"],
    ],
)
print("predicted:", guess or "no prediction")
claim("less than half of the change", half < 0.5, n=24)
claim("far more than a tenth", most > 0.3, n=24)
claim("jumps on most faces within one quarter of the slider", jump > 0.5, n=24)
claim("The change goes on growing beyond 1", moved[1.0] < moved[1.5] < moved[2.0], n=24)
claim("At 1.5 it accepts the glasses on all faces", growing["Eyeglasses", 1.5][0] == 1, n=24)

# %% tags=["slide"]
boards, first_shown = [], title(app.look.editors[0])
for number, name in ((4, "Eyeglasses"), (0, "Bangs")):
    face = changed(replace(app.look, subject=Drawn("test", number)), name, 1.0)
    seen = [explore(replace(face, strength=s)) for s in strengths]
    sees = [found.probabilities[first_shown][name] for found in seen]
    heads = [f"{s:g}: judge {p:.0%}" for s, p in zip(strengths, sees, strict=True)]
    tiles = [seen[0].faces["input"], *(found.faces[first_shown] for found in seen)]
    boards.append(canvas.board({name: tiles}, ["input", *heads], 116))
words = (
    "The input, then glasses on test face 4 and bangs on test face 0 at strengths from 0 to 2, and"
)
words += " the judge's probability. At 2 the glasses are a dark smear, and the bangs have coloured noise."
show((canvas.on_white(canvas.stacked(boards)), words), "Where does the judge say yes, and you no?")

# %% [markdown] tags=["slide"]
# *Verdict.* (b) is right: the judge has a threshold, and jumps on most faces within one quarter of the slider. (a) At one half there is less than half of the change. (c) At three quarters there is far more than a tenth of it.
#
# At strength 0 the output is already not quite the input. The change goes on growing beyond 1. With glasses the judge is slower. At 1.5 it accepts the glasses on all faces, and in the picture they are a smear.

# %% [markdown]
# A colleague's app warns of wishes outside of the training. Ten wishes, and what happened:

# %% tags=["nbval-check-output"]
i, rows = names.index("Eyeglasses"), []
idle = edited(reversing("Eyeglasses"), strength=0.0)[0]
for value in (-1.5, -1.0, 0.0, 0.5, 1.0):
    wanted = torch.zeros(24, len(names))
    wanted[:, i] = value
    with torch.no_grad():
        change = (hero.edit(x, wanted[None], y)[0] - idle).abs().mean(dim=(1, 2, 3)) * 127.5
    for label, words in ((0, "no"), (1, "yes")):
        these = y[:, i] == label
        wished = value >= 0.5 if label == 0 else value <= -0.5  # the truth turns at one half
        due = (true[i] - x)[these].abs().mean().item() * 127.5 * wished
        wish_made = f"{value:+.1f}" if value else "0"
        warns = "yes" if abs(value) > 1 else "no"
        rows.append([len(rows) + 1, wish_made, words, change[these].mean().item(), due, warns])
table(
    "Eyeglasses: what each wish did, beyond the output at 0, and whether the colleague's app warned",
    {"row": "d", "value": ">", "has glasses": "", "changes, levels": ".1f"}
    | {"should change": ".1f", "colleague warns": ""},
    rows,
)

# %% [markdown] tags=["exercise"]
# ### Exercise C · A warning that sleeps
#
# **Goal.** Repair the colleague's function. It should warn exactly where the value lies outside of the *range* that training gave for that label; `0.5` for a face without glasses lies within. Which rows of the table above are wrong? **Difficulty** 3 of 5, 12 min. Checked.
#
# <details><summary>Hint 1: which values are there?</summary>Training sets $y^{diff} = y^{trg} - y^{src}$, and both labels are 0 or 1. Which values can it have for each label $y^{src}$?</details>
# <details><summary>Hint 2: draw it</summary>For each label, mark the range on a line from $-1.5$ to $1.5$. On which sides of it must the warning come?</details>


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

# %% tags=["nbval-check-output"]
claim("a second pair of glasses changes the face", rows[9][3] > 1 and rows[9][4] == 0)

# %% [markdown]
# <details><summary>What was wrong? (after your own answer)</summary>The colleague looks at the value alone. But a second pair of glasses changes the face (row 10), although nothing should change: for a face with glasses, +1 was never trained. In one formula: warn where $y^{diff}_j$ is not between $-y^{src}_j$ and $1 - y^{src}_j$.</details>

# %% [markdown]
# ## 4. Side by side
#
# The same wish, by three methods trained alike. In the app, tick *all methods side by side*.

# %% tags=["slide"]
now = next(e for e in catalogue(run_dir) if e.name == app.look.editors[0])
relatives = chosen(catalogue(run_dir), now.image_size, now.backbone, now.method, together=True)
together = replace(app.look, subject=Drawn("test", 0), editors=relatives)
show(
    sheet(flipped(together, "Blond_Hair")),
    "Which method comes closest to the true edit of this one face?",
)

# %% [markdown]
# Now the count: six faces, 13 flips of each, so 78 pairs.

# %% tags=["nbval-check-output"]
methods = [title(name) for name in relatives]
ratios = np.full((len(methods), 6, len(names)), np.nan)
for number in range(6):
    for k, name in enumerate(names):
        scores = explore(flipped(replace(together, subject=Drawn("test", number)), name)).scores
        ratios[:, number, k] = [scores[m]["inside"] / scores[m]["copying"] for m in methods]
by_face = ratios.mean(axis=2)
table(
    "Error left: the mean over 13 flips of each face",
    {"method": ""} | {f"face {number}": ".2f" for number in range(6)} | {"all": ".3f"},
    [[m, *by_face[row], by_face[row].mean()] for row, m in enumerate(methods)],
)
nearest = ratios.argmin(axis=0)
wins = [(nearest == row).sum() for row in range(len(methods))]
print("nearest to the truth:", ", ".join(f"{m} {w}" for m, w in zip(methods, wins, strict=True)))
best = [methods[k] for k in (nearest[0, names.index("Blond_Hair")], np.argmax(wins))]
print("nearest in the picture above, and most often:", *best)
claim("each method is the nearest in some pairs", min(wins) >= 5, n=78)
claim("the picture above names another winner than the count", best[0] != best[1], n=78)
means = by_face.mean(axis=1)
claim("concat is the nearest most often, and secgan has the smallest mean",
      (best[1], methods[means.argmin()]) == ("concat", "secgan"), n=78)  # fmt: skip
claim("The methods differ less than the faces", np.ptp(means) < np.ptp(by_face.mean(axis=0)) / 2)

# %% [markdown] tags=["slide"]
# *Does the picture decide?* No: the picture above names another winner than the count. And each method is the nearest in some pairs, so a chosen picture can show any winner.
#
# *Does the count decide?* Not even that: concat is the nearest most often, and secgan has the smallest mean. The methods differ less than the faces.
#
# A picture shows *that* something happens, never *how often*. Beside it belong a rule that chose its faces, and a number over many. These are three editors, one training each.

# %% [markdown]
# ## 5. The loss playground
#
# In lesson [02](02_losses.ipynb), each loss term *pulls* at the pixels of an edit: its gradient says how each pixel should change. `weigh(pulls, mix)` of [`weighing.py`](../secgan_lite/course/widgets/weighing.py) adds up the pulls and goes one step:
#
# | | formula | symbol → tensor | beware |
# |---|---|---|---|
# | a pull | $g_t = \lambda_t\, \partial L_t / \partial r$ | $r$ → `pulls.raw["rgb"]` (6, 3, h, h), the raw output; the edit is $\tanh r$ | λ only scales it |
# | its share | $\lVert g_t\rVert / \sum_u\lVert g_u\rVert$ | → `.shares[t]`, 0 to 1 | of the norms |
# | its pixels | part of the pixels where $g_t$ is longest | → `.wins[t]`, 0 to 1 | a tiny lead wins |
# | a step | $r' = r - 0.1\, g / \operatorname{rms}(g)$, $g = g_{cls} + g_{sc}$ | $d = \tanh r' - \tanh r$ → `.moved` (3, h, h); rms: root of the mean square of all numbers | its length is fixed |
# | where it points | $\cos(d,\ x^* - \tanh r)$ | → `.towards`; $x^*$ → `pulls.true` (6, 3, h, h) | 1 is straight at the truth |
#
# A toy of two pixels: $g_{cls} = (3,0)$, $g_{sc} = (0,4)$. The shares are 3/7 and 4/7, each term wins one pixel, and the step goes along $-(3,4)$.
#
# A finished editor keeps no D: the judge stands in for it in the attribute term, and realism and reconstruction are left out.
#
# **Find out:** move $\lambda_{sc}$ from 0 to its trained value. Where does consistency pull harder than the attributes? Does it turn the step there? Does the step then point better?

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import LossPlayground, Mix, Pulls, compared, weigh

pulls = Pulls.of_flips(hero)
titles = pulls.titles
LossPlayground(pulls)

# %% tags=["slide"]
mine = pulls.trained["rgb"]["sc"]
weights = {"none": 0.0, f"as trained, {mine:g}": mine}
mixes = {
    f"{titles[3]}, λ_sc: {way}": Mix(face=3, weights=(("sc", value),))
    for way, value in weights.items()
}
show(
    compared(pulls, mixes),
    "Hair to blond: where does the step go without consistency, and where with it?",
)

# %% tags=["nbval-check-output"]
rows = []
for face, edit in enumerate(titles):
    without, with_it = (
        weigh(pulls, Mix(face=face, weights=(("sc", v),))) for v in weights.values()
    )
    turn = torch.cosine_similarity(without.moved.flatten(), with_it.moved.flatten(), dim=0).item()
    rows.append([edit, *with_it.shares.values(), turn, without.towards, with_it.towards])
parts = {part: ".0%" for part in ("attributes", "consistency")}
table(
    "Share of the pull as trained; cosine of the two steps, and of each with the way to the truth",
    {"edit": ""}
    | parts
    | {"between the steps": ".2f"}
    | {f"truth, λ_sc {way}": ".2f" for way in weights},
    rows,
)
claim(
    "only at *hair to blond*", [row[0] for row in rows if row[2] > row[1]] == ["hair to blond"], n=6
)
claim("by nearly a right angle", [row[0] for row in rows if abs(row[3]) < 0.1] == ["hair to blond"])
claim("At the other five the step hardly turns", sum(row[3] >= 0.9 for row in rows) == 5, n=6)
claim("no step points well at the truth", max(max(row[4:]) for row in rows) < 0.5, n=12)
claim("by less than 0.1", max(abs(row[5] - row[4]) for row in rows) < 0.1, n=6)

# %% [markdown]
# *Where is consistency stronger?* Although the weights are the same for all six edits, only at *hair to blond*. So the edit decides, too.
#
# *Does it turn the step?* At *hair to blond*, by nearly a right angle (cosine 0.03). In the figure, the step without consistency paints mouth and cheeks; with it, the edge of the hair. At the other five the step hardly turns.
#
# *Does it point better?* At *hair to blond* a little (0.02 to 0.09). But the cosine with the way to the truth changes by less than 0.1 everywhere, and no step points well at the truth: a loss knows what P or a judge dislikes, not what the face should look like. Six edits are examples, no rates.

# %% [markdown]
# ## 6. The training scrubber
#
# Recorded trainings of SeCGAN (StarGAN backbone, 32 px, 800 iterations, one seed). B is healthy, A has no attribute loss in its generators (Eq. 4 and 9), C no gradient penalty (Eq. 2 and 7), D no consistency. Choose two runs and move the iteration. The curves:
#
# - *recognised*: labels that D reads right in real faces; in edits; flips that the judge sees (shares);
# - *error*: that of a reconstruction $G(x, 0)$, and the mean *change* by an edit;
# - *fake − real*: the critic's mean score of edits minus that of real faces. If it runs away, the axis is logarithmic: $\pm\log(1 + \lvert v \rvert)$.
#
# **Find out:** after a fifth of the training, what tells that A and C will fail?

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import Moment, TrainingScrubber, recordings, scrub

runs = recordings(run_dir)
TrainingScrubber(runs=runs)

# %% tags=["slide"]
three = ("B, healthy", "A, no attribute loss", "C, no gradient penalty")
three_runs = {words: runs[words] for words in np.random.default_rng(5).permutation(three).tolist()}
last = three_runs["B, healthy"].scores[-1]["iteration"]
fifth = {  # what was known by then
    words: replace(run, log=[r for r in run.log if r["iteration"] <= last // 5],
                   scores=[r for r in run.scores if r["iteration"] <= last // 5])
    for words, run in three_runs.items()
}  # fmt: skip
unnamed = {f"run {number}": run for number, run in enumerate(fifth.values(), start=1)}
show(
    scrub(unnamed, Moment(last // 5)).sheet,
    f"The first {last // 5} of {last} iterations, shuffled: which run is A, which B, which C?",
)

# %% tags=["nbval-check-output"]
late = scrub(three_runs, Moment(last)).numbers
early = scrub(three_runs, Moment(last // 5)).numbers
table(
    "Share of flips that the judge sees",
    {"run": "d", "was": "", f"iteration {last // 5}": ".2f", f"iteration {last}": ".2f"},
    [
        [number, words, early[words]["tarr"], late[words]["tarr"]]
        for number, words in enumerate(three_runs, start=1)
    ],
)
claim("the healthy run is recognised more than the others", max(
    late[w]["tarr"] for w in three[1:]) < late["B, healthy"]["tarr"] - 0.3)  # fmt: skip
claim("the judge already sees far fewer edits in A",
      early["A, no attribute loss"]["tarr"] < early["B, healthy"]["tarr"] - 0.2)  # fmt: skip
claim("about as many edits in C as in B",
      abs(early["B, healthy"]["tarr"] - early["C, no gradient penalty"]["tarr"]) < 0.1)  # fmt: skip
masks_gap, images_gap = (max(abs(r[f"{branch}/critic"]) for r in fifth["C, no gradient penalty"].log)
                         for branch in ("semantic", "rgb"))  # fmt: skip
print(f"C, largest gap in the first fifth: masks {masks_gap:,.0f}, images {images_gap:.2f}")
claim("the critic of its masks runs away within this fifth", masks_gap > 1000)
claim("the critic of its images stays calm", images_gap < 1)

# %% [markdown]
# *What do you see?* After a fifth of the training, even B's faces are blurred: looks alone decide little. But the judge already sees far fewer edits in A: no term asks for an attribute, and its three edits look alike. The judge does not warn about C: it sees about as many edits in C as in B. But all masks by G_seg in C are broken, and the critic of its masks runs away within this fifth, while the critic of its images stays calm. At the end, the healthy run is recognised more than the others.

# %% [markdown]
# ## What goes wrong, and limits
#
# **The judge is not you.** It learned from drawn faces, and accepts smears.
#
# **A photo means nothing here.** Editors, judge and P have seen only drawings.
#
# **A label brings others along.** *Male* in the drawn world brings long or short hair. In photographs, too, an editor learns all that comes along with a label.
#
# **Edited pictures of real people** can harm them. Ask them first, and do not pass on edits as real.

# %% [markdown] tags=["slide"]
# ## Summary
#
# 1. A slider is one number of $y^{diff}$. An added attribute takes away what it rules out, as strongly as it is added.
# 2. Training has seen 0 on every face, +1 on faces that lack the attribute, −1 on faces that have it.
# 3. *Male* reversed: the mask editor is right at more than half of the pixels that must change, the image at about a third. Beyond the trained strength, the judge accepts a smear. What should move, often stays; little moves that should stay.
# 4. The weights λ and the edit decide which term pulls hardest. No term knows the true edit.

# %% [markdown] tags=["slide"]
# ## Quiz
#
# 1. You double all λ. What happens to "who wins" and to the step? <details><summary>Answer</summary>Nothing. Only ratios of the weights matter there, because the step has a fixed length.</details>
# 2. A paper shows four faces, and its own method edits them best. What do you ask? <details><summary>Answer</summary>Which rule chose the faces, and what the numbers over many faces say.</details>
# 3. Which curve betrays run C before the judge does? <details><summary>Answer</summary>*fake − real* of the masks.</details>
#
# ## References
#
# - Sun et al., [*SeCGAN*](https://arxiv.org/abs/2111.09298), 2021: §3.1 ($y^{diff}$), §3.2 (Eq. 11, 12), §4.5 (Concat). 15 min.
# - Liu et al., [*STGAN*](https://arxiv.org/abs/1904.09709), 2019, §3: why a difference, and not a target. 10 min.
# - Kahng et al., [*GAN Lab*](https://poloclub.github.io/ganlab/), 2019: GANs in the plane. 10 min.
#
# Next: [07](07_ablations.ipynb) takes several seeds.

# %% tags=["nbval-ignore-output"]
footer()
