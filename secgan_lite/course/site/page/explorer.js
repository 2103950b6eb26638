// The explorer of the static pages: course.json, faces.png and two ONNX networks -> edits by hand.
import * as ort from "./runtime/ort.wasm.bundle.min.mjs";

const here = (name) => new URL(name, import.meta.url).href;
ort.env.wasm.wasmPaths = { wasm: here("runtime/ort-wasm-simd-threaded.wasm") };
ort.env.wasm.numThreads = 1; // more would need headers that a plain server does not send
const FULL_CHANGE = 64; // grey levels shown as dark blue
const DARK = [8, 48, 107];
const element = (id) => document.getElementById(id);

const [facts, sheet, editor, judge] = await Promise.all([
  fetch(here("course.json")).then((answer) => answer.json()),
  fetch(here("faces.png")).then((answer) => answer.blob()).then(createImageBitmap),
  ort.InferenceSession.create(here("editor.onnx")),
  ort.InferenceSession.create(here("judge.onnx")),
]).catch((error) => {
  element("status").textContent = `The networks could not be loaded: ${error.message}`;
  throw error;
});
const { size, attributes, rivals, labels } = facts;
const pixels = size * size;
const canvases = ["input", "edit", "change", "truth"].map((id) => {
  Object.assign(element(id), { width: size, height: size });
  return element(id).getContext("2d");
});

// State: a face, and what was asked of each attribute. It is kept in the page's address.
let face = 0;
let asked = attributes.map(() => 0);

function remember() {
  const given = attributes.flatMap((name, i) => (asked[i] ? [`${name}=${asked[i]}`] : []));
  history.replaceState(null, "", `#${["face=" + face, ...given].join("&")}`);
}

function recall() {
  const given = new URLSearchParams(location.hash.slice(1));
  const number = Number(given.get("face"));
  face = Number.isInteger(number) && number >= 0 && number < labels.length ? number : 0;
  asked = attributes.map((name) => Math.max(-1, Math.min(1, Number(given.get(name)) || 0)));
}

// What is added takes away what it rules out, as far as the face has it.
function wish() {
  return asked.map((value, j) => {
    if (value !== 0 || !labels[face][j]) return value;
    return -Math.max(0, ...asked.map((other, i) => (rivals[i][j] ? other : 0)));
  });
}

// A tile of the sheet as bytes RGBA: column 0 the face, column 1 + i its true flip of attribute i.
const scratch = new OffscreenCanvas(size, size).getContext("2d", { willReadFrequently: true });
function tile(column) {
  scratch.drawImage(sheet, column * size, face * size, size, size, 0, 0, size, size);
  return scratch.getImageData(0, 0, size, size);
}

const tensor = (data, shape) => new ort.Tensor("float32", data, shape);
function toTensor({ data }) {
  const x = new Float32Array(3 * pixels);
  for (let p = 0; p < pixels; p++) for (let c = 0; c < 3; c++) x[c * pixels + p] = data[4 * p + c] / 127.5 - 1;
  return tensor(x, [1, 3, size, size]);
}

function toImage(x) {
  const image = new ImageData(size, size);
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < 3; c++) image.data[4 * p + c] = Math.round((x[c * pixels + p] + 1) * 127.5);
    image.data[4 * p + 3] = 255;
  }
  return image;
}

function changeMap(before, after) {
  const image = new ImageData(size, size);
  let sum = 0;
  for (let p = 0; p < pixels; p++) {
    let change = 0;
    for (let c = 0; c < 3; c++) change += Math.abs(after.data[4 * p + c] - before.data[4 * p + c]) / 3;
    sum += change;
    const share = Math.min(1, change / FULL_CHANGE);
    for (let c = 0; c < 3; c++) image.data[4 * p + c] = 255 + share * (DARK[c] - 255);
    image.data[4 * p + 3] = 255;
  }
  return [image, sum / pixels];
}

// The column of the true edit, or null: it is known of one whole flip, and of none.
function trueColumn() {
  const moved = asked.flatMap((value, i) => (value ? [i] : []));
  if (moved.length === 0) return 0;
  const [i] = moved;
  return moved.length === 1 && asked[i] === (labels[face][i] ? -1 : 1) ? 1 + i : null;
}

// Only the newest state is computed; what came while the networks ran is skipped.
let running = false;
let again = false;
async function draw() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    await compute();
  }
  running = false;
}

async function compute() {
  const before = tile(0);
  const y_diff = wish();
  const column = trueColumn();
  const { edit } = await editor.run({ x: toTensor(before), y_diff: tensor(Float32Array.from(y_diff), [1, attributes.length]) });
  const { scores } = await judge.run({ x: edit });
  const after = toImage(edit.data);
  const [change, mean] = changeMap(before, after);
  canvases[0].putImageData(before, 0, 0);
  canvases[1].putImageData(after, 0, 0);
  canvases[2].putImageData(change, 0, 0);
  if (column === null) canvases[3].clearRect(0, 0, size, size);
  else canvases[3].putImageData(tile(column), 0, 0);
  const wanted = y_diff.flatMap((v, i) => (v ? [`${plain(i)} ${v > 0 ? "+" : "−"}${Math.abs(v)}`] : []));
  const said = wanted.length ? wanted.join(", ") : "nothing changed yet";
  element("words").textContent = `Face ${face}: ${said}. Mean change: ${mean.toFixed(1)} of 255 grey levels.`;
  element("input").setAttribute("aria-label", `Face ${face}`);
  element("edit").setAttribute("aria-label", `Face ${face}, edited: ${said}`);
  element("change").setAttribute("aria-label", `Mean change ${mean.toFixed(1)} grey levels`);
  element("truth").setAttribute("aria-label", column === null ? "No true edit of several or partial changes" : "The true edit");
  rows.forEach((row, i) => {
    const sure = 1 / (1 + Math.exp(-scores.data[facts.judge[i]]));
    row.meter.value = sure;
    row.said.textContent = sure.toFixed(2);
    row.slider.value = asked[i];
    row.flip.setAttribute("aria-pressed", String(asked[i] !== 0));
  });
  document.documentElement.dataset.drawn = JSON.stringify({ face, y_diff });
  remember();
}

const plain = (i) => attributes[i].replaceAll("_", " ");

function ask(i, value) {
  asked[i] = value;
  if (value > 0) asked = asked.map((other, j) => (rivals[i][j] && other > 0 ? 0 : other));
  draw();
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

const rows = attributes.map((name, i) => {
  const flip = make("button", { type: "button", textContent: "flip" });
  flip.setAttribute("aria-label", `flip ${plain(i)}`);
  flip.onclick = () => ask(i, asked[i] ? 0 : labels[face][i] ? -1 : 1);
  const slider = make("input", { type: "range", min: -1, max: 1, step: 0.05, value: 0 });
  slider.setAttribute("aria-label", `y_diff of ${plain(i)}`);
  slider.oninput = () => ask(i, Number(slider.value));
  const meter = make("meter", { min: 0, max: 1 });
  meter.setAttribute("aria-label", `judge: ${plain(i)}`);
  const said = make("span", {});
  const row = make("tr", {});
  const cells = [make("th", { scope: "row", textContent: plain(i) }), ...[0, 1, 2].map(() => make("td", {}))];
  cells[1].append(flip);
  cells[2].append(slider);
  cells[3].append(meter, " ", said);
  row.append(...cells);
  document.querySelector("#explorer tbody").append(row);
  return { flip, slider, meter, said };
});

function turn(step) {
  face = (face + step + labels.length) % labels.length;
  asked = attributes.map(() => 0);
  draw();
}

element("previous").onclick = () => turn(-1);
element("next").onclick = () => turn(1);
element("reset").onclick = () => turn(0);
element("copy").onclick = async () => {
  const given = wish().flatMap((v, i) => (v ? [`"${attributes[i]}": ${v}`] : []));
  const code = [
    "from secgan_lite import load_editor",
    "from secgan_lite.datasets import load",
    "",
    `editor = load_editor("${facts.editor}")`,
    `face = load("synthetic", "test", ${size}, count=${face + 1}).images[${face}].transpose(1, 2, 0)`,
    `editor.edit(face, {${given.join(", ")}}).image`,
  ].join("\n");
  await navigator.clipboard.writeText(code);
  element("words").textContent = "Copied.";
};

window.onhashchange = () => {
  recall();
  draw();
};
recall();
for (const part of document.querySelectorAll("#explorer [hidden]")) part.hidden = false;
element("status").hidden = true;
await draw();
