"""The loss playground: move the weights λ, and see which term wants which pixel to change."""

from dataclasses import replace

import ipywidgets as w

from secgan_lite.course.widgets.controls import App, Pictures, Quiet, button, row
from secgan_lite.course.widgets.weighing import PAPER, Mix, Pulls, weigh
from secgan_lite.editing import Trained, default_editor


class LossPlayground(App):
    """Move λ and see which term wants which pixel to change.

    Training moves weights, not pixels: there the order of the terms can be another.

    Args:
        pulls: of which edits; if not given, of six flips by the best bundled editor.
        mix: what it opens with.

    Attributes:
        mix: what is shown.
        weighed: what came of it.
    """

    _question = "Which term pulls hardest at which pixel?"

    def __init__(self, pulls: Pulls | None = None, mix: Mix | None = None) -> None:
        pulls = pulls or Pulls.of_flips(Trained.of(default_editor()))
        self._pulls, self._quiet, self.mix = pulls, Quiet(), mix or Mix()
        edits = [(title, i) for i, title in enumerate(pulls.titles)]
        branches = [("image, Eq. 14", "rgb"), ("mask, Eq. 16", "semantic")]
        branches = [(words, name) for words, name in branches if name in pulls.trained]
        self.face = self._choice(edits, "edit", "face")
        self.branch = self._choice(branches, "branch", "branch")
        self.sliders = {term: self._slider(term) for term in pulls.trained["rgb"] if term != "adv"}
        self.trained = button("as trained", lambda: self._show(replace(self.mix, weights=())))
        self.paper = button("the paper's 0.01, as a mean", self._as_in_paper)
        self.without = button("λ_sc = 0", lambda: self._weigh("sc", 0.0))
        self.pictures = Pictures()
        self.pictures.add_class("secgan-row")
        super().__init__(
            row(self.face, self.branch),
            row(*self.sliders.values(), self.without, self.trained, self.paper),
            self.pictures,
        )
        self._show(self.mix)

    def _choice(self, options: list[tuple], description: str, field: str) -> w.Dropdown:
        menu = w.Dropdown(options=options, description=description)
        return self._quiet.watch(
            menu, lambda value: self._show(replace(self.mix, **{field: value}))
        )

    def _slider(self, term: str) -> w.FloatLogSlider:
        slider = w.FloatLogSlider(
            1.0, min=-3, max=3, step=0.05, description=f"λ_{term}", readout_format=".3g",
            layout=w.Layout(width="290px"), style={"description_width": "52px"},
        )  # fmt: skip
        return self._quiet.watch(slider, lambda value: self._weigh(term, value))

    def _weigh(self, term: str, value: float) -> None:
        weights = dict(self.mix.weights) | {term: value}
        self._show(replace(self.mix, weights=tuple(weights.items())))

    def _as_in_paper(self) -> None:
        self._show(replace(self.mix, weights=tuple(PAPER.items())))

    def _show(self, mix: Mix) -> None:
        self.weighed, self.mix = weigh(self._pulls, mix), mix
        weights = self._pulls.trained[mix.branch] | dict(mix.weights)
        with self._quiet.setting():
            self.face.value, self.branch.value = mix.face, mix.branch
            for term, slider in self.sliders.items():
                # A logarithmic scale has no 0: there the slider stands at its lower end.
                slider.value = max(weights[term], 10**slider.min)
        self.pictures.show(self.weighed)
