// The smallest GAN's game, as the package's duel.py plays it: a test compares their paths.

// Where a step of its gradient leads the critic, −∂L^D/∂d; the generator's, −∂L^G/∂g, is d itself.
const pull = ({ penalty, slope }, right, [g, d]) => -(g - right + 2 * penalty * (Math.abs(d) - slope) * Math.sign(d));

// (g, d) at the start and after each iteration.
export function path(rules, right, start, iterations) {
  const places = [start];
  let [g, d] = start;
  for (let t = 1; t <= iterations; t++) {
    const late = rules.falls ? Math.max(0, (2 * (t - 1)) / iterations - 1) : 0;
    const rate = rules.rate * (1 - late);
    const before = d;
    d += rate * pull(rules, right, [g, d]);
    if (t % rules.n === 0) g += rate * (rules.turns ? d : before);
    places.push([g, d]);
  }
  return places;
}
