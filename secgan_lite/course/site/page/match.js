// A conditional GAN in the plane, trained in the page: the same players, losses and steps as in the
// package's plane.py and live_game.py. A test compares a step of each player with PyTorch's.

const WIDTH = 64;
const ROOT = 1e-12; // under the root of a slope's length
const [MEMORY, LEAST] = [0.9, 1e-8]; // Adam's β₂ and ε; β₁ is the momentum

// Random numbers of a seed: evenly in [0, 1), and normal ones.
export function stream(seed) {
  let state = seed;
  const even = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even());
  return { even, normal };
}

// A matrix is a row-major Float64Array; a layer has weights w (outs, ins) and biases b (outs).

// x (N, ins) to x·wᵀ + b (N, outs); ins is a multiple of 4.
function forward(x, { ins, outs, w, b }, withBias = true) {
  const n = x.length / ins;
  const y = new Float64Array(n * outs);
  for (let k = 0; k < n; k++) {
    for (let o = 0; o < outs; o++) {
      const from = k * ins;
      const at = o * ins;
      let sum = withBias ? b[o] : 0;
      let second = 0; // four sums at once are quicker than one
      let third = 0;
      let fourth = 0;
      for (let i = 0; i < ins; i += 4) {
        sum += x[from + i] * w[at + i];
        second += x[from + i + 1] * w[at + i + 1];
        third += x[from + i + 2] * w[at + i + 2];
        fourth += x[from + i + 3] * w[at + i + 3];
      }
      y[k * outs + o] = sum + second + third + fourth;
    }
  }
  return y;
}

// What layers gave on, forwards or backwards, passes where the unit was on.
function passed(values, on) {
  for (let k = 0; k < values.length; k++) if (on[k] <= 0) values[k] = 0;
  return values;
}

// d (N, outs) to d·w (N, ins): a gradient on its way back.
function back(d, { ins, outs, w }) {
  const n = d.length / outs;
  const x = new Float64Array(n * ins);
  for (let k = 0; k < n; k++) {
    for (let o = 0; o < outs; o++) {
      const share = d[k * outs + o];
      if (share) for (let i = 0; i < ins; i++) x[k * ins + i] += share * w[o * ins + i];
    }
  }
  return x;
}

// Three layers with ReLU between them, and the Adam that moves them.
export class Player {
  constructor(outputs, { even }) {
    const drawn = (count, ins) => Float64Array.from({ length: count }, () => (2 * even() - 1) / Math.sqrt(ins));
    this.layers = [[4, WIDTH], [WIDTH, WIDTH], [WIDTH, outputs]].map(([ins, outs]) => ({
      ins, outs, w: drawn(outs * ins, ins), b: drawn(outs, ins),
      ways: { w: new Float64Array(outs * ins), b: new Float64Array(outs) },
      squares: { w: new Float64Array(outs * ins), b: new Float64Array(outs) },
    }));
    this.moves = 0;
    this.clear();
  }

  clear() {
    this.gradients = this.layers.map(({ ins, outs }) => ({ w: new Float64Array(outs * ins), b: new Float64Array(outs) }));
  }

  // Inputs (N, 4), both hidden layers and the output.
  run(x) {
    const values = [x];
    this.layers.forEach((layer, i) => {
      const y = forward(values[i], layer);
      values.push(i < 2 ? passed(y, y) : y);
    });
    return values;
  }

  // From the output's gradient, those of the inputs, of both hidden layers and of the output.
  pulled(d, values) {
    const pulls = [, , , d];
    for (const i of [2, 1]) pulls[i] = passed(back(pulls[i + 1], this.layers[i]), values[i]);
    pulls[0] = back(pulls[1], this.layers[0]);
    return pulls;
  }

  // Add to each layer's gradient: the sum over N of what came back to it times what it was given.
  add(pulls, given, withBias = true) {
    this.layers.forEach(({ ins, outs }, l) => {
      const [d, x, { w, b }] = [pulls[l + 1], given[l], this.gradients[l]];
      for (let k = 0; k < d.length / outs; k++) {
        for (let o = 0; o < outs; o++) {
          const share = d[k * outs + o];
          if (!share) continue;
          if (withBias) b[o] += share;
          for (let i = 0; i < ins; i++) w[o * ins + i] += share * x[k * ins + i];
        }
      }
    });
  }

  // One step of Adam down the gradients that were added.
  move(rate, momentum) {
    this.moves += 1;
    const pace = rate / (1 - momentum ** this.moves);
    const young = Math.sqrt(1 - MEMORY ** this.moves);
    this.layers.forEach((layer, l) => {
      for (const part of ["w", "b"]) {
        const [values, ways, squares, gradient] = [layer[part], layer.ways[part], layer.squares[part], this.gradients[l][part]];
        for (let k = 0; k < values.length; k++) {
          squares[k] = MEMORY * squares[k] + (1 - MEMORY) * gradient[k] ** 2;
          ways[k] = momentum * ways[k] + (1 - momentum) * gradient[k];
          values[k] -= (pace * ways[k]) / (Math.sqrt(squares[k]) / young + LEAST);
        }
      }
    });
    this.clear();
  }
}

// ∇D at each point, [[x, y], …], and all that was on the way.
function slopes(D, inputs) {
  const values = D.run(inputs);
  const pulls = D.pulled(new Float64Array(inputs.length / 4).fill(1), values);
  return { values, pulls, at: pairs(pulls[0], 4) };
}

// The gradient of weight · E[(‖∇D‖ − 1)²]. ∇D is a product of weights, so what it asks of them is
// found by sending its own gradient forwards through the units that are on, without biases.
function addPenalty(D, inputs, weight) {
  const n = inputs.length / 4;
  const { values, pulls, at } = slopes(D, inputs);
  const first = new Float64Array(4 * n); // the label's part of ∇D is not asked for
  at.forEach(([x, y], k) => {
    const length = Math.sqrt(x * x + y * y + ROOT);
    const share = (2 * weight * (length - 1)) / (length * n);
    first.set([share * x, share * y], 4 * k);
  });
  const sent = [first];
  for (const i of [0, 1]) sent.push(passed(forward(sent[i], D.layers[i], false), values[i + 1]));
  D.add(pulls, sent, false);
}

const pairs = (flat, width = 2) => Array.from({ length: flat.length / width }, (_, k) => [flat[width * k], flat[width * k + 1]]);

// Points or noise [[x, y], …] and labels side by side, as both players get them.
const inject = (points, labels, heard) => Float64Array.from(points.flatMap((point, k) => [...point, ...(heard ? labels[k] : [0, 0])]));

const generated = (G, z, labels, heard) => pairs(G.run(inject(z, labels, heard))[3]);

// One step of D: E[D(G(z, y), y)] − E[D(x, y)] + weight · penalty goes down; alpha mixes x and G's.
export function criticStep(G, D, { x, labels, z, alpha }, { rate_d, momentum, penalty, condition }) {
  const n = x.length;
  const fake = generated(G, z, labels, condition);
  const both = D.run(inject([...fake, ...x], [...labels, ...labels], condition));
  const d = Float64Array.from(both[3], (_, k) => (k < n ? 1 : -1) / n);
  D.add(D.pulled(d, both), both);
  const mixed = x.map((point, k) => point.map((real, i) => fake[k][i] + alpha[k] * (real - fake[k][i])));
  if (penalty) addPenalty(D, inject(mixed, labels, condition), penalty);
  D.move(rate_d, momentum);
}

// One step of G: −E[D(G(z, y), y)] goes down; D stays.
export function generatorStep(G, D, { labels, z }, { rate_g, momentum, condition }) {
  const made = G.run(inject(z, labels, condition));
  const seen = D.run(inject(pairs(made[3]), labels, condition));
  const atPoints = pairs(D.pulled(new Float64Array(z.length).fill(-1 / z.length), seen)[0], 4);
  G.add(G.pulled(Float64Array.from(atPoints.flat()), made), made);
  G.move(rate_g, momentum);
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

// Exact W₁ between two clouds of as many points, by shortest augmenting paths, as transport.py.
export function wasserstein(one, other) {
  const n = one.length;
  const far = one.map(([x, y]) => other.map(([a, b]) => Math.hypot(x - a, y - b)));
  const [u, v, rowOf] = [Array(n).fill(0), Array(n).fill(0), Array(n).fill(-1)];
  for (let start = 0; start < n; start++) {
    const [shortest, before, done] = [Array(n).fill(Infinity), Array(n).fill(-1), Array(n).fill(false)];
    let [row, column, length] = [start, -1, 0];
    while (row >= 0) {
      let next = -1;
      for (let j = 0; j < n; j++) {
        if (done[j]) continue;
        const through = length + far[row][j] - u[row] - v[j];
        if (through < shortest[j]) [shortest[j], before[j]] = [through, column];
        if (next < 0 || shortest[j] < shortest[next]) next = j;
      }
      [column, length] = [next, shortest[next]];
      done[column] = true;
      row = rowOf[column];
    }
    u[start] += length;
    for (let j = 0; j < n; j++) {
      if (!done[j]) continue;
      if (rowOf[j] >= 0) u[rowOf[j]] += length - shortest[j];
      v[j] -= length - shortest[j];
    }
    for (; before[column] >= 0; column = before[column]) rowOf[column] = rowOf[before[column]];
    rowOf[column] = start;
  }
  return mean(rowOf.map((row, j) => far[row][j]));
}

// A game that goes on under rules which may change. `facts` is what Python says of it: how many
// points are drawn, how real points lie around their spots, and the corner of each label.
export class Match {
  constructor(facts, rules, seed) {
    Object.assign(this, { facts, rules, round: 0, steps: 0, curves: { exact: [], critic: [] } });
    const start = stream(seed);
    [this.G, this.D] = [new Player(2, start), new Player(1, start)];
    this.draws = stream(seed + 1);
    this.watched = this.drawn(facts.cloud, stream(seed + 2));
    const [least, most] = [-facts.edge, facts.edge];
    const places = Array.from({ length: facts.grid }, (_, k) => least + ((most - least) * k) / (facts.grid - 1));
    this.grid = places.flatMap((x) => places.map((y) => [x, y]));
  }

  // What is random about so many points: label, spot, noise around it, and G's noise.
  drawn(count, { even, normal }) {
    return Array.from({ length: count }, () => ({
      label: Math.floor(even() * this.facts.corners.length), share: even(), noise: [normal(), normal()], z: [normal(), normal()], alpha: even(),
    }));
  }

  // The same as a batch, with its real points.
  batch(drawn) {
    const { corners, noise: width } = this.facts;
    return {
      labels: drawn.map(({ label }) => corners[label]),
      z: drawn.map(({ z }) => z),
      alpha: drawn.map(({ alpha }) => alpha),
      x: drawn.map(({ label, share, noise }) => {
        const spots = this.rules.spots[label];
        return spots[Math.floor(share * spots.length)].map((at, i) => at + width * noise[i]);
      }),
    };
  }

  stepOfD() {
    this.steps += 1;
    criticStep(this.G, this.D, this.batch(this.drawn(this.facts.batch, this.draws)), this.rules);
  }

  stepOfG() {
    this.steps += 1;
    this.round += 1;
    generatorStep(this.G, this.D, this.batch(this.drawn(this.facts.batch, this.draws)), this.rules);
  }

  advance() {
    for (let k = 0; k < this.rules.critic_steps; k++) this.stepOfD();
    this.stepOfG();
  }

  // What there is to see, as the live game's page asks for it.
  moment() {
    const { corners, arrows, counted, kept, grid } = this.facts;
    const { condition } = this.rules;
    const { labels, z, x } = this.batch(this.watched);
    const made = generated(this.G, z, labels, condition);
    const score = (points, given) => this.D.run(inject(points, given, condition))[3];
    const critic = mean(score(x, labels)) - mean(score(made, labels));
    const exact = wasserstein(x.slice(0, counted), made.slice(0, counted));
    for (const [name, value] of Object.entries({ exact, critic })) {
      const curve = this.curves[name];
      if (curve.at(-1)?.[0] === this.steps) curve.pop(); // a rule has changed
      curve.push([this.steps, value]);
      if (curve.length > kept) this.curves[name] = curve.filter((_, k) => k % 2 === 0 || k === curve.length - 1);
    }
    return {
      round: this.round, steps: this.steps, curves: this.curves,
      labels: this.watched.map(({ label }) => label),
      noise: z, made, real: x,
      slopes: slopes(this.D, inject(made.slice(0, arrows), labels, condition)).at,
      scores: corners.map((corner) => {
        const heights = score(this.grid, Array(this.grid.length).fill(corner));
        return Array.from({ length: grid }, (_, i) => heights.subarray(i * grid, (i + 1) * grid)).map((column) => [...column]);
      }),
    };
  }
}
