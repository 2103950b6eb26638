"""The names of which one is chosen, where more than one room has to know them."""

from typing import Literal

Preset = Literal["lite", "paper", "as-coded"]
Dataset = Literal["synthetic", "celeba", "celeba-hq"]
Split = Literal["paper", "official", "clean"]
Device = Literal["auto", "cpu", "cuda", "mps"]
# Two branches; one; one that sees P's masks.
Method = Literal["secgan", "baseline", "concat"]
Relations = Literal["gender", "pairs"]
