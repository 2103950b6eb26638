// The smallest GAN's page: it plays the whole game at each change, and shows it step by step.

const SIDE = 340;
// Seen on a light and on a dark ground; what is only grey has the ink's colour, see `square`.
const [PALE, BLUE, GREEN, RED] = ["#8a8a8a", "#0072b2", "#009e73", "#d55e00"];
const FIELD = "rgb(148 120 170 / 45%)";
const FAINT = "rgb(127 127 127 / 25%)";
const MARKS = [-4, -2, 0, 2, 4]; // numbers on the axes of g and d
const GAP = 0.5; // between two arrows of the field
const FAR = 999; // a game that runs away is not followed farther
const AWAY = 10; // edges, counted from 0: a game so far out has run away
const LAST = 30; // iterations that tell how a game ends

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

// An arrow from a point of the plane; its head is shorter where it is short.
function arrow(pen, from, to, colour, width = 3, longest = 8) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < width) return;
  const head = Math.min(longest, 0.6 * length);
  line(pen, [from, to], colour, width);
  const wing = (side) => [to[0] - (head * (dx - side * 0.6 * dy)) / length, to[1] - (head * (dy + side * 0.6 * dx)) / length];
  line(pen, [wing(1), to, wing(-1)], colour, width);
}

// The square in which a path is seen; its numbers stand outside, at the left and below.
const [LEFT, TOP, SPAN] = [34, 10, 294];
const RIGHT = LEFT + SPAN;
const BOTTOM = TOP + SPAN;
const within = (value, far) => Math.max(-far, Math.min(far, value));
const across = (share) => LEFT + share * SPAN;
const up = (value, edge) => TOP + ((edge - within(value, FAR)) / (2 * edge)) * SPAN;
const told = (name, value) => (Math.abs(value) > FAR ? `${name} is ${value > 0 ? "over " : "below −"}${FAR}` : `${name} = ${signed(value, 2)}`);

// The iteration at which a game that runs away leaves the frame; any other game never does.
function leaving(path, edge) {
  const out = (times) => ([g, d]) => Math.max(Math.abs(g), Math.abs(d)) > times * edge;
  return path.some(out(AWAY)) ? path.findIndex(out(1)) : Infinity;
}
// What is drawn of a path: all until now, but of a game that runs away only until it leaves.
const drawn = (path, edge, t) => path.slice(0, Math.min(t, leaving(path, edge)) + 1);

// A clean square: grid lines with numbers below, [share of the width, text], and at the left.
function square(canvas, edge, below, [right, upwards]) {
  const pen = canvas.getContext("2d");
  const ink = getComputedStyle(canvas).color;
  pen.clearRect(0, 0, SIDE, SIDE);
  Object.assign(pen, { fillStyle: ink, font: "13px sans-serif" });
  for (const mark of MARKS) {
    line(pen, [[LEFT, up(mark, edge)], [RIGHT, up(mark, edge)]], FAINT, 1);
    pen.textAlign = "right";
    pen.fillText(signed(mark), LEFT - 5, up(mark, edge) + 4);
  }
  pen.textAlign = "center";
  for (const [share, text] of below) {
    line(pen, [[across(share), TOP], [across(share), BOTTOM]], FAINT, 1);
    pen.fillText(text, across(share), BOTTOM + 15);
  }
  pen.fillText(right, across(0.5), BOTTOM + 31);
  pen.fillText(upwards, 7, TOP + SPAN / 2 + 4);
  pen.strokeStyle = ink;
  pen.strokeRect(LEFT, TOP, SPAN, SPAN);
  return pen;
}

// What leaves the square is cut off at its frame.
function clipped(pen, draw) {
  pen.save();
  pen.beginPath();
  pen.rect(LEFT, TOP, SPAN, SPAN);
  pen.clip();
  draw();
  pen.restore();
}

// g to the right, d upwards: where both gradients lead from each place, faint; the path so far, the
// path of the rules before, start and goal; and at the point, in half size, where each player's own
// gradient pulls it: g along the axis of g, d along that of d.
function phase(canvas, game, t) {
  const { edge, right, rules } = game;
  const share = (g) => (within(g, FAR) + edge) / (2 * edge);
  const at = ([g, d]) => [across(share(g)), up(d, edge)];
  const pen = square(canvas, edge, MARKS.map((mark) => [share(mark), signed(mark)]), ["g", "d"]);
  const [g, d] = game.path[t];
  clipped(pen, () => {
    for (let x = -edge + GAP / 2; x < edge; x += GAP) {
      for (let y = -edge + GAP / 2; y < edge; y += GAP) {
        const toD = pull(rules, right, [x, y]);
        const strength = Math.hypot(y, toD);
        const long = (0.9 * GAP * Math.sqrt(Math.min(1, strength / edge))) / strength;
        arrow(pen, at([x, y]), at([x + long * y, y + long * toD]), FIELD, 1.2, 3);
      }
    }
    line(pen, drawn(game.before, edge, t).map(at), PALE, 1.2);
    line(pen, drawn(game.path, edge, t).map(at), BLUE, 2);
    if (t >= game.left) return;
    arrow(pen, at([g, d]), at([g + d / 2, d]), BLUE);
    arrow(pen, at([g, d]), at([g, d + pull(rules, right, [g, d]) / 2]), RED);
  });
  const [x, y] = at(game.path[0]);
  pen.strokeRect(x - 6, y - 6, 12, 12);
  if (t < game.left && Math.max(Math.abs(g), Math.abs(d)) <= edge) dot(pen, at([g, d]), BLUE, 5);
  Object.assign(pen, { fillStyle: GREEN, font: "22px sans-serif" });
  pen.fillText("★", at([right, 0])[0], at([0, 0])[1] + 8);
}

// g against the iterations; the dashed green line is where it belongs.
function along(canvas, { path, before, left, edge, right }, t) {
  const last = path.length - 1;
  const at = (g, k) => [across(k / last), up(g, edge)];
  const pen = square(canvas, edge, [0, 1, 2, 3].map((third) => [third / 3, String((third * last) / 3)]), ["iteration", "g"]);
  const g = path[t][0];
  clipped(pen, () => {
    line(pen, [at(right, 0), at(right, last)], GREEN, 1, [6, 4]);
    line(pen, drawn(before, edge, t).map(([value], k) => at(value, k)), PALE, 1.2);
    line(pen, drawn(path, edge, t).map(([value], k) => at(value, k)), BLUE, 2);
  });
  if (t < left && Math.abs(g) <= edge) dot(pen, at(g, t), BLUE, 5);
}

// How a path ends, said when it has been seen.
function outcome({ path, left, right }) {
  const off = path.map(([g]) => Math.abs(g - right));
  const near = off.findLastIndex((far) => far > 0.1) + 1;
  const arrives = near < path.length ? `g is within 0.1 of the star from iteration ${near} on` : "g never stays within 0.1 of the star";
  if (left < path.length) return `At the end ${arrives}.`;
  return `At the end ${arrives}; in the last ${LAST} iterations it is up to ${signed(Math.max(...off.slice(-LAST)), 2)} away.`;
}

function render({ model, el }) {
  const { edge, right, iterations, sliders, boxes, ...first } = model.get("shown");
  const picture = (className, label, more = {}) => make("canvas", { className, width: SIDE, height: SIDE, aria: { role: "img", label }, ...more });
  const plane = picture("phase", "g to the right, d upwards; arrow keys move the start", { tabIndex: 0 });
  const time = picture("time", "g against iterations");
  let [rules, start, before] = [first.rules, first.start, first.rules]; // before: what a hand has found
  let game;
  let [t, timer] = [0, 0]; // the answer is not drawn before somebody has asked for it

  const taken = () => {
    before = rules;
    show();
  };
  const turn = (name, value) => {
    rules = { ...rules, [name]: value };
    show();
  };
  const knobs = sliders.map(({ name, title, least, most, step }) => {
    const input = make("input", { type: "range", min: least, max: most, step, oninput: () => turn(name, Number(input.value)), onfocus: taken, onpointerdown: taken, aria: { label: title } });
    const value = make("span", { className: "value", aria: { hidden: true } });
    const follow = () => {
      set(input, { value: String(rules[name]) });
      value.textContent = input.ariaValueText = String(rules[name]);
    };
    return { follow, line: make("label", {}, make("span", { textContent: title }), input, value) };
  });
  const ticks = boxes.map(({ name, title }) => {
    const input = make("input", { type: "checkbox", onfocus: taken, onchange: () => turn(name, input.checked) });
    return { follow: () => set(input, { checked: rules[name] }), line: make("label", {}, input, title) };
  });
  const slider = make("input", { type: "range", min: 0, max: iterations, oninput: () => go(Number(slider.value)) });
  const words = make("p", { aria: { role: "status" } });

  function pause() {
    clearInterval(timer);
    timer = 0;
    replay.textContent = "play";
  }
  function play() {
    if (timer) return pause();
    if (t === iterations) t = 0;
    replay.textContent = "pause";
    timer = setInterval(() => (t < iterations ? draw(t + 1) : pause()), 40);
  }
  function go(to) {
    pause();
    draw(to);
  }
  const replay = button("play", "p", play);
  const acts = [
    replay,
    repeats(button("step back", "b", () => go(t - 1))),
    repeats(button("step", "s", () => go(t + 1))),
    button("to the start", "0", () => go(0)),
    button("to the end", "e", () => go(iterations)),
    button("reset rules", "r", () => {
      [rules, start, before] = [first.rules, first.start, first.rules];
      show();
    }),
  ];

  function draw(to) {
    t = Math.max(0, Math.min(iterations, to));
    phase(plane, game, t);
    along(time, game, t);
    slider.value = t;
    const [g, d] = game.path[t];
    const toD = pull(rules, right, [g, d]);
    const pulls = t >= game.left ? `The game runs away: it left the frame at iteration ${game.left}, and is not drawn from there on.`
      : Math.hypot(d, toD) < 0.005 ? "Neither player's loss pulls here."
      : `Its own loss pulls g by ${signed(d, 2)} (blue arrow), d by ${signed(toD, 2)} (red).`;
    words.ariaLive = timer ? "off" : "polite"; // a game that plays is not read aloud step by step
    words.replaceChildren(`Iteration ${t}: ${told("g", g)}, ${told("d", d)}. ${pulls} `,
      ...(t === 0 ? [make("b", { textContent: "Where will the path end: at the star, around it, or far away? Guess, then press play." })] : []),
      ...(t === iterations ? [outcome(game), make("b", { textContent: ` ${t < game.left ? "Now drag λ: where does the path change its kind?" : "Now bring it back: which rule made it run away?"}` })] : []),
      game.before.length ? " Grey: the rules before." : "");
  }
  function show() {
    const played = (by) => path(by, right, start, iterations);
    const other = Object.keys(rules).some((name) => rules[name] !== before[name]);
    const now = played(rules);
    game = { rules, edge, right, path: now, left: leaving(now, edge), before: other ? played(before) : [] };
    for (const { follow } of [...knobs, ...ticks]) follow();
    draw(t);
  }

  function put(...place) {
    start = place.map((value) => within(value, edge));
    show();
  }
  function place(event) {
    const { left, top, width } = plane.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top].map((length) => (length * SIDE) / width);
    put(((x - LEFT) / SPAN) * 2 * edge - edge, edge - ((y - TOP) / SPAN) * 2 * edge);
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
    put(start[0] + move[0], start[1] + move[1]);
  };
  const root = takeKeys(make("div", { className: "secgan-duel" },
    make("div", { className: "knobs" }, ...[...knobs, ...ticks].map((each) => each.line)),
    make("div", { className: "line" }, ...acts, make("label", { className: "moment" }, "iteration", slider)),
    make("div", { className: "line" }, plane, time),
    make("p", { textContent: "Arrows are drawn half as long; faint ones: where both losses pull together, at each place." }), words));
  el.append(root);
  show();
  const painted = onTheme(() => draw(t));
  return () => {
    painted.disconnect();
    pause();
  };
}

export default { render };
