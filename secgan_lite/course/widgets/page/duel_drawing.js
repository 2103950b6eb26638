// The pictures of the smallest GAN: the plane of g and d, one iteration of it under a lens, and g over time.

const [SIDE, LOW] = [340, 205]; // of the plane, and the height of the curve
// Seen on a light and on a dark ground; what is only grey has the ink's colour, see `square`.
const [PALE, BLUE, GREEN, RED] = ["#8a8a8a", "#0072b2", "#009e73", "#d55e00"];
const FIELD = "rgb(148 120 170 / 45%)";
const FAINT = "rgb(127 127 127 / 25%)";
const MARKS = [-4, -2, 0, 2, 4]; // numbers on the axes of g and d
const GAP = 0.5; // between two arrows of the field
const FAR = 999; // a game that runs away is not followed farther
const [LENS, INSET] = [118, 80]; // sides in which one iteration is seen larger, and of its arrows
const ZOOMS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200, 500];

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
const up = (value, edge, tall = SPAN) => TOP + ((edge - within(value, FAR)) / (2 * edge)) * tall;
const tallness = (canvas) => canvas.height - SIDE + SPAN; // of what its numbers stand around

// What is drawn of a path: all until now, but of a game that runs away only until it leaves.
const drawn = (path, edge, t) => path.slice(0, Math.min(t, leaving(path, edge)) + 1);

// A clean frame: grid lines with numbers below, [share of the width, text], and at the left.
function square(canvas, edge, below, [right, upwards]) {
  const pen = canvas.getContext("2d");
  const ink = getComputedStyle(canvas).color;
  const tall = tallness(canvas);
  const bottom = TOP + tall;
  pen.clearRect(0, 0, SIDE, SIDE);
  Object.assign(pen, { fillStyle: ink, font: "13px sans-serif" });
  for (const mark of MARKS) {
    line(pen, [[LEFT, up(mark, edge, tall)], [RIGHT, up(mark, edge, tall)]], FAINT, 1);
    pen.textAlign = "right";
    pen.fillText(signed(mark), LEFT - 5, up(mark, edge, tall) + 4);
  }
  pen.textAlign = "center";
  for (const [share, text] of below) {
    line(pen, [[across(share), TOP], [across(share), bottom]], FAINT, 1);
    pen.fillText(text, across(share), bottom + 15);
  }
  pen.fillText(right, across(0.5), bottom + 31);
  pen.fillText(upwards, 7, TOP + tall / 2 + 4);
  pen.strokeStyle = ink;
  pen.strokeRect(LEFT, TOP, SPAN, tall);
  return pen;
}

// What leaves a frame is cut off there.
function clipped(pen, draw, frame = [LEFT, TOP, SPAN, SPAN]) {
  pen.save();
  pen.beginPath();
  pen.rect(...frame);
  pen.clip();
  draw();
  pen.restore();
}

// g to the right, d upwards: where both gradients lead from each place, faint; the path so far, the
// path of the rules before, start and goal; and at the point, in half size, where each player's own
// gradient pulls it: g along the axis of g, d along that of d. Of an iteration that is taken apart, its
// own arrows are seen under a lens instead.
function phase(canvas, game, t, half) {
  const { edge, right, rules } = game;
  const share = (g) => (within(g, FAR) + edge) / (2 * edge);
  const at = ([g, d]) => [across(share(g)), up(d, edge)];
  const pen = square(canvas, edge, MARKS.map((mark) => [share(mark), signed(mark)]), ["g", "d"]);
  const [g, d] = half ? half.to : game.path[t];
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
    if (t >= game.left || half) return;
    arrow(pen, at([g, d]), at([g + d / 2, d]), BLUE);
    arrow(pen, at([g, d]), at([g, d + pull(rules, right, [g, d]) / 2]), RED);
  });
  const [x, y] = at(game.path[0]);
  pen.strokeRect(x - 6, y - 6, 12, 12);
  if (t < game.left && Math.max(Math.abs(g), Math.abs(d)) <= edge) dot(pen, at([g, d]), BLUE, 5);
  Object.assign(pen, { fillStyle: GREEN, font: "22px sans-serif" });
  pen.fillText("★", at([right, 0])[0], at([0, 0])[1] + 8);
  if (half && t < game.left) lens(pen, canvas, game.path, half, at);
}

// One iteration, larger, in the corner that is farthest from it: each player's step as its own arrow,
// from where its loss was asked. At once, both begin at the old place.
function lens(pen, canvas, path, { who, t, to }, at) {
  const [old, last] = [path[t - 1], path[t]].map(at);
  const now = at(to);
  const size = Math.max(...[0, 1].map((i) => Math.abs(last[i] - old[i])));
  const times = ZOOMS.findLast((each) => each * size <= INSET) ?? 1;
  const near = (place, low) => (place < low + SPAN / 2 ? low + SPAN - LENS - 6 : low + 6);
  const [x, y] = [near(now[0], LEFT), near(now[1], TOP)];
  const [ink, ground] = [getComputedStyle(canvas).color, getComputedStyle(canvas).getPropertyValue("--ground")];
  const larger = ([a, b]) => [x + LENS / 2 + times * (a - (old[0] + last[0]) / 2), y + LENS / 2 + times * (b - (old[1] + last[1]) / 2)];
  Object.assign(pen, { fillStyle: ground, strokeStyle: ink, lineWidth: 1 });
  pen.fillRect(x, y, LENS, LENS);
  pen.strokeRect(x, y, LENS, LENS);
  const side = Math.max(9, LENS / times);
  pen.strokeRect((old[0] + last[0] - side) / 2, (old[1] + last[1] - side) / 2, side, side);
  const [from, between, end] = [old, [old[0], last[1]], last].map(larger);
  const asked = who === "dg" ? from : between; // where g's step begins
  const steps = [["d", RED, from, between], ["g", BLUE, asked, [end[0], asked[1]]]];
  clipped(pen, () => {
    line(pen, path.slice(Math.max(0, t - 30), t).map(at).map(larger), PALE, 1.2);
    if (who === "dg") line(pen, [between, end, [end[0], asked[1]]], PALE, 1, [3, 3]);
    for (const [name, colour, begin, tip] of who === "d" ? steps.slice(0, 1) : steps) {
      arrow(pen, begin, tip, colour);
      Object.assign(pen, { fillStyle: ink, font: "13px sans-serif", textAlign: "center" });
      const [a, b] = [(begin[0] + tip[0]) / 2, (begin[1] + tip[1]) / 2];
      pen.fillText(name, a + (name === "d" ? -11 : 0), b + (name === "d" ? 4 : -7));
    }
    dot(pen, larger(now), BLUE, 3);
    Object.assign(pen, { fillStyle: ink, textAlign: "left" });
    pen.fillText(`× ${times}`, x + 5, y + LENS - 6);
  }, [x, y, LENS, LENS]);
}

// g against the iterations; the dashed green line is where it belongs.
function along(canvas, { path, before, left, edge, right }, t) {
  const last = path.length - 1;
  const frame = [LEFT, TOP, SPAN, tallness(canvas)];
  const at = (g, k) => [across(k / last), up(g, edge, frame[3])];
  const pen = square(canvas, edge, [0, 1, 2, 3].map((third) => [third / 3, String((third * last) / 3)]), ["iteration", "g"]);
  const g = path[t][0];
  clipped(pen, () => {
    line(pen, [at(right, 0), at(right, last)], GREEN, 1, [6, 4]);
    line(pen, drawn(before, edge, t).map(([value], k) => at(value, k)), PALE, 1.2);
    line(pen, drawn(path, edge, t).map(([value], k) => at(value, k)), BLUE, 2);
  }, frame);
  if (t < left && Math.abs(g) <= edge) dot(pen, at(g, t), BLUE, 5);
}
