// The flip explorer's page. All it knows comes from `model`: `shown` says what to show, `tiles` has
// the pictures' bytes, and what a person does goes back by `send`. In a notebook the model is a
// kernel's widget, on the static pages a network in the browser.

const OUTLINE = "rgb(213, 94, 0)";

function select(title, act, key, ask) {
  const menu = make("select", { aria: { label: title }, onchange: () => ask(act, { [key]: menu.value }) });
  const label = make("label", {}, make("span", { textContent: title }), menu);
  return {
    label,
    show(options, value, disabled = false) {
      label.hidden = options.length < 2;
      set(menu, { disabled });
      const texts = options.map(([, text]) => text).join("\n");
      if (menu.dataset.texts !== texts) {
        menu.replaceChildren(...options.map(([v, text]) => make("option", { value: v, textContent: text })));
        menu.dataset.texts = texts;
      }
      menu.value = value;
    },
  };
}

function slider(label, min, max, step, act) {
  const input = make("input", { type: "range", min, max, step, oninput: () => act(Number(input.value)), aria: { label } });
  return input;
}

// The pictures

function paint(canvas, tile, bytes, size) {
  const pixels = new ImageData(size, size);
  for (let p = 0, at = tile.at * 3 * size * size; p < size * size; p++, at += 3) {
    pixels.data.set([bytes[at], bytes[at + 1], bytes[at + 2], 255], 4 * p);
  }
  const scale = tile.outline ? 4 : 1; // an outline is thinner than a pixel of the face
  set(canvas, { width: size * scale, height: size * scale });
  const pen = canvas.getContext("2d");
  pen.putImageData(pixels, 0, 0);
  if (!tile.outline) return;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(canvas, 0, 0, size, size, 0, 0, canvas.width, canvas.height);
  pen.fillStyle = OUTLINE;
  const inside = (x, y) => x >= 0 && y >= 0 && x < size && y < size && tile.outline[y][x] === "1";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!inside(x, y)) continue;
      const [left, top] = [x * scale, y * scale];
      if (!inside(x - 1, y)) pen.fillRect(left, top, 1, scale);
      if (!inside(x + 1, y)) pen.fillRect(left + scale - 1, top, 1, scale);
      if (!inside(x, y - 1)) pen.fillRect(left, top, scale, 1);
      if (!inside(x, y + 1)) pen.fillRect(left, top + scale - 1, scale, 1);
    }
  }
}

function pictures() {
  const large = make("canvas", { aria: { role: "img" } });
  const caption = make("figcaption", { className: "caption" });
  // A form keeps its choice apart from that of another explorer on the page.
  const board = make("form", { className: "board", onsubmit: () => false, aria: { label: "which picture is large" } });
  const stage = make("div", { className: "stage" }, make("figure", { className: "large" }, caption, large), board);
  const wipe = slider("input over the edit", 0, 1, 0.01, () => enlarge());
  wipe.value = 0;
  const words = make("p", { className: "words", aria: { role: "status" } });
  const legend = make("div", { className: "legend" });
  const scores = make("div", { className: "scores" });
  const pane = make("div", { className: "pictures", tabIndex: 0, aria: { role: "group", label: "pictures" } },
    stage, make("label", { className: "wipe" }, make("span", { textContent: "input over the edit" }), wipe), scores,
    make("details", {}, make("summary", { textContent: "what the colours mean" }), legend), words);
  let [shown, bytes, lines] = [];
  let chosen = ["", 0]; // the large picture: title of its row, and its column

  function sharpen(canvas, column) {
    canvas.classList.toggle("sharp", column > 0); // masks and maps keep hard pixels
  }

  // The chosen picture, its left part covered by the face.
  function enlarge() {
    const { rows, columns, size } = shown.board;
    const named = rows.findIndex(({ title, tiles }) => title === chosen[0] && tiles[chosen[1]]);
    const [i, column] = named < 0 ? [shown.methods.length, 0] : [named, chosen[1]]; // else the last edit
    const row = rows[i];
    lines[i].radios[column].checked = true;
    paint(large, row.tiles[column], bytes, size);
    sharpen(large, column);
    large.setAttribute("aria-label", `${row.title}, ${columns[column]}, large`);
    set(caption, { textContent: `${row.title}, ${columns[column]}` });
    const width = Math.round(size * Number(wipe.value));
    if (!width) return;
    const before = document.createElement("canvas");
    paint(before, rows[0].tiles[0], bytes, size);
    const [pen, scale] = [large.getContext("2d"), large.width / size];
    pen.drawImage(before, 0, 0, width, size, 0, 0, width * scale, large.height);
    pen.fillStyle = OUTLINE;
    pen.fillRect(width * scale - 1, 0, 1, large.height);
  }

  function line(row, i, columns) {
    const at = (column) => `grid-area:${column + 2} / ${i + 2}`;
    const radios = row.tiles.map((tile, j) => tile && make("input", {
      type: "radio", name: "large", aria: { label: `${row.title}, ${columns[j]}, enlarge` },
      onchange: () => {
        chosen = [row.title, j];
        enlarge();
      },
    }));
    const canvases = row.tiles.map((tile, j) => tile && make("canvas", { aria: { role: "img", label: `${row.title}, ${columns[j]}` } }));
    board.append(make("div", { className: "head", style: at(-1), textContent: row.title }), ...row.tiles.flatMap((tile, j) => (tile ? [
      make("label", { className: "tile", style: at(j), title: `enlarge: ${row.title}, ${columns[j]}` }, radios[j], canvases[j])] : [])));
    return { radios, canvases };
  }

  function explain({ segments, full, blues }) {
    const colour = (style, ...text) => make("span", {}, make("i", { style }), ...text);
    const steps = blues.map((blue) => `rgb(${blue})`);
    legend.replaceChildren(
      colour(`width:4em;background:linear-gradient(to right,${steps})`, `change, 0 to ${full} grey levels and more`),
      colour(`background:none;border:2px solid ${OUTLINE}`, "what the true edit changes"),
      ...segments.map(([of, name]) => colour(`background:${of}`, name)));
  }

  function show(now, data) {
    [shown, bytes] = [now, data];
    const { columns, rows, size } = shown.board;
    const shape = JSON.stringify([columns, rows.map((row) => [row.title, row.tiles.map(Boolean)])]);
    if (board.dataset.shape !== shape) {
      board.dataset.shape = shape;
      stage.classList.toggle("many", rows.length > 3);
      stage.style = `--rows:${rows.length};--columns:${columns.length}`;
      board.replaceChildren(...columns.map((title, j) => make("div", { className: "title", style: `grid-area:${j + 2} / 1`, textContent: title, aria: { hidden: true } })));
      lines = rows.map((row, i) => line(row, i, columns));
      explain(shown.board);
    }
    for (const [i, row] of rows.entries()) {
      for (const [j, tile] of row.tiles.entries()) {
        if (!tile) continue;
        sharpen(lines[i].canvases[j], j);
        paint(lines[i].canvases[j], tile, bytes, size);
      }
    }
    enlarge();
    if (scores.innerHTML !== shown.scores) scores.innerHTML = shown.scores; // escaped where it is made
    set(words, { textContent: shown.words });
  }
  return { pane, show };
}

// The controls

function attributes(ask) {
  const key = make("div", { className: "heading key" });
  const table = make("div", { className: "attributes" },
    ...["flip", "y_diff"].map((text) => make("div", { className: "heading", textContent: text })), key);
  const rows = new Map();
  function row(name) {
    const flip = make("button", { type: "button", onclick: () => ask("flip", { name }) });
    const input = slider(name, -1, 1, 0.05, (value) => ask("slide", { name, value }));
    const [value, minus, plus, said] = [make("span", { className: "value", aria: { hidden: true } }), make("span"), make("span"), make("span")];
    const bars = make("div", { className: "bars", aria: { role: "img" } });
    const ends = make("div", { className: "ends", aria: { hidden: true } }, minus, plus);
    table.append(make("div", { className: "attribute", aria: { role: "group", label: name } },
      flip, make("div", { className: "slide" }, input, ends), value,
      make("div", { className: "judge" }, make("div", { className: "said" }, make("span", { textContent: name }), said), bars)));
    return { flip, input, minus, plus, value, bars, said };
  }
  function explain(methods) {
    const whose = methods.length > 1 ? `, % of ${methods.at(-1).title}` : "";
    const bar = ({ title, colour }) => make("span", {}, make("i", { style: `background:${colour}` }), title);
    key.replaceChildren(make("div", { textContent: `what the judge sees${whose}` }),
      make("div", {}, ...methods.map(bar), make("span", {}, make("b"), "input")));
  }
  function show({ attributes: all, methods }) {
    explain(methods);
    for (const { name, flip, flipped, ends, value, unseen, before, after } of all) {
      if (!rows.has(name)) rows.set(name, row(name));
      const parts = rows.get(name);
      set(parts.flip, { textContent: flip });
      set(parts.minus, { textContent: `− ${ends[0]}` });
      set(parts.plus, { textContent: `${ends[1]} +` });
      parts.flip.setAttribute("aria-pressed", String(flipped));
      ask.follow(parts.input, value, "slide", name);
      const signed = (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
      set(parts.value, { textContent: value ? signed : "0" });
      parts.input.setAttribute("aria-valuetext", value ? signed : "0");
      if (before === null) {
        parts.said.textContent = "no judge";
        continue;
      }
      const strips = after.map((p, i) => make("i", { style: `width:${100 * p}%;height:${100 / after.length}%;background:${methods[i].colour}` }));
      parts.bars.replaceChildren(...strips, make("b", { style: `left:${100 * before}%` }));
      const told = methods.map((m, i) => `${m.title} ${Math.round(100 * after[i])}%`).join(", ");
      parts.bars.setAttribute("aria-label", `${name}: input ${Math.round(100 * before)}%, ${told}`);
      parts.bars.title = parts.bars.ariaLabel;
      parts.said.replaceChildren(`${Math.round(100 * after.at(-1))}%`, ...(unseen ? [make("strong", { textContent: "!" })] : []));
      parts.said.title = unseen ? "training never saw this change" : "";
    }
  }
  return { table, show };
}

// A slider for each of many things, in groups; made when they are first shown.
function drawer(title, act, ask) {
  const inputs = new Map();
  const details = make("details", {}, make("summary", { textContent: title }));
  function show(groups) {
    details.hidden = !groups.length;
    for (const { group, sliders } of groups) {
      for (const { name, label, help, value } of sliders) {
        if (!inputs.has(name)) {
          if (!details.querySelector(`[data-group="${group}"]`)) {
            details.append(make("div", { data: { group } }, make("h4", { textContent: group })));
          }
          const input = slider(label, 0, 1, 0.01, (given) => ask(act, { name, value: given }));
          const told = make("output");
          details.lastChild.append(make("label", { title: help }, make("span", { textContent: label }), input, told));
          inputs.set(name, { input, told });
        }
        const { input, told } = inputs.get(name);
        ask.follow(input, value, act, name);
        set(told, { textContent: value.toFixed(2) });
      }
    }
  }
  return { details, show };
}

function render({ model, el }) {
  const ask = courier(model, () => say(BUSY));
  const seen = pictures();
  const table = attributes(ask);
  const drawers = [drawer("crop of the photo", "crop", ask), drawer("the face's parameters", "parameter", ask)];
  const notes = make("div", { className: "notes", aria: { role: "status", live: "polite" } });
  const say = (...texts) => {
    notes.tabIndex = texts.length ? 0 : -1; // long notes scroll, by keys as well
    notes.replaceChildren(...texts.map((text) => make("p", { textContent: text })));
  };
  const menus = {
    source: select("face", "source", "value", ask),
    size: select("size", "editor", "size", ask),
    backbone: select("backbone", "editor", "backbone", ask),
    method: select("method", "editor", "method", ask),
  };
  const number = make("input", { type: "number", min: 0, max: 1e6, onchange: () => ask("number", { value: Number(number.value) }) });
  const numbered = make("label", {}, make("span", { textContent: "number" }), number);
  const file = make("input", { type: "file", accept: "image/*", onchange: upload });
  const photo = make("label", {}, make("span", { textContent: "choose a photo" }), file);
  const together = make("input", { type: "checkbox", onchange: () => ask("editor", { together: together.checked }) });
  const compare = make("label", { className: "compare" }, together, make("span", { textContent: "all methods side by side" }));
  const strength = slider("strength", 0, 2, 0.05, (value) => ask("strength", { value }));
  const factor = make("span", { className: "value", aria: { hidden: true } });

  const undo = button("undo", "z", () => ask("undo"));
  const acts = {
    n: button("next face", "n", () => ask("another")),
    z: undo,
    r: button("reset", "r", () => ask("reset")),
    c: button("copy as Python", "c", () => copy(model.get("shown").code, "The code of this edit is copied.")),
    l: button("copy link", "l", link),
    s: button("save picture", "s", () => ask("save")),
  };

  const replay = button("play strength", "p", play); // beside the slider that it moves

  // A Jupyter server cuts the connection at 10 MB, and the kernel would never hear of a larger file.
  async function upload() {
    const [chosen] = file.files;
    if (!chosen) return;
    if (chosen.size > 9e6) say(`${chosen.name} has ${Math.round(chosen.size / 1e6)} MB: at most 9 MB travel from a page to the kernel. Save it smaller.`);
    else ask("photo", { file: chosen.name }, [await chosen.arrayBuffer()]);
    file.value = "";
  }

  async function copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      say(done);
    } catch {
      say(text); // a page without https may not write to the clipboard
    }
  }

  function link() {
    const url = new URL(location.href);
    url.hash = `explorer=${encodeURIComponent(JSON.stringify(model.get("shown").state))}`;
    copy(url.href, "A link to this page and this edit is copied.");
  }

  // From no change to twice the change and back, in 40 steps.
  let playing = 0;
  function play() {
    clearInterval(playing);
    set(replay, { textContent: playing ? "play strength" : "pause" });
    if (playing) return void (playing = 0);
    let step = 0;
    playing = setInterval(() => {
      ask("strength", { value: step < 20 ? step / 10 : (40 - step) / 10 });
      step += 1;
      if (step > 30) play();
    }, 150);
  }

  const controls = make("div", { className: "controls" },
    make("div", { className: "line" }, menus.source.label, numbered, photo, menus.size.label, menus.backbone.label, menus.method.label, compare),
    make("div", { className: "line" }, ...Object.values(acts)),
    make("div", { className: "line strength" }, make("label", {}, make("span", { textContent: "strength" }), strength, factor), replay),
    table.table, ...drawers.map((each) => each.details), notes);
  const root = takeKeys(make("div", { className: "secgan-explorer" }, seen.pane, controls));

  function show() {
    const shown = model.get("shown");
    const tiles = model.get("tiles");
    seen.show(shown, new Uint8Array(tiles.buffer ?? tiles, tiles.byteOffset ?? 0, tiles.byteLength));
    table.show(shown);
    const { face, editor } = shown;
    const [first] = location.hash.match(/explorer=.*/) ?? [];
    menus.source.show(face.sources, face.source);
    menus.size.show(editor.sizes, editor.size);
    menus.backbone.show(editor.backbones, editor.backbone);
    menus.method.show(editor.methods, editor.method, editor.together);
    set(compare, { hidden: editor.methods.length < 2 });
    set(together, { checked: editor.together });
    set(numbered, { hidden: face.number === null });
    set(number, { value: face.number ?? 0 });
    set(photo, { hidden: face.source !== "photo" });
    set(acts.s, { hidden: !shown.saves });
    set(undo, { disabled: !shown.undo });
    ask.follow(strength, shown.strength, "strength");
    set(factor, { textContent: `× ${shown.strength.toFixed(2)}` });
    drawers[0].show(shown.crop);
    drawers[1].show(shown.parameters);
    say(...shown.notes);
    root.dataset.answer = shown.answer;
    if (first && !show.restored) {
      show.restored = true;
      restore(first);
    }
  }

  function restore(hash) {
    try {
      ask("restore", { state: JSON.parse(decodeURIComponent(hash.slice("explorer=".length))) });
    } catch {
      say("The link's edit can't be read: it may have been cut.");
    }
  }

  model.on("change:shown", show);
  model.on("msg:custom", (content, [data]) => {
    if (!content.save) return;
    const url = URL.createObjectURL(new Blob([data], { type: "image/png" }));
    make("a", { href: url, download: content.save }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
  el.classList.add("secgan-frame");
  el.append(root);
  show();
  return () => clearInterval(playing);
}

export default { render };
