"""The loss playground: its controls show what they are set to."""

import pytest

from secgan_lite.course.widgets import LossPlayground, Mix, Pulls
from secgan_lite.course.widgets.weighing import PAPER


@pytest.fixture(scope="module")
def pulls(trained, wish_batch):
    return Pulls.of(trained, wish_batch, ["one", "two", "three", "four"])


def test_the_controls(pulls):
    app = LossPlayground(pulls)
    assert app.sliders["sc"].value == pulls.trained["rgb"]["sc"]
    before = app.pictures.children[-2].value
    app.sliders["sc"].value = 10.0
    assert dict(app.mix.weights) == {"sc": 10.0} and app.pictures.children[-2].value != before
    app.without.click()
    assert dict(app.mix.weights) == {"sc": 0.0} and app.sliders["sc"].value == 1e-3
    app.branch.value = "semantic"
    assert "Eq. 12" in app.pictures.children[-1].value
    app.paper.click()
    assert dict(app.mix.weights) == PAPER and app.sliders["sc"].value == 0.01
    app.trained.click()
    assert app.mix == Mix(branch="semantic") and app.sliders["sc"].value == 1.0
    app.face.value = 3
    assert app.weighed.alt.startswith("four")


def test_it_opens_on_what_it_is_given(pulls):
    app = LossPlayground(pulls, Mix(face=2, branch="semantic"))
    assert (app.face.value, app.branch.value) == (2, "semantic")
    assert app.weighed.alt.startswith("three")


def test_without_a_mask_branch_there_is_nothing_to_choose(pulls):
    image = Pulls(pulls.titles, pulls.raw, pulls.gradients, {"rgb": pulls.trained["rgb"]})
    assert [name for _, name in LossPlayground(image).branch.options] == ["rgb"]
