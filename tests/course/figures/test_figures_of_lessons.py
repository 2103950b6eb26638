"""Figures of lessons 00 to 03: drawn from what they are given, with an alt text that says it."""

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb

from secgan_lite.attributes import NAMES
from secgan_lite.course import figures
from secgan_lite.course.figures.common import BLUE, ORANGE
from secgan_lite.parsing import PALETTE, SEGMENTS

pytestmark = pytest.mark.usefixtures("closed_figures")


def words(figure):
    return {text.get_text() for axis in figure.axes for text in axis.texts}


def colour_bars(figure):
    """What the scales of a figure say that their colours mean."""
    found = [image.colorbar for axis in figure.axes for image in axis.images if image.colorbar]
    return [bar.ax.get_ylabel() for bar in found]


def test_the_map_lights_the_parts_named():
    figure, alt = figures.method_map(("P",))
    boxes = {t.get_text(): t.get_bbox_patch() for t in figure.axes[0].texts if t.get_bbox_patch()}
    assert boxes["P"].get_alpha() == 1 and boxes["$G_{rgb}$"].get_alpha() < 0.5
    inks = {t.get_text(): t.get_color() for t in figure.axes[0].texts}
    assert inks["P"] == "black" and inks["$G_{rgb}$"] == "#404040"  # on a faint box
    assert alt.endswith("In full colour: P.")
    assert figures.method_map()[1].endswith("compares both masks.")
    assert {"$D_{seg}$", "$y^{diff}$", "$P(x^{out})$"} <= words(figure)


def luminance(colour):
    """Of a colour, as the accessibility guidelines (WCAG 2) define it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("drawn", [figures.method_map, figures.methods])
def test_the_words_of_the_map_can_be_read_on_their_boxes(drawn):
    for text in [text for axis in drawn()[0].axes for text in axis.texts if text.get_text()]:
        box = text.get_bbox_patch()
        ground = luminance(box.get_facecolor()[:3] if box else "white")
        dark, light = sorted([luminance(text.get_color()), ground])
        assert (light + 0.05) / (dark + 0.05) >= 4.5, text.get_text()


def test_methods_differ_in_what_becomes_of_the_mask():
    figure, alt = figures.methods(("concat", "secgan"))
    assert [axis.get_title() for axis in figure.axes] == ["concat", "secgan"]
    assert "must\nagree" in words(figure) and "Concat: " in alt and "Baseline" not in alt
    assert [len(axis.images) for axis in figures.methods()[0].axes] == [2, 3, 4]


def test_before_and_after_stand_beside_each_other(faces):
    pictures = faces.images.transpose(0, 2, 3, 1)
    figure, alt = figures.before_and_after(pictures[0], pictures[1], {"Bangs": +1})
    shown = [axis.images[0].get_array() for axis in figure.axes if axis.images]
    assert np.array_equal(shown[0], pictures[0]) and np.array_equal(shown[1], pictures[1])
    assert "Bangs +1" in alt


def test_wishes_stand_above_what_they_mean(faces):
    pictures = [image.transpose(1, 2, 0) for image in faces.images[:4]]
    wanted = [{"Bangs": +1}, {"Bald": +1, "Male": -1}]
    figure, alt = figures.wishes(pictures[0], pictures[1:3], [pictures[3], None], wanted)
    assert alt.endswith("Bangs +1; Bald +1, Male −1.") and "no such face" in words(figure)
    corner, first, _, empty, truth, _ = figure.axes
    assert not empty.images and corner.get_title() == "input" and first.get_title() == "Bangs +1"
    assert (truth.images[0].get_array() == pictures[3]).all()


def test_each_reversal_stands_above_its_truth(faces):
    """Two faces with nine attributes are 20 pairs in lines of seven; the last line has one."""
    x = torch.from_numpy(faces.images)
    edits, truths = x[:18].view(9, 2, 3, 32, 32), x[18:36].view(9, 2, 3, 32, 32)
    figure, alt = figures.reversed_beside_truth(
        x[40:42], edits, truths, NAMES[:9], faces.labels[40:42, :9]
    )
    drawn = [axis for axis in figure.axes if axis.images]
    assert len(drawn) == 40 and alt.startswith("Faces: 2, with each of 9 attributes")
    title, above, below = figure.axes[2:17:7]  # the second attribute of the first face
    for axis, images in ((above, edits), (below, truths)):
        assert (axis.images[0].get_array() == images[1, 0].permute(1, 2, 0).numpy()).all()
    has = bool(faces.labels[40, 1])
    assert title.texts[0].get_text() == ("remove\nbangs" if has else "add\nbangs")
    assert {"edit", "true edit"} < words(figure)


def test_the_printed_loss_has_no_bottom():
    figure, _ = figures.printed_and_meant()
    meant, printed = (line.get_ydata() for line in figure.axes[0].lines[:2])
    assert meant.min() >= 0 and printed.min() < -19 and (np.diff(printed) > 0).all()
    (arrow,) = (text for text in figure.axes[0].texts if text.get_text() == "D gets better")
    assert arrow.xy[0] < arrow.xyann[0]  # to the left


def test_pulls_show_each_face_on_its_own_scale(faces):
    x = faces.batch(torch.arange(2))[0]
    spots = torch.zeros_like(x)
    spots[0, :, :8, :8], spots[1, :, 8:16, 8:16] = 1e-4, 1e-2
    here = torch.arange(32) < 9
    pictures = {"mask": torch.as_tensor(faces.masks[:2]), "here": here.expand(2, 32, 32)}
    figure, alt = figures.pulls(
        ["one", "two"], pictures, {"a\nterm $x^{in}$": spots}, {"hair": "hair"}
    )
    assert "one, two: mask, here" in alt and alt.endswith("most: a term.")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["hair"]
    first, second = (figure.axes[place].images[0].get_array() for place in (2, 5))
    assert np.allclose(first[:8, :8], 1) and np.allclose(first.sum(), 64)
    assert np.allclose(second[8:16, 8:16], 1) and np.allclose(second.sum(), 64)
    assert [axis.get_title() for axis in figure.axes[:3]] == ["mask", "here", "a\nterm $x^{in}$"]
    where = figure.axes[1].images[0].get_array()
    assert (where[:, :9] == 255).all() and (where[:, 9:] < 50).all()


def test_directions_have_a_sign_and_one_length_and_scale(faces):
    """The first face's pixel becomes darker; the second face as a whole, a hair brighter."""
    x = faces.batch(torch.arange(2))[0]
    one = torch.zeros_like(x)
    one[0, :, 5, 7] = -2e-4
    one[1] = 1e-6
    cosines = {"other": torch.tensor([0.5, -0.25])}
    figure, alt = figures.directions(
        ["a wish", "none"], {"x": x}, {"one": one, "other": -2 * one}, cosines
    )
    maps = [figure.axes[place].images[0] for place in (1, 2, 4, 5)]
    assert {image.get_clim() for image in maps} == {(-2.5, 2.5)}
    h = x.shape[2]
    assert maps[0].get_array()[5, 7] == pytest.approx(-h)  # root mean square 1 over h × h
    assert maps[1].get_array()[5, 7] == pytest.approx(h)
    assert np.allclose(maps[2].get_array(), 1) and np.allclose(maps[3].get_array(), -1)
    colours = maps[0].cmap(np.linspace(0, 1, 50))[:, :3]
    assert (np.diff(colours @ (0.2126, 0.7152, 0.0722)) > 0).all()  # signs read in grey
    assert [figure.axes[place].get_ylabel() for place in (0, 3)] == ["a wish", "none"]
    assert [figure.axes[place].get_xlabel() for place in (1, 2, 5)] == [
        "", "cosine +0.50", "cosine −0.25",
    ]  # fmt: skip
    ends = [tick.get_text() for tick in figure.axes[-1].get_yticklabels()]
    assert ends == ["darker", "no\nchange", "brighter"]
    assert alt.endswith("Below the maps: other: cosine +0.50, cosine −0.25.")


def test_intervals_stand_at_their_numbers():
    figure, alt = figures.intervals({"a": (0.5, 0.4, 0.6), "b": (-0.1, -0.3, 0.1)}, "cosine")
    lines = figure.axes[0].lines[1:]  # the first is zero
    assert [tuple(line.get_xdata()) for line in lines] == [(0.4, 0.6), (0.5,), (-0.3, 0.1), (-0.1,)]
    assert {"+0.500", "−0.100"} <= words(figure) and figure.axes[0].get_xlabel() == "cosine"
    assert alt == (
        "cosine, with 95 % intervals. a +0.500 (+0.400 to +0.600); b -0.100 (-0.300 to +0.100)."
    )


def test_label_maps_share_one_signed_scale():
    maps = {"big": torch.full((4, 4), -2.0), "small": torch.ones(4, 4), "0": torch.zeros(4, 4)}
    figure, alt = figures.label_maps(maps)
    drawn = [axis.images[0] for axis in figure.axes[:2]]
    assert [text.get_text() for text in figure.axes[2].texts] == ["nothing"]
    assert {image.get_clim() for image in drawn} == {(-2.0, 2.0)}
    assert drawn[0].get_array().max() == -2 and "big from -2 to -2" in alt and "0 nothing" in alt
    assert [{t.get_text() for t in axis.texts} for axis in figure.axes[:2]] == [{"\u2212"}, {"+"}]
    assert colour_bars(figure) == ["added to the feature"]


def test_agreement_marks_the_wrong_pixels_of_a_mask(faces):
    x, _, s = faces.batch(torch.arange(2))
    other = s.clone()
    other[1, 3, 4] = (other[1, 3, 4] + 1) % 12
    judged = x, torch.tensor([True, False])
    rows = {"image": x, "mask": s, "wrong": (other, s), "judged": judged}
    figure, alt = figures.agreement(rows, ["bald", "bangs"])
    assert [axis.texts[0].get_text() for axis in figure.axes[6:]] == ["✓", "✗"]
    assert "judged: ✓, ✗" in alt
    assert figure.axes[4].get_ylabel() == "wrong\n(mean 0% wrong)"
    marked = figure.axes[5].images[0].get_array()
    assert np.argwhere((marked == 0).all(axis=-1)).tolist() == [[3, 4]]
    assert marked.min(axis=-1)[marked.any(axis=-1)].min() > 150  # the others are pale
    assert [axis.get_title() for axis in figure.axes[:2]] == ["bald", "bangs"]
    assert f"wrong: {1 / 2048:.0%} of the pixels are wrong" in alt
    named = {text.get_text() for text in figure.legends[0].get_texts()}
    assert named == {SEGMENTS[k] for k in s.unique()} | {"wrong"}


def test_curves_of_two_trainings_differ_by_line_and_of_two_branches_by_colour():
    scores = {"apart": {"P": [0.2, 0.3]}, "tied": {"P": [0.2, 0.4]}}
    figure, alt = figures.tied_and_apart([10, 20], {"IoU": scores, "dispute": scores})
    apart, tied = figure.axes[0].lines
    assert list(tied.get_xdata()) == [10, 20] and list(tied.get_ydata()) == [0.2, 0.4]
    assert (apart.get_linestyle(), tied.get_linestyle()) == ("--", "-")
    assert apart.get_color() == tied.get_color() == "black"  # no branch's colour
    assert [axis.get_title() for axis in figure.axes] == ["IoU", "dispute"]
    assert "IoU, P, tied: from 0.20 to 0.40" in alt


def test_pixel_duels_show_the_way_above_and_the_probabilities_below():
    path = torch.tensor([[-1.0, 2.0], [0.0, 0.0]])
    figure, alt = figures.pixel_duels({"one": path, "two": path})
    way = figure.axes[0].lines[2].get_xydata()
    assert way.tolist() == path.tolist() and figure.axes[1].get_title() == "two"
    assert [axis.get_title() for axis in figure.axes[2:]] == ["one", "two"]
    image, mask = figure.axes[2].lines[:2]
    assert image.get_ydata()[0] == pytest.approx(0.269, abs=1e-3) and mask.get_ydata()[1] == 0.5
    assert alt.endswith("one: 0.50 and 0.50; two: 0.50 and 0.50.")


def test_doubt_is_0_where_p_is_sure_and_log_2_between_two(faces):
    x = faces.batch(torch.arange(1))[0]
    p = torch.full((1, 12, 32, 32), 1e-9)
    p[:, 3:5, :, :16], p[:, 3, :, 16:] = 0.5, 1
    figure, _ = figures.doubt(x, p.log())
    drawn = figure.axes[2].images[0]
    assert np.allclose(drawn.get_array()[:, :16], np.log(2), atol=1e-5)
    assert np.allclose(drawn.get_array()[:, 16:], 0) and drawn.get_clim() == (0, np.log(2))
    assert colour_bars(figure) == ["0.69: first\nchoice has 0.5"]
    seconds = figure.axes[3].images[0].get_array()
    assert (seconds[:, :16] != 190).any() and (seconds[:, 16:] == 190).all()
    assert figure.axes[3].get_ylabel() == "second\nchoice, grey\nif d < 0.2"


def test_wrong_pixels_alone_are_black(faces):
    x, _, s = faces.batch(torch.arange(2))
    found = s.clone()
    found[0, 3, 4] = (found[0, 3, 4] + 1) % 12
    figure, alt = figures.parser_beside_truth(x, s, {"mine": found})
    wrong = figure.axes[2].images[0].get_array()
    assert wrong.min(axis=-1).argmin() == 3 * 32 + 4 and (wrong == 0).all(axis=-1).sum() == 1
    assert "mine wrong in 0.0%" in alt
    assert [axis.get_xlabel() for axis in figure.axes[2:4]] == ["0.1% wrong", "0.0% wrong"]


def test_scores_stand_beside_segment_sizes():
    scores = {name: i / 12 for i, name in enumerate(SEGMENTS)}
    sizes = {name: (12 - i) / 78 for i, name in enumerate(SEGMENTS)}
    figure, alt = figures.small_segments({"mine": scores}, sizes)
    assert "mine is worst at skin" in alt and len(figure.axes[0].lines) == 1
    assert list(figure.axes[0].lines[0].get_xdata()) == [i / 12 for i in reversed(range(12))]
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()][-1] == "skin, 15.4%"


def test_a_parser_has_one_colour_in_all_figures():
    alike = dict.fromkeys(SEGMENTS, 0.5)
    names = ("without skips", "yours")
    dots, _ = figures.small_segments(dict.fromkeys(names, alike), alike)
    curves, _ = figures.learning(dict.fromkeys(reversed(names), [2.0] * 9), epochs=1)
    for figure in (dots, curves):
        lines = {line.get_label(): line.get_color() for line in figure.axes[0].lines}
        assert lines == {"yours": BLUE, "without skips": ORANGE}


def test_a_training_is_drawn_along_its_epochs():
    falling = [4.0 - k / 50 for k in range(100)]
    figure, alt = figures.learning({"yours": falling, "other": [2.0] * 100}, epochs=2, window=10)
    line = figure.axes[0].lines[0]
    assert line.get_ydata()[0] == pytest.approx(np.mean(falling[:10]))
    assert list(line.get_xdata()[[0, -1]]) == [pytest.approx(0.2), pytest.approx(2.0)]
    assert figure.axes[0].get_yscale() == "log" and "other from 2.00 to 2.00" in alt


def test_rows_of_faces_and_of_masks(faces):
    x, _, s = faces.batch(torch.arange(3))
    figure, alt = figures.face_rows({"image": x, "P,\nafter 80": s})
    assert [axis.get_ylabel() for axis in figure.axes[::3]] == ["image", "P,\nafter 80"]
    assert np.array_equal(figure.axes[5].images[0].get_array(), PALETTE[s[2]])
    assert alt == "3 columns of faces and masks in 2 rows: image; P, after 80."
    figure, alt = figures.face_rows({"image": x}, ["one", "two,\nlater", "three"])
    assert [axis.get_title() for axis in figure.axes] == ["one", "two,\nlater", "three"]
    assert alt.endswith("Above the columns: one; two, later; three.")


def test_what_is_found_again_is_drawn_moment_by_moment():
    figure, alt = figures.found_again([80, 160], {"face 1": [0.25, 0.5], "face 2": [0.75, 0.5]})
    first, second = figure.axes[0].lines
    assert list(first.get_xdata()) == [80, 160] and list(second.get_ydata()) == [0.75, 0.5]
    assert alt.endswith("face 1: 25%, 50%; face 2: 75%, 50%.")


def test_who_pays_puts_mistakes_on_top_of_doubt():
    size = torch.arange(12) / 66
    doubt, mistakes = torch.eye(12)[[11, 0]] * 0.5
    figure, alt = figures.who_pays(size, doubt, mistakes)
    shares, doubts, on_top = (bars.patches for bars in figure.axes[0].containers)
    assert [b.get_y() for b in on_top] == [pytest.approx(b.get_height()) for b in doubts]
    assert shares[-1].get_height() == pytest.approx(sum(range(7)) / 66)
    assert "others 50%" in alt and "the 7 smallest 50%" in alt
    assert "50% of all is doubt and 50% mistakes" in alt
