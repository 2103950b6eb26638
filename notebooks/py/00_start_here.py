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
# | beginner | 10 min | 1 min | under 1 GB | Python, and what a convolutional network is |
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
# 2. **edit** a face with one line, in your own way;
# 3. **name** the seven parts of SeCGAN on a map, and the lesson of each;
# 4. **say** why this course draws its faces.
#
# ## Contents
#
# [Parameters](#Parameters) · [Is this machine ready?](#Is-this-machine-ready?) · [A first edit](#A-first-edit) · [The map](#The-map) · [Why drawn faces](#Why-drawn-faces) · [How to work](#How-to-work-with-the-lessons) · [Summary](#Summary) · [Quiz](#Quiz)

# %% [markdown]
# ## Parameters
#
# Every lesson begins like this. Change a value and run again, or set it from outside: `papermill … -p seed 1`.

# %% tags=["parameters"]
run_dir: str = ""  # folder of a run whose generator edits, "" for the bundled one
seed: int = 0  # of the faces

# %%
from secgan_lite.course import batch_of, footer, settings, show, six_faces

settings(globals(), run_dir=str, seed=int)

# %% [markdown]
# ## Is this machine ready?

# %% tags=["nbval-ignore-output"]
from secgan_lite.course.doctor import doctor

print(*doctor(), sep="\n")

# %% [markdown]
# A line that begins with LOOK says what to do. The seconds are estimates for *this* machine: the doctor runs a short piece of the same kind of work and compares it with the machine on which the lessons were built. The same in a terminal: `python -m secgan_lite.course doctor`.
#
# ## A first edit

# %%
import torch

from secgan_lite import figures
from secgan_lite.course.model import load_model
from secgan_lite.editor import FaceEditor

model, config = load_model(run_dir)
editor = FaceEditor(model.generator, config.attributes)
faces = six_faces(config.image_size, seed)
face = faces.images[5].transpose(1, 2, 0)  # any image would do: an array, a file, a PIL image

requests = [{"Blond_Hair": +1}, {"Bangs": +1}, {"Male": +1}, {"Bangs": +1, "Brown_Hair": +1}]
edits = [editor.edit(face, request).image for request in requests]
titles = ["\n".join(f"{k} {v:+d}" for k, v in request.items()) for request in requests]
show(figures.wishes(face, edits, titles))

# %% [markdown]
# `editor.edit(face, {"Eyeglasses": +1})` is the whole of it: +1 adds an attribute, −1 takes one away. Nobody told the generator what the face has already, and nobody told it where hair or eyes are. Change the requests and run again. The names:

# %% tags=["nbval-check-output"]
print(", ".join(editor.attributes))

# %% [markdown]
# Now each of them, one at a time, on all six faces that the course keeps coming back to:

# %%
from secgan_lite.attributes import single_flips
from secgan_lite.evaluation import generator_editor

x, y, _ = batch_of(faces)
with torch.no_grad():
    flips = single_flips(y, config.attributes, resolved=True) - y
    edits = torch.stack(generator_editor(model.generator)(x, flips))
show(figures.flip_grid(x, edits, config.attributes, y))

# %% [markdown]
# *What does each edit change, and what else?* The generator behind this grid has trained for a few minutes on a laptop, at 32 pixels. It is blurred, it is not wrong: follow a column down, and then a row across. By lesson 04 you will have trained your own; larger ones, and photographs, need longer and nothing else.
#
# ## The map

# %%
show(figures.method_map())

# %% [markdown]
# The whole of SeCGAN (Figure 2 of the paper). A face $x^{in}$ and a wish $y^{diff}$ enter the generator $G_{rgb}$. A parser P turns the face into a mask $s^{in}$ of 12 segments, which a second generator $G_{seg}$ edits by the same wish. Each has a discriminator that asks two questions: is it real, and which attributes has it? And the mask of the edited face has to agree with the edited mask.
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
show(figures.two_ways())

# %% [markdown]
# Other editors feed a mask *into* the generator. SeCGAN edits the mask beside the image, and throws the second branch away after training: only $G_{rgb}$ is shipped.
#
# ## Why drawn faces
#
# Photographs of faces come with licences, with labels of doubtful quality, and with people. And one thing no photograph has: the *true* edit. Nobody was photographed twice, with and without glasses, and otherwise the same to the last pixel. Our faces are drawn from numbers, so we can change one number and draw again:

# %%
from secgan_lite.evaluation import Truth

shown = ["Bangs", "Blond_Hair", "Eyeglasses", "Male", "Young"]
rows = [config.attributes.index(name) for name in shown]
truth = torch.from_numpy(Truth.of(faces).images[rows, 1])
pictures = (x[1], edits[rows, 1], truth, shown, y[1, rows], {})
show(figures.edit_comparison(*pictures))

# %% [markdown]
# *How far is the edit from the truth?* The heat maps show where each changed the face. A good edit lights up where the true one does, and nowhere else. Every edit of this course can be scored like this. Everything else, losses, networks, training, is as for photographs, and runs on CelebA with two more parameters ([data/README.md](../data/README.md)).
#
# ## How to work with the lessons
#
# - **Predict first.** Where a lesson asks for a guess, write it down before you run on.
# - **Exercises** hold a stub, `return TODO`. Fill it in and run the cell: the check says what is right, or which mistake it recognises. Leave it, and the lesson goes on with the reference. Hints unfold one by one; the [solutions](solutions) lie beside the lessons.
# - **Work on a copy**: `notebooks/my/` is yours and ignored by git, so you can update the course at any time.
# - **Lecturers** find plans, timings and common misconceptions in [the guide](README.md).
#
# ## Summary
#
# 1. The doctor tells whether this machine is ready, and for how long each lesson runs.
# 2. An edit is a face and a difference: +1, −1, or anything between.
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
