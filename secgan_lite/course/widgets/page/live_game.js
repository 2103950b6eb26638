// The live game's page: draws what the kernel's game sends, and sends back what a person does.

const GREY = "#6a6a6a";
const SIDE = 420;
const FULL = 5; // a score so much above or below that at G's points has the last colour

// A mark for each label, so that colour is not the only difference; in the key the same shapes.
const SHAPES = ["border-radius:50%", "clip-path:polygon(50% 0,100% 100%,0 100%)", "", "clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)"];
function mark(pen, kind, x, y, r) {
  pen.beginPath();
  if (kind === 0) pen.arc(x, y, r, 0, 7);
  else {
    const [corners, turn] = [[3, 0], [4, Math.PI / 4], [4, 0]][kind - 1];
    for (let i = 0; i < corners; i++) {
      const angle = turn + (2 * Math.PI * i) / corners;
      pen.lineTo(x + 1.3 * r * Math.sin(angle), y - 1.3 * r * Math.cos(angle));
    }
    pen.closePath();
  }
  pen.fill();
  pen.stroke();
}

// Light above the mean score at G's points, dark below, of one label; the film's colours.
function landscape(pen, grid, middle, shades) {
  const n = grid.length;
  const image = new ImageData(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const above = (grid[i][j] - middle) / FULL;
      const share = Math.max(-1, Math.min(1, Math.sign(above) * Math.sqrt(Math.abs(above))));
      const at = 4 * ((n - 1 - j) * n + i);
      image.data.set([...shades[Math.round(((share + 1) / 2) * (shades.length - 1))], 255], at);
    }
  }
  const small = new OffscreenCanvas(n, n);
  small.getContext("2d").putImageData(image, 0, 0);
  pen.drawImage(small, 0, 0, SIDE, SIDE);
}

function plane(canvas, shown, heard, spots, cross) {
  const pen = canvas.getContext("2d");
  const at = ([x, y]) => [((x + shown.edge) / (2 * shown.edge)) * SIDE, ((shown.edge - y) / (2 * shown.edge)) * SIDE];
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, SIDE, SIDE);
  const sees = (i) => heard < 0 || shown.labels[i] === heard;
  if (heard >= 0) {
    const grid = shown.scores[heard];
    const cell = (v) => Math.max(0, Math.min(31, Math.round(((v + shown.edge) / (2 * shown.edge)) * 31)));
    const here = shown.made.filter((_, i) => sees(i)).map(([x, y]) => grid[cell(x)][cell(y)]);
    landscape(pen, grid, here.reduce((a, b) => a + b, 0) / here.length, shown.shades);
  }
  pen.strokeStyle = "#ccc";
  for (const line of [[0, SIDE / 2, SIDE, SIDE / 2], [SIDE / 2, 0, SIDE / 2, SIDE]]) {
    pen.beginPath();
    pen.moveTo(line[0], line[1]);
    pen.lineTo(line[2], line[3]);
    pen.stroke();
  }
  pen.strokeStyle = "#fff";
  pen.fillStyle = GREY;
  shown.real.forEach((point, i) => sees(i) && mark(pen, 0, ...at(point), 3));
  let outside = 0; // points beyond the picture stand at its edge
  const kept = (v) => Math.max(6, Math.min(SIDE - 6, v));
  shown.made.forEach((point, i) => {
    if (!sees(i)) return;
    outside += point.some((v) => Math.abs(v) > shown.edge);
    pen.fillStyle = shown.looks[shown.labels[i]].colour;
    mark(pen, shown.labels[i], ...at(point).map(kept), 5);
  });
  pen.strokeStyle = pen.fillStyle = "#222";
  shown.slopes.forEach(([dx, dy], i) => {
    const length = Math.hypot(dx, dy);
    if (!sees(i) || length < 0.02) return;
    const shrink = Math.min(1, length / 2) / length;
    const [x, y] = shown.made[i];
    const [[ax, ay], [bx, by]] = [at([x, y]), at([x + dx * shrink, y + dy * shrink])];
    pen.beginPath();
    pen.moveTo(ax, ay);
    pen.lineTo(bx, by);
    pen.stroke();
    mark(pen, 0, bx, by, 2);
  });
  for (const point of spots) {
    for (const [colour, width] of [["#fff", 6], ["#222", 2]]) {
      [pen.strokeStyle, pen.lineWidth] = [colour, width];
      pen.strokeRect(at(point)[0] - 9, at(point)[1] - 9, 18, 18);
    }
  }
  pen.lineWidth = 1;
  if (cross) {
    const [x, y] = at(cross);
    pen.fillStyle = "#222";
    pen.fillRect(x - 12, y - 1, 24, 3);
    pen.fillRect(x - 1, y - 12, 3, 24);
  }
  return outside;
}

const CURVES = [["exact", "exact W₁ of the clouds", "#0072b2", []], ["critic", "D's difference: its mean score of real points − of G's", "#d55e00", [6, 4]]];

function curves(canvas, shown, ink) {
  const pen = canvas.getContext("2d");
  const [wide, high] = [canvas.width, canvas.height];
  pen.clearRect(0, 0, wide, high);
  const values = CURVES.flatMap(([name]) => shown.curves[name].map(([, v]) => v)).filter(Number.isFinite);
  const [top, bottom] = [Math.max(1, ...values), Math.min(0, ...values)];
  const last = Math.max(1, shown.steps);
  const y = (v) => 8 + (1 - (v - bottom) / (top - bottom)) * (high - 26);
  pen.fillStyle = pen.strokeStyle = ink;
  pen.font = "12px sans-serif";
  pen.lineWidth = 1;
  for (const v of [top, bottom, 0].filter((v, i, before) => before.slice(0, i).every((w) => Math.abs(y(v) - y(w)) > 13))) {
    pen.globalAlpha = 0.3;
    pen.beginPath();
    pen.moveTo(34, y(v));
    pen.lineTo(wide, y(v));
    pen.stroke();
    pen.globalAlpha = 1;
    pen.fillText(v.toFixed(1), 2, y(v) + 4);
  }
  pen.fillText("step 0", 34, high - 4);
  pen.textAlign = "right";
  pen.fillText(String(shown.steps), wide, high - 4);
  pen.textAlign = "left";
  for (const [name, , colour, dash] of CURVES) {
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.setLineDash(dash);
    pen.beginPath();
    for (const [t, v] of shown.curves[name]) pen.lineTo(34 + (t / last) * (wide - 34), y(v));
    pen.stroke();
  }
  pen.setLineDash([]);
}

const MOVED = {
  "": "Nobody has stepped yet.",
  D: "D has stepped: scores of real points go up, scores of G's points go down.",
  G: "G has stepped: its points follow D's slope, the arrows.",
  both: "D and G step in turn. Played slowly, one after the other.",
};

// Who gives what to whom; who stepped last is lit.
function course() {
  const part = (textContent, name) => make("b", { textContent, className: name ? "player" : "", data: { name } });
  const heard = () => make("span", { className: "heard", textContent: ", label" });
  const D = part("D", "D");
  const G = part("G", "G");
  const told = make("p");
  const line = make("p", { className: "course", aria: { hidden: true } },
    make("span", {}, "noise", heard()), "→", G, "→", make("span", {}, "points", heard()), "→", D, "←", make("span", {}, "real points", heard()));
  function show({ moved, rules }) {
    G.classList.toggle("on", moved === "G" || moved === "both");
    D.classList.toggle("on", moved === "D" || moved === "both");
    line.classList.toggle("deaf", !rules.condition);
    set(told, { textContent: MOVED[moved] });
  }
  return { line, told, show };
}

function render({ model, el }) {
  const send = (act, given = {}) => model.send({ act, ...given });
  const ask = courier(model);
  const rule = (name, value) => ask("rule", { name, value });
  const canvas = make("canvas", { width: SIDE, height: SIDE, tabIndex: 0, aria: { role: "application" } });
  const chart = make("canvas", { width: SIDE, height: 130, aria: { role: "img" } });
  const words = make("p", { aria: { role: "status" } });
  let heard = -1;
  let mine = {}; // spots by label, drawn by hand

  const reset = () => {
    mine = {};
    send("reset");
  };
  const acts = {
    p: button("play", "p", () => send("play", { playing: !model.get("shown").playing })),
    d: button("step of D", "d", () => send("step", { of: "D" })),
    g: button("step of G", "g", () => send("step", { of: "G" })),
    s: button("round", "s", () => send("step", { of: "both" })),
    r: button("reset", "r", reset),
  };
  const knob = (name, title, properties, write = Number, read = Number) => {
    const input = make("input", { type: "range", aria: { label: title }, oninput: () => rule(name, write(input.value)), ...properties });
    const value = make("span", { className: "value", aria: { hidden: true } });
    return { line: make("label", {}, make("span", { textContent: title }), input, value), show: (now) => {
      ask.follow(input, read(now), "rule", name);
      value.textContent = String(Number(now.toPrecision(2)));
      input.setAttribute("aria-valuetext", value.textContent);
    } };
  };
  const STILL = -4; // the lowest place: the player learns nothing
  const rate = [{ min: STILL, max: -1, step: 0.1 }, (place) => (Number(place) > STILL ? 10 ** place : 0), (value) => (value ? Math.log10(value) : STILL)];
  const knobs = {
    rate_d: knob("rate_d", "learning rate of D", ...rate),
    rate_g: knob("rate_g", "learning rate of G", ...rate),
    critic_steps: knob("critic_steps", "steps of D for each of G", { min: 1, max: 5, step: 1 }),
    penalty: knob("penalty", "weight of the penalty", { min: 0, max: 10, step: 0.5 }),
  };
  const slow = make("input", { type: "checkbox", onchange: () => send("pace", { slow: slow.checked }) });
  const condition = make("input", { type: "checkbox", onchange: () => rule("condition", condition.checked) });
  const label = make("select", { aria: { label: "look at" }, onchange: () => { heard = Number(label.value); show(); } });
  const clouds = make("select", { aria: { label: "real points" }, onchange: () => {
    mine = {};
    send("clouds", { name: clouds.value });
  } });
  const scenes = course();

  // A click puts a spot of real points or takes it away, a drag puts a row of them; and so do the
  // arrow keys and Enter.
  let cross = null;
  const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
  function put(place, dragged = false) {
    if (heard < 0) return void (words.textContent = "First choose the label to look at: the spot is one of its real points.");
    const name = model.get("shown").looks[heard].label;
    const before = mine[name] ?? [];
    const others = before.filter((spot) => apart(spot, place) > 0.4);
    if (dragged && others.length < before.length) return;
    mine[name] = others.length < before.length ? others : [...before, place];
    send("spots", { label: name, spots: mine[name] });
  }
  const pointed = (event) => {
    const { edge } = model.get("shown");
    return [(2 * event.offsetX / canvas.clientWidth - 1) * edge, (1 - 2 * event.offsetY / canvas.clientHeight) * edge];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    put(pointed(event));
  };
  canvas.onpointermove = (event) => event.buttons === 1 && heard >= 0 && put(pointed(event), true);
  canvas.onkeydown = (event) => {
    const { edge } = model.get("shown");
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "Enter") put(cross ?? [0, 0]);
    if (!move) return;
    event.preventDefault();
    cross = (cross ?? [0, 0]).map((at, i) => Math.max(-edge, Math.min(edge, at + move[i] / 4)));
    show();
  };
  canvas.onblur = () => {
    cross = null;
    show();
  };

  const key = make("p", { className: "key" });
  const shades = model.get("shown").shades.map((shade) => `rgb(${shade})`);
  const scale = make("span", {}, make("i", { style: `width:5em;background:linear-gradient(to right, ${shades})` }),
    `D's score: from ${FULL} lower to ${FULL} higher than at G's points, or more`);
  const root = make("div", { className: "secgan-game" },
    make("div", {}, canvas, key),
    make("div", {},
      make("p", { className: "line" }, ...Object.values(acts)),
      ...Object.values(knobs).map((each) => each.line),
      scenes.line, scenes.told,
      make("label", {}, slow, make("span", { textContent: "play slowly, one step at a time" })),
      make("label", {}, condition, make("span", { textContent: "both players hear the label" })),
      make("p", { className: "line" }, make("label", {}, make("span", { textContent: "look at" }), label), make("label", {}, make("span", { textContent: "real points" }), clouds)),
      chart,
      make("p", { className: "key" }, ...CURVES.map(([, text, colour]) => make("span", {}, make("i", { style: `background:${colour}` }), text))),
      words));
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const free = !event.target.matches("select") && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (free && acts[event.key]) acts[event.key].click();
  });

  function show() {
    const shown = model.get("shown");
    if (!label.options.length) {
      label.append(make("option", { value: -1, textContent: "all labels" }), ...shown.looks.map((look, i) => make("option", { value: i, textContent: look.label })));
      key.append(...shown.looks.map((look, i) => make("span", {}, make("i", { style: `background:${look.colour};${SHAPES[i]}` }), look.label)),
        make("span", {}, make("i", { style: `background:${GREY};${SHAPES[0]};scale:.6` }), "real"), "arrow: D's slope",
        scale, make("span", { textContent: "Look at a label. Then a click or a drag, or arrow keys and Enter, puts spots of its real points; a second click takes one away." }));
      clouds.append(...shown.clouds.map((name) => make("option", { textContent: name })));
    }
    set(clouds, { value: shown.cloud });
    set(scale, { hidden: heard < 0 });
    scenes.show(shown);
    const chosen = heard < 0 ? [] : mine[shown.looks[heard].label] ?? [];
    const outside = plane(canvas, shown, heard, chosen, cross);
    curves(chart, shown, getComputedStyle(root).color);
    acts.p.textContent = shown.playing ? "pause" : "play";
    acts.p.setAttribute("aria-pressed", String(shown.playing));
    for (const [name, each] of Object.entries(knobs)) each.show(shown.rules[name]);
    condition.checked = shown.rules.condition;
    slow.checked = shown.slow;
    const [exact, critic] = CURVES.map(([name]) => shown.curves[name].at(-1)[1]);
    words.textContent = `Round ${shown.round}: exact W₁ ${exact.toFixed(2)}, D's difference ${critic.toFixed(2)}.${outside ? ` ${outside} of G's points lie outside, and are shown at the edge.` : ""}`;
    canvas.setAttribute("aria-label", `Real points in grey and G's points, round ${shown.round}. Arrow keys move a cross, Enter puts a spot of real points there.`);
    chart.setAttribute("aria-label", words.textContent);
    root.dataset.round = shown.round;
  }
  model.on("change:shown", show);
  el.classList.add("secgan-frame");
  el.append(root);
  show();
  return () => send("play", { playing: false });
}

export default { render };
