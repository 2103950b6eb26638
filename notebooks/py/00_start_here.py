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
# # 00 · Start here
#
# **Question.** Can a network change one thing about a face and leave the rest alone?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 12 min, exercises 20 min | about 10 s | under 1 GB | Python, and what a convolutional network is |
#
# Press "Run all". Nothing is downloaded, and no graphics card is needed.
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, [arXiv 2111.09298](https://arxiv.org/abs/2111.09298).

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **write** a wish as numbers (exercises A and B), and edit a face by it with two lines;
# 2. **say** how the error of an edit is measured, and which edits of this editor are close to the truth (exercise C);
# 3. **name** the parts of SeCGAN on a map, and the lesson of each;
# 4. **tell** whether your machine is ready, and how long each lesson takes on it.
#
# ## Contents
#
# [Parameters](#Parameters) · [A first edit](#A-first-edit) · [What a wish is](#What-a-wish-is) · [Every attribute](#Every-attribute) · [How far from the truth?](#How-far-from-the-truth?) · [The map](#The-map) · [How we got here](#How-we-got-here) · [Is this machine ready?](#Is-this-machine-ready?) · [How to work](#How-to-work-with-the-lessons) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)

# %% [markdown]
# ## Parameters
#
# Every lesson begins like this. Change a value and run again, or set it from outside: `papermill notebooks/00_start_here.ipynb out.ipynb -p seed 1`. A misspelt name stops the notebook, and the message names the nearest right one.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a run whose generator edits, "" for the bundled one
seed: int = 0  # of the faces

# %% tags=["setup"]
import numpy as np
import torch

from secgan_lite import attributes, load_editor
from secgan_lite.course import TODO, check, claim, figures, footer, settings, show, six_faces, table
from secgan_lite.evaluation import Truth
from secgan_lite.evaluation.truth import pixel_sums

# %%
settings(globals(), run_dir=str, seed=int)

# %% [markdown]
# ## A first edit
#
# An editor, a picture, and a wish:

# %%
editor = load_editor(run_dir)  # "" is the editor that comes with the course
faces = six_faces(editor.image_size, seed)
pictures = faces.images.transpose(0, 2, 3, 1)  # six faces, height, width, RGB

edited = editor.edit(pictures[5], {"Bangs": +1}).image
show(
    figures.before_and_after(pictures[5], edited, "Bangs +1"),
    "What did the network paint, and where did it stop?",
)

# %% [markdown]
# `{"Bangs": +1}` is the wish: +1 adds an attribute, −1 takes it away. The generator is told neither what the face has already nor where the hair is. The picture may also be a file or a PIL image.
#
# The face is not a photograph. This course draws its faces, by a program, from numbers. Two photographs of a person hardly ever differ in the hair alone. But we can change one number and draw again, so each of our edits has a **<dfn>true edit</dfn>**: the same drawn face with the wish fulfilled.

# %%
truths = Truth.of(faces).images  # (13, 6, 3, h, h): attribute, face; each attribute reversed
wishes = [{"Bangs": +1}, {"Pale_Skin": +1}, {"Blond_Hair": +1, "Black_Hair": -1}]
wishes += [{"Eyeglasses": +1}, {"Blond_Hair": +1}]
asked = ["Bangs", "Pale_Skin", "Blond_Hair", "Eyeglasses"]
true_edits = [truths[attributes.NAMES.index(name), 5].transpose(1, 2, 0) for name in asked]

edits = [editor.edit(pictures[5], wish).image for wish in wishes]
titles = ["\n".join(f"{name} {value:+d}" for name, value in wish.items()) for wish in wishes]
if seed or run_dir:
    true_edits = [None] * 4  # another face may have one of the four already
show(
    figures.wishes(pictures[5], edits, [*true_edits, None], titles),
    "Which of these five wishes does the editor fulfil?",
)

# %% [markdown]
# *Does each edit do what it was asked, and no more?* On this face, bangs, skin and the third picture's hair come near to the truth. The glasses are a smear. The last picture asks for blond *on top of* black. Hair has one colour: in training this wish met no black-haired face, and there is no true edit. The third picture asks to take black away too. Change the wishes and run again. These are the names that a wish can use:

# %% tags=["nbval-check-output"]
print(", ".join(editor.attributes))

# %% [markdown]
# ### Try it
#
# Press a button to reverse an attribute, or move its slider; choose another face, or undo. Find one place where an edit changes something that the true edit leaves alone. (The masks and the bars are for later: [06 · Explore](06_explore.ipynb) explains them.)

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import FlipExplorer, explore, flipped

app = FlipExplorer(run_dir)
app

# %%
show(
    explore(flipped(app.look, "Bald")).sheet,
    "Which pixels does the edit change that the true edit leaves alone?",
)

# %% [markdown]
# *No sliders? Then look at this picture.* It shows what the app shows for one flip, *Bald*. Its rows are the input, the edit and the true edit; its columns are the face, the size of the change at each pixel, and two masks for later lessons. The orange line goes around what the true edit changes. All blue *outside* of that line should not be there. The numbers on the left are the mean change inside and outside, in grey levels.

# %% [markdown]
# ## What a wish is
#
# The network that edits is called the **<dfn>generator</dfn>** $G_{rgb}$. It gets a face $x^{in}$ and a wish, and puts out the edit $x^{out}$. The paper calls the wish a difference of labels: the attributes that the face is to have, minus those that it has.
#
# $$y^{diff} = y^{trg} - y^{src}$$
#
# Three attributes by hand. The face has bangs and brown hair, and is to become blond:

# %% tags=["nbval-check-output"]
y_src = {"Bangs": 1, "Blond_Hair": 0, "Brown_Hair": 1}
y_trg = {"Bangs": 1, "Blond_Hair": 1, "Brown_Hair": 0}
print("y_diff =", {name: y_trg[name] - y_src[name] for name in y_src})

# %% [markdown]
# Bangs are on both sides, so their difference is 0: leave them alone. So the generator needs no description of the face, and $y^{diff} = 0$ asks for no change.
#
# | symbol | tensor | in the package | beware |
# |---|---|---|---|
# | $y^{src}$, $y^{trg}$ | labels (faces, 13) of 0 and 1 | `labels` of [`datasets`](../secgan_lite/datasets/data.py) | not −1 and 1 |
# | $y^{diff}$ | (faces, 13) of −1, 0 and 1 | `difference` in [`attributes.py`](../secgan_lite/attributes.py) | the target first; StarGAN's own code gives G the *target* instead |
# | $x^{out} = G_{rgb}(x^{in}, y^{diff})$ | (faces, 3, h, h) from −1 to 1 | `edit` of [`editing`](../secgan_lite/editing) takes and gives pictures of 0 to 255 | $x = p/127.5 - 1$ for a level $p$ |

# %% [markdown] tags=["exercise"]
# ### Exercise A · A wish as numbers
#
# **Goal.** Write $y^{diff}$ for whole batches of labels. **Difficulty** 1 of 5, 5 min. Checked.
#
# <details><summary>Hint 1: which values are there?</summary>Two labels make four pairs: (0, 0), (0, 1), (1, 0), (1, 1). Say for each whether something comes, goes or stays.</details>
# <details><summary>Hint 2: which operation gives them all?</summary>The name says it: a difference. Tensors of one shape are subtracted element by element.</details>
# <details><summary>Hint 3: which one comes first?</summary>An attribute that is to come must give +1.</details>


# %% tags=["exercise", "nbval-check-output"]
def difference(y_trg, y_src):
    """y_diff: +1 where an attribute is to come, −1 where it is to go, else 0; all (B, n)."""
    # solution
    return y_trg - y_src
    # end


difference = check("00-difference", difference)

# %% [markdown]
# With the target in place of the difference, a face with bangs that is to become blond would be asked for *more* bangs. Your function, the package's, and the three numbers above agree:

# %% tags=["nbval-check-output"]
trg, src = (torch.tensor([list(y.values())]) for y in (y_trg, y_src))
assert torch.equal(difference(trg, src), attributes.difference(trg, src))
print("right", difference(trg, src).tolist(), "the target instead", trg.tolist())

# %% [markdown] tags=["exercise"]
# ### Exercise B · Reverse it
#
# **Goal.** Write 13 wishes for one face; the i-th reverses attribute i. A colleague used the identity matrix. Since then every black-haired face keeps its black hair. Find out why, and repair it. **Difficulty** 2 of 5, 5 min. Checked.
#
# <details><summary>Hint 1: what is row i?</summary>One wish: its entry i is for attribute i, and all others are 0.</details>
# <details><summary>Hint 2: which number reverses?</summary>Where the label is 0, +1. Where it is 1, −1. Find a line through both points.</details>
# <details><summary>Hint 3: where does it go?</summary><code>torch.diag</code> puts a vector on the diagonal of a matrix.</details>


# %% tags=["exercise", "nbval-check-output"]
def reversals(y_src):
    """y_diff (n, n) of n edits of a face with labels y_src (n,): the i-th reverses attribute i."""
    # solution
    return torch.diag(1 - 2 * y_src)
    # lesson
    # return torch.eye(len(y_src))
    # end


reversals = check("00-reversals", reversals)

# %% [markdown]
# ## Every attribute

# %% [markdown] tags=["exercise"]
# ### Exercise C · Predict and measure
#
# **Goal.** Below, each of the 13 attributes is reversed, one at a time: what is there is taken away, what is absent is added. (For a hair colour that goes, another one comes: the true edit shows one of those possible.) Of the error inside of what the true edit changes, a share is left: 0 at the truth, 1 where nothing was done. For which reversal is it smallest (nearest), for which largest (furthest)? Write two names and a reason before you look. **Difficulty** 2 of 5, 10 min. The table below gives the verdict; where intervals meet, both names are right.
#
# <details><summary>Hint 1: a shape or a colour?</summary>Some edits give pixels that are there already another colour. Others have to draw a new shape.</details>
# <details><summary>Hint 2: how many right answers?</summary>If many true edits are possible, and nobody says which is meant, a guess errs.</details>
# <details><summary>Hint 3: what tells the generator?</summary>It learns a change only as far as a second network, the discriminator, can see the attribute.</details>

# %% [markdown] tags=["solution"]
# **Answer.** Nearest: blond hair or pale skin, new colours of pixels that are there already. Furthest: the mouth or *Male*. Size alone does not decide: a moustache is small, and comes nearer than glasses. Hint 3 is a possible reason; it would have to be tested.

# %%
nearest, furthest = "", ""  # two names from above
for guess in filter(None, (nearest, furthest)):
    attributes.index_of(guess)  # a misspelt name stops here


# %%
def reversed_each(picture, labels):
    """Edits of a face, (13, 3, h, h): each attribute taken away if it is there, else added."""
    signs = reversals(torch.tensor(labels).float()).diagonal().tolist()
    known = dict(zip(editor.attributes, map(int, labels), strict=True))
    made = [
        # labels are for the rule "one hair colour" (resolve), not for the generator
        editor.edit(picture, {name: sign}, labels=known, resolve=True).image
        for name, sign in zip(editor.attributes, signs, strict=True)
    ]
    return np.stack([np.asarray(image).transpose(2, 0, 1) for image in made])


face = 5
flips = reversed_each(pictures[face], faces.labels[face])[:, None]  # (13, 1, 3, h, h)
show(
    figures.reversed_beside_truth(
        faces.images[[face]], flips, truths[:, [face]], editor.attributes, faces.labels[[face]]
    ),
    "Which reversals would you take for the true ones?",
)

# %% [markdown]
# *Which edits are right, and where do you see that a network made them?* Compare each picture with the one below it. Blond hair, bangs and a moustache are easy to recognise, and lie in the right place. Where hair has to go (*to bald*), a coloured haze is left. Pale skin has red spots. New glasses are a smear. *To male*, *to old* and the mouth change little, or in the wrong places.
#
# ## How far from the truth?
#
# One number for one edit, the share of the error that is left: the mean error over the pixels $M$ that the true edit changes, divided by the error of doing nothing. 0 is the truth, and 1 is no better than the input.
#
# $$\text{inside} = \frac{\sum_{p \in M} \lvert x^{out}_p - x^{true}_p \rvert}{\sum_{p \in M} \lvert x^{in}_p - x^{true}_p \rvert}$$
#
# | symbol | array | in the package | beware |
# |---|---|---|---|
# | $x^{in}$, $x^{out}$, $x^{true}$ | `x`, `edit`, `true`: (3, h, h), grey levels of 0 to 255 | `counterfactual_scores` in [`truth.py`](../secgan_lite/evaluation/truth.py) | not −1 to 1 |
# | $M$ | `inside`: (h, h), true where a colour changes by more than 8 levels | `pixel_sums`, same file | $M$ comes from the true edit, never from ours |

# %% tags=["nbval-check-output"]
blond = attributes.NAMES.index("Blond_Hair")
x, edit, true = (
    image.astype(float) for image in (faces.images[face], flips[blond, 0], truths[blond, face])
)
inside = np.abs(true - x).max(axis=0) > 8  # of 255 grey levels: here something has to change
error, of_nothing = np.abs(edit - true)[:, inside].mean(), np.abs(x - true)[:, inside].mean()
print(
    f"error {error:.0f} grey levels; of doing nothing {of_nothing:.0f}; share {error / of_nothing:.2f}"
)
images = (torch.from_numpy(picture / 127.5 - 1)[None] for picture in (x, edit, true))
x_in, x_out, x_true = images
sums = pixel_sums(x_in, x_out[None], x_true[None])
share = (sums["inside/edit"] / sums["inside/copy"]).item()
claim("by hand and by the package the share is the same", abs(share - error / of_nothing) < 1e-6)

# %% [markdown]
# *Is this the package's number?* Yes: by hand and by the package the share is the same. Now for all attributes, on 300 faces: errors are added up first, then divided. The intervals in brackets are for other faces. The scores of the bundled editor come with the course (lesson [05](05_evaluate.ipynb) computes them). **Inside** is the share from above. **Outside** is the error of all other pixels, in grey levels. **Whole** is the same share over the whole image. **Judged** is how often a <dfn>judge</dfn> sees the attribute reversed, as it was asked. The judge is a separate classifier, and takes no part in training.
#
# (A line that begins with *holds* repeats a sentence of the text below, which the cell has tested.)

# %% tags=["nbval-check-output"]
from secgan_lite.editing import default_editor
from secgan_lite.evaluation import load_results

scores = load_results(default_editor())
by_name = scores["counterfactual"]["by_attribute"]
ranked = sorted(by_name, key=lambda name: by_name[name]["inside_ratio"]["value"])


def ends(kind, end, names=by_name):
    """One end of the intervals of some attributes."""
    return [by_name[name][kind][end] for name in names]


close, still = ["Blond_Hair", "Pale_Skin"], ["Eyeglasses", "Male", "Young", "Mouth_Slightly_Open"]
others = [name for name in by_name if name not in close]
nearer = max(ends("inside_ratio", "high", close)) < min(ends("inside_ratio", "low", others))
claim("Blond hair and pale skin come closest", nearer, n=300)
hardly = min(ends("inside_ratio", "low", still)) > 0.8
claim("Glasses, *Male*, *Young* and the mouth come hardly nearer to the truth", hardly, n=300)
paint = {"Blond_Hair", "Pale_Skin", "Black_Hair", "Brown_Hair"}
claim("The four changes of colour lead the table", set(ranked[:4]) == paint, n=300)
outside = scores["counterfactual"]["outside"]["high"]
claim("On average an edit errs there by less than three grey levels", outside < 3, n=300)
same = scores["reconstruction"]["high"]
claim("Asked for no change, it errs by less than half a level on average", same < 0.5, n=300)
bald = scores["tarr"]["Bald"]["low"]
claim("is content with about 9 of 10 edits of *Bald*", bald > 0.85, n=300)


# %% tags=["nbval-check-output"]
def bracketed(ratio):
    """A ratio with its interval."""
    return f"{ratio['value']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"


rows = [
    (
        name,
        bracketed(by_name[name]["inside_ratio"]),
        by_name[name]["outside"]["value"],
        bracketed(by_name[name]["whole_ratio"]),
        scores["tarr"][name]["value"],
    )
    for name in ranked
]
columns = {"attribute": "", "inside": "", "outside": ".1f", "whole": "", "judged": ".2f"}
table("The bundled editor on 300 faces, the nearest to the truth first", columns, rows)
print(f"outside, the mean of all 13: {scores['counterfactual']['outside']['value']:.1f}")
better = sum(high < 1 for high in ends("whole_ratio", "high"))
claim("six of the 13 reversals are closer to the truth than the input is", better == 6, n=300)
# a name whose interval meets that of the first (or the last) is as right
first, last = by_name[ranked[0]]["inside_ratio"], by_name[ranked[-1]]["inside_ratio"]
firsts = [name for name in ranked if by_name[name]["inside_ratio"]["low"] <= first["high"]]
lasts = [name for name in ranked if by_name[name]["inside_ratio"]["high"] >= last["low"]]
for place, guess, right in (("nearest to", nearest, firsts), ("furthest from", furthest, lasts)):
    verdict = "right" if guess in right else "not this time"
    said = f"you said {guess}: {verdict}" if guess else "no guess"
    print(f"{place} the truth: {' or '.join(right)} ({said})")

# %% [markdown]
# *Which edits are close to the truth?* The four changes of colour lead the table. Blond hair and pale skin come closest. Glasses, *Male*, *Young* and the mouth come hardly nearer to the truth: of their error, more than $0.8$ is left.
#
# *And what else changes?* Look at the column *outside*. On average an edit errs there by less than three grey levels of 255, and *Bald* by 8.5. (Asked for no change, it errs by less than half a level on average.) Small errors at thousands of pixels add up: over the whole image six of the 13 reversals are closer to the truth than the input is (their whole interval lies below 1).
#
# *Is the judge enough?* The judge is content with about 9 of 10 edits of *Bald*. To us they still look false, because of the haze. It is content with 0.70 of the edits of glasses (added or removed), although new ones are a smear. And it shows what the editor cannot do at all: *Young* is at 0.00, the mouth at 0.08. A judge looks for one attribute. So this course scores every edit against the true edit, too.
#
# ## The map

# %%
show(figures.method_map(), "How do the parts of SeCGAN work together?")

# %% [markdown]
# SeCGAN (Figure 2 of the paper) with the wish Eyeglasses −1; $x^{out}$ is a true edit here, drawn and not generated. A face $x^{in}$ and a wish $y^{diff}$ enter the generator $G_{rgb}$. A <dfn>parser</dfn> P turns the face into a mask $s^{in}$ of 12 segments. A second generator $G_{seg}$ edits the mask by the same wish. Each generator has a <dfn>discriminator</dfn> that asks two questions: is it real, and which attributes does it have? Finally, the mask of the edited face and the edited mask have to agree. One loss is not drawn: *reconstruction* (Eq. 5 and 10) asks each generator for its input when $y^{diff} = 0$: leave the rest alone.
#
# | part | what it does | lesson |
# |---|---|---|
# | the game of G and D | in the plane, written by you | [00b · Conditional GANs](00b_conditional_gans.ipynb) |
# | P | finds segments | [01 · Parsing](01_parsing.ipynb) |
# | $D_{rgb}$, $D_{seg}$, reconstruction | judge, and so teach | [02 · Losses](02_losses.ipynb) |
# | consistency | ties the branches | [02 · Losses](02_losses.ipynb), [03 · Parallel branches](03_parallel_branches.ipynb) |
# | $G_{rgb}$, $G_{seg}$ | edit | [03 · Parallel branches](03_parallel_branches.ipynb) |
# | all at once | Algorithm 1 | [04 · Train](04_train.ipynb) |
#
# What is new about it, in one picture (Figure 1 of the paper):

# %%
show(
    figures.methods(("concat", "secgan")),
    "Where does the mask go: into the one generator, or into a second one?",
)

# %% [markdown]
# Some editors feed a mask *into* the generator. SeCGAN edits the mask beside the image, and drops the second branch after training: only $G_{rgb}$ is needed to edit.
#
# ## How we got here
#
# A GAN draws pictures from noise ([Goodfellow 2014](https://arxiv.org/abs/1406.2661)). A *conditional* GAN is told what to draw ([Mirza 2014](https://arxiv.org/abs/1411.1784)). [pix2pix](https://arxiv.org/abs/1611.07004) gets a picture in place of noise, and learns from pairs of pictures: before and after. [CycleGAN](https://arxiv.org/abs/1703.10593) needs no pairs: for photographs of faces there are none. [StarGAN](https://arxiv.org/abs/1711.09020) does it for many attributes with one network. [AttGAN](https://arxiv.org/abs/1711.10678) and [STGAN](https://arxiv.org/abs/1904.09709) keep more of the face; STGAN also puts the *difference* in place of the target. [SeCGAN](https://arxiv.org/abs/2111.09298) adds the second branch. Lesson [00b](00b_conditional_gans.ipynb) has this line in pictures.
#
# ## Is this machine ready?

# %% tags=["nbval-ignore-output"]
from secgan_lite.course.doctor import doctor

print(*doctor(), sep="\n")

# %% [markdown]
# A line that begins with LOOK says what to do. The seconds are estimates for *this* machine with no other program at work: the doctor times a short piece of work, and compares it with the machine that built the lessons. In a terminal: `secgan-lite doctor`.
#
# ## How to work with the lessons
#
# - **Predict first.** Where a lesson asks for a guess, write it down before you run on.
# - **Exercises** hold a stub, `return TODO`. Fill it in and run the cell: the check says what is right, or which mistake it recognises. Leave it, and the lesson goes on with the reference. Hints unfold one by one; the [solutions](solutions) lie beside the lessons.
# - **Work on a copy**: `notebooks/my/` is yours and ignored by git, so you can update the course at any time.
# - **Photographs**: losses, networks and training are the same; the lessons run on CelebA with two more parameters ([data/README.md](../data/README.md)).
# - **Lecturers** find plans, timings and common misconceptions in [the guide](README.md).
#
# ## What goes wrong, and limits
#
# - **Blurred and incomplete edits.** The generators of this course are small, and trained for minutes to hours on a CPU. They show what each part of the method does, not how good it can get.
# - **One option is not the paper's.** This editor *blends*: for each pixel it gives a colour and a share from 0 to 1. That share of the pixel is the new colour, and the rest is copied from the input (lesson [03](03_parallel_branches.ipynb) has the formula). Without that option, as in the paper, a generator draws every pixel again, also those that should stay.
# - **Drawn faces only.** The bundled weights have seen no photograph; what they make of one means nothing.
# - **Thirteen words are not a person.** The names are CelebA's: what annotators saw in a picture, yes or no. "Male" or "Young" here are properties of drawings, not of anyone's identity; an editor that learns them from photographs learns the annotators' habits too.
# - **Edits of real people** need their consent, and a label that says "edited".
# - **One run.** What you see are weights from a single seed. How much another seed would differ is measured in [04 · Train](04_train.ipynb).
#
# ## Summary
#
# 1. An edit is a face and a difference $y^{diff}$: +1 adds, −1 takes away, 0 asks for no change.
# 2. Drawn faces have true edits, so each edit has an error. Can a network change one thing and leave the rest alone? In part: changes of colour come close to the truth, four reversals hardly nearer, and outside small errors are left.
# 3. SeCGAN is two GANs that also reconstruct, a parser, and a loss that makes them agree.
# 4. The doctor tells whether this machine is ready, and how long each lesson takes.
#
# ## Quiz
#
# 1. Which part of SeCGAN do you need to edit a face, after training? <details><summary>Answer</summary>G_rgb, and nothing else.</details>
# 2. What is y_diff for "remove the moustache, make black hair blond, leave the rest"? <details><summary>Answer</summary>−1 at Mustache, −1 at Black_Hair, +1 at Blond_Hair, 0 elsewhere.</details>
# 3. A judge sees a wish fulfilled in 9 of 10 edits. Are the edits right? <details><summary>Answer</summary>Not necessarily. The judge sees the attribute; it does not ask what else has changed, or whether a true edit looks like that. The error against the true edit does.</details>
#
# ## References
#
# Paper: §1 (Figure 1), §3 (Figure 2). Liu et al., [*Deep Learning Face Attributes in the Wild*](https://arxiv.org/abs/1411.7766) (CelebA), 2015: §4 for how the labels were made.
#
# Next: [00b · Conditional GANs](00b_conditional_gans.ipynb), the whole idea with points in place of faces.

# %% tags=["nbval-ignore-output"]
footer()
