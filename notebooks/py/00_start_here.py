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
# | beginner | 15 min, exercises 20 min | 20 s | under 1 GB | Python, and what a convolutional network is |
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
# 2. **say** how the error of an edit is measured, and how a failed edit can come near (exercise C);
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
# - **Exercises** hold a stub, `return TODO`, or in a repair, a mistake. Change it and run the cell: a check names the mistake that it recognises. Until your answer is right, the lesson goes on with the one in the [solutions](solutions).
# - A printed line that begins with *holds* is a tested sentence of the text.
#
# ## Parameters
#
# Change a value and run again, or set it from outside: the command is printed below. A misspelt name stops the notebook.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a run whose generator edits, "" for the bundled one
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
# *What did it paint?* The hair, in a dark brown, up to its edge: to the eye, skin and earrings look as before. In the wish, +1 adds an attribute and −1 takes it away. Nobody tells the network where the hair is.
#
# Is this edit right? Two photographs hardly ever differ in the hair alone. But a program drew this face from numbers: we can change one number and draw again. So each edit of a drawn face has a **<dfn>true edit</dfn>**: the same drawn face with the wish fulfilled.
#
# This woman stays with us until the map.

# %% tags=["slide"]
wishes = [
    {"Bangs": +1},
    {"Eyeglasses": +1},
    {"Blond_Hair": +1, "Black_Hair": -1},
    {"Blond_Hair": +1},
]
edits = [editor.edit(picture, wish).image for wish in wishes]
true_edits = [true_edit(faces, 5, wish) for wish in wishes]  # None: there is no such face
show(
    figures.wishes(picture, edits, true_edits, wishes),
    "Which of these four wishes does the editor fulfil?",
)

# %% [markdown] tags=["slide-more"]
# *Which wishes are fulfilled?* The bangs are there, but browner and shorter than the true ones. The glasses are a smear. The hair turns blond, and more evenly if the wish also takes black away (the third of the four edits). The last wish asks for blond *on top of* black: hair has one colour, so there is no true edit.
#
# Now yours: type `editor.edit(picture, {"Bald": +1}).image` into a new cell. A wish can use the names below. Two are turned round, as in the data set CelebA: `No_Beard` −1 adds a beard, and `Young` −1 makes a face old.

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
# | $y^{diff}$ | (faces, 13) of −1, 0 and 1 | `difference` in [`attributes.py`](../secgan_lite/attributes.py) | StarGAN's own code gives G the *target* instead |
# | $x^{out} = G_{rgb}(x^{in}, y^{diff})$ | (faces, 3, h, h) from −1 to 1: 3 colours, h × h pixels, here h = 64 | `edit` of [`editor.py`](../secgan_lite/editing/editor.py) takes and gives pictures of 0 to 255 | $x = p/127.5 - 1$ for a level $p$ |

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
# the target first. The target $y^{trg}$ in place of the difference would ask for *more* bangs (1, not 0), and would not take the brown away (0, not −1).

# %% [markdown] tags=["exercise"]
# ### Exercise B · Reverse it
#
# **Goal.** Write a wish for each of the n attributes of one face; row i reverses attribute i. A colleague used the identity matrix. Its row `Black_Hair` does not take the black from a black-haired face. Find out why, and repair it. **Difficulty** 2 of 5, 5 min. Checked.
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
# The identity only adds: +1 for black asks a black-haired face for what is there already. Here are the 13 wishes on the diagonal, one edit each: yours, or the reference's. In the code, `resolve` lets a new hair colour take the old one away.

# %% tags=["slide"]
names, labels = attributes.NAMES, torch.tensor(faces.labels[5]).float()
has = dict(zip(names, labels.tolist(), strict=True))  # resolve finds the old hair colour here
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
# *Which edits are right?* None in full. Blond hair, bangs and pale skin come near: the hair in straight stripes, the bangs in a browner tone, the skin in blotches. (In the drawing program the brows follow a new colour of the hair.) Brown hair is too dark. *Not black* is red where the true edit is grey: the wish leaves open which, and the drawing program chose. (The program also cuts the hair for *to male*.) Eyebrows, moustache and beard lie in the right place, but are only partly done. *To bald* leaves the hair, in violet. Glasses become a smear; *to male*, *to old* and the mouth fail.

# %% [markdown]
# ### Try it
#
# Press a button to reverse an attribute, or move its slider. Blue is what an edit changed; the orange line goes around what the true edit changes. It begins with blond hair: blue fills the hair, and traces lie in the face. Find a wish whose edit changes more outside of its line than blond hair does. (No buttons? One picture stands for the app. The next figure shows four wishes; there, bright is what changed. Beside the face stand two errors: where the true edit changes something, and elsewhere; the next section explains both. Leave the masks to lesson [06](06_explore.ipynb).)

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import FlipExplorer

app = FlipExplorer(run_dir)
app.do("number", value=5)  # this woman, among the test faces of seed 0
app.do("flip", name="Blond_Hair")
app


# %% tags=["nbval-check-output"]
def moved(pictures):
    """Where a colour differs from the input's by more than 8 of 255 grey levels: (13, h, h)."""
    return np.abs(pictures[:, 0] - faces.images[5].astype(float)).max(axis=1) > 8


still = ~moved(truths)  # the true edit leaves these pixels alone
share_moved = (moved(ours) & still).sum(axis=(1, 2)) / still.sum(axis=(1, 2))
shown = ("Bald", "Blond_Hair", "Male", "Eyeglasses")
k = [names.index(name) for name in shown]
print("of the pixels to be left alone, changed:")
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
# *Which pixels?* Compare *change* with *true change*. *Bald* changes 63 % of the pixels to be left alone, more than any other of the 13 edits: also the background and the face. There her skin turns redder: on average it loses 12.5 grey levels of green, and 1.2 of red. Blond (25 %) is weakly also in the face and around the hair. *To male* colours the hair at the sides, and its outline stays. *Eyeglasses* changes the right region, into a smear, and 8 % of all the pixels to be left alone.

# %% [markdown] tags=["slide"]
# ## How far from the truth?
#
# $M$ are the pixels that the true edit changes. Inside $M$ we divide the error of the edit by the error of the unchanged input. This **share of the error** is 0 at the truth, 1 where nothing was done, and above 1 where the edit made it worse:
#
# $$\text{inside} = \frac{\sum_{p \in M} \lvert x^{out}_p - x^{true}_p \rvert}{\sum_{p \in M} \lvert x^{in}_p - x^{true}_p \rvert}$$
#
# | symbol | array | in the package | beware |
# |---|---|---|---|
# | $x^{in}$, $x^{out}$, $x^{true}$ | `x`, `edit`, `true`: (3, h, h), grey levels of 0 to 255 in this section | `x`, `edits`, `true` of `pixel_sums` in [`truth.py`](../secgan_lite/evaluation/truth.py) | `pixel_sums` takes −1 to 1; all three colours count |
# | $M$ | `region`: (h, h), true where a colour changes by more than 8 levels | the same name there | dividing the sums, or the means, over $M$ gives the same share |

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


sums = pixel_sums(scaled(faces.images[[5]]), scaled(ours), scaled(truths))
hers = dict(zip(names, (sums["inside/edit"] / sums["inside/copy"])[0].tolist(), strict=True))
pixels = dict(zip(names, sums["area"][0].int().tolist(), strict=True))
same = abs(hers["Blond_Hair"] - error / of_nothing) < 1e-6
claim("By hand and by the package the share is the same", same)
for name in ("Pale_Skin", "Eyeglasses", "Bushy_Eyebrows"):
    print(f"{name}: share {hers[name]:.2f}, M has {pixels[name]:,} pixels")
claim("Her glasses are worse than no edit", hers["Eyeglasses"] > 1)

# %% [markdown]
# *What does 0.19 say?* Of 145 grey levels of error 28 are left: four fifths of the way is done. By hand and by the package the share is the same. Her glasses are worse than no edit (1.19): a smear in the right place, in the wrong shape and colour.
#
# Now all attributes. A recorded evaluation (lesson [05](05_evaluate.ipynb) computes it) has the bundled editor reverse each attribute of 300 faces. **Inside** is the share of all of them: sum of errors over sum of errors. **Whole** is the same fraction with sums over all pixels. **Outside** is the mean error of the pixels not in $M$, in grey levels. The brackets are $95$ % intervals: where the value over very many faces probably lies.

# %% [markdown] tags=["exercise"]
# ### Exercise C · Predict and measure
#
# **Goal.** Leave the four colours of hair and skin aside. Which of the nine other edits has the smallest share of the error over 300 faces, and which the largest? Write two names and a reason, run both cells, and compare your reason with the verdict's. Then open the table. **Difficulty** 3 of 5, 10 min.
#
# <details><summary>Hint 1: what has to be drawn?</summary>Compare how far the old pixels are from the true ones, and how much of that way an edit has to go to gain.</details>
# <details><summary>Hint 2: what does a share of 1 look like?</summary>Like an edit that did nothing, or did it in the wrong place: look at the 13 pairs again.</details>
# <details><summary>Hint 3: is a failed edit far?</summary>A wrong colour may be nearer to the true one than the old colour was.</details>

# %% [markdown] tags=["solution"]
# **Answer.** Nearest: *Bald*, though it fails to the eye: violet is nearer to skin than black was. Furthest: the mouth or *Male*. Size alone does not decide: a moustache is small, and comes nearer than glasses.

# %%
nearest, furthest = "", ""  # two names from above
reason = ""  # one sentence: what brings an edit near?

# %% tags=["nbval-check-output", "slide"]
recorded = load_results(default_editor())["counterfactual"]
by_name = recorded["by_attribute"]
shares = {name: by_name[name]["inside_ratio"] for name in by_name}
wholes = {name: by_name[name]["whole_ratio"] for name in by_name}
ranked = sorted(shares, key=lambda name: shares[name]["value"])
rows = [
    (name, bracketed(shares[name]), bracketed(wholes[name]), by_name[name]["outside"]["value"])
    for name in ranked
]
columns = {"attribute": "", "inside": "", "whole": "", "outside": ".1f"}
table("300 faces, the nearest edits to the truth first", columns, rows, folded=True)
paint = {"Blond_Hair", "Pale_Skin", "Black_Hair", "Brown_Hair"}
others = {name: shares[name] for name in ranked if name not in paint}
print(placed("nearest", nearest, others))
print(placed("furthest", furthest, others))
print("your reason:", reason or "none yet")

# %% tags=["nbval-check-output"]
print(f"mean error outside: {recorded['outside']['value']:.1f} grey levels")
first = set(ranked[:4]) == paint and shares["Brown_Hair"]["high"] > shares["Bald"]["low"]
nine = [name for name in ranked if name in others]
known = nine[0] == "Bald" and {*nine[-2:]} == {"Male", "Mouth_Slightly_Open"}
half = sum(share["low"] > 0.5 for share in shares.values())
still = ["Eyeglasses", "Male", "Young", "Mouth_Slightly_Open"]
hardly = min(shares[name]["low"] for name in still) > 0.8
worse = sum(whole["low"] > 1 for whole in wholes.values())
outside = {name: by_name[name]["outside"]["value"] for name in by_name}
with folded():
    claim("Of the nine *Bald* is nearest; *Male* and the mouth come last", known, n=300)
    claim("The four changes of colour lead the table, the last of them in a tie with *Bald*", first)
    claim("eight of the 13 reversals keep more than half of their error", half == 8, n=300)
    claim("glasses, *Male*, *Young* and the mouth four fifths or more", hardly, n=300)
    claim("seven of the 13 edits are worse than the unchanged input", worse == 7, n=300)
    claim("*Bald* errs the most outside", max(outside, key=outside.get) == "Bald", n=300)

# %% [markdown] tags=["slide"]
# *The answer to C.* Of the nine *Bald* is nearest; *Male* and the mouth come last (shares 0.45, 0.91 and 0.89). Her glasses had 1.19, glasses of 300 faces have 0.82: one face is not 300.
#
# *Which edits come closest to the truth?* The four changes of colour lead the table, the last of them in a tie with *Bald*. But eight of the 13 reversals keep more than half of their error; glasses, *Male*, *Young* and the mouth four fifths or more. *Bald* stands before *Bangs*, though nobody would call it right: a share says how near an edit is in grey levels, not how true it looks.
#
# *And what else changes?* Outside of $M$ an edit errs by 2.6 grey levels on average. Where $M$ is small (her eyebrows: 76 pixels), even 1.1 grey levels on all the other pixels outweigh the gain inside. So seven of the 13 edits are worse than the unchanged input over the whole image (interval above 1). *Bald* errs the most outside, by 7.0. Over the whole image it has 0.67 all the same, since its $M$ is large.
#
# *And this woman?* Blond hair has 0.31 over 300 faces, she has 0.19. The interval is for the share of all faces together; single faces lie far around it. A row also mixes faces that gain the attribute with faces that lose it. We part 100 test faces for blond hair:

# %% tags=["nbval-check-output"]
many = datasets.load("synthetic", "test", editor.image_size, count=100, seed=seed)
true_many = render(counterfactual(many.drawn, "Blond_Hair"), editor.image_size)[0]
by_direction, counts, single = {}, {}, []
for verb, sign in (("gain", +1), ("lose", -1)):
    who = many.labels[:, blond] == (sign < 0)
    counts[verb] = who.sum()
    have = [dict(zip(names, y.tolist(), strict=True)) for y in many.labels[who]]
    before = many.images[who].transpose(0, 2, 3, 1)
    after = editor.edit(before, {"Blond_Hair": sign}, labels=have, resolve=True).images
    after = np.stack(after).transpose(0, 3, 1, 2)[None]
    sums = pixel_sums(scaled(many.images[who]), scaled(after), scaled(true_many[who][None]))
    by_direction[verb] = (sums["inside/edit"].sum() / sums["inside/copy"].sum()).item()
    single += (sums["inside/edit"] / sums["inside/copy"]).flatten().tolist()
for verb, found in by_direction.items():
    print(f"{counts[verb]} faces {verb} blond hair: share {found:.2f}")
print(f"single faces: share {min(single):.2f} to {max(single):.2f}")
claim("gaining is the easier direction", by_direction["gain"] < by_direction["lose"], n=100)
wide = min(single) < shares["Blond_Hair"]["low"] and max(single) > shares["Blond_Hair"]["high"]
claim("single faces lie far around it", wide, n=100)

# %% [markdown]
# For blond hair gaining is the easier direction: 0.24, against 0.64 for the faces that lose it. Her wish adds it. (To lose blond does not say which colour comes: the drawing program draws one for each face, and the editor cannot know it.) Single faces have from 0.15 to 1.65, so the share of one face tells little about the share of all.

# %% [markdown] tags=["slide"]
# ## The map

# %% tags=["slide-more"]
show(figures.method_map(), "How do the parts of SeCGAN work together?")

# %% [markdown]
# The picture follows Figure 2 of the paper. The wish is Eyeglasses −1, on another face: our woman has none. For $x^{out}$ we drew the true edit, not a network's. A face $x^{in}$ and a wish $y^{diff}$ enter the generator $G_{rgb}$. A <dfn>parser</dfn> P turns the face into a mask $s^{in}$ of 12 segments. A second generator $G_{seg}$ edits the mask by the same wish, into $s^{out}$. Each generator has a <dfn>discriminator</dfn> that asks two questions: is it real, and which attributes does it have? (In training they also see real faces and masks.) Finally, the mask of the edited face, $P(x^{out})$, and $s^{out}$ have to agree. Not drawn is *reconstruction* (Eq. 5 and 10): when $y^{diff} = 0$, each generator must return its input.

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
# - **The paper differs.** Our faces, sizes and parser are others. Among our choices, one changes what you see: here each new pixel is mixed with the input's (lesson [03](03_parallel_branches.ipynb)); in the paper it is drawn anew.
# - **Drawn faces only.** Edits of photographs by these weights mean nothing.
# - **Leaks.** *Bald* is a wish about hair, and changed the colour of her skin. On a person's photograph such a leak would change the skin, unasked; lesson [08](08_confounding_and_misuse.ipynb) measures it.
# - **Thirteen words are not a person.** "Male" or "Young" are properties of drawings here. In CelebA they are what annotators saw; an editor learns their habits too.
# - **Edits of real people** need their consent, and a label that says "edited".
# - **One training.** Intervals here are over faces. No spread over seeds is measured here; lesson [07](07_ablations.ipynb) has three seeds.

# %% [markdown] tags=["slide"]
# ## Summary
#
# 1. A wish is a difference $y^{diff}$: +1 adds, −1 takes away, 0 leaves alone.
# 2. Can a network change one thing and leave the rest alone? Only in part: *Bald* changed 63 % of the pixels to be left alone. Changes of colour come closest. Eight of the 13 reversals keep more than half of their error; over the whole image seven edits are worse than no edit.
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
