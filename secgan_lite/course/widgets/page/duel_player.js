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

// An arrow from a point of the plane; one that is hardly longer than its head is left out.
function arrow(pen, from, to, colour) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < 10) return;
  line(pen, [from, to], colour, 3);
  const wing = (side) => [to[0] - (8 * dx - side * 5 * dy) / length, to[1] - (8 * dy + side * 5 * dx) / length];
  line(pen, [wing(1), to, wing(-1)], colour, 3);
}

// The square in which a path is seen; its numbers stand outside, at the left and below.
const [LEFT, TOP, SPAN] = [34, 10, 294];
const RIGHT = LEFT + SPAN;
const BOTTOM = TOP + SPAN;
const across = (share) => LEFT + share * SPAN;
const up = (value, edge) => TOP + ((edge - value) / (2 * edge)) * SPAN;
const number = (value, digits = 0) => value.toFixed(digits).replace("-", "−");

// A clean square: grid lines with numbers below, [share of the width, text], and at the left.
function square(canvas, edge, below, [right, upwards]) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, SIDE, SIDE);
  Object.assign(pen, { fillStyle: GREY, font: "13px sans-serif" });
  for (const mark of MARKS) {
    line(pen, [[LEFT, up(mark, edge)], [RIGHT, up(mark, edge)]], "#e4e4e4", 1);
    pen.textAlign = "right";
    pen.fillText(number(mark), LEFT - 5, up(mark, edge) + 4);
  }
  pen.textAlign = "center";
  for (const [share, text] of below) {
    line(pen, [[across(share), TOP], [across(share), BOTTOM]], "#e4e4e4", 1);
    pen.fillText(text, across(share), BOTTOM + 15);
  }
  pen.fillText(right, across(0.5), BOTTOM + 31);
  pen.fillText(upwards, 7, TOP + SPAN / 2 + 4);
  pen.strokeStyle = GREY;
  pen.strokeRect(LEFT, TOP, SPAN, SPAN);
  return pen;
}

// What leaves the square is cut off at its frame.
function within(pen, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(LEFT, TOP, SPAN, SPAN);
  pen.clip();
  draw();
  pen.restore();
}

// g to the right, d upwards: the path so far, the path of the rules before, start and goal, and
// at the point, in half size, where the gradients pull: g along the axis of g, d along that of d.
function phase(canvas, shown, t) {
  const share = (g) => (g + shown.edge) / (2 * shown.edge);
  const at = ([g, d]) => [across(share(g)), up(d, shown.edge)];
  const pen = square(canvas, shown.edge, MARKS.map((mark) => [share(mark), number(mark)]), ["g", "d"]);
  const [g, d] = shown.path[t];
  within(pen, () => {
    line(pen, shown.before.slice(0, t + 1).map(at), PALE, 2, [4, 5]);
    line(pen, shown.path.slice(0, t + 1).map(at), BLUE, 2);
    arrow(pen, at([g, d]), at([g + d / 2, d]), BLUE);
    arrow(pen, at([g, d]), at([g, d + shown.pulls[t] / 2]), RED);
  });
  pen.strokeStyle = GREY;
  const [x, y] = at(shown.path[0]);
  pen.strokeRect(x - 6, y - 6, 12, 12);
  if (Math.max(Math.abs(g), Math.abs(d)) <= shown.edge) dot(pen, at([g, d]), BLUE, 5);
  Object.assign(pen, { fillStyle: GREEN, font: "22px sans-serif" });
  pen.fillText("★", at([shown.right, 0])[0], at([0, 0])[1] + 8);
}

// g against the iterations; the dashed green line is where it belongs.
function along(canvas, shown, t) {
  const last = shown.path.length - 1;
  const at = (g, k) => [across(k / last), up(g, shown.edge)];
  const pen = square(canvas, shown.edge, [0, 100, 200, 300].map((k) => [k / last, String(k)]), ["iteration", "g"]);
  const g = shown.path[t][0];
  within(pen, () => {
    line(pen, [at(shown.right, 0), at(shown.right, last)], GREEN, 1, [6, 4]);
    line(pen, shown.before.slice(0, t + 1).map(([value], k) => at(value, k)), PALE, 2, [4, 5]);
    line(pen, shown.path.slice(0, t + 1).map(([value], k) => at(value, k)), BLUE, 2);
  });
  if (Math.abs(g) <= shown.edge) dot(pen, at(g, t), BLUE, 5);
}

// How a path ends, said when it has been seen.
function outcome({ path, right, distance }) {
  const near = path.findLastIndex(([value]) => Math.abs(value - right) > 0.1) + 1;
  const arrives = near < path.length ? `g is within 0.1 of the star from iteration ${near} on` : "g never stays within 0.1 of the star";
  return `At the end ${arrives}; in the last 30 iterations it is up to ${number(distance, 2)} away.`;
}

function render({ model, el }) {
  const ask = courier(model);
  const picture = (className, label, more = {}) => make("canvas", { className, width: SIDE, height: SIDE, aria: { role: "img", label }, ...more });
  const plane = picture("phase", "g to the right, d upwards; arrow keys move the start", { tabIndex: 0 });
  const time = picture("time", "g against iterations");
  let shown = model.get("shown");
  let [t, timer] = [0, 0]; // the answer is not drawn before somebody has asked for it
  const start = { value: shown.path[0] }; // where hands have put it, perhaps not yet answered
  const menus = shown.choices.map(({ name, title, options }) => {
    const menu = make("select", { onchange: () => ask("rule", { name, value: options[menu.selectedIndex][1] }) },
      ...options.map(([text]) => make("option", { textContent: text })));
    return { name, menu, label: make("label", {}, title, menu) };
  });
  const slider = make("input", { type: "range", min: 0, max: shown.path.length - 1, oninput: () => go(Number(slider.value)) });
  const words = make("p", { aria: { role: "status" } });

  function pause() {
    clearInterval(timer);
    timer = 0;
    replay.textContent = "play";
  }
  function play() {
    if (timer) return pause();
    if (t === shown.path.length - 1) t = 0;
    replay.textContent = "pause";
    timer = setInterval(() => (t < shown.path.length - 1 ? draw(t + 1) : pause()), 40);
  }
  function go(to) {
    pause();
    draw(to);
  }
  const replay = button("play", "p", play);
  const acts = [
    replay,
    button("step back", "b", () => go(t - 1)),
    button("step", "s", () => go(t + 1)),
    button("to the start", "0", () => go(0)),
    button("to the end", "e", () => go(shown.path.length - 1)),
    button("reset rules", "r", () => ask("reset")),
  ];

  function draw(to) {
    t = Math.max(0, Math.min(shown.path.length - 1, to));
    phase(plane, shown, t);
    along(time, shown, t);
    slider.value = t;
    const [g, d] = shown.path[t];
    const pulls = `Each player's loss pulls it along an arrow, drawn half as long: g by ${number(d, 2)} (blue), d by ${number(shown.pulls[t], 2)} (red).`;
    const [first, last] = [t === 0, t === shown.path.length - 1];
    words.ariaLive = timer ? "off" : "polite"; // a game that plays is not read aloud step by step
    words.replaceChildren(`Iteration ${t}: g = ${number(g, 2)}, d = ${number(d, 2)}. ${pulls} `,
      ...(first ? [make("b", { textContent: "Where will the path end: at the star, around it, or far away? Guess, then press play." })] : []),
      ...(last ? [outcome(shown)] : []), shown.before.length ? " Dashed: the rules before." : "");
  }
  function show() {
    shown = model.get("shown");
    for (const [i, { menu }] of menus.entries()) menu.selectedIndex = shown.choices[i].options.findIndex(([, value]) => value === shown.choices[i].value);
    ask.follow(start, shown.path[0], "start");
    draw(t);
    el.dataset.answer = shown.answer;
  }

  function put(...place) {
    start.value = place.map((value) => Math.max(-shown.edge, Math.min(shown.edge, value)));
    ask("start", { g: start.value[0], d: start.value[1] });
  }
  function place(event) {
    const { left, top, width } = plane.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top].map((length) => (length * SIDE) / width);
    put(((x - LEFT) / SPAN) * 2 * shown.edge - shown.edge, shown.edge - ((y - TOP) / SPAN) * 2 * shown.edge);
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
    put(start.value[0] + move[0], start.value[1] + move[1]);
  };
  const root = make("div", { className: "secgan-duel" },
    make("div", { className: "line" }, ...menus.map(({ label }) => label)),
    make("div", { className: "line" }, ...acts, make("label", { className: "moment" }, "iteration", slider)),
    make("div", { className: "line" }, plane, time), words);
  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // JupyterLab's own keys stay out
    if (!event.target.matches("select") && !event.ctrlKey && !event.metaKey && !event.altKey) acts.find((act) => act.title === `key ${event.key}`)?.click();
  });
  el.append(root);
  model.on("change:shown", show);
  show();
  return pause;
}

export default { render };
