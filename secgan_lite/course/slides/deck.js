// Turns slides by keys and buttons, scales them to the window, and makes their bodies fit.
const slides = [...document.querySelectorAll("section")];
const count = document.querySelector("nav output");
let at = 0;

function fit(slide) {
  const room = slide.querySelector(".room"), body = slide.querySelector(".body");
  for (let zoom = 1.3; zoom > 0.5; zoom -= 0.05) {
    body.style.zoom = zoom;
    if (room.scrollHeight <= room.clientHeight && room.scrollWidth <= room.clientWidth) return;
  }
}

function scale() {
  const k = Math.min(innerWidth / 1280, innerHeight / 720);
  for (const slide of slides) {
    slide.style.transform = `scale(${k})`;
    slide.style.left = `${(innerWidth - 1280 * k) / 2}px`;
    slide.style.top = `${(innerHeight - 720 * k) / 2}px`;
  }
}

function show(number) {
  at = Math.max(0, Math.min(slides.length - 1, number));
  slides.forEach((slide, k) => slide.classList.toggle("shown", k === at));
  fit(slides[at]);
  count.textContent = `${at + 1} / ${slides.length}`;
  history.replaceState(null, "", `#${at + 1}`);
}

const steps = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
addEventListener("keydown", (event) => {
  if (event.target.tagName === "BUTTON" && event.key === " ") return; // it presses the button
  if (event.key in steps) show(at + steps[event.key]);
  else if (event.key === "Home") show(0);
  else if (event.key === "End") show(slides.length - 1);
  else return;
  event.preventDefault();
});
const [back, on] = document.querySelectorAll("nav button");
back.onclick = () => show(at - 1);
on.onclick = () => show(at + 1);
addEventListener("resize", scale);
addEventListener("hashchange", () => show(parseInt(location.hash.slice(1)) - 1 || 0));
addEventListener("beforeprint", () => slides.forEach((slide) => {
  slide.classList.add("shown");
  fit(slide);
}));
addEventListener("afterprint", () => show(at));
scale();
addEventListener("load", () => show(parseInt(location.hash.slice(1)) - 1 || 0));
