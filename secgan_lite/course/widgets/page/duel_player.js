// The smallest GAN's page: it plays the whole game at each change, shows it step by step, asks where it
// ends, and answers.

const LINES = [["line 6: D steps", "d"], ["line 7: G's turn?", "g"], ["line 9: G steps", "g"]]; // and whose they are
// What may be guessed of a path, and what is said of it.
const ENDS = {
  star: ["at the star", "The path ends at the star"],
  circle: ["round and round", "The path goes round and round"],
  away: ["far away", "The path runs away"],
  elsewhere: ["stops elsewhere", "The path stops elsewhere"],
};
const told = (name, value) => (Math.abs(value) > FAR ? `${name} is ${value > 0 ? "over " : "below −"}${FAR}` : `${name} = ${signed(value, 2)}`);

// What tells how a game ends, in words.
function why({ kind, far, near, rest, left, place, last, falls, right }, iterations) {
  const on = `played on to iteration ${last.toLocaleString("en")},`;
  const later = (t) => (t > iterations ? "played on, " : "");
  if (kind === "star") return `${later(near)}g is within 0.1 of the star from iteration ${near} on`;
  if (kind === "circle") return `${on} it comes up to ${signed(far[2], 2)} away from the star, again and again`;
  if (kind === "away" && left <= last) return `${later(left)}it leaves the frame at iteration ${left}, and goes ever farther`;
  if (kind === "away") return `${on} its greatest distance from the star grows from ${signed(far[1], 2)} to ${signed(far[2], 2)}`;
  if (kind === "unclear") return `${on} it still moves, up to ${signed(far[2], 2)} away from the star`;
  const off = `${told("g", place[0])}, ${told("d", place[1])}, ${signed(Math.hypot(place[0] - right, place[1]), 2)} away from the star`;
  return falls ? `the rate is 0 at ${off}` : `${later(rest)}from iteration ${rest} on nothing pulls it: ${off}`;
}

// One half of an iteration, in words: who stepped by which line of Algorithm 1, and how far.
function said({ who, t, from, to, open }, { rules, right, path }) {
  const rate = signed(rateAt(rules, t, path.length - 1), 2);
  const [d, g] = [1, 0].map((i) => `${"gd"[i]} from ${signed(from[i], 2)} to ${signed(to[i], 2)}`);
  const critic = `${d} (rate ${rate} × pull ${signed(pull(rules, right, from), 2)})`;
  const turn = `Line 7: ${t} is ${t % rules.n ? "no" : "a"} multiple of N = ${rules.n}`;
  if (who === "g") return `Iteration ${t}, lines 7–9: ${g} (rate ${rate} × the new d, ${signed(to[1], 2)}). ${rules.n > 1 ? `${turn}.` : ""}`;
  if (who === "dg") return `Iteration ${t}, lines 6 and 9 at once: ${critic}, ${g} (rate ${rate} × the old d, ${signed(from[1], 2)}): G answered the old critic.`;
  return `Iteration ${t}, line 6: ${critic}. ${open ? "Next, lines 7–9: g answers the new d." : `${turn}, so g waits.`}`;
}

// What to try after such an end.
function next({ kind, near, falls, turns, slope }) {
  if (kind === "star") return near ? "Now drag λ: which value brings it there first?" : "Now drag the start away: does the path still end here?";
  if (kind === "circle") return `Now ${slope ? "set the wanted slope to 0 and " : ""}drag λ: when does it become a spiral?`;
  if (kind === "away") return turns ? "Now drag the learning rate down: when does it stay?" : "Now let the critic go first: does it still run away?";
  if (kind === "elsewhere") return falls ? "Now keep the rate from falling: does the path go on?" : "Now drag the wanted slope to 0: where does it stop then?";
  return "Now drag the learning rate up: does it become clear?";
}

function render({ model, el }) {
  const { edge, right, iterations, sliders, boxes, ...first } = model.get("shown");
  const picture = (className, height, label, more = {}) => make("canvas", { className, width: SIDE, height, aria: { role: "img", label }, ...more });
  const plane = picture("phase", SIDE, "g to the right, d upwards; arrow keys move the start", { tabIndex: 0 });
  const time = picture("time", LOW, "g against iterations");
  let [rules, start, before] = [first.rules, first.start, first.rules]; // before: what a hand has found
  let game;
  let [t, timer] = [0, 0]; // the answer is not drawn before somebody has asked for it
  let half = null; // what moved last, if an iteration is being taken apart
  let [guess, seen] = ["", false]; // where these rules' path ends, and whether that has been seen

  const taken = () => {
    before = rules;
    show();
  };
  const turn = (name, value) => {
    rules = { ...rules, [name]: value };
    anew();
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
  const lines = LINES.map(([textContent, of]) => make("li", { textContent, className: of }));
  const guesses = Object.entries(ENDS).map(([kind, [text]], i) => {
    const made = button(text, `${i + 1}`, () => {
      if (seen) return;
      guess = kind;
      draw(t, half);
    });
    made.dataset.kind = kind;
    return made;
  });

  function pause() {
    clearInterval(timer);
    timer = 0;
    replay.textContent = "play";
  }
  function play() {
    if (timer) return pause();
    if (t === iterations) draw(0);
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
    repeats(button("step back", "b", () => go(half?.open ? t : t - 1))),
    repeats(button("half a step", "s", stepHalf)),
    repeats(button("step", "n", () => go(t + 1))),
    button("to the start", "0", () => go(0)),
    button("to the end", "e", () => go(iterations)),
    button("reset rules", "r", () => {
      [rules, start, before] = [first.rules, first.start, first.rules];
      anew();
    }),
  ];

  // The critic's half of the next iteration, or what is left of this one.
  function stepHalf() {
    if (t === iterations) return;
    pause();
    const parts = halves(rules, game.path, t + 1);
    const k = half?.open ? 1 : 0;
    const open = k + 1 < parts.length;
    draw(open ? t : t + 1, { ...parts[k], t: t + 1, open });
  }

  // What is said of a place, of the guess, and of the end.
  function place() {
    if (half) return said(half, game);
    const [g, d] = game.path[t];
    const here = `Iteration ${t}: ${told("g", g)}, ${told("d", d)}.`;
    if (t === iterations) return here;
    if (t >= game.left) return `${here} The game runs away: it left the frame at iteration ${game.left}, and is not drawn from there on.`;
    if (t > game.rest) return here;
    if (t === game.rest) return `${here} From here on neither player's loss pulls.`; // said once
    return `${here} Its own loss pulls g by ${signed(d, 2)} (blue arrow), d by ${signed(pull(rules, right, [g, d]), 2)} (red).`;
  }
  function story() {
    const mine = guess && ENDS[guess][0];
    if (t < iterations && mine) return [` Your guess: ${mine}.`];
    if (t < iterations) return t || half ? [] : [make("b", { textContent: seen ? " You have seen where it ends: change a rule, and guess again." : " Guess where the path ends, then press play." })];
    const end = game.end();
    const [, is] = ENDS[end.kind] ?? ["", "Nobody can tell yet where the path ends"];
    const verdict = !ENDS[end.kind] ? "." : guess === end.kind ? ": right." : ": wrong.";
    return [make("b", { textContent: mine ? ` You guessed “${mine}”${verdict}` : "" }), ` ${is}: ${why(end, iterations)}. `, make("b", { textContent: next(end) })];
  }
  function draw(to, part = null) {
    t = Math.max(0, Math.min(iterations, to));
    half = part;
    seen ||= t === iterations;
    phase(plane, game, t, half);
    along(time, game, t);
    slider.value = t;
    const lit = !half ? [] : half.who === "d" ? [0] : half.who === "g" ? [1, 2] : [0, 2];
    lines.forEach((each, i) => (lit.includes(i) ? each.setAttribute("aria-current", "step") : each.removeAttribute("aria-current")));
    for (const each of guesses) {
      each.setAttribute("aria-pressed", each.dataset.kind === guess);
      each.setAttribute("aria-disabled", seen);
      each.classList.toggle("true", seen && each.dataset.kind === game.end().kind);
    }
    words.ariaLive = timer && t < iterations ? "off" : "polite"; // a game that plays is not read aloud step by step
    words.replaceChildren(place(), ...story(), game.before.length ? " Grey: the rules before." : "");
  }
  // New rules or a new start: a new guess.
  function anew() {
    [guess, seen] = ["", false];
    show();
  }
  function show() {
    const played = (by) => path(by, right, start, iterations);
    const other = Object.keys(rules).some((name) => rules[name] !== before[name]);
    const now = played(rules);
    const rest = now.findLastIndex(([g, d]) => Math.hypot(d, pull(rules, right, [g, d])) >= CALM) + 1;
    let end;
    game = { rules, edge, right, path: now, left: leaving(now, edge), rest, before: other ? played(before) : [], end: () => (end ??= { ...rules, right, ...ending(rules, right, start, iterations, edge) }) };
    for (const { follow } of [...knobs, ...ticks]) follow();
    draw(t);
  }

  function put(...place) {
    start = place.map((value) => within(value, edge));
    anew();
  }
  function point(event) {
    const { left, top, width } = plane.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top].map((length) => (length * SIDE) / width);
    put(((x - LEFT) / SPAN) * 2 * edge - edge, edge - ((y - TOP) / SPAN) * 2 * edge);
  }
  plane.onpointerdown = (event) => {
    plane.setPointerCapture(event.pointerId);
    point(event);
  };
  plane.onpointermove = (event) => event.buttons && point(event);
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
    make("div", { className: "line guess", aria: { role: "group", label: "your guess" } }, make("b", { textContent: "Where will the path end?" }), ...guesses),
    make("div", { className: "stage" },
      make("div", {}, make("ol", { aria: { label: "Algorithm 1" } }, ...lines), words), plane, time),
    make("p", { textContent: "Arrows are drawn half as long; faint ones: where both losses pull together, at each place. The small square: one iteration, larger." })));
  el.append(root);
  show();
  const painted = onTheme(() => draw(t, half));
  return () => {
    painted.disconnect();
    pause();
  };
}

export default { render };
