// The explorer without a kernel: a model for flip_explorer.js that asks two ONNX networks.
import page from "./flip_explorer.js";
import { json, loaded, place } from "./loaded.js";
import * as ort from "./runtime/ort.wasm.bundle.min.mjs";

const here = (name) => new URL(name, import.meta.url).href;
ort.env.wasm.wasmPaths = { wasm: here("runtime/ort-wasm-simd-threaded.wasm") };
ort.env.wasm.numThreads = 1; // more would need headers that a plain server does not send
const [facts, sheet, editor, judge] = await loaded("networks",
  json("course.json"),
  fetch(here("faces.png")).then((answer) => answer.blob()).then(createImageBitmap),
  ort.InferenceSession.create(here("editor.onnx")),
  ort.InferenceSession.create(here("judge.onnx")));
const { size, names, rivals, labels, changed, blues } = facts;
const pixels = size * size;
const index = new Map(names.map((name, i) => [name, i]));

// What a person has asked for: a face, its changes by attribute, and a factor on all of them.
const START = { number: 0, changes: {}, strength: 1 };
let state = START;
let [kept, last] = [[], ["", 0]];

// A tile of the sheet as bytes RGB: column 0 the face, column 1 + i its true flip of attribute i,
// then those of two attributes, as `pair` counts them: (0, 1), (0, 2), …, (1, 2), …
const pair = (i, j) => 1 + names.length + (i * (2 * names.length - i - 1)) / 2 + j - i - 1;
const scratch = new OffscreenCanvas(size, size).getContext("2d", { willReadFrequently: true });
function tile(column) {
  scratch.drawImage(sheet, column * size, state.number * size, size, size, 0, 0, size, size);
  return scratch.getImageData(0, 0, size, size).data.filter((_, i) => i % 4 !== 3);
}

function toTensor(bytes) {
  const x = new Float32Array(3 * pixels);
  for (let p = 0; p < pixels; p++) for (let c = 0; c < 3; c++) x[c * pixels + p] = bytes[3 * p + c] / 127.5 - 1;
  return new ort.Tensor("float32", x, [1, 3, size, size]);
}

function toBytes(x) {
  const bytes = new Uint8ClampedArray(3 * pixels);
  for (let p = 0; p < pixels; p++) for (let c = 0; c < 3; c++) bytes[3 * p + c] = Math.round((x[c * pixels + p] + 1) * 127.5);
  return bytes;
}

// For each pixel the mean and the largest difference over the three colours, in grey levels.
function differences(a, b) {
  return Array.from({ length: pixels }, (_, p) => {
    const each = [0, 1, 2].map((c) => Math.abs(a[3 * p + c] - b[3 * p + c]));
    return [(each[0] + each[1] + each[2]) / 3, Math.max(...each)];
  });
}

function changeMap(difference) {
  const bytes = new Uint8ClampedArray(3 * pixels);
  difference.forEach(([mean], p) => bytes.set(blues[Math.min(255, Math.floor((mean * 255) / facts.full))], 3 * p));
  return bytes;
}

// What is added takes away what it rules out, as far as the face has it.
function wish() {
  const present = labels[state.number];
  const asked = names.map((name) => state.changes[name] ?? 0);
  return asked.map((value, j) => {
    const strongest = Math.max(0, ...asked.map((other, i) => (rivals[i][j] ? other : 0)));
    return state.strength * (value === 0 && present[j] ? -strongest : value);
  });
}

// The column of the true edit, or null: it is known of up to two flips, each of them whole.
function trueColumn() {
  const moved = Object.keys(state.changes).map((name) => index.get(name)).sort((i, j) => i - j);
  if (moved.some((i) => !isWhole(i)) || moved.length > 2) return null;
  if (moved.length < 2) return moved.length ? 1 + moved[0] : 0;
  return pair(...moved);
}
const isWhole = (i) => state.changes[names[i]] * state.strength === (labels[state.number][i] ? -1 : 1);

// What to do for a true edit where there is none.
function missing() {
  const moved = Object.keys(state.changes);
  const parts = moved.filter((name) => !isWhole(index.get(name)));
  if (parts.length && state.strength !== 1) return "The true edit is known of whole flips: set the strength to 1.";
  if (parts.length) return `The true edit is known of whole flips: press the button of ${parts.join(" and of ")}.`;
  return `The true edit is known of two flips at most, here are ${moved.length}: take back ${moved.slice(2).join(" and ")}.`;
}

const sure = async (x) => {
  const { scores } = await judge.run({ x });
  return facts.judge.map((i) => 1 / (1 + Math.exp(-scores.data[i])));
};
const seen = new Map(); // what the judge sees in a face, by its number

async function compute(answer) {
  const [input, y_diff, column] = [tile(0), wish(), trueColumn()];
  const x = toTensor(input);
  const wished = new ort.Tensor("float32", Float32Array.from(y_diff), [1, names.length]);
  const { edit } = await editor.run({ x, y_diff: wished });
  if (!seen.has(state.number)) seen.set(state.number, await sure(x));
  const [before, after] = [seen.get(state.number), await sure(edit)];
  const edited = toBytes(edit.data);
  const truth = column === null ? null : tile(column);
  const inside = truth && differences(truth, input).map(([, most]) => most > changed);

  const tiles = [];
  const put = (bytes, outline = "") => tiles.push(bytes) && { at: tiles.length - 1, outline };
  const lines = inside && Array.from({ length: size }, (_, y) => inside.slice(y * size, (y + 1) * size).map(Number).join(""));
  const row = (title, bytes, outline) => ({
    title,
    tiles: [put(bytes), put(changeMap(differences(bytes, input)), outline)],
  });
  const rows = [{ title: "input", tiles: [put(input), null] }, row(facts.method, edited, lines ?? "")];
  if (truth) rows.push(row("true edit", truth, ""));
  values.tiles = new Uint8Array(tiles.length * 3 * pixels);
  tiles.forEach((bytes, i) => values.tiles.set(bytes, i * 3 * pixels));

  const present = labels[state.number];
  values.shown = {
    answer, strength: state.strength, undo: kept.length > 0, saves: false, scores: measured(edited, input, truth, inside), crop: [], parameters: [],
    face: { sources: [["test", "test face"]], source: "test", number: state.number },
    editor: { sizes: [], backbones: [], methods: [], together: false },
    methods: [{ title: facts.method, colour: "#0072B2" }],
    attributes: names.map((name, i) => ({
      name, flip: facts.flips[i][present[i]], ends: facts.ends[i], value: state.changes[name] ?? 0,
      flipped: (state.changes[name] ?? 0) * (present[i] ? -1 : 1) > 0,
      unseen: Math.abs(y_diff[i]) > 1 || (y_diff[i] > 0 && present[i]) || (y_diff[i] < 0 && !present[i]),
      before: before[i], after: [after[i]],
    })),
    board: { size, columns: ["face", "change"], rows, segments: [], full: facts.full, blues: blues.filter((_, k) => k % 51 === 0) },
    words: `Test face ${state.number}: ${rows.map(({ title }) => title).join(", ")}, one a row. A change is white for none and dark blue from ${facts.full} grey levels on.`,
    notes: truth ? [] : [missing()],
    code: [
      "from secgan_lite import load_editor", "from secgan_lite.course.widgets import Drawn", "",
      `editor = load_editor("${facts.editor}")`,
      `face = Drawn("test", ${state.number}).at(editor.image_size).transpose(1, 2, 0)`,
      `editor.edit(face, ${JSON.stringify(Object.fromEntries(names.flatMap((n, i) => (y_diff[i] ? [[n, y_diff[i]]] : []))))}).image`,
    ].join("\n"),
    state: { ...state, split: "test", parameters: {}, editors: [facts.editor] },
  };
  listeners.forEach((listen) => listen());
}

function measured(bytes, input, truth, inside) {
  if (!truth) return "";
  const [error, copying] = [differences(bytes, truth), differences(input, truth)];
  const mean = (difference, where) => {
    const some = difference.filter((_, p) => inside[p] === where).map(([level]) => level);
    return some.length ? some.reduce((a, b) => a + b) / some.length : null;
  };
  const [here, copied] = [mean(error, true), mean(copying, true)];
  const outside = `outside ${mean(error, false).toFixed(1)} grey levels`;
  return here === null ? `error ${outside}` : `error inside ${here.toFixed(1)} grey levels (doing nothing: ${copied.toFixed(1)}), ${outside}`;
}

// The acts of the page, each from a state to the next.
function moved(name, value) {
  const changes = { ...state.changes, [name]: value };
  names.forEach((other, j) => {
    if (value > 0 && rivals[index.get(name)][j] && changes[other] > 0) delete changes[other];
  });
  if (!value) delete changes[name];
  return { ...state, changes };
}

const acts = {
  slide: ({ name, value }) => moved(name, value),
  flip: ({ name }) => moved(name, state.changes[name] ? 0 : labels[state.number][index.get(name)] ? -1 : 1),
  strength: ({ value }) => ({ ...state, strength: value }),
  number: ({ value }) => ({ ...state, number: ((value % labels.length) + labels.length) % labels.length, changes: {} }),
  another: () => acts.number({ value: state.number + 1 }),
  reset: () => ({ ...state, changes: {}, strength: 1 }),
  restore: ({ state: given }) => ({
    number: acts.number({ value: Math.trunc(Number(given.number)) || 0 }).number,
    strength: Math.max(0, Math.min(2, Number(given.strength) || 0)),
    changes: Object.fromEntries(Object.entries(given.changes ?? {}).filter(([name]) => index.has(name))
      .map(([name, value]) => [name, Math.max(-1, Math.min(1, Number(value) || 0))])),
  }),
};

const [values, listeners] = [{}, []];
const model = {
  get: (name) => values[name],
  on: (event, listen) => event === "change:shown" && listeners.push(listen),
  send({ act, answer, ...given }) {
    if (act === "undo") state = kept.pop() ?? state;
    else {
      const control = act + (given.name ?? "");
      const dragged = kept.length && control === last[0] && performance.now() - last[1] < 1000;
      if (!dragged) kept = [...kept.slice(-99), state];
      last = [control, performance.now()];
      state = acts[act](given);
    }
    compute(answer);
  },
};
await compute(0);
place.replaceChildren();
page.render({ model, el: place });
