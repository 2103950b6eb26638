// The smallest GAN's game, as the package's duel.py plays it: a test compares their paths.

// Where a step of its gradient leads the critic, −∂L^D/∂d; the generator's, −∂L^G/∂g, is d itself.
const pull = ({ penalty, slope }, right, [g, d]) => -(g - right + 2 * penalty * (Math.abs(d) - slope) * Math.sign(d));

// The learning rate of iteration t of all, from 1 on.
const rateAt = ({ rate, falls }, t, iterations) => rate * (1 - (falls ? Math.max(0, (2 * (t - 1)) / iterations - 1) : 0));

// (g, d) at the start and after each iteration, one after the other.
function* game(rules, right, start, iterations) {
  let [g, d] = start;
  yield start;
  for (let t = 1; t <= iterations; t++) {
    const rate = rateAt(rules, t, iterations);
    const before = d;
    d += rate * pull(rules, right, [g, d]);
    if (t % rules.n === 0) g += rate * (rules.turns ? d : before);
    yield [g, d];
  }
}
export const path = (...given) => [...game(...given)];

// Iteration t taken apart: for each half of it, the players that step, the place that they leave and
// the one that they reach. Line 6 of Algorithm 1 moves d, lines 7 to 9 move g if it is its turn.
export function halves(rules, path, t) {
  const [from, to] = [path[t - 1], path[t]];
  if (t % rules.n) return [{ who: "d", from, to }];
  if (!rules.turns) return [{ who: "dg", from, to }];
  const between = [from[0], to[1]];
  return [{ who: "d", from, to: between }, { who: "g", from: between, to }];
}

const LONG = 50; // times as long as it is shown, a game is played to tell how it ends
const AWAY = 10; // edges, counted from 0: a game so far out has run away
const NEAR = 0.1; // of the star: a game that stays so near has arrived
const CALM = 0.005; // pulls below it move nothing that can be seen
const ALIKE = 0.2; // distances from the star that differ by a smaller share are one

// The iteration at which a game that runs away leaves the frame; any other game never does.
function leaving(places, edge) {
  let [t, left] = [0, Infinity];
  for (const [g, d] of places) {
    const out = Math.max(Math.abs(g), Math.abs(d)) / edge;
    if (out > 1) left = Math.min(left, t);
    if (out > AWAY) return left;
    t++;
  }
  return Infinity;
}

// Where a game ends if it is played on for long; a game whose rate falls ends where the rate is 0.
// `kind` is "star", "circle", "away", "elsewhere" or "unclear". What tells it: the greatest distance
// from the star in each third (`far`), the iteration from which g stays near the star (`near`), the one
// from which nothing pulls any more (`rest`), the one at which a game that runs away leaves the frame
// (`left`), each Infinity if there is none; the last iteration, and the place there.
export function ending(rules, right, start, iterations, edge) {
  const last = rules.falls ? iterations : LONG * iterations;
  const left = leaving(game(rules, right, start, last), edge);
  const far = [0, 0, 0];
  let [t, near, rest, off, place] = [0, 0, 0];
  const sides = new Set(); // of d, in the last third: a game that goes round sees both
  for (place of game(rules, right, start, Math.min(left, last))) {
    const [g, d] = place;
    const toD = pull(rules, right, place);
    off = Math.sqrt((g - right) ** 2 + d ** 2);
    const third = Math.min(2, Math.floor((3 * t) / last));
    far[third] = Math.max(far[third], off);
    if (third === 2) sides.add(Math.sign(d));
    t++;
    if (Math.abs(g - right) > NEAR) near = t;
    if (d * d + toD * toD >= CALM * CALM) rest = t;
  }
  const kind = () => {
    if (left <= last) return "away";
    if (rules.falls || rest < (3 * last) / 4) return off <= NEAR ? "star" : "elsewhere";
    const round = sides.has(1) && sides.has(-1);
    if (round && Math.abs(far[2] / far[1] - 1) < ALIKE) return "circle";
    if (round && far[2] > far[1]) return "away";
    return far[2] <= NEAR ? "star" : "unclear";
  };
  const reached = (first) => (first > last ? Infinity : first);
  return { kind: kind(), far, near: reached(near), rest: reached(rest), left, last, place };
}
