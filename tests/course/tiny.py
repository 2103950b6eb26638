"""A lesson of a few lines, built once, for tests of the builder and of the audit."""

LESSON = '''# %% [markdown]
# # 00 · Tiny
#
# ## Objectives
#
# ## Contents
#
# [Parameters](#Parameters), [the next](90_tiny.ipynb), Eq. 1-20.
#
# ## Parameters

# %% tags=["parameters"]
number: int = 1  # of things

# %% tags=["nbval-check-output"]
import sys
import time

share = 0.25 * number
print(share)
print("a warning", file=sys.stderr)

# %% [markdown]
# The share is 0.25, and $0.5$ is a constant.

# %% tags=["nbval-ignore-output"]
from secgan_lite.course import footer

print(time.time())
footer()

# %%
from secgan_lite.course import figures
from secgan_lite.course import show

show(figures.training_curves([]))

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

# %% tags=["nbval-check-output"]
from secgan_lite.course import claim

claim("one is less than two", number < 2)

# %% [markdown]
# So **one** is less
# than two.
#
# ## Summary
#
# ## Quiz
#
# ## References
'''
