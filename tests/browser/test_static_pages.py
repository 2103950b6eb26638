"""The course as static pages, on a plain web server: links, formulas, figures and the apps."""

from urllib.parse import unquote, urlsplit

import pytest
import steps
import torch
from bs4 import BeautifulSoup
from playwright.sync_api import expect
from servers import INSTALL, WIDE, browser, chromium, static

from secgan_lite import datasets
from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.site import build_site
from secgan_lite.editing import Trained, default_editor
from secgan_lite.modalities import from_bytes, to_bytes

PHONE = dict(zip(("width", "height"), steps.PHONE, strict=True))
APP = ".secgan-explorer"
EDIT = f"{APP} canvas[aria-label='secgan, face']"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Built once, by the command."""
    try:
        return build_site(tmp_path_factory.mktemp("pages") / "site")
    except OSError as error:
        if "npm" in str(error):
            pytest.skip(str(error))
        raise


def test_every_link_leads_somewhere(site):
    lessons = [site / "notebooks" / f"{file.stem}.html" for file in NOTEBOOKS.glob("[0-9]*.ipynb")]
    assert len(lessons) > 8 and all(page.is_file() for page in lessons)
    dead = []
    for page in (file for file in site.rglob("*.html") if "_static" not in file.parts):
        found = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for tag, name in (("a", "href"), ("img", "src"), ("script", "src"), ("link", "href")):
            for link in (each[name] for each in found.find_all(tag, attrs={name: True})):
                parts = urlsplit(link)
                target = page.parent / unquote(parts.path) if parts.path else page
                if not parts.scheme and not target.exists():
                    dead.append(f"{page.name}: {link}")
    assert dead == []


def test_a_lesson_reads_well_at_every_width(site, tmp_path):
    if browser() is None:
        pytest.skip(INSTALL)
    with chromium(tmp_path) as page, static(site, tmp_path) as address:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        for size in (PHONE, {"width": 1280, "height": 720}):
            page.set_viewport_size(size)
            page.goto(f"{address}/notebooks/02_losses.html")
            expect(page.locator("mjx-container").first).to_be_visible()
            expect(page.locator("figure img[alt]").first).to_be_visible()
            too_wide = "document.documentElement.scrollWidth > innerWidth"
            assert not page.evaluate(too_wide), size
        assert all(url.startswith((address, "data:", "blob:")) for url in asked)


def test_the_explorer_edits_as_pytorch_does(site, tmp_path):
    """By keyboard, at a phone's width; a link brings the same state back."""
    if browser() is None:
        pytest.skip(INSTALL)
    with chromium(tmp_path) as page, static(site, tmp_path) as address:
        page.set_viewport_size(PHONE)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{address}/explorer.html")
        expect(page.locator(EDIT).first).to_be_visible(timeout=steps.LONG)
        page.get_by_role("button", name="next face").press("Enter")
        page.get_by_role("button", name="remove eyeglasses").press("Enter")
        slider = page.get_by_role("slider", name="Bangs")
        slider.press("ArrowRight")
        expect(page.locator(APP)).to_have_attribute("data-answer", "3")
        shown = pixels(page)
        assert steps.violations(page, APP) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        steps.pictures_stay_beside_the_controls(page, steps.PHONE, *steps.SCREENS)

        page.get_by_role("button", name="copy link").click()
        link = page.evaluate("navigator.clipboard.readText()")
        page.goto(f"{address}/README.html")
        page.goto(link)
        expect(page.locator(APP)).to_have_attribute("data-answer", "1", timeout=steps.LONG)
        assert torch.equal(pixels(page), shown)
    trained = Trained.of(default_editor())
    faces = datasets.load("synthetic", "test", 64, count=2)
    x = from_bytes(torch.from_numpy(faces.images[1:]))
    wishes = {"Eyeglasses": -1.0, "Bangs": 0.05}
    y_diff = torch.tensor([[[wishes.get(name, 0.0) for name in trained.attributes]]])
    (edit,) = trained.edit(x, y_diff)
    wanted = to_bytes(edit)[0]
    assert (shown.int() - wanted.int()).abs().max() <= 1


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def alone(request, site, tmp_path):
    """A page and the site's address; whatever it shows fits its width and asks nobody else."""
    if browser() is None:
        pytest.skip(INSTALL)
    with chromium(tmp_path) as page, static(site, tmp_path) as address:
        asked, failed = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.set_viewport_size(request.param)
        yield page, address
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert all(url.startswith((address, "data:", "blob:")) for url in asked)
        assert failed == []


def test_a_gan_trains_in_the_page(alone):
    page, address = alone
    page.goto(f"{address}/notebooks/00b_conditional_gans.html")
    page.get_by_role("link", name="Train a GAN").last.click()
    app = page.locator(".secgan-game")
    plane, said = app.get_by_role("application"), app.get_by_role("status")
    plane.press("p")
    page.wait_for_function("document.querySelector('.secgan-game').dataset.round > 60")
    assert steps.violations(page, ".secgan-game") == []
    plane.press("p")
    expect(app.get_by_role("button", name="play")).to_be_visible()
    told = said.inner_text()
    app.get_by_label("look at").select_option("right, up")
    for key in ("ArrowRight", "ArrowUp", "Enter"):
        plane.press(key)
    expect(said).not_to_have_text(told)  # the real points have moved, and W₁ with them
    app.get_by_role("slider", name="steps of D for each of G").fill("3")
    before = int(app.get_attribute("data-round"))
    plane.press("s")
    expect(app).to_have_attribute("data-round", str(before + 1))
    plane.press("r")
    expect(app).to_have_attribute("data-round", "0")


def test_the_smallest_gan_plays_in_the_page(alone):
    page, address = alone
    page.goto(f"{address}/duel.html")
    app = page.locator(".secgan-duel")
    app.locator(".phase").press("e")
    app.get_by_role("slider", name="wanted slope").fill("0")
    app.get_by_role("slider", name="penalty λ").fill("1")
    expect(app.get_by_role("status")).to_contain_text("The path ends at the star")
    assert steps.violations(page, ".secgan-duel") == []


def test_the_drag_is_seen_in_the_page(alone):
    page, address = alone
    page.goto(f"{address}/drag.html")
    app = page.locator(".secgan-drag")
    words = app.locator("p[role=status]")
    told = words.inner_text()
    app.get_by_role("slider").press("ArrowRight")
    expect(words).not_to_have_text(told)
    expect(app.locator(".tile")).to_have_count(24)
    assert steps.violations(page, ".secgan-drag") == []


def test_a_training_is_watched_in_the_page(alone):
    page, address = alone
    page.goto(f"{address}/notebooks/06_explore.html")
    page.get_by_role("link", name="Watch a training").last.click()
    app = page.locator(".secgan-scrubber")
    words = app.get_by_role("status")
    expect(words).to_contain_text("Guess first: in which run will the judge recognise most edits")
    app.get_by_label("second run").select_option("run D")
    app.get_by_role("group", name="your guess").get_by_role("button", name="run C").click()
    expect(words).to_contain_text("“run C”: wrong. Now play to the end")
    app.get_by_role("slider").press("e")
    expect(words).to_contain_text("First to leave run D: run A")
    expect(app.get_by_role("row", name="run A")).to_contain_text("6%")
    assert steps.violations(page, ".secgan-scrubber") == []


def test_broken_trainers_get_their_names_in_the_page(alone):
    page, address = alone
    page.goto(f"{address}/notebooks/04_train.html")
    page.get_by_role("link", name="Name the broken lines").last.click()
    app = page.locator(".secgan-scrubber")
    app.get_by_label("second run").select_option("run 2")
    app.get_by_role("slider").press("End")
    expect(app.get_by_role("slider")).to_have_attribute("aria-valuetext", "120 of 120")
    assert app.locator("select").filter(has_text="no penalty").count() >= 1
    assert steps.violations(page, ".secgan-scrubber") == []


def test_recorded_answers_are_played_in_the_page(alone):
    page, address = alone
    page.goto(f"{address}/notebooks/04_train.html")
    page.get_by_role("link", name="Train it by hand").last.click()
    app = page.locator(".secgan-laboratory")
    app.get_by_label("question").select_option("λ_sc = 0")
    app.get_by_role("button", name="disagreement", exact=True).click()
    app.get_by_role("slider", name="iteration").press("End")
    expect(app.locator(".hint")).to_contain_text("Right. These left the healthy run: disagreement")
    assert steps.violations(page, ".secgan-laboratory") == []


def pixels(page):
    """Bytes (3, h, h) of the edit on the page."""
    data = page.locator(EDIT).first.evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, 64, 64).data]"
    )
    return torch.tensor(data, dtype=torch.uint8).view(64, 64, 4)[..., :3].permute(2, 0, 1)
