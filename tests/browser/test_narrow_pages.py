"""Apps in a cell of a phone's width: nothing is cut."""

import pytest
from alone import opened
from steps import PHONE

from secgan_lite.course.widgets import DuelPlayer, LiveGame, LiveLaboratory, TrainingScrubber
from secgan_lite.course.widgets.controls import ASSETS

# Of what is inside an app, what leaves it at a side, and words that are longer than their box.
CUT = """app => {
  const { left, right } = app.getBoundingClientRect()
  return [...app.querySelectorAll('*')].filter(part => {
    const box = part.getBoundingClientRect()
    return box.width && (box.left < left - 1 || box.right > right + 1
      || part.matches('button, span, p') && part.scrollWidth > part.clientWidth + 1
          && getComputedStyle(part).display !== 'inline')
  }).map(part => `${part.tagName} ${part.textContent}`)
}"""
LAB = 290  # pixels that JupyterLab leaves to a cell on a phone, its side bars closed


@pytest.mark.parametrize("width", [LAB, PHONE[0]])
@pytest.mark.parametrize(
    ("make", "style", "where", "least"),
    [
        (LiveGame, "live_game", ".secgan-game", 50),
        (DuelPlayer, "duel_player", ".secgan-duel", 50),
        (TrainingScrubber, "scrubber", ".secgan-scrubber", 50),
        (LiveLaboratory, "live_laboratory", ".secgan-laboratory", 32),  # six faces in a row
    ],
)
def test_nothing_is_cut(page, make, style, where, least, width):
    page.set_viewport_size({"width": width, "height": PHONE[1]})
    page.add_style_tag(path=ASSETS / f"{style}.css")
    opened(page, make())
    assert page.locator(where).evaluate(CUT) == []
    for canvas in page.locator(f"{where} canvas:visible").all():
        assert canvas.bounding_box()["width"] >= least
