"""A lesson of a few lines, built once, for tests of the builder and of the audit."""

LESSON = '''# %% [markdown]
# # 00 · Tiny
#
# | level | to read | to run | memory |
# |---|---|---|---|
# | beginner | 1 min, exercises 3 min | 1 s | 2 GB |
#
# ## Objectives
#
# ## Contents
#
# [Parameters](#Parameters), [the next](90_tiny.ipynb), Eq. 1-20, [Glossary](glossary.md).
#
# *In a 50-minute class: everything.*
#
# ## Parameters

# %% tags=["parameters"]
number: int = 1  # of things

# %% tags=["nbval-check-output"]
import sys
import time

from secgan_lite.course import claim

share = 0.25 * number
print(share)
claim("less than one half", share < 0.5, n=4)
print("a warning", file=sys.stderr)

# %% [markdown]
# The <dfn>share</dfn> is 0.25, and $0.5$ is a constant. So it is less than one half.

# %% tags=["nbval-ignore-output"]
from secgan_lite.course import footer

print(time.time())
footer()

# %%
from secgan_lite.course import figures
from secgan_lite.course import show

show(figures.training_curves([]), "Does it learn?")

# %% [markdown] tags=["exercise"]
# ### Exercise A
#
# **Goal.** Write it. **Difficulty** 1 of 5, 1 min.
#
# <details><summary>Hint</summary>None.</details>

# %% tags=["exercise", "nbval-check-output"]
from secgan_lite.course import TODO, check


def bce(logits, y):
    """Eq. 3."""
    # solution
    from secgan_lite import losses

    return losses.attribute_classification(logits, y)
    # lesson
    # return TODO
    # end


bce = check("02-classification", bce)

# %% [markdown] tags=["solution"]
# Because.

# %% [markdown] tags=["exercise"]
# ### Exercise B
#
# **Goal.** Say it. **Difficulty** 1 of 5, 1 min.
#
# <details><summary>Hint</summary>None.</details>

# %% [markdown] tags=["exercise"]
# ### Exercise C
#
# **Goal.** Say it. **Difficulty** 1 of 5, 1 min.
#
# <details><summary>Hint</summary>None.</details>

# %% [markdown]
# ## Summary
#
# ## Quiz
#
# ## References
'''
