// What the pages of apps share; it stands before each of them in one script.

function make(tag, properties = {}, ...children) {
  const { aria = {}, data = {}, ...plain } = properties;
  const made = Object.assign(document.createElement(tag), plain);
  for (const [name, value] of Object.entries(aria)) made.setAttribute(name === "role" ? name : `aria-${name}`, value);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

// A part of a drawing, whose lines keep their width however the drawing is stretched.
function svg(tag, values = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(values)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function set(element, values) {
  for (const [name, value] of Object.entries(values)) if (element[name] !== value) element[name] = value;
}

// A number with a true minus sign, and none before a zero.
const signed = (value, digits = 0) => value.toFixed(digits).replace(/^-(?=.*[1-9])/, "−").replace("-", "");

// Curves of a training: how they are drawn, so that they are seen on any ground.
const DASHES = { "-": "", "--": "5 3", ":": "1.5 3" };
const STROKES = { "-": "solid", "--": "dashed", ":": "dotted" };
const tint = (colour) => `color-mix(in srgb, ${colour} 80%, var(--ink))`;
// The healthy run behind another: broad, its masks dotted, and still 3:1 against the ground.
const pale = (colour, masks) => `stroke:${tint(colour)};stroke-width:5;${masks ? "stroke-dasharray:2 3" : "opacity:.78"}`;
const compact = (value) => (Math.abs(value) < 100 ? signed(value, Math.abs(value) < 10 ? 2 : 1) : value.toLocaleString("en", { notation: "compact" }).replace("-", "−"));
const atEnd = (value) => (Math.abs(value) < 100 ? signed(value, Math.abs(value) < 10 ? 1 : 0) : compact(value)); // of an axis
const log = (v) => Math.log10(Math.max(v, 1e-6));

// By the first word of a panel's title: its lowest and highest value for all that it shows, where a
// value stands, and what its axis is. Within ±1 the critic has the room of two powers of ten.
const AXES = {
  recognised: [() => [0, 1.02], (v) => v, ""],
  critic: [(values) => {
    const reach = 1.3 * Math.max(1, ...values.map(Math.abs));
    return [-reach, reach];
  }, (v) => (Math.abs(v) <= 1 ? 2 * v : Math.sign(v) * (2 + log(Math.abs(v)))), "logarithmic beyond ±1"],
  error: [(values) => [0, 1.05 * Math.max(...values)], (v) => v, ""],
  disagreement: [(values) => [0.9 * Math.min(...values), 1.1 * Math.max(...values)], log, "logarithmic axis"],
};
const axisOf = (title) => AXES[title.match(/\w+/)[0]];

// What the colours of masks mean.
function colourKey(segments) {
  return make("p", { className: "key", aria: { label: "colours of the masks" } }, ...segments.map(({ name, colour }) => make("span", {}, make("i", { style: `background:${colour}` }), name)));
}

// A button, and the key that presses it.
function button(textContent, key, onclick) {
  return make("button", { type: "button", textContent, onclick, title: `key ${key}`, aria: { keyshortcuts: key } });
}

// An app has the keys of its buttons from a click anywhere in it: in JupyterLab they would go to the
// notebook's cell, which d d deletes. Menus and boxes for text keep theirs; Ctrl+S saves, as ever.
const WRITTEN = "select, input:not([type=range], [type=radio], [type=checkbox])";
function takeKeys(root) {
  root.tabIndex = -1;
  root.style.outline = "none"; // a frame is for the control that a key will move
  root.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || (key === "Enter" && event.shiftKey)) return;
    event.stopPropagation();
    if (target.matches(WRITTEN)) return;
    if (key === "Escape") root.parentElement.closest("[tabindex]")?.focus(); // to the notebook's cell
    const pressed = root.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]:not([hidden])`);
    if (!event.repeat || pressed?.ready?.() !== false) pressed?.click();
  });
  // An app that Ctrl+Enter has made stands in the cell that has the keys: it takes them over.
  new ResizeObserver((_, seen) => {
    seen.disconnect();
    const { activeElement, body } = document;
    if (activeElement !== body && activeElement?.contains(root)) root.focus({ preventScroll: true });
  }).observe(root);
  return root;
}

// A button that goes on while it is held, by a finger, a mouse or its key: each press waits until the
// one before is answered, so that none is left when the hand goes up.
const [HELD, AGAIN] = [400, 60]; // milliseconds until a press is a hold, and from one to the next
function repeats(held, ready = () => true) {
  let timer = 0;
  const again = () => {
    if (ready()) held.click();
    timer = setTimeout(again, AGAIN);
  };
  held.ready = ready;
  held.style.touchAction = "none"; // a finger that trembles would scroll the page
  held.addEventListener("pointerdown", ({ button: which }) => {
    if (which === 0) timer = setTimeout(again, HELD);
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) held.addEventListener(end, () => clearTimeout(timer));
  held.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch asks for it
  return held;
}

// Draw anew when the page turns light or dark: a canvas keeps the colours that it was drawn with.
function onTheme(draw) {
  const observer = new MutationObserver(draw);
  const attributes = { attributeFilter: ["data-theme", "data-jp-theme-light", "class"] };
  for (const element of [document.documentElement, document.body]) observer.observe(element, attributes);
  return observer;
}

const BUSY = "The computer is still busy: what you pressed waits.";
const PATIENCE = 700; // milliseconds

// One request is on its way at a time; of each control only the newest value waits. `late` is called
// when the kernel does not answer for a while.
function courier(model, late) {
  const waiting = new Map();
  let sent = 0;
  let patience = 0;
  function send(content, buffers) {
    clearTimeout(patience);
    patience = setTimeout(late, PATIENCE);
    model.send({ ...content, answer: ++sent }, undefined, buffers);
  }
  let asked = ""; // the control whose request is on its way
  const control = (act, name = "") => `${act} ${name}`;
  function next() {
    const first = waiting.entries().next();
    asked = first.done ? "" : first.value[0];
    if (first.done) return;
    const [content, buffers] = first.value[1];
    waiting.delete(asked);
    send(content, buffers);
  }
  model.on("change:shown", () => {
    if (model.get("shown").answer !== sent) return;
    clearTimeout(patience);
    next();
  });
  function ask(act, content = {}, buffers = []) {
    waiting.set(control(act, content.name), [{ act, ...content }, buffers]);
    if (!asked) next();
  }
  ask.now = (act, content = {}) => send({ act, ...content }); // each press counts
  ask.idle = () => model.get("shown").answer === sent;
  // An answer shows its own value, unless a newer one of the same control is still to be answered:
  // a control would jump back under the hand that moves it.
  ask.follow = (input, value, act, name) => {
    const newer = asked === control(act, name) || waiting.has(control(act, name));
    if (!newer && Number(input.value) !== value) input.value = value;
  };
  return ask;
}
