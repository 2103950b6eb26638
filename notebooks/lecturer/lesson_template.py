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
# # 99 · The template: how much does a wish change?
#
# **Question.** One question that the lesson answers, in words of every day. Here: which wish changes the most pixels of a face?
#
# | level | to read | to run on 2 CPU cores | memory | before this |
# |---|---|---|---|---|
# | beginner | 5 min, exercises 10 min | 10 s | under 1 GB | what a student has to know |
#
# Text: CC BY 4.0. Code: MIT.

# %% [markdown]
# ## Objectives
#
# After this lesson you can
#
# 1. **measure** how much of a face a wish changes (exercise A);
# 2. **predict** which wishes change much (exercise B), and **find** a fault in such a measure (C).
#
# ## Contents
#
# [Count](#1.-Count) · [Limits](#What-goes-wrong,-and-limits) · [Summary](#Summary) · [Quiz](#Quiz) · [Glossary](glossary.md)
#
# *In a 50-minute class: everything.*

# %% [markdown]
# ## Parameters
#
# Plain literals, each with a help text; the fast values are the defaults.

# %% tags=["parameters"]
num_images: int = 60  # faces to look at
seed: int = 0  # of the faces

# %% tags=["setup"]
import torch

from secgan_lite import datasets
from secgan_lite.course import TODO, claim, figures, footer, settings, show, six_faces, table
from secgan_lite.evaluation import Truth

# %%
settings(globals(), "99_template", num_images=int, seed=int)

# %% [markdown]
# ### Predict first
#
# A question with a few answers, before anything is computed: which of *Bald*, *Eyeglasses* and *Pale_Skin* changes the most pixels? Section 1 answers.

# %%
guess = ""  # "Bald", "Eyeglasses" or "Pale_Skin"

# %% [markdown] tags=["slide"]
# ## 1. Count
#
# One idea in each cell, about 100 words, and the formula before the code. Let $M$ be the pixels that the true edit changes by more than 8 of 255 levels. The measure is their share:
#
# $$\text{share} = \frac{\lvert M\rvert}{h^2}$$
#
# | symbol | array | function | beware |
# |---|---|---|---|
# | $M$ | `changed`, (13, n, h, h), true or false | here | the largest of three colours counts |

# %%
faces = datasets.load("synthetic", "test", 32, count=num_images, seed=seed)
truth = torch.from_numpy(Truth.of(faces).images).float()  # (13, n, 3, 32, 32)
changed = (truth - torch.from_numpy(faces.images)).abs().amax(dim=2) > 8

# %% tags=["nbval-check-output", "slide"]
shares = dict(zip(faces.attributes, changed.float().mean(dim=(1, 2, 3)).tolist(), strict=True))
ranked = sorted(shares, key=shares.get, reverse=True)
rows = [(name, shares[name]) for name in ranked]
table("Share of the pixels that each wish changes", {"attribute": "", "share": ".0%"}, rows)
print(f"predicted: {guess or 'nothing'}")
three = ("Bald", "Eyeglasses", "Pale_Skin")
claim("pale skin changes the most of the three", max(three, key=shares.get) == "Pale_Skin",
      n=num_images)  # fmt: skip

# %% [markdown]
# *What does the table say?* The text below an output reads it aloud, and each sentence about a result is a claim of the cell above: pale skin changes the most of the three. A number in the text must be printed by a compared cell.

# %% tags=["slide"]
few = six_faces(32, seed)
show(
    figures.faces_and_masks(few.images, few.masks),
    "A caption asks one question: which of these faces have hair that a wish could colour?",
)

# %% [markdown] tags=["exercise"]
# ### Exercise A · Write it
#
# **Goal.** Something that the lesson then uses. **Difficulty** 1 of 5, 4 min. A check of your own is an `Exercise` in `secgan_lite/course/checks`, with five mistakes that it recognises.
#
# <details><summary>Hint 1: where to look?</summary>A nudge.</details>
# <details><summary>Hint 2: which operation?</summary>Almost the code.</details>


# %% tags=["exercise"]
def share_of(mask):
    """Share of the true values of a mask (h, h), a number from 0 to 1."""
    # solution
    return mask.float().mean()
    # end


found = share_of(torch.eye(4) > 0)  # the solutions run this cell without the ones above
print("not attempted" if found is TODO else f"share {found:.2f}")

# %% [markdown] tags=["exercise"]
# ### Exercise B · Predict and explain
#
# **Goal.** An experiment with a prediction before it. **Difficulty** 2 of 5, 3 min. Open.
#
# <details><summary>Hint</summary>What must stay equal?</details>

# %% [markdown] tags=["exercise"]
# ### Exercise C · Find the fault
#
# **Goal.** A colleague's code that runs, and is wrong. **Difficulty** 3 of 5, 3 min. Open.
#
# <details><summary>Hint</summary>Which symptom comes first?</details>

# %% [markdown]
# ## What goes wrong, and limits
#
# What the lesson does not show: here, drawn faces, and one threshold.

# %% [markdown] tags=["slide"]
# ## Summary
#
# 1. One line for each objective.
# 2. A wish for colour and a wish for glasses differ in size; so compare errors inside $M$.

# %% [markdown]
# ## Quiz
#
# 1. Does a small share mean a small error? <details><summary>Answer</summary>No: few pixels can be very wrong.</details>
#
# ## References
#
# Author, title with a link, year: section to read, minutes.

# %% tags=["nbval-ignore-output"]
footer()
