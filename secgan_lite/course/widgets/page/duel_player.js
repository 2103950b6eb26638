// The smallest GAN's page: the kernel plays a whole path, the page shows it step by step.

const SIDE = 340;
const [GREY, PALE, BLUE, GREEN, RED] = ["#555", "#b0b0b0", "#0072b2", "#009e73", "#d55e00"];
const MARKS = [-4, -2, 0, 2, 4]; // numbers on the axes of g and d

function line(pen, points, colour, width, dashes = []) {
  Object.assign(pen, { strokeStyle: colour, lineWidth: width });
  pen.setLineDash(dashes);
  pen.beginPath();
  points.forEach(([x, y]) => pen.lineTo(x, y));
  pen.stroke();
  pen.setLineDash([]);
}

function dot(pen, [x, y], colour, r) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, r, 0, 7);
  pen.fill();
}

// An arrow from a point of the plane; one that is too short for a head is left out.
function arrow(pen, from, to, colour) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < 6) return;
  line(pen, [from, to], colour, 3);
  const wing = (side) => [to[0] - (8 * dx - side * 5 * dy) / length, to[1] - (8 * dy + side * 5 * dx) / length];
  line(pen, [wing(1), to, wing(-1)], colour, 3);
}

function clean(canvas) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, SIDE, SIDE);
  Object.assign(pen, { fillStyle: GREY, font: "13px sans-serif" });
  return pen;
}

// g to the right, d upwards: the path so far, the path of the rules before, start and goal, and
// at the point, in half size, where the gradients pull: g along the axis of g, d along that of d.
function phase(canvas, shown, t) {
  const pen = clean(canvas);
  const at = ([g, d]) => [((g + shown.edge) / (2 * shown.edge)) * SIDE, ((shown.edge - d) / (2 * shown.edge)) * SIDE];
  line(pen, [[0, SIDE / 2], [SIDE, SIDE / 2]], "#ddd", 1);
  line(pen, [[SIDE / 2, 0], [SIDE / 2, SIDE]], "#ddd", 1);
  for (const mark of MARKS) {
    const [x, y] = at([mark, mark]);
    pen.fillText(mark, Math.min(Math.max(x - 4, 2), SIDE - 10), SIDE / 2 + 15);
    if (mark) pen.fillText(mark, SIDE / 2 + 6, Math.min(Math.max(y + 4, 28), SIDE - 4));
  }
  pen.fillText("g", SIDE - 14, SIDE / 2 - 6);
  pen.fillText("d", SIDE / 2 - 14, 14);
  line(pen, shown.before.slice(0, t + 1).map(at), PALE, 2, [5, 3]);
  line(pen, shown.path.slice(0, t + 1).map(at), BLUE, 2);
  const [x, y] = at([shown.right, 0]);
  pen.fillStyle = GREEN;
  pen.font = "22px sans-serif";
  pen.fillText("★", x - 10, y + 8);
  pen.strokeStyle = GREY;
  pen.strokeRect(at(shown.path[0])[0] - 6, at(shown.path[0])[1] - 6, 12, 12);
  const [g, d] = shown.path[t];
  arrow(pen, at([g, d]), at([g + d / 2, d]), BLUE);
  arrow(pen, at([g, d]), at([g, d + shown.pulls[t] / 2]), RED);
  dot(pen, at([g, d]), BLUE, 5);
}

// g against the iterations; the dashed green line is where it belongs.
function along(canvas, shown, t) {
  const pen = clean(canvas);
  const last = shown.path.length - 1;
  const at = (g, k) => [(k / last) * SIDE, ((shown.edge - g) / (2 * shown.edge)) * SIDE];
  for (const mark of MARKS) pen.fillText(mark, 4, Math.min(Math.max(at(mark, 0)[1] + 4, 28), SIDE - 22));
  for (const k of [100, 200]) pen.fillText(k, at(0, k)[0] - 10, SIDE - 6);
  line(pen, [at(shown.right, 0), at(shown.right, last)], GREEN, 1, [6, 4]);
  line(pen, shown.before.slice(0, t + 1).map(([g], k) => at(g, k)), PALE, 2, [5, 3]);
  line(pen, shown.path.slice(0, t + 1).map(([g], k) => at(g, k)), BLUE, 2);
  dot(pen, at(shown.path[t][0], t), BLUE, 5);
  pen.fillStyle = GREY;
  pen.fillText("g", 4, 14);
  pen.fillText(`iteration ${last}`, SIDE - 84, SIDE - 6);
}

function render({ model, el }) {
  const ask = courier(model);
  const picture = (className, label, more = {}) => make("canvas", { className, width: SIDE, height: SIDE, aria: { role: "img", label }, ...more });
  const plane = picture("phase", "g to the right, d upwards; arrow keys move the start", { tabIndex: 0 });
  const time = picture("time", "g against iterations");
  let shown = model.get("shown");
  let [t, timer] = [shown.path.length - 1, 0];
  const menus = shown.choices.map(({ name, title, options }) => {
    const menu = make("select", { onchange: () => ask("rule", { name, value: options[menu.selectedIndex][1] }) },
      ...options.map(([text]) => make("option", { textContent: text })));
    return { name, menu, label: make("label", {}, title, menu) };
  });
  const slider = make("input", { type: "range", min: 0, max: t, oninput: () => go(Number(slider.value)), aria: { label: "iteration" } });
  const words = make("p", { aria: { role: "status" } });

  function pause() {
    clearInterval(timer);
    timer = 0;
    acts.p.textContent = "play";
  }
  function play() {
    if (timer) return pause();
    if (t === shown.path.length - 1) t = 0;
    acts.p.textContent = "pause";
    timer = setInterval(() => (t < shown.path.length - 1 ? draw(t + 1) : pause()), 40);
  }
  function go(to) {
    pause();
    draw(to);
  }
  const acts = {
    p: button("play", "p", play),
    b: button("step back", "b", () => go(t - 1)),
    s: button("step", "s", () => go(t + 1)),
    "0": button("to the start", "0", () => go(0)),
    e: button("to the end", "e", () => go(shown.path.length - 1)),
    r: button("reset rules", "r", () => ask("reset")),
  };

  function draw(to) {
    t = Math.max(0, Math.min(shown.path.length - 1, to));
    phase(plane, shown, t);
    along(time, shown, t);
    slider.value = t;
    const [g, d] = shown.path[t];
    const near = shown.path.findLastIndex(([value]) => Math.abs(value - shown.right) > 0.1) + 1;
    const arrives = near < shown.path.length ? `Within 0.1 of the star from iteration ${near} on.` : "It never stays within 0.1 of the star.";
    words.ariaLive = timer ? "off" : "polite"; // a game that plays is not read aloud step by step
    words.textContent = `Iteration ${t}: g = ${g.toFixed(2)}, d = ${d.toFixed(2)}. Arrows: its loss pulls g by ${d.toFixed(2)} (blue) and d by ${shown.pulls[t].toFixed(2)} (red). ${arrives} ` +
      `In the last 30 iterations g is up to ${shown.distance.toFixed(2)} from it.` + (shown.before.length ? " Dashed: the rules before." : "");
  }
  function show() {
    shown = model.get("shown");
    for (const [i, { menu }] of menus.entries()) menu.selectedIndex = shown.choices[i].options.findIndex(([, value]) => value === shown.choices[i].value);
    draw(t);
    el.dataset.answer = shown.answer;
  }

  function place(event) {
    const { left, top, width } = plane.getBoundingClientRect();
    const scale = (2 * shown.edge) / width;
    ask("start", { g: (event.clientX - left) * scale - shown.edge, d: shown.edge - (event.clientY - top) * scale });
  }
  plane.onpointerdown = (event) => {
    plane.setPointerCapture(event.pointerId);
    place(event);
  };
  plane.onpointermove = (event) => event.buttons && place(event);
  const MOVES = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
  plane.onkeydown = (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    ask("start", { g: shown.path[0][0] + move[0], d: shown.path[0][1] + move[1] });
  };
  const root = make("div", { className: "secgan-duel" },
    make("div", { className: "line" }, ...menus.map(({ label }) => label)),
    make("div", { className: "line" }, ...Object.values(acts), slider),
    make("div", { className: "line" }, plane, time), words);
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // JupyterLab's own keys stay out
    if (!event.target.matches("select") && !event.ctrlKey && !event.metaKey && !event.altKey) acts[event.key]?.click();
  });
  el.append(root);
  model.on("change:shown", show);
  show();
  return pause;
}

export default { render };
