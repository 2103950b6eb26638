"""What a person does with lesson 06 in a browser, and what the page must show then."""

import re
import time
from io import BytesIO
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from secgan_lite.faces import render, sample

LONG = 240_000


def run_all(page: Page, address: str) -> None:
    """Open a notebook in JupyterLab and run all its cells."""
    page.goto(address)
    page.wait_for_selector(".jp-CodeCell", timeout=LONG)
    idle = page.locator("#jp-main-statusbar").get_by_text("| Idle")
    expect(idle).to_be_visible(timeout=LONG)  # before that, Run All can be lost
    page.locator(".lm-MenuBar-item").get_by_text("Run", exact=True).click()
    page.locator(".lm-Menu-item").get_by_text("Run All Cells", exact=True).click()


APP = ".secgan-app, .secgan-explorer, .secgan-scrubber"
APPS = ("explorer", "playground", "scrubber")  # in the lesson's order


def app(page: Page, name: str) -> Locator:
    """One of the lesson's apps, scrolled into view."""
    found = page.locator(APP).nth(APPS.index(name))
    found.wait_for(state="attached", timeout=LONG)
    found.scroll_into_view_if_needed(timeout=LONG)
    expect(found.locator("img.secgan-picture, canvas").first).to_be_visible(timeout=LONG)
    return found


def picture(found: Locator) -> str:
    """Digest of an app's picture as the browser has it; "" while it is being replaced."""
    return found.evaluate(
        """app => {
             const sources = [...app.querySelectorAll('img.secgan-picture')].map(i => i.src)
             sources.push(...[...app.querySelectorAll('canvas')].map(c => c.toDataURL()))
             return Promise.all(sources.map(source => fetch(source).then(a => a.arrayBuffer())))
               .then(parts => new Blob(parts).arrayBuffer())
               .then(data => crypto.subtle.digest('SHA-1', data))
               .then(digest => new Uint8Array(digest).join()).catch(() => '')
           }"""
    )


def changes(found: Locator, before: str, seconds: float = 180) -> str:
    """Wait until an app's picture is another one and, as after a drag, no more will follow.

    The first change waits for the cells below the app as well: a kernel does one thing at a time.
    """
    end, now, since = time.monotonic() + seconds, "", 0.0
    while time.monotonic() < end:
        seen = picture(found)
        if seen != now:
            now, since = seen, time.monotonic()
        elif now not in ("", before) and time.monotonic() - since > 1:
            return now
        found.page.wait_for_timeout(50)
    raise AssertionError(f"The picture has not changed in {seconds} s.")


def control(found: Locator, description: str) -> Locator:
    """A control by its label: the innermost widget that holds it."""
    words = re.compile(f"^{re.escape(description)}$")
    label = found.page.locator(".widget-label", has_text=words)
    return found.locator(".jupyter-widgets, .widget-slider", has=label).last


def upload(found: Locator, file: Path) -> None:
    """Choose a file as the app's label offers it."""
    found.get_by_label("choose a photo").set_input_files(file)


def face_file(folder: Path, kind: str = "JPEG") -> Path:
    """A drawn face as a file, to be uploaded as if it were a photograph."""
    images, _ = render(sample(1, seed=77), 200)
    path = folder / f"portrait.{kind.lower()}"
    data = BytesIO()
    Image.fromarray(images[0].transpose(1, 2, 0)).save(data, kind)
    path.write_bytes(data.getvalue())
    return path


def explore_by_hand(page: Page, folder: Path) -> None:
    """Slide, flip, undo, switch the method, compare, upload: each is seen on the page."""
    found = app(page, "explorer")
    before = picture(found)
    bangs = found.get_by_role("slider", name="Bangs", exact=True)
    bangs.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(bangs).to_have_attribute("aria-valuetext", "+0.20", timeout=LONG)
    before = changes(found, before)

    track = bangs.bounding_box()
    page.mouse.move(track["x"] + track["width"] * 0.6, track["y"] + track["height"] / 2)
    page.mouse.down()
    for share in (0.7, 0.8, 0.9, 0.99):  # dragged to the right end
        page.mouse.move(track["x"] + track["width"] * share, track["y"] + track["height"] / 2)
    page.mouse.up()
    before = changes(found, before)
    numbers = found.locator(".scores")
    expect(numbers).to_contain_text("error inside")
    told = numbers.inner_text()

    found.get_by_role("button", name="add eyeglasses").click()
    before = changes(found, before)
    expect(numbers).not_to_have_text(told)
    page.keyboard.press("z")  # undo
    before = changes(found, before)

    found.get_by_label("backbone").select_option("stargan")  # of which every method is bundled
    before = changes(found, before)
    method = found.get_by_label("method", exact=True)
    names = method.locator("option").all_inner_texts()
    method.select_option(names[0])
    before = changes(found, before)
    expect(numbers).to_contain_text(names[0])
    found.get_by_label("all methods side by side").check()
    before = changes(found, before)
    for name in names:
        expect(numbers).to_contain_text(name)
    found.get_by_label("input over the edit").press("End")
    before = changes(found, before)

    found.get_by_label("face", exact=True).select_option("photo")
    upload(found, face_file(folder))
    before = changes(found, before)
    notes = found.locator(".notes")
    expect(notes).to_contain_text("drawn faces only", timeout=30_000)
    found.get_by_text("crop of the photo").click()
    found.get_by_role("slider", name="zoom").press("PageUp")
    before = changes(found, before)
    name = "<b onclick=x>words.png"
    (folder / name).write_text("these are only words", encoding="utf-8")
    upload(found, folder / name)
    expect(notes).to_contain_text(f"{name}: ", timeout=30_000)
    expect(notes).to_contain_text("no image that can be read")
    (folder / "huge.jpg").write_bytes(face_file(folder).read_bytes() + bytes(30_000_000))
    upload(found, folder / "huge.jpg")
    expect(notes).to_contain_text("huge.jpg has 30 MB", timeout=30_000)
    found.get_by_label("face", exact=True).select_option("test face")
    changes(found, before)


# Words of an attribute's line that are not wholly inside of it, or that overlap.
NOTHING_CUT = """lines => lines.flatMap(line => {
  const inside = line.getBoundingClientRect()
  const parts = [...line.querySelectorAll('button, .value, .ends span, .said span')]
  const boxes = parts.map(part => [part.textContent, part.getBoundingClientRect()])
  return boxes.flatMap(([words, box], i) =>
    box.left < inside.left - 1 || box.right > inside.right + 1
    || boxes.slice(i + 1).some(([, other]) => box.left < other.right - 1
      && other.left < box.right - 1 && box.top < other.bottom - 1 && other.top < box.bottom - 1)
      ? [words] : [])
})"""
# Width and height of a window: a classroom's screens, and a phone.
SCREENS, PHONE = ((1024, 700), (1280, 720), (1440, 900)), (390, 844)


def pictures_stay_beside_the_controls(page: Page, *windows: tuple[int, int]) -> None:
    """Whichever slider is in use, every picture is on the screen with it, and nothing is cut."""
    found = app(page, "explorer")
    found.locator(".pictures").evaluate("pane => { pane.scrollTop = 0 }")
    for width, height in windows:
        page.set_viewport_size({"width": width, "height": height})
        for name in ("Bald", "Young", "strength"):
            slider = found.get_by_role("slider", name=name, exact=True)
            found.evaluate("app => app.scrollIntoView({block: 'nearest', behavior: 'instant'})")
            slider.scroll_into_view_if_needed()
            expect(slider).to_be_in_viewport(ratio=0.9)
            for tile in found.locator("canvas").all():
                expect(tile).to_be_in_viewport(ratio=0.99)
                assert tile.bounding_box()["width"] >= 28, (width, name)
            assert slider.bounding_box()["width"] >= 138, (width, name)
        assert found.locator(".attribute").evaluate_all(NOTHING_CUT) == [], width


def weigh_by_hand(page: Page) -> None:
    """The loss playground answers."""
    found = app(page, "playground")
    before, shares = picture(found), found.inner_text()
    control(found, "λ_sc").locator(".noUi-handle").focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    changes(found, before)
    assert found.inner_text() != shares


def scrub_by_hand(page: Page) -> None:
    """The training scrubber answers, where a run is recorded."""
    found = app(page, "scrubber")
    before = picture(found)
    found.get_by_role("slider", name="iteration").press("ArrowRight")
    changes(found, before)


def no_error(page: Page) -> None:
    """No cell has failed, and no control is broken."""
    expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)


# Whether links in a text are underlined is up to JupyterLab's and nbconvert's styles.
_RULES = {"link-in-text-block": {"enabled": False}}


def violations(page: Page, *where: str) -> list[str]:
    """What axe-core calls serious or critical in the parts of a page that selectors name."""
    parts = {"include": [[selector] for selector in where]}
    found = Axe().run(page, parts, {"rules": _RULES}).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
