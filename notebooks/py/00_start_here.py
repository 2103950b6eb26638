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
# **Question.** Can a network change one thing about a face and leave the rest alone? And does this machine run the course?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 15 min, exercises 20 min | 1 min | under 1 GB | Python, and what a convolutional network is |
#
# Press "Run all". Nothing is downloaded, and no graphics card is needed.
#
# Text: CC BY 4.0. Code: MIT. Paper: Sun et al., *SeCGAN*, arXiv 2111.09298.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **tell** whether your machine is ready, and how long each lesson will take on it;
# 2. **edit** a face with one line, and write the wish behind it as numbers;
# 3. **name** the six parts of SeCGAN on a map, and the lesson of each;
# 4. **say** why this course draws its faces.
#
# ## Contents
#
# [Parameters](#Parameters) · [Is this machine ready?](#Is-this-machine-ready?) · [A first edit](#A-first-edit) · [Every edit](#Every-attribute,-every-face) · [The map](#The-map) · [Why drawn faces](#Why-drawn-faces) · [How to work](#How-to-work-with-the-lessons) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)

# %% [markdown]
# ## Parameters
#
# Every lesson begins like this. Change a value and run again, or set it from outside: `papermill notebooks/00_start_here.ipynb out.ipynb -p seed 1`. A misspelt name stops the notebook and names the nearest.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a run whose generator edits, "" for the bundled one
seed: int = 0  # of the faces

# %% tags=["setup"]
import torch

from secgan_lite import attributes
from secgan_lite.course import TODO, check, claim, footer, settings, show, six_faces

# %%
settings(globals(), run_dir=str, seed=int)

# %% [markdown]
# ## Is this machine ready?

# %% tags=["nbval-ignore-output"]
from secgan_lite.course.doctor import doctor

print(*doctor(), sep="\n")

# %% [markdown]
# A line that begins with LOOK says what to do. The seconds are estimates for *this* machine: the doctor runs a short piece of the lessons' own kind of work, and compares it with the machine on which they were built. The same in a terminal: `python -m secgan_lite.course doctor`.
#
# ## A first edit
#
# An editor, a picture, and a wish. The editor comes with the course, or from a run of your own (`run_dir`); the picture may be an array, a file or a PIL image.

# %%
from secgan_lite import load_editor
from secgan_lite.course import figures
from secgan_lite.editing import editor_name, editor_sizes, shown_first
from secgan_lite.support.files import bundled

size = editor_sizes()[-1]
best_known = editor_name(size, shown_first(size), "secgan")
editor = load_editor(run_dir or bundled(best_known))
faces = six_faces(editor.image_size, seed)
pictures = faces.images.transpose(0, 2, 3, 1)  # six faces, height, width, RGB

requests = [{"Bangs": +1}, {"Eyeglasses": +1}, {"Pale_Skin": +1}]
requests += [{"Blond_Hair": +1, "Black_Hair": -1}, {"Blond_Hair": +1}]
edits = [editor.edit(pictures[5], request).image for request in requests]
titles = ["\n".join(f"{k} {v:+d}" for k, v in request.items()) for request in requests]
show(
    figures.wishes(pictures[5], edits, titles), "Which of these five wishes does the editor fulfil?"
)

# %% [markdown]
# *Does each edit do what it was asked, and no more?* `editor.edit(face, {"Bangs": +1})` is the whole of it: +1 adds an attribute, −1 takes one away. Nobody told the generator what the face has already, and nobody told it where hair or eyes are. So the last picture goes wrong. It asks for blond *on top of* black, a wish that no training made, because hair has one colour. The picture before it also takes black away, and that works. The glasses are a smear: this editor draws thin things badly. Change the requests and run again. The names:

# %% tags=["nbval-check-output"]
print(", ".join(editor.attributes))

# %% [markdown]
# ### Try it
#
# Press a button to reverse an attribute, or move its slider; choose another face, or undo. The masks and the bars are for later: [06 · Explore](06_explore.ipynb) explains them.

# %% tags=["widget", "nbval-ignore-output"]
from secgan_lite.course.widgets import FlipExplorer, explore, flipped

app = FlipExplorer(run_dir)
app

# %%
show(
    explore(flipped(app.look, "Eyeglasses")).sheet,
    "Which pixels does the edit change that the true edit leaves alone?",
)

# %% [markdown]
# *No sliders? Then look at this picture.* The same face with one attribute reversed: the input above, then the edit, then the *true* edit, which only a drawn face has. The second column is a heat map of what changed. Find one place where the edit changed something that the truth leaves alone.

# %% [markdown]
# ### What a wish is
#
# The paper calls it $y^{diff} = y^{trg} - y^{src}$: the attributes that the face shall have, minus those that it has. Three attributes by hand, for a face with bangs and brown hair that shall be blond:

# %% tags=["nbval-check-output"]
y_src = {"Bangs": 1, "Blond_Hair": 0, "Brown_Hair": 1}
y_trg = {"Bangs": 1, "Blond_Hair": 1, "Brown_Hair": 0}
print("y_diff =", {name: y_trg[name] - y_src[name] for name in y_src})

# %% [markdown]
# Bangs are on both sides, so their difference is 0: leave them alone. That is why the generator needs no description of the face, and why $y^{diff} = 0$ means "change nothing".
#
# | symbol | tensor | in the package | beware |
# |---|---|---|---|
# | $y^{src}$, $y^{trg}$ | labels (faces, 13) of 0 and 1 | `labels` of [`datasets`](../secgan_lite/datasets/data.py) | not −1 and 1 |
# | $y^{diff} = y^{trg} - y^{src}$ | (faces, 13) of −1, 0 and 1 | `difference` in [`attributes.py`](../secgan_lite/attributes.py) | the target first; StarGAN's own code gives G the *target* instead |
# | $x^{out} = G_{rgb}(x^{in}, y^{diff})$ | (faces, 3, h, h) from −1 to 1 | `edit` of [`editing`](../secgan_lite/editing) takes and gives pictures of 0 to 255 | $x = p/127.5 - 1$ for a level $p$ |

# %% [markdown] tags=["exercise"]
# ### Exercise A · A wish as numbers
#
# **Goal.** Write $y^{diff}$ for whole batches of labels. **Difficulty** 1 of 5, 5 min. Checked.
#
# <details><summary>Hint 1: which values are there?</summary>Two labels make four pairs: (0, 0), (0, 1), (1, 0), (1, 1). Say for each whether something comes, goes or stays.</details>
# <details><summary>Hint 2: which operation gives them all?</summary>The name says it: a difference. Tensors of one shape are subtracted element by element.</details>
# <details><summary>Hint 3: almost code</summary>What shall be, minus what is: <code>y_trg - …</code></details>


# %% tags=["exercise", "nbval-check-output"]
def difference(y_trg, y_src):
    """y_diff: +1 where an attribute shall come, −1 where it shall go, else 0; all (B, n)."""
    # solution
    return y_trg - y_src
    # end


difference = check("00-difference", difference)

# %% [markdown]
# What a wrong answer would do: with the sign exchanged, every wish is granted backwards. With the target in place of the difference, the wish for a blond face with bangs, who has bangs, asks for *more* bangs. The function of the package agrees with yours and with the three numbers above:

# %% tags=["nbval-check-output"]
trg, src = (torch.tensor([list(y.values())]) for y in (y_trg, y_src))
assert torch.equal(difference(trg, src), attributes.difference(trg, src))
print("right", difference(trg, src).tolist(), "the target instead", trg.tolist())

# %% [markdown]
# ## Every attribute, every face
#
# Now each of the 13 attributes is reversed, one at a time: what is there is taken away, what is absent is added.

# %% [markdown] tags=["exercise"]
# ### Exercise B · Reverse it
#
# **Goal.** Somebody wrote these 13 wishes as the identity matrix, and every black-haired face kept its black hair. Find out why, and repair it. **Difficulty** 2 of 5, 5 min. Checked.
#
# <details><summary>Hint 1: what is row i?</summary>One edit: its entry i is the wish for attribute i, all others are 0.</details>
# <details><summary>Hint 2: which number reverses?</summary>Where the label is 0, +1. Where it is 1, −1. Find a line through both points.</details>
# <details><summary>Hint 3: almost code</summary><code>torch.diag(…)</code> puts a vector on the diagonal; the vector is <code>1 - 2 * y_src</code>.</details>


# %% tags=["exercise", "nbval-check-output"]
def reversals(y_src):
    """y_diff (n, n) of n edits of a face with labels y_src (n,): the i-th reverses attribute i."""
    # solution
    return torch.diag(1 - 2 * y_src)
    # lesson
    # return torch.eye(len(y_src))
    # end


reversals = check("00-reversals", reversals)

# %% [markdown] tags=["exercise"]
# ### Exercise C · Predict and explain
#
# **Goal.** Below are these wishes on the six faces that the course keeps coming back to. Which attribute will the editor find hardest, and which easiest? Write a name and a reason before you look. **Difficulty** 2 of 5, 10 min. Open: the section on drawn faces measures it.
#
# <details><summary>Hint 1: how many pixels?</summary>Glasses are a few thin lines at this size; hair is a third of the picture.</details>
# <details><summary>Hint 2: how often was it seen?</summary>An editor learns from faces that have an attribute and from faces that lack it. Which of the 13 are rare?</details>
# <details><summary>Hint 3: what must be invented?</summary>To take bangs away, a forehead has to be painted that nobody ever saw.</details>

# %% [markdown] tags=["solution"]
# **Answer.** There are two kinds of hard. What is small or thin (glasses, eyebrows, a moustache) weighs little in every loss, so the generator may leave it out and hardly pay. What is rare (bald) is seldom asked for, and there the change is large: hair must go, and a skull and a background be invented. Colours of large areas are easy: every pixel says the same. Compare with the ranking under "Why drawn faces", and note that "hardest" has two meanings there too: a judge, which is a separate classifier of the attributes, may see the attribute although the pixels are far from the truth.

# %%
guess = ""  # a name from above

# %%
import numpy as np


def reversed_each(picture, labels):
    """Edits of a face, (13, 3, h, h): each attribute taken away if it is there, else added."""
    signs = reversals(torch.tensor(labels).float()).diagonal().tolist()
    wishes = ({k: sign} for k, sign in zip(editor.attributes, signs, strict=True))
    known = dict(zip(editor.attributes, map(int, labels), strict=True))
    made = [editor.edit(picture, wish, labels=known, resolve=True).image for wish in wishes]
    return np.stack([np.asarray(image).transpose(2, 0, 1) for image in made])


flips = np.stack([reversed_each(*pair) for pair in zip(pictures, faces.labels, strict=True)], 1)
show(
    figures.flip_grid(faces.images, flips, editor.attributes, faces.labels),
    "Which of the 13 attributes can the editor reverse on all six faces?",
)

# %% [markdown]
# *What does each edit change, and what else?* Follow a column down, and then a row across. The bundled generator trained for about an hour on one core of a laptop. Where hair has to go, a coloured haze is left in its place. New glasses are a smear; *Male*, *Young* and an open mouth change little. The answer to your prediction can be measured, because these faces are drawn: below.
#
# ## The map

# %%
show(figures.method_map(), "How do the parts of SeCGAN work together?")

# %% [markdown]
# The whole of SeCGAN (Figure 2 of the paper). A face $x^{in}$ and a wish $y^{diff}$ enter the generator $G_{rgb}$. A <dfn>parser</dfn> P turns the face into a mask $s^{in}$ of 12 segments, which a second generator $G_{seg}$ edits by the same wish. Each generator has a <dfn>discriminator</dfn> that asks two questions: is it real, and which attributes has it? And the mask of the edited face has to agree with the edited mask.
#
# | part | what it does | lesson |
# |---|---|---|
# | P | finds segments | [01 · Parsing](01_parsing.ipynb) |
# | $D_{rgb}$, $D_{seg}$ | judge, and so teach | [02 · Losses](02_losses.ipynb) |
# | consistency | ties the branches | [02 · Losses](02_losses.ipynb), [03 · Parallel branches](03_parallel_branches.ipynb) |
# | $G_{rgb}$, $G_{seg}$ | edit | [03 · Parallel branches](03_parallel_branches.ipynb) |
# | all at once | Algorithm 1 | [04 · Train](04_train.ipynb) |
#
# What is new about it, in one picture (Figure 1 of the paper):

# %%
show(figures.two_ways(), "Where does the mask go: into the one generator, or into a second one?")

# %% [markdown]
# Other editors feed a mask *into* the generator. SeCGAN edits the mask beside the image, and throws the second branch away after training: only $G_{rgb}$ is shipped.
#
# ## Why drawn faces
#
# Photographs of faces come with licences, with labels of doubtful quality, and with people. And one thing no photograph has: the *true* edit. Nobody was photographed twice, with and without glasses, and otherwise the same to the last pixel. Our faces are drawn from numbers, so we can change one number and draw again:

# %%
from secgan_lite.evaluation import Truth

truths = Truth.of(faces).images  # (13, 6, 3, h, h), as the edits above
shown = ["Bangs", "Blond_Hair", "Eyeglasses", "Male", "Young"]
rows = [editor.attributes.index(name) for name in shown]
pictures_of_one = (faces.images[1], flips[rows, 1], truths[rows, 1])
show(
    figures.edit_comparison(*pictures_of_one, shown, faces.labels[1, rows], {}),
    "Where does each edit change the face, and where should it?",
)

# %% [markdown]
# *How far is the edit from the truth?* The heat maps show where each changed the face. A good edit lights up where the true one does, and nowhere else.
#
# As a number: the error where something should change, as a share of the error of doing nothing. 0 is the truth, 1 is no better than the input.

# %% tags=["nbval-check-output"]
x, out, true = (array.astype(float) for array in (faces.images[None], flips, truths))
where = np.abs(true - x).max(axis=2) > 8  # of 255 levels, (13, 6, h, h)
share = {}
whole = {}
for name, there, edit, wanted in zip(editor.attributes, where, out, true, strict=True):
    error, doing_nothing = (np.abs(e - wanted).mean(axis=1) for e in (edit, x[0]))
    share[name] = error[there].mean() / doing_nothing[there].mean()
    whole[name] = error.mean() / doing_nothing.mean()
ranked = sorted(share, key=share.get)
print("closest:", ", ".join(f"{name} {share[name]:.2f}" for name in ranked[:3]))
print("hardest:", ", ".join(f"{name} {share[name]:.2f}" for name in ranked[-3:]))
print("predicted", repr(guess), "measured: easiest", ranked[0], "hardest", ranked[-1])
better = [name for name, ratio in whole.items() if ratio < 1]
print(f"over the whole image: {len(better)} of {len(whole)} better than doing nothing:")
print("  " + ", ".join(better))
claim("half of the edits are further from the truth", 4 <= len(whole) - len(better) <= 9, n=6)

# %% tags=["nbval-check-output"]
from secgan_lite.evaluation import load_results

if not run_dir:
    recorded = load_results(best_known)  # on 300 faces
    scores = recorded["counterfactual"]["by_attribute"].items()
    low, high = ({k: s["inside_ratio"][end] for k, s in scores} for end in ("low", "high"))
    close = {"Blond_Hair", "Pale_Skin"}
    worst_of_both, best_other = max(high[k] for k in close), min(low[k] for k in low.keys() - close)
    claim("blond hair and pale skin come closest", worst_of_both < best_other, n=300)
    still = min(low[k] for k in ("Male", "Young", "Eyeglasses", "Mouth_Slightly_Open"))
    claim("*Male*, *Young*, glasses and an open mouth hardly leave the input", still > 0.8, n=300)
    outside, same = (
        recorded["counterfactual"]["outside"]["high"],
        recorded["reconstruction"]["high"],
    )
    claim("where it should change nothing it errs by less than three levels", outside < 3, n=300)
    claim("a face that shall stay comes back within half a level", same < 0.5, n=300)
    bald = recorded["tarr"]["Bald"]["value"]
    claim("sees the bald head in more than 9 of 10 edits", bald > 0.9, n=300)

# %% [markdown]
# *Which edits are close to the truth?* Six faces are few, so the last lines ask 300. There blond hair and pale skin come closest. *Male*, *Young*, glasses and an open mouth hardly leave the input. (The ratio of each lies above $0.8$.) Errors have grey levels, of 255, as their unit: where it should change nothing it errs by less than three levels, and a face that shall stay comes back within half a level.
#
# *And over the whole image?* There about half of the edits are further from the truth than the input is. An edit that has to change a few pixels, such as an eyebrow, has many others to spoil. And a number has its limits. A <dfn>judge</dfn> is a separate classifier of the 13 attributes, which takes no part in the training of an editor. Ours sees the bald head in more than 9 of 10 edits, and to us it still looks false, because of the haze.
#
# Every edit of this course can be scored like this. Everything else, losses, networks, training, is as for photographs, and runs on CelebA with two more parameters ([data/README.md](../data/README.md)).
#
# ## How to work with the lessons
#
# - **Predict first.** Where a lesson asks for a guess, write it down before you run on.
# - **Exercises** hold a stub, `return TODO`. Fill it in and run the cell: the check says what is right, or which mistake it recognises. Leave it, and the lesson goes on with the reference. Hints unfold one by one; the [solutions](solutions) lie beside the lessons.
# - **Work on a copy**: `notebooks/my/` is yours and ignored by git, so you can update the course at any time.
# - **Lecturers** find plans, timings and common misconceptions in [the guide](README.md).
#
# ## What goes wrong, and limits
#
# - **Blurred and incomplete edits.** The generators of this course are small, and trained for minutes to hours on a CPU. They show what each part of the method does, not how good it can get.
# - **One option is not the paper's.** This editor *blends*: for each pixel it gives a colour and a share from 0 to 1. So much of the pixel is its own colour, and the rest is copied from the input (lesson [03](03_parallel_branches.ipynb) has the formula). Without that option, as in the paper, a generator draws every pixel again, also those that should stay.
# - **Drawn faces only.** The bundled weights have seen no photograph; what they make of one means nothing. For photographs, train on CelebA.
# - **Thirteen words are not a person.** The names are CelebA's: what annotators saw in a picture, yes or no. "Male" or "Young" here are properties of drawings, not of anyone's identity; an editor that learns them from photographs learns the annotators' habits too.
# - **Edits of real people** need their consent, and a label that says "edited".
# - **One run.** What you see are weights from a single seed. How much another seed would differ is measured in [04 · Train](04_train.ipynb).
#
# ## Summary
#
# 1. The doctor tells whether this machine is ready, and for how long each lesson runs.
# 2. An edit is a face and a difference $y^{diff}$: +1, −1, or anything between; 0 changes nothing.
# 3. SeCGAN is two GANs, a parser, and a loss that makes them agree.
# 4. Drawn faces have true edits, so every edit can be scored.
#
# ## Quiz
#
# 1. Which part of SeCGAN do you need to edit a face, after training? <details><summary>Answer</summary>G_rgb, and nothing else.</details>
# 2. What is y_diff for "remove the moustache, make the hair black, leave the rest"? <details><summary>Answer</summary>−1 at Mustache, +1 at Black_Hair, 0 elsewhere.</details>
# 3. Why can an edit of a photograph not be scored against the truth? <details><summary>Answer</summary>There is no photograph of the same moment with the attribute changed.</details>
#
# ## References
#
# Paper: §1 (Figure 1), §3 (Figure 2). Liu et al., *Deep Learning Face Attributes in the Wild* (CelebA), 2015.
#
# Next: [01 · Parsing](01_parsing.ipynb).

# %% tags=["nbval-ignore-output"]
footer()
