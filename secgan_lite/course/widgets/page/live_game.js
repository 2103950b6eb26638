// The live game's page: draws what the kernel's game sends, and sends back what a person does.

const GREY = "#6a6a6a";
const SIDE = 420;
const SMALL = 112; // side of a picture in the flow
const FEW = 24; // arrows, where all labels are seen
const DRAWN = "drawn by hand"; // the choice of real points that nobody chooses
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

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

// D's scores for a label all over the plane, above their mean at G's points.
function heights(shown, label) {
  const grid = shown.scores[label];
  const last = grid.length - 1;
  const cell = (v) => Math.max(0, Math.min(last, Math.round(((v + shown.edge) / (2 * shown.edge)) * last)));
  const level = mean(shown.made.filter((_, i) => shown.labels[i] === label).map(([x, y]) => grid[cell(x)][cell(y)]));
  return grid.map((column) => column.map((score) => score - level));
}

// Light above 0, dark below; the film's colours.
function landscape(pen, heights, shades, [left, top, side]) {
  const n = heights.length;
  const image = new ImageData(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const above = heights[i][j] / FULL;
      const share = Math.max(-1, Math.min(1, Math.sign(above) * Math.sqrt(Math.abs(above))));
      const at = 4 * ((n - 1 - j) * n + i);
      image.data.set([...shades[Math.round(((share + 1) / 2) * (shades.length - 1))], 255], at);
    }
  }
  const small = new OffscreenCanvas(n, n);
  small.getContext("2d").putImageData(image, 0, 0);
  pen.drawImage(small, left, top, side, side);
}

function arrow(pen, [ax, ay], [bx, by]) {
  const length = Math.hypot(bx - ax, by - ay);
  const [alongX, alongY] = [(bx - ax) / length, (by - ay) / length];
  const head = Math.min(9, length);
  const back = (along, wing) => [bx - along * alongX - wing * alongY, by - along * alongY + wing * alongX];
  pen.beginPath();
  pen.moveTo(ax, ay);
  pen.lineTo(...back(head, 0));
  pen.stroke();
  pen.beginPath();
  for (const corner of [[bx, by], back(head, head / 2), back(head, -head / 2)]) pen.lineTo(...corner);
  pen.fill();
}

function plane(canvas, shown, heard, maps, spots, cross) {
  const pen = canvas.getContext("2d");
  const at = ([x, y]) => [((x + shown.edge) / (2 * shown.edge)) * SIDE, ((shown.edge - y) / (2 * shown.edge)) * SIDE];
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, SIDE, SIDE);
  const sees = (i) => heard < 0 || shown.labels[i] === heard;
  const half = maps[0].length / 2; // of all labels, each quarter has the map of the label that belongs there
  const quarters = maps[0].map((column, i) => column.map((_, j) => maps[Number(i >= half) + 2 * Number(j >= half)][i][j]));
  const map = heard < 0 ? quarters : maps[heard];
  landscape(pen, map, shown.shades, [0, 0, SIDE]);
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
    if (!sees(i) || length < 0.02 || (heard < 0 && i >= FEW)) return;
    const shrink = Math.min(1, length / 2) / length;
    const [x, y] = shown.made[i];
    arrow(pen, at([x, y]), at([x + dx * shrink, y + dy * shrink]));
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

// By measure: its words, colour, dashes, their name in CSS, and its short name.
const CURVES = [["exact", "exact W₁ of the clouds", "#0072b2", [], "solid", "W₁"], ["critic", "D's difference: its mean score of real points − of G's", "#d55e00", [6, 4], "dashed", "D's difference"]];

// What stands in no chart from bottom to top, in words.
function beyond(shown, bottom, top) {
  const extremes = CURVES.flatMap(([name, , , , , short]) => {
    const values = shown.curves[name].map(([, v]) => v).filter(Number.isFinite);
    const [most, least] = [Math.max(...values), Math.min(...values)];
    return [[most, most > top], [least, least < bottom]].filter(([, cut]) => cut)
      .map(([v]) => `${short} ${v === values[0] ? "began at" : "reached"} ${signed(v, 2)}`);
  });
  return extremes.length ? `Cut off: ${extremes.join(", ")}.` : "";
}

function curves(canvas, shown, ink) {
  const pen = canvas.getContext("2d");
  const [wide, high] = [canvas.width, canvas.height];
  pen.clearRect(0, 0, wide, high);
  // The axis fits the later half: an early peak would flatten all that follows.
  const later = ([t, v]) => 2 * t >= shown.steps && Number.isFinite(v);
  const values = CURVES.flatMap(([name]) => shown.curves[name].filter(later).map(([, v]) => v));
  const [top, bottom] = [Math.max(1, ...values), Math.min(0, ...values)];
  const last = Math.max(1, shown.steps);
  const head = 8;
  const y = (v) => head + (1 - (v - bottom) / (top - bottom)) * (high - 18 - head);
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
    pen.fillText(signed(v, 1).replace(/^0\.0$/, "0"), 2, y(v) + 4);
  }
  pen.fillText("step 0", 34, high - 4);
  pen.textAlign = "right";
  pen.fillText(String(shown.steps), wide, high - 4);
  pen.textAlign = "left";
  pen.save();
  pen.beginPath();
  pen.rect(34, head - 2, wide, high - 14 - head);
  pen.clip();
  for (const [name, , colour, dash] of CURVES) {
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.setLineDash(dash);
    pen.beginPath();
    for (const [t, v] of shown.curves[name]) pen.lineTo(34 + (t / last) * (wide - 34), y(v));
    pen.stroke();
  }
  pen.restore();
  return beyond(shown, bottom, top);
}

const MOVED = {
  "": "Nobody has stepped yet.",
  D: "D has stepped: its gradient changed D alone. Real points get higher scores, G's points lower ones.",
  G: "G has stepped: the gradient went back through D and G's points to G. The points follow D's slope, the arrows.",
  both: "D and G step in turn. Choose to play slowly, to see each step.",
};

// Who gives what to whom, with what it looks like now; who stepped last is lit, and so is the way
// that the gradient took back to it.
function course() {
  const stage = (...text) => {
    const canvas = make("canvas", { width: SMALL, height: SMALL });
    return { canvas, box: make("span", { className: "stage" }, canvas, make("span", {}, ...text)) };
  };
  const label = () => make("span", { className: "heard", textContent: "label" });
  const noise = stage("noise, ", label());
  const [points, real, D] = ["G's points", "real points", "D's scores"].map((text) => stage(text));
  const player = (textContent) => make("b", { textContent, className: "player" });
  const [nameD, nameG] = [player("D"), player("G")];
  const way = (there) => {
    const back = make("i", { className: "back", textContent: "⟵" });
    return { back, box: make("span", { className: "way" }, make("span", { textContent: there }), back) };
  };
  const [into, out, on, from] = ["⟶", "⟶", "⟶", "⟵"].map(way);
  const loop = make("i", { className: "back", textContent: "↺" });
  const told = make("p", { className: "told" });
  const critic = make("span", { className: "stage" }, make("span", {}, label(), " ", nameD, loop), D.box);
  const line = make("p", { className: "course", aria: { hidden: true } },
    make("span", {}, noise.box, into.box, nameG, out.box, points.box), make("span", {}, on.box, critic, from.box, real.box));
  const backs = { "": [], D: [loop], G: [on.back, out.back], both: [loop, on.back, out.back] };
  let step = 0;

  function cloud(canvas, shown, sees, places, colour) {
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, SMALL, SMALL);
    places.forEach(([x, y], i) => {
      if (!sees(i)) return;
      pen.fillStyle = colour(i);
      pen.fillRect(((x + shown.edge) / (2 * shown.edge)) * SMALL - 2, ((shown.edge - y) / (2 * shown.edge)) * SMALL - 2, 5, 5);
    });
  }
  function show(shown, heard, maps) {
    const { moved, rules, steps } = shown;
    const sees = (i) => heard < 0 || shown.labels[i] === heard;
    const own = (i) => shown.looks[shown.labels[i]].colour;
    cloud(noise.canvas, shown, sees, shown.noise, own);
    cloud(points.canvas, shown, sees, shown.made, own);
    cloud(real.canvas, shown, sees, shown.real, () => GREY);
    const pen = D.canvas.getContext("2d");
    const half = SMALL / 2; // of all labels each map stands in its label's corner
    if (heard >= 0) landscape(pen, maps[heard], shown.shades, [0, 0, SMALL]);
    else maps.forEach((map, i) => landscape(pen, map, shown.shades, [half * (i % 2), half * (1 - (i >> 1)), half - 1]));
    nameG.classList.toggle("on", moved === "G" || moved === "both");
    nameD.classList.toggle("on", moved === "D" || moved === "both");
    for (const back of backs.both) back.classList.toggle("on", backs[moved].includes(back));
    const single = steps === step + 1 && !matchMedia("(prefers-reduced-motion)").matches;
    if (single) backs[moved].forEach((back, i) => back.animate({ opacity: [0, 1], translate: ["1em 0", "0 0"] }, { duration: 400, delay: 300 * i, fill: "backwards" }));
    step = steps;
    line.classList.toggle("deaf", !rules.condition);
    set(told, { textContent: MOVED[moved] });
  }
  return { line, told, show };
}

function render({ model, el }) {
  const ask = courier(model, () => set(words, { textContent: BUSY }));
  const send = ask.now;
  const rule = (name, value) => ask("rule", { name, value });
  const canvas = make("canvas", { width: SIDE, height: SIDE, tabIndex: 0, aria: { role: "application" } });
  const chart = make("canvas", { width: SIDE, height: 130, tabIndex: 0, aria: { role: "img" } });
  const cut = make("p", { className: "cut", aria: { hidden: true } }); // the chart's name says it as well
  const words = make("p", { className: "told", aria: { role: "status" } });
  const hint = make("p", { hidden: true, aria: { role: "alert" }, textContent: "First choose the label to look at: the spot is one of its real points." });
  let heard = -1;
  let mine = {}; // spots by label, drawn by hand

  const reset = () => {
    mine = {};
    look(-1);
    send("reset");
  };
  const acts = {
    p: button("play", "p", () => send("play", { playing: !model.get("shown").playing })),
    d: repeats(button("step of D", "d", () => send("step", { of: "D" })), ask.idle),
    g: repeats(button("step of G", "g", () => send("step", { of: "G" })), ask.idle),
    s: repeats(button("round", "s", () => send("step", { of: "both" })), ask.idle),
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
    momentum: knob("momentum", "momentum of both, β₁", { min: 0, max: 0.9, step: 0.1 }),
    critic_steps: knob("critic_steps", "steps of D for each of G", { min: 1, max: 5, step: 1 }),
    penalty: knob("penalty", "weight of the penalty", { min: 0, max: 10, step: 0.5 }),
  };
  const slow = make("input", { type: "checkbox", onchange: () => send("pace", { slow: slow.checked }) });
  const condition = make("input", { type: "checkbox", onchange: () => rule("condition", condition.checked) });
  const label = make("select", { aria: { label: "look at" }, onchange: () => { look(Number(label.value)); show(); } });
  const clouds = make("select", { aria: { label: "real points" }, onchange: () => {
    mine = {};
    send("clouds", { name: clouds.value });
  } });
  const scenes = course();
  function look(which) {
    heard = which;
    set(label, { value: which });
    set(hint, { hidden: true });
    canvas.style.touchAction = heard < 0 ? "pan-y" : "none"; // a finger scrolls, or draws spots
  }

  // A click puts a spot of real points or takes it away, a drag puts a row of them; and so do the
  // arrow keys and Enter.
  let cross = null;
  const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d);
  function put(place, dragged = false) {
    set(hint, { hidden: heard >= 0 });
    if (heard < 0) return;
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
    make("span"));
  const root = takeKeys(make("div", { className: "secgan-game" },
    make("div", {}, canvas, hint, key, words),
    make("div", {},
      make("p", { className: "line" }, ...Object.values(acts)),
      ...Object.values(knobs).map((each) => each.line),
      scenes.line, scenes.told,
      make("p", { className: "line" }, make("label", {}, slow, make("span", { textContent: "play slowly, by steps" })), make("label", {}, condition, make("span", { textContent: "both players hear the label" }))),
      make("p", { className: "line" }, make("label", {}, make("span", { textContent: "look at" }), label), make("label", {}, make("span", { textContent: "real points" }), clouds)),
      make("div", { className: "chart" }, chart, cut),
      make("p", { className: "key" }, ...CURVES.map(([, text, colour, , dash]) => make("span", {}, make("i", { className: "curve", style: `border-color:${colour};border-top-style:${dash}` }), text))))));

  function show() {
    const shown = model.get("shown");
    if (!label.options.length) {
      label.append(make("option", { value: -1, textContent: "all labels" }), ...shown.looks.map((look, i) => make("option", { value: i, textContent: look.label })));
      key.append(...shown.looks.map((look, i) => make("span", {}, make("i", { style: `background:${look.colour};${SHAPES[i]}` }), look.label)),
        make("span", {}, make("i", { style: `background:${GREY};${SHAPES[0]};scale:.6` }), "real"), "arrow: D's slope, half as long, at most 1 unit",
        scale, make("span", { textContent: "Look at a label. Then a click or a drag, or arrow keys and Enter, puts spots of its real points; a second click takes one away." }));
      clouds.append(...shown.clouds.map((name) => make("option", { textContent: name })), make("option", { textContent: DRAWN, hidden: true }));
    }
    set(clouds, { value: Object.keys(mine).length ? DRAWN : shown.cloud });
    set(scale.lastChild, { textContent: `D's score${heard < 0 ? " for the label of each quarter" : ""}: from ${FULL} lower to ${FULL} higher than at G's points, or more` });
    const maps = shown.looks.map((_, i) => heights(shown, i));
    scenes.show(shown, heard, maps);
    const chosen = heard < 0 ? [] : mine[shown.looks[heard].label] ?? [];
    const outside = plane(canvas, shown, heard, maps, chosen, cross);
    set(chart, { width: chart.clientWidth || SIDE }); // its words keep their size on a narrow page
    const beyond = curves(chart, shown, getComputedStyle(root).color);
    set(cut, { textContent: beyond, hidden: !beyond });
    acts.p.textContent = shown.playing ? "pause" : "play";
    acts.p.setAttribute("aria-pressed", String(shown.playing));
    for (const [name, each] of Object.entries(knobs)) each.show(shown.rules[name]);
    condition.checked = shown.rules.condition;
    slow.checked = shown.slow;
    const [exact, critic] = CURVES.map(([name]) => shown.curves[name].at(-1)[1]);
    words.textContent = `Round ${shown.round}, step ${shown.steps}: exact W₁ ${signed(exact, 2)}, D's difference ${signed(critic, 2)}.${outside ? ` ${outside} of G's points lie outside, and are shown at the edge.` : ""}`;
    words.ariaLive = shown.playing ? "off" : "polite"; // a game that plays is not read aloud
    canvas.setAttribute("aria-label", `Real points in grey and G's points, round ${shown.round}. Arrow keys move a cross, Enter puts a spot of real points there.`);
    chart.setAttribute("aria-label", `${words.textContent} ${beyond}`.trim());
    root.dataset.round = shown.round;
  }
  model.on("change:shown", show);
  el.classList.add("secgan-frame");
  el.append(root);
  show();
  const painted = onTheme(show);
  return () => {
    painted.disconnect();
    send("play", { playing: false });
  };
}

export default { render };
