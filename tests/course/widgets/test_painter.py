"""A bar on a face: what is painted, what P says of it, and the controls."""

import pytest
import torch

from secgan_lite.course import batch_of, six_faces
from secgan_lite.course.widgets import FacePainter, Stroke, paint
from secgan_lite.course.widgets.painter import COLOURS
from secgan_lite.parsing import SEGMENTS, load_parser


@pytest.fixture(scope="module")
def parser():
    return load_parser("auto", 32)


@pytest.fixture(scope="module")
def images():
    return batch_of(six_faces(32))[0]


def test_the_bar_alone_is_painted(parser, images):
    painted = paint(parser, images[0], Stroke("gold", 20, 3, width=4, height=2))
    changed = (painted.image != images[0]).any(dim=0)
    assert changed.sum() == 8 and changed[20:22, 3:7].all()
    colour = (painted.image[:, 20, 3] + 1) * 127.5
    assert torch.allclose(colour, torch.tensor(COLOURS["gold"]).float())


def test_p_says_what_the_bar_is(parser, images):
    stroke = Stroke(row=14, height=2)
    painted = paint(parser, images[0], stroke)
    with torch.no_grad():
        s = parser(painted.image[None]).argmax(dim=1)[0, 14:16, 13:19]
    names = [SEGMENTS[k] for k in s.flatten().tolist()]
    assert painted.called == {name: names.count(name) for name in set(names)}
    assert list(painted.called.values()) == sorted(painted.called.values(), reverse=True)
    most, count = next(iter(painted.called.items()))
    assert painted.verdict == f"{most} {count}/12" and f"{count} {most}" in painted.alt
    assert torch.allclose(painted.log_p.exp().sum(dim=0), torch.ones(32, 32), atol=1e-4)


def test_a_bar_ends_at_the_edge_and_may_be_empty(parser, images):
    assert sum(paint(parser, images[1], Stroke(row=31, column=30, height=9)).called.values()) == 2
    nothing = paint(parser, images[1], Stroke(width=0))
    assert torch.equal(nothing.image, images[1]) and nothing.verdict == "nothing 0/0"


def test_an_unknown_colour_is_told():
    with pytest.raises(ValueError, match=r"colour='golden' is not known. Did you mean 'gold'"):
        Stroke("golden")


def test_the_controls(parser, images):
    app = FacePainter(parser, images)
    assert app.picture.value == paint(parser, images[0], Stroke()).png
    app.face.value, app.colour.value, app.row.value = 2, "white", 20
    app.width.value, app.height.value, app.column.value = 3, 4, 5
    wanted = paint(parser, images[2], Stroke("white", 20, 5, 3, 4))
    assert app.picture.value == wanted.png and app.words.value == wanted.alt
