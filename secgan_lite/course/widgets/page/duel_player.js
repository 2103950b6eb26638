// The smallest GAN's page: the kernel plays a whole path, the page shows it step by step.

const SIDE = 340;
const [GREY, PALE, BLUE, ORANGE] = ["#555", "#b0b0b0", "#0072b2", "#d55e00"];

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

function clean(canvas) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, SIDE, SIDE);
  Object.assign(pen, { fillStyle: GREY, font: "13px sans-serif" });
  return pen;
}

// g to the right, d upwards: the path so far, the path of the rules before, start and goal.
function phase(canvas, shown, t) {
  const pen = clean(canvas);
  const at = ([g, d]) => [((g + shown.edge) / (2 * shown.edge)) * SIDE, ((shown.edge - d) / (2 * shown.edge)) * SIDE];
  line(pen, [[0, SIDE / 2], [SIDE, SIDE / 2]], "#ddd", 1);
  line(pen, [[SIDE / 2, 0], [SIDE / 2, SIDE]], "#ddd", 1);
  pen.fillText("g", SIDE - 14, SIDE / 2 - 6);
  pen.fillText("d", SIDE / 2 + 6, 14);
  line(pen, shown.before.slice(0, t + 1).map(at), PALE, 2, [5, 3]);
  line(pen, shown.path.slice(0, t + 1).map(at), BLUE, 2);
  const [x, y] = at([shown.right, 0]);
  pen.fillStyle = ORANGE;
  pen.font = "22px sans-serif";
  pen.fillText("★", x - 10, y + 8);
  pen.strokeStyle = GREY;
  pen.strokeRect(at(shown.path[0])[0] - 6, at(shown.path[0])[1] - 6, 12, 12);
  dot(pen, at(shown.path[t]), BLUE, 5);
}

// g against the iterations; the dashed orange line is where it belongs.
function along(canvas, shown, t) {
  const pen = clean(canvas);
  const last = shown.path.length - 1;
  const at = (g, k) => [(k / last) * SIDE, ((shown.edge - g) / (2 * shown.edge)) * SIDE];
  line(pen, [at(shown.right, 0), at(shown.right, last)], ORANGE, 1, [6, 4]);
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
    words.textContent = `Iteration ${t}: g = ${g.toFixed(2)}, d = ${d.toFixed(2)}. ${arrives} ` +
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
