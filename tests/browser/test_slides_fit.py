"""Slides in a browser: each fits its page, and keys turn them."""

from secgan_lite.course.builder import lessons
from secgan_lite.course.slides import deck

CUT = """() => [...Array(slides.length).keys()].filter((number) => {
  show(number);
  const room = slides[number].querySelector(".room");
  return room.scrollHeight > room.clientHeight || room.scrollWidth > room.clientWidth;
})"""
SMALLEST = "() => Math.min(...slides.map((s) => parseFloat(s.querySelector('.body').style.zoom)))"


def test_nothing_is_cut_off_and_all_can_be_read(page, tmp_path):
    page.set_viewport_size({"width": 1280, "height": 720})
    for name in lessons():
        file = tmp_path / f"{name}.html"
        file.write_text(deck(name), encoding="utf-8")
        page.goto(file.as_uri())
        assert page.evaluate(CUT) == [], name
        assert page.evaluate(SMALLEST) > 0.7, name


def test_keys_and_buttons_turn_slides(page, tmp_path):
    file = tmp_path / "deck.html"
    file.write_text(deck("02_losses"), encoding="utf-8")
    page.goto(f"{file.as_uri()}#3")
    shown = page.locator("section.shown")
    titles = [title.strip() for title in page.locator("section > h2").all_text_contents()]
    assert shown.count() == 1 and shown.locator("> h2").inner_text() == titles[2]
    for key, number in (("ArrowRight", 3), ("ArrowLeft", 2), ("End", len(titles) - 1), ("Home", 0)):
        page.keyboard.press(key)
        assert shown.locator("> h2").inner_text() == titles[number]
    page.get_by_role("button", name="on").click()
    assert shown.locator("> h2").inner_text() == titles[1]
    assert page.locator("nav output").inner_text() == f"2 / {len(titles)}"
