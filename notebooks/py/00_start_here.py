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
# # 00 · Start here
#
# **Question.** Can a network change one thing about a face and leave the rest alone?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 15 min, exercises 20 min | 20 s | 1.2 GB | Python, and what a convolutional network is |
#
# **The whole course**: in ten lessons you write, train and measure an editor of faces. Plan five and a half hours to read, nine for exercises, a quarter of an hour to run. A laptop with two cores and 2 GB of free memory is enough, offline and without a graphics card. Make a copy (below), open it, and press "Run all".
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, [arXiv 2111.09298](https://arxiv.org/abs/2111.09298).

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **write** a wish as numbers (exercises A and B), and edit a face by it in two lines;
# 2. **say** how the error of an edit is measured, and why a failed edit can have a small error (exercise C);
# 3. **name** the parts of SeCGAN (quiz), and the lesson of each;
# 4. **tell** whether your machine is ready, and how long each lesson takes on it.
#
# ## Contents
#
# [Working](#How-to-work-with-the-lessons) · [A first edit](#A-first-edit) · [What a wish is](#What-a-wish-is) · [Every attribute](#Every-attribute) · [The error](#How-far-from-the-truth?) · [The map](#The-map) · [History](#How-we-got-here) · [This machine](#Is-this-machine-ready?) · [Limits](#What-goes-wrong,-and-limits) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *A class of 50 minutes has time for all of it.*

# %% [markdown]
# ## How to work with the lessons
#
# - **Work on a copy.** `uv run secgan-lite start`, in a terminal, makes one in `notebooks/my/`.
# - **Exercises.** You replace `return TODO`, or you repair a mistake. Then run the cell. If the check knows your mistake, it names it. Until your answer is right, the lesson uses the one in the [solutions](solutions).
# - A printed line *holds: …* means: the program has tested this sentence of the text.
#
# ## Parameters
#
# Change a value and run again, or set it from outside with papermill, a program that runs notebooks: its command is printed below. A misspelt name stops the notebook.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a run whose network edits, "" for the bundled one
seed: int = 0  # of the faces; the text describes those of 0

# %% tags=["setup"]
import numpy as np
import torch

from secgan_lite import attributes, datasets, load_editor
from secgan_lite.course import (
    TODO,
    check,
    claim,
    figures,
    folded,
    footer,
    settings,
    show,
    six_faces,
    table,
    true_edit,
)
from secgan_lite.course.checks.beginning import placed
from secgan_lite.course.tables import bracketed
from secgan_lite.editing import default_editor
from secgan_lite.evaluation import Truth, load_results
from secgan_lite.evaluation.bootstrap import Bootstrap
from secgan_lite.evaluation.truth import pixel_sums
from secgan_lite.faces import counterfactual, render
from secgan_lite.segments import SEGMENTS

# %%
settings(globals(), "00_start_here", run_dir=str, seed=int)

# %% [markdown] tags=["slide"]
# ## A first edit
#
# An editor, a picture, and a wish:

# %% tags=["slide-more"]
editor = load_editor(run_dir)  # "" is the editor that comes with the course
faces = six_faces(editor.image_size, seed)
picture = faces.images[5].transpose(1, 2, 0)  # height, width, RGB

wish = {"Brown_Hair": +1, "Black_Hair": -1}
edited = editor.edit(picture, wish).image
show(
    figures.before_and_after(picture, edited, wish),
    "What did the network paint, and where did it stop?",
)

# %% [markdown]
# *What did it paint?* The hair, in a dark brown; a thin black rim is left. Skin and earrings seem to be as before, but an eye can miss small changes: later we measure other edits of her. In the wish, +1 adds an attribute and −1 takes it away. While it edits, nobody tells the network where the hair is. How it learned that is the subject of the course.
#
# Is this edit right? For a photograph we cannot know: there is no second photograph that differs only in the hair. But a program drew this face from numbers: we can change one number and draw again. So each edit of a drawn face has a **<dfn>true edit</dfn>**: the same drawn face with the wish fulfilled.
#
# This woman stays with us until the map.

# %% tags=["slide"]
wishes = [
    wish,
    {"Bangs": +1},
    {"Eyeglasses": +1},
    {"Blond_Hair": +1, "Black_Hair": -1},
    {"Blond_Hair": +1},
]
edits = [editor.edit(picture, each).image for each in wishes]
true_edits = [true_edit(faces, 5, each) for each in wishes]  # None: there is no such face
show(
    figures.wishes(picture, edits, true_edits, wishes),
    "Which of these five wishes does the editor fulfil?",
)

# %% [markdown] tags=["slide-more"]
# *Which wishes are fulfilled?* The first edit again: brown, but too dark. The bangs are there, but browner and shorter than the true ones. The glasses are a smear. The hair turns blond, and more evenly if the wish also takes black away (the fourth edit). The last wish asks for blond *on top of* black: hair has one colour, so there is no true edit.
#
# Now yours: type `editor.edit(picture, {"Bald": +1}).image` into a new cell. A wish can use the names below. Two names say the opposite of what you may expect, as in the data set CelebA: `No_Beard` −1 adds a beard, and `Young` −1 makes a face old.

# %% tags=["nbval-check-output"]
print(", ".join(editor.attributes))

# %% [markdown] tags=["slide"]
# ## What a wish is
#
# The network that edits is called the **<dfn>generator</dfn>** $G_{rgb}$. It makes the edit $x^{out}$ of a face $x^{in}$ and a wish. In the paper a wish $y^{diff}$ is made of two lists of labels: $y^{src}$, what the face has, and $y^{trg}$, what it is to have.
#
# Three attributes by hand. The face has bangs and brown hair, and is to become blond. Blond comes, brown goes, bangs stay:

# %% tags=["nbval-check-output"]
y_src = {"Bangs": 1, "Blond_Hair": 0, "Brown_Hair": 1}
y_trg = {"Bangs": 1, "Blond_Hair": 1, "Brown_Hair": 0}
y_diff = {"Bangs": 0, "Blond_Hair": +1, "Brown_Hair": -1}
print("y_trg  =", y_trg)
print("y_diff =", y_diff)

# %% [markdown]
# | symbol | tensor | in the package | beware |
# |---|---|---|---|
# | $y^{src}$, $y^{trg}$ | labels (faces, 13) of 0 and 1 | `labels` of [`datasets`](../secgan_lite/datasets/data.py) | not −1 and 1 |
# | $y^{diff}$ | (faces, 13) of −1, 0 and 1 | `difference` in [`attributes.py`](../secgan_lite/attributes.py) | an older editor, StarGAN, gives its generator the *target* instead |
# | $x^{out} = G_{rgb}(x^{in}, y^{diff})$ | (faces, 3, h, h) from −1 to 1: 3 colours, h × h pixels, here h = 64 | `edit` of [`editor.py`](../secgan_lite/editing/editor.py) takes and gives pictures of 0 to 255 | $x = v/127.5 - 1$ for a level $v$ |

# %% [markdown] tags=["exercise", "slide"]
# ### Exercise A · A wish as numbers
#
# **Goal.** Write $y^{diff}$ for whole batches of labels. **Difficulty** 1 of 5, 5 min. Checked.
#
# <details><summary>Hint 1: which values are there?</summary>Two labels make four pairs: (0, 0), (0, 1), (1, 0), (1, 1). Does something come, go or stay?</details>
# <details><summary>Hint 2: which operation gives them all?</summary>The name says it. Tensors are subtracted element by element.</details>
# <details><summary>Hint 3: which one comes first?</summary>An attribute that is to come must give +1.</details>


# %% tags=["exercise", "nbval-check-output"]
def difference(y_trg, y_src):
    """y_diff: +1 where an attribute is to come, −1 where it is to go, else 0; all (faces, n)."""
    # solution
    return y_trg - y_src
    # end


difference = check("00-difference", difference)

# %% tags=["nbval-check-output"]
trg, src = (torch.tensor([list(y.values())]) for y in (y_trg, y_src))
found = dict(zip(y_src, difference(trg, src)[0].tolist(), strict=True))
claim("The function gives the three numbers that we wrote by hand", found == y_diff)

# %% [markdown]
# The function gives the three numbers that we wrote by hand. It is
#
# $$y^{diff} = y^{trg} - y^{src},$$
#
# the target first. Suppose we gave the network the target $y^{trg}$ instead. For bangs it would read 1, and add more of them. For brown it would read 0, and leave the brown.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Reverse it
#
# **Goal.** Write a wish for each of the n attributes of one face; row i reverses attribute i. A colleague used the identity matrix. For a black-haired face, its row `Black_Hair` changes nothing. Find out why, and repair it. **Difficulty** 2 of 5, 5 min. Checked.
#
# <details><summary>Hint 1: what is row i?</summary>One wish: its entry i is for attribute i, and all others are 0.</details>
# <details><summary>Hint 2: which number reverses?</summary>Where the label is 0, +1. Where it is 1, −1. Find a line through both points.</details>
# <details><summary>Hint 3: where does it go?</summary><code>torch.diag</code> puts a vector on the diagonal of a matrix.</details>


# %% tags=["exercise", "nbval-check-output"]
def reversals(y_src):
    """y_diff (n, n) of n edits of a face with labels y_src (n,): row i reverses attribute i."""
    # solution
    return torch.diag(1 - 2 * y_src)
    # lesson
    # return torch.eye(len(y_src))
    # end


reversals = check("00-reversals", reversals)

# %% [markdown]
# ## Every attribute
#
# The identity only adds: +1 for black asks a black-haired face for what is there already. Here are the 13 wishes on the diagonal, one edit each. In the code, `resolve` lets a new hair colour take the old one away; for that it needs the labels that the face has.

# %% tags=["slide"]
names, labels = attributes.NAMES, torch.tensor(faces.labels[5]).float()
has = dict(zip(names, labels.tolist(), strict=True))
signs = reversals(labels).diagonal().tolist()
reversed_by_us = [
    editor.edit(picture, {name: sign}, labels=has, resolve=True).image
    for name, sign in zip(names, signs, strict=True)
]
ours = np.stack(reversed_by_us).transpose(0, 3, 1, 2)[:, None]  # (13, one face, 3, h, h)
truths = Truth.of(faces, slice(5, 6)).images  # of the same shape
show(
    figures.reversed_beside_truth(faces.images[[5]], ours, truths, names, labels[None]),
    "Which reversals would you take for the true ones?",
)

# %% [markdown] tags=["slide-more"]
# *Which edits are right?* None in full.
#
# - **Near**: blond hair (in straight stripes), bangs (too brown), pale skin (in blotches).
# - **The wrong colour**: brown hair is too dark. *Not black* is red, the true edit is grey: the wish does not say which.
# - **In the right place, only partly done**: eyebrows, moustache, beard.
# - **Not done**: *to bald* leaves the hair, in violet. Glasses become a smear. *To male*, *to old* and the mouth fail.
#
# (In a true edit the brows follow the hair's colour, and *to male* cuts the hair.)

# %% [markdown]
# ### Try it
#
# Press a button to reverse an attribute, or move its slider. Blue is what an edit changed; the orange line goes around what the true edit changes. It begins with blond hair: blue fills the hair, and traces lie in the face. Find a wish whose edit changes more outside of its line than blond hair does. The answer is below the next figure.

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import FlipExplorer

app = FlipExplorer(run_dir)
app.do("number", value=5)  # this woman, among the test faces of seed 0
app.do("flip", name="Blond_Hair")
app

# %% [markdown]
# The numbers beside the face are errors; the next section explains them. Leave the masks to lesson [06](06_explore.ipynb). No buttons? Look at the next figure: it shows four wishes.


# %% tags=["nbval-check-output"]
def moved(pictures):
    """Where a colour differs from the input's by more than 8 of 255 grey levels: (13, h, h)."""
    return np.abs(pictures[:, 0] - faces.images[5].astype(float)).max(axis=1) > 8


still = ~moved(truths)  # the true edit leaves these pixels alone
share_moved = (moved(ours) & still).sum(axis=(1, 2)) / still.sum(axis=(1, 2))
shown = ("Bald", "Blond_Hair", "Male", "Eyeglasses")
k = [names.index(name) for name in shown]
print("of her pixels to be left alone, changed by more than 8 of 255 grey levels:")
print(", ".join(f"{name} {share_moved[i]:.0%}" for name, i in zip(shown, k, strict=True)))
claim("more than any other of the 13 edits", names[share_moved.argmax()] == "Bald")
skin = (faces.masks[5] == SEGMENTS.index("skin")) & still[0]
red, green, blue = (ours[0, 0] - truths[0, 0].astype(float))[:, skin].mean(axis=1)
print(f"on her skin Bald changes red by {red:+.1f}, green by {green:+.1f}, blue by {blue:+.1f}")
claim("her skin turns redder", red > green and red > blue)
show(
    figures.edit_comparison(faces.images[5], ours[k, 0], truths[k, 0], shown, labels[k], {}),
    "Which pixels does each edit change that the true edit leaves alone?",
)

# %% [markdown]
# *Which pixels?* Compare *change* with *true change*, in her face:
#
# - *Bald* changes 63 % of the pixels to be left alone (by more than 8 of 255 grey levels), more than any other of the 13 edits: also the background and the face. There her skin turns redder: on average it loses 12.5 grey levels of green, and 1.2 of red.
# - Blond changes 25 %: a little in the face, and around the hair.
# - *Eyeglasses* changes the right region, into a smear, and 8 % of the pixels to be left alone.

# %% [markdown] tags=["slide"]
# ## How far from the truth?
#
# $M$ are the pixels that the true edit changes. Inside $M$ we divide the error of the edit by the error of the unchanged input. This **share of the error** is 0 at the truth, 1 where nothing was done, and above 1 where the edit made it worse:
#
# $$\text{inside} = \frac{\sum_{p \in M} \lvert x^{out}_p - x^{true}_p \rvert}{\sum_{p \in M} \lvert x^{in}_p - x^{true}_p \rvert}$$
#
# | symbol | array | in the package | beware |
# |---|---|---|---|
# | $x^{in}$, $x^{out}$, $x^{true}$ | `x`, `edit`, `true`: (3, h, h), levels of 0 to 255 for each colour; we call them grey levels | `x`, `edits`, `true` of `pixel_sums` in [`truth.py`](../secgan_lite/evaluation/truth.py) | `pixel_sums` takes −1 to 1, and many faces and edits at once: `x` is (faces, 3, h, h), `edits` and `true` (edits, faces, 3, h, h); all three colours count |
# | $M$ | `region`: (h, h), true where a colour changes by more than 8 levels | the same name there | sum by sum, or mean by mean: the share is the same |
#
# Three pixels first. They are 40, 40 and 40, and should be 140, 100 and 60:

# %% tags=["nbval-check-output"]
old, wanted = np.array([40, 40, 40]), np.array([140, 100, 60])
nothing = np.abs(old - wanted).sum()  # 100 + 60 + 20
print(f"from {old} to {wanted}: doing nothing errs by {nothing}")
for text, new in {"an edit": np.array([110, 100, 45]), "flat 90": np.full(3, 90)}.items():
    each = np.abs(new - wanted)
    print(f"{text} {new} errs by {each.sum()}: share {each.sum() / nothing:.2f}")
claim("half of the error is gone", 2 * each.sum() == nothing)

# %% [markdown]
# *Flat 90* paints one grey over all three pixels, and half of the error is gone. So a share needs a control. Ours is **flat grey**: all of $M$ gets the level 128.

# %% tags=["nbval-check-output"]
blond = names.index("Blond_Hair")
x, edit, true = np.stack([faces.images[5], ours[blond, 0], truths[blond, 0]]).astype(float)
region = np.abs(true - x).max(axis=0) > 8  # of 255 grey levels: here something has to change
error, of_nothing = np.abs(edit - true)[:, region].mean(), np.abs(x - true)[:, region].mean()
print(f"M has {region.sum():,} of the {region.size:,} pixels")
print(f"error {error:.0f} grey levels; of doing nothing {of_nothing:.0f}")
print(f"share {error / of_nothing:.2f}")


def scaled(images):
    """Bytes as a tensor from −1 to 1, of the same shape."""
    return torch.from_numpy(images / 127.5 - 1)


hers, flat = {}, {}  # shares by name: of the editor, and of flat grey
for into, pictures in ((hers, ours), (flat, np.full_like(ours, 128))):
    sums = pixel_sums(scaled(faces.images[[5]]), scaled(pictures), scaled(truths))
    each = (sums["inside/edit"] / sums["inside/copy"])[0].tolist()
    into.update(zip(names, each, strict=True))
same = abs(hers["Blond_Hair"] - error / of_nothing) < 1e-6
claim("By hand and by the package the share is the same", same)
for name in ("Blond_Hair", "Eyeglasses", "Bald"):
    print(f"{name}: share {hers[name]:.2f}; flat grey {flat[name]:.2f}")
claim("Her glasses are worse than no edit", hers["Eyeglasses"] > 1)
claim("flat grey is as near to her true bald head as the editor", flat["Bald"] <= hers["Bald"])

# %% [markdown]
# *What does 0.19 say?* Of 145 grey levels of error 28 are left: four fifths of the way is done; flat grey has 0.43. By hand and by the package the share is the same. Her glasses are worse than no edit (1.19): a smear in the right place, in the wrong shape and colour.
#
# *And Bald?* Its 0.35 looks good. But flat grey is as near to her true bald head as the editor (0.34). A share says how near an edit is in grey levels, not how true it looks.
#
# Now 100 faces. Their share is the sum of errors over the sum of errors. A face that lacks an attribute can gain it (+1), a face that has it can lose it (−1). These are two tasks, so we measure each alone. Brackets will be $95$ % intervals: the faces are drawn again and again, a thousand times.

# %%
many = datasets.load("synthetic", "test", editor.image_size, count=100, seed=seed)


def measured(name, sign):
    """Of the faces that lack an attribute (sign +1) or have it (−1), four columns: (faces, 4).

    Errors inside M of the edit, of flat grey, and of doing nothing; and the share of the pixels to
    be left alone that the edit changes.
    """
    who = many.labels[:, names.index(name)] == (sign < 0)
    have = [dict(zip(names, y.tolist(), strict=True)) for y in many.labels[who]]
    x = many.images[who]
    edits = editor.edit(x.transpose(0, 2, 3, 1), {name: sign}, labels=have, resolve=True).images
    edits = np.stack(edits).transpose(0, 3, 1, 2)
    true = render(counterfactual(many.drawn[who], name), editor.image_size)[0]
    both = np.stack([edits, np.full_like(true, 128)])
    sums = pixel_sums(scaled(x), scaled(both), scaled(np.stack([true, true])))
    kept, leak = (np.abs(y - x.astype(float)).max(axis=1) > 8 for y in (true, edits))
    leak = (leak & ~kept).sum(axis=(1, 2)) / (~kept).sum(axis=(1, 2))
    return np.column_stack([sums["inside/edit"], sums["inside/copy"][:, 0], leak])


paint = ("Blond_Hair", "Pale_Skin", "Black_Hair", "Brown_Hair")
nine = [name for name in names if name not in paint]
columns = {f"{name} {sign:+d}": measured(name, sign) for name in nine for sign in (+1, -1)}

# %% [markdown] tags=["exercise"]
# ### Exercise C · Predict and measure
#
# **Goal.** Leave the four colours of hair and skin aside. The nine other attributes give 18 wishes, from `Bald +1` to `Young -1`. Which has the smallest share of the error over its faces, which the largest? Write two wishes and a reason, run the cell, and look whether your reason fits the verdicts. Then open the table. **Difficulty** 3 of 5, 10 min.
#
# <details><summary>Hint 1: what has to be painted?</summary>Does the wish draw something new, or wipe something away? For No_Beard +1 a beard has to go.</details>
# <details><summary>Hint 2: what does a share of 1 look like?</summary>Like an edit that did nothing, or did it in the wrong place: look at the 13 pairs again.</details>
# <details><summary>Hint 3: is a failed edit far?</summary>Think of flat grey. A wrong colour may be nearer to the true one than the old colour was.</details>

# %% [markdown] tags=["solution"]
# **Answer.** Nearest: `Bald +1`, though it fails to the eye: its violet is nearer to skin than the hair was, and so is flat grey. Three more wishes are in a tie with it (moustache, bangs or beard away). All four wipe something away. Furthest: `Bald -1`, `Mouth_Slightly_Open +1` or `Male -1`, in a tie: hair, teeth and long hair have to be drawn.

# %%
nearest, furthest = "", ""  # two wishes, such as "Young -1"
reason = ""  # one sentence: what brings an edit near?

# %% tags=["nbval-check-output", "slide"]
spans, beats = {}, []  # by wish; and where the editor is surely nearer than flat grey
for wish, sums in columns.items():
    redrawn = Bootstrap(len(sums), seed)
    edit, grey, none, _ = redrawn.totals(sums).T
    spans[wish] = redrawn.interval(edit / none) | {"grey": (grey / none)[0]}
    beats += [wish] * (redrawn.interval((grey - edit) / none)["low"] > 0)
ranked = sorted(spans, key=lambda wish: spans[wish]["value"])
rows = [(w, spans[w]["n"], bracketed(spans[w]), spans[w]["grey"]) for w in ranked]
titles = {"wish": "", "faces": "d", "inside": "", "flat grey": ".2f"}
table("Share of the error, the nearest wishes first", titles, rows, folded=True)
print(placed("nearest", nearest, spans))
print(placed("furthest", furthest, spans))
print("your reason:", reason or "none yet")

# %% tags=["nbval-check-output"]
draw = ["Bald -1", "Bangs +1", "Eyeglasses +1", "Mouth_Slightly_Open +1"]
draw += ["Mustache +1", "No_Beard -1"]
wipe = [wish.translate(str.maketrans("+-", "-+")) for wish in draw]
further = all(spans[d]["low"] > spans[w]["high"] for d, w in zip(draw, wipe, strict=True))
near, far = ranked[:4], ranked[-3:]
tie = near[0] == "Bald +1" and all(spans[w]["low"] < spans["Bald +1"]["high"] for w in near)
end = {*far} == {"Bald -1", "Mouth_Slightly_Open +1", "Male -1"}
alike = all(
    spans[f"{name} {a}1"]["low"] < spans[f"{name} {b}1"]["high"]
    for name in ("Bushy_Eyebrows", "Young")
    for a, b in ("+-", "-+")
)
leaks = columns["Bald +1"][:, 3]
with folded():
    claim("`Bald +1` is nearest, in a tie with three more wishes", tie, n=len(leaks))
    claim("all four wipe something away", {*near} <= {*wipe})
    claim("The last three keep 95 % or more", end and min(spans[w]["low"] for w in far) > 0.95)
    claim("to draw is further from the truth than to wipe away", further)
    claim("Eyebrows and *Young* hardly differ by direction", alike)
    rest = {*spans} - {*beats} == {"Bald -1", "Male +1"}
    claim("In 16 of the 18 wishes the editor is surely nearer than flat grey", rest)
print(f"Bald +1 changes, of the pixels to be left alone, on {len(leaks)} faces:")
print(f"{leaks.min():.0%} to {leaks.max():.0%}; half of the faces below {np.median(leaks):.0%}")

# %% [markdown] tags=["slide"]
# ### The answer to C
#
# - **Nearest.** `Bald +1` is nearest, in a tie with three more wishes: moustache, bangs or beard away. So all four wipe something away.
# - **Furthest.** The last three keep 95 % or more of their error: `Bald -1` (only 12 faces), an opened mouth, and *to female*. Hair, teeth and long hair have to be drawn.
# - **The reason.** For the bald head, bangs, glasses, the mouth, moustache and beard, to draw is further from the truth than to wipe away: the intervals lie apart. Eyebrows and *Young* hardly differ by direction. This is measured, not proved to be the cause: the faces differ too, since only who has a beard can lose it.
# - **The control.** In 16 of the 18 wishes the editor is surely nearer than flat grey: the interval of the difference lies above 0. Not so for `Bald -1` and `Male +1`. And `Bald +1` has 0.39 against 0.47, though nobody would call either right.
#
# ### What else changes?
#
# Other pixels change, too. `Bald +1` changes 29 % to 80 % of the pixels to be left alone, on half of its 88 faces less than 50 % (hers: 63 %).
#
# A recorded evaluation (lesson [05](05_evaluate.ipynb) computes it) has all 13 attributes of 300 faces, both directions together. **Whole** is the share with sums over all pixels. **Outside** is the mean error of the pixels not in $M$, in grey levels.

# %% tags=["nbval-check-output"]
recorded = load_results(default_editor())["counterfactual"]
by_name = recorded["by_attribute"]
shares = {name: by_name[name]["inside_ratio"] for name in by_name}
wholes = {name: by_name[name]["whole_ratio"] for name in by_name}
outside = {name: by_name[name]["outside"]["value"] for name in by_name}
ranked = sorted(shares, key=lambda name: shares[name]["value"])
rows = [(n, bracketed(shares[n]), bracketed(wholes[n]), outside[n]) for n in ranked]
titles = {"attribute": "", "inside": "", "whole": "", "outside": ".1f"}
table("300 faces, both directions together, the nearest edits first", titles, rows)
print(f"mean error outside: {recorded['outside']['value']:.1f} grey levels")
colours = {"Blond_Hair", "Pale_Skin", "Black_Hair", "Brown_Hair"}
tied = [n for n in ranked[:4] if shares[n]["high"] >= shares["Bald"]["low"]]
first = {*ranked[:4]} == colours and tied == ranked[2:4]
half = sum(share["low"] > 0.5 for share in shares.values())
worse = sum(whole["low"] > 1 for whole in wholes.values())
with folded():
    claim("The four changes of colour lead, the last two in a tie with *Bald*", first, n=300)
    claim("eight of the 13 reversals keep more than half of their error", half == 8, n=300)
    claim("seven of the 13 edits are worse than the unchanged input", worse == 7, n=300)
    claim("*Bald* errs the most outside", max(outside, key=outside.get) == "Bald", n=300)

# %% [markdown] tags=["slide-more"]
# The four changes of colour lead, the last two in a tie with *Bald*. But eight of the 13 reversals keep more than half of their error.
#
# Over the whole image seven of the 13 edits are worse than the unchanged input. For eyebrows, $M$ is so small that 1.1 grey levels on all other pixels outweigh the gain inside. *Bald* errs the most outside, by 7.0.
#
# ### One face, and all faces
#
# Blond hair has 0.31 over 300 faces, our woman has 0.19. We part the 100 faces again, and look at single ones:

# %% tags=["nbval-check-output"]
parts, single = {}, {}  # by direction
for sign in (+1, -1):
    sums = measured("Blond_Hair", sign)
    redrawn = Bootstrap(len(sums), seed)
    edit, _, none, _ = redrawn.totals(sums).T
    parts[sign], single[sign] = redrawn.interval(edit / none), sums[:, 0] / sums[:, 2]
    low, quarter, middle, three_quarters, high = np.quantile(single[sign], [0, 0.25, 0.5, 0.75, 1])
    print(f"Blond_Hair {sign:+d}, {len(sums)} faces: share {bracketed(parts[sign])}; single faces")
    print(f"  {low:.2f} to {high:.2f}, the middle half {quarter:.2f} to {three_quarters:.2f}")
claim("gaining has the smaller share", parts[+1]["high"] < parts[-1]["low"], n=100)
had = many.labels[:, blond] == 1
true = render(counterfactual(many.drawn[had], "Blond_Hair"), editor.image_size)[0].astype(float)
inside = np.abs(true - many.images[had]).max(axis=1) > 8
dark = np.array([face.mean(axis=0)[at].mean() < 120 for face, at in zip(true, inside, strict=True)])
for text, found in (("dark", single[-1][dark]), ("light", single[-1][~dark])):
    print(
        f"the true new hair is {text}: {len(found)} faces, {found.min():.2f} to {found.max():.2f}"
    )
apart = single[-1][dark].max() < single[-1][~dark].min()
claim("each face with light new hair has a larger share than each with dark", apart, n=had.sum())

# %% [markdown]
# For blond hair gaining has the smaller share: 0.24, against 0.64. But to lose blond does not say which colour comes: the drawing program draws one for each face, and the editor cannot know it. This colour counts: each face with light new hair has a larger share than each with dark (from 0.63 on, against 0.48 at most). Also within one direction single faces differ, from 0.15 to 0.89 for those that gain it. So one face tells little about all.

# %% [markdown] tags=["slide"]
# ## The map

# %% tags=["slide-more"]
show(figures.method_map(), "How do the parts of SeCGAN work together?")

# %% [markdown]
# The picture follows Figure 2 of the paper. The wish is Eyeglasses −1, on another face: our woman has none. For $x^{out}$ we drew the true edit, not a network's.
#
# - A face $x^{in}$ and a wish $y^{diff}$ enter the generator $G_{rgb}$.
# - A <dfn>parser</dfn> P turns the face into a mask $s^{in}$ of 12 segments. The mask names the segment of each pixel: hair, skin, nose and so on. A second generator $G_{seg}$ edits the mask by the same wish, into $s^{out}$.
# - Each generator has a <dfn>discriminator</dfn> that asks two questions: is it real, and which attributes does it have? In training each also sees real ones.
# - The mask of the edited face, $P(x^{out})$, and $s^{out}$ have to agree.
# - Not drawn is *reconstruction* (Eq. 5 and 10): when $y^{diff} = 0$, each generator must return its input.

# %% [markdown]
# | part | lesson |
# |---|---|
# | a first game of G and D | [00b · Conditional GANs](00b_conditional_gans.ipynb) |
# | P | [01 · Parsing](01_parsing.ipynb) |
# | $D_{rgb}$, $D_{seg}$, all losses | [02 · Losses](02_losses.ipynb) |
# | $G_{rgb}$, $G_{seg}$, consistency | [03 · Parallel branches](03_parallel_branches.ipynb) |
# | all at once | [04 · Train](04_train.ipynb) |
# | scores, sliders, many seeds | [05](05_evaluate.ipynb), [06](06_explore.ipynb), [07](07_ablations.ipynb) |
# | what else an edit does | [08 · Confounding and misuse](08_confounding_and_misuse.ipynb) |
#
# What is new about SeCGAN (Figure 1 of the paper):

# %% tags=["slide"]
show(
    figures.methods(("concat", "secgan")),
    "Where does the mask go: into the one generator, or into a second one?",
)

# %% [markdown]
# The older way, on the left, feeds the mask to the only generator. SeCGAN edits it in a second one, and drops that after training: only $G_{rgb}$ is needed to edit.
#
# ## How we got here
#
# A GAN draws pictures from noise ([Goodfellow 2014](https://arxiv.org/abs/1406.2661)). A *conditional* GAN is told what to draw ([Mirza 2014](https://arxiv.org/abs/1411.1784)). [pix2pix](https://arxiv.org/abs/1611.07004) gets a picture in place of noise, and learns from pairs: before and after. [CycleGAN](https://arxiv.org/abs/1703.10593) needs no pairs. [StarGAN](https://arxiv.org/abs/1711.09020) edits many attributes with one network. [AttGAN](https://arxiv.org/abs/1711.10678) and [STGAN](https://arxiv.org/abs/1904.09709) keep more of the face than StarGAN. [SeCGAN](https://arxiv.org/abs/2111.09298) adds the second branch.
#
# ## Is this machine ready?
#
# The doctor looks at Python, memory and weights, and estimates how long each lesson takes here:

# %% tags=["nbval-ignore-output"]
from secgan_lite.course.doctor import doctor

print(*doctor(), sep="\n")

# %% [markdown]
# A line that begins with LOOK says what to do, such as `Lessons take up to 2 GB: close something`.

# %% [markdown] tags=["slide"]
# ## What goes wrong, and limits
#
# - **Incomplete edits.** The networks are small: they do not show how good the method can get.
# - **The paper differs.** Our faces, sizes and parser are others. One choice of ours changes what you see: our network mixes each new pixel with the old one (lesson [03](03_parallel_branches.ipynb)). The paper draws it anew.
# - **Drawn faces only.** Edits of photographs by these weights mean nothing.
# - **Leaks.** *Bald* is a wish about hair, and changed the colour of her skin. Nobody asked for that; lesson [08](08_confounding_and_misuse.ipynb) measures it.
# - **Thirteen words are not a person.** "Male" or "Young" are properties of drawings here. In CelebA they are what annotators saw; an editor learns their habits too.
# - **Edits of real people** need their consent, and a label that says "edited".
# - **One training.** Intervals here are over faces. No spread over seeds is measured here; lesson [07](07_ablations.ipynb) has three seeds.

# %% [markdown] tags=["slide"]
# ## Summary
#
# 1. A wish is a difference $y^{diff}$: +1 adds, −1 takes away, 0 leaves alone.
# 2. Can a network change one thing and leave the rest alone? Only in part. Changes of colour come closest, two of the four in a tie with *Bald*. Eight of the 13 reversals keep more than half of their error; to draw something is further from the truth than to wipe it away. And other pixels change: *Bald*, the worst of the 13 on our woman, changed 63 % of hers by more than 8 of 255 grey levels. On half of 88 faces it is less than 50 %. (A share needs a control: flat grey has 0.47 for `Bald +1`, the editor 0.39.)
# 3. SeCGAN is two GANs that also reconstruct, a parser, and a loss that makes them agree.
# 4. The doctor tells whether your machine is ready, and how long each lesson takes.

# %% [markdown] tags=["slide"]
# ## Quiz
#
# 1. Which part of SeCGAN do you need to edit a face, after training? <details><summary>Answer</summary>G_rgb, and nothing else.</details>
# 2. What do P, D_rgb and the consistency loss do? <details><summary>Answer</summary>P finds segments. D_rgb asks whether a face is real, and which attributes it has. The consistency loss asks both branches to agree.</details>
# 3. Reversed eyebrows have 0.69 inside and 2.28 over the whole image. How can both be true? <details><summary>Answer</summary>Eyebrows are few pixels. The small errors of all others add up to more.</details>
#
# ## References
#
# Paper: §1 (Figure 1), §3 (Figure 2), 10 min. Liu et al., [*Deep Learning Face Attributes in the Wild*](https://arxiv.org/abs/1411.7766), 2015 (CelebA): §4, 5 min, for how the labels were made.
#
# Next: [00b · Conditional GANs](00b_conditional_gans.ipynb), the whole idea with points in place of faces.

# %% tags=["nbval-ignore-output"]
footer()
