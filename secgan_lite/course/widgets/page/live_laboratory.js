// The live laboratory's page: draws what the kernel's training sends, and sends what a person does.
// Where recorded answers are given, they play in the kernel's place.

function panel({ title, curves }) {
  const name = title.match(/\w+/)[0];
  const [span, placed] = AXES[name];
  const behind = curves.map(({ colour, term }) => svg("polyline", { style: pale(colour, term.startsWith("semantic")) }));
  const lines = curves.map(({ colour, dash, dots }) => svg("polyline", { style: `stroke:${tint(colour)};stroke-width:2;stroke-linecap:${dots ? "round" : "butt"};stroke-dasharray:${DASHES[dash]}` }));
  const dots = svg("g");
  const zero = svg("line", { class: "zero", x1: 0, x2: 1 });
  const marks = svg("g");
  const drawing = svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", role: "img" }, zero, ...behind, marks, ...lines, dots);
  const ends = [make("span"), make("span")];
  const last = make("span");
  const values = curves.map(() => make("span"));
  const element = make("div", { className: "plot" }, make("b", { textContent: title }),
    make("div", { className: "frame" }, make("div", { className: "ends" }, ...ends), drawing, make("div", { className: "ticks" }, make("span", { textContent: "t = 0" }), last)),
    make("div", { className: "keys" }, ...curves.map(({ label, colour, dash }, i) => make("div", {}, make("i", { style: `border-top:3px ${STROKES[dash]} ${tint(colour)}` }), label, values[i]))));

  function draw(shown) {
    const mine = curves.map(({ term }) => shown.curves[term]);
    const [low, high] = span([...mine, ...curves.map(({ healthy }) => healthy)].flat().map(([, v]) => v));
    const y = (v) => (placed(high) - placed(v)) / (placed(high) - placed(low));
    const x = (t) => t / shown.iterations;
    const points = (curve) => curve.map(([t, v]) => `${x(t)},${y(v)}`).join(" ");
    curves.forEach(({ healthy, dots: dotted, colour }, i) => {
      behind[i].setAttribute("points", points(healthy));
      lines[i].setAttribute("points", points(mine[i]));
      values[i].textContent = mine[i].length ? compact(mine[i].at(-1)[1]) : "–";
      if (dotted) dots.replaceChildren(...mine[i].map(([t, v]) => svg("polyline", { points: `${x(t)},${y(v)} ${x(t)},${y(v)}`, style: `stroke:${tint(colour)};stroke-width:7;stroke-linecap:round` })));
    });
    zero.setAttribute("visibility", low < 0 ? "visible" : "hidden");
    for (const end of ["y1", "y2"]) zero.setAttribute(end, y(0));
    marks.replaceChildren(...[...new Set(shown.marks.map(({ at }) => at))].map((at) => svg("line", { class: "mark", x1: x(at), x2: x(at), y1: 0, y2: 1 })));
    [high, low].forEach((v, i) => set(ends[i], { textContent: atEnd(v) }));
    set(last, { textContent: `${shown.iterations}` });
    drawing.setAttribute("aria-label", `${title}, iteration ${shown.iteration}: ${curves.map(({ label }, i) => `${label} ${values[i].textContent}`).join(", ")}`);
  }
  return { element, draw, name };
}

const PACE = 80; // milliseconds of a recorded iteration
const NONE = "none"; // the guess that no panel moves

// Recorded trainings, one for each question, with the acts of a kernel: they play, go on by a step,
// begin again, and go to any iteration.
function replay({ answers, every, ...facts }) {
  const heard = [];
  let [question, iteration, timer, answer, shown] = [0, 0, 0, 0];
  const stop = () => (timer = clearInterval(timer) ?? 0);
  function tell() {
    const { marks, curves, sheet, left } = answers[question];
    const turned = marks.filter(({ at }) => at <= iteration);
    const values = Object.fromEntries([...facts.knobs.map(({ name, healthy }) => [name, healthy]), ["fault", facts.faults[0]], ...turned.map(({ name, value }) => [name, value])]);
    const until = Object.fromEntries(Object.entries(curves).map(([term, points]) => [term, points.filter(([t]) => t <= iteration)]));
    const over = iteration === facts.iterations;
    shown = { ...facts, answer, iteration, values, marks: turned, curves: until, sheet, moment: Math.floor(iteration / every), playing: timer > 0, left: over ? left : null };
    heard.forEach((call) => call());
  }
  function go(to) {
    iteration = Math.min(to, facts.iterations);
    if (iteration === facts.iterations) stop();
  }
  const acts = {
    play({ playing }) {
      stop();
      if (iteration === facts.iterations) iteration = 0;
      if (playing) timer = setInterval(() => {
        go(iteration + 1);
        tell();
      }, PACE);
    },
    step: () => go(iteration + 1),
    go: ({ value }) => {
      stop();
      go(value);
    },
    reset() {
      stop();
      iteration = 0;
    },
    ask({ value }) {
      acts.reset();
      question = value;
    },
  };
  tell();
  return {
    get: () => shown,
    on: (_, call) => heard.push(call),
    send(content) {
      answer = content.answer;
      acts[content.act](content);
      tell();
    },
  };
}

// What a training has answered when it is over: which panels left the healthy run, and whether just
// these were guessed. Nothing before.
function verdict({ left, marks }, question, guess) {
  if (!left) return [];
  const panels = Object.keys(left);
  const facts = panels.length ? `These left the healthy run: ${panels.join(", ")}.` : "No panel left the healthy run.";
  const besides = (some, others) => some.filter(({ words }) => !others.some((each) => each.words === words)).map(({ words }) => words).join(" and ");
  const missing = besides(question.marks, marks);
  const more = besides(marks, question.marks);
  if (!guess.length) return [facts];
  if (missing) return [`It has no answer yet: you did not turn ${missing}.`, facts];
  if (more) return [`It has no answer of its own: you also turned ${more}.`, facts];
  const wrong = guess.filter((name) => name !== NONE && !(name in left));
  const missed = panels.filter((name) => !guess.includes(name));
  const faults = [...(wrong.length ? [`not ${wrong.join(", ")}`] : []), ...(missed.length ? [`also ${missed.join(", ")}`] : [])];
  return [faults.length ? `Not quite: ${faults.join("; ")}.` : "Right.", facts];
}

function render({ model: given, el }) {
  const { answers, every } = given.get("shown");
  const fixed = Boolean(answers); // recorded: knobs stand as the question turns them
  const model = fixed ? replay(given.get("shown")) : given;
  const first = model.get("shown");
  const words = make("p", { className: "said", aria: { role: "status" } });
  const ask = courier(model, () => set(words, { textContent: BUSY }));
  let chosen = ""; // of the faults, until the kernel has obeyed
  const afresh = (act) => {
    chosen = "";
    ask.now(act);
  };
  let wanted; // of the play button, until the kernel has obeyed
  const playing = () => wanted ?? model.get("shown").playing;
  const acts = {
    p: button("play", "p", () => {
      wanted = !playing();
      ask.now("play", { playing: wanted });
      showPlay();
    }),
    s: repeats(button("one iteration", "s", () => ask.now("step")), ask.idle),
    ...(fixed ? {} : { h: button("all healthy", "h", () => afresh("repair")) }),
    r: button("reset", "r", () => afresh("reset")),
  };
  const at = make("span", { className: "value", aria: { hidden: true } });
  const where = make("input", { type: "range", min: 0, max: first.iterations, step: 1, aria: { label: "iteration" }, oninput: () => ask("go", { value: Number(where.value) }) });

  const knobs = first.knobs.map(({ name, title, values, healthy }) => {
    const input = make("input", { type: "range", disabled: fixed, min: 0, max: values.length - 1, step: 1, aria: { label: title }, oninput: () => ask("turn", { name, value: values[input.value] }) });
    const value = make("span", { className: "value", aria: { hidden: true } });
    const line = make("label", { className: "knob" }, make("span", { textContent: title }), input, value);
    return { line, show: (now) => {
      ask.follow(input, values.indexOf(now), "turn", name);
      set(value, { textContent: `${now}` });
      line.classList.toggle("turned", now !== healthy);
      input.setAttribute("aria-valuetext", now === healthy ? `${now}, as in the healthy run` : `${now}`);
    } };
  });
  const fault = make("select", { disabled: fixed, onchange: () => {
    chosen = fault.value;
    ask.now("turn", { name: "fault", value: chosen });
  } }, ...first.faults.map((name) => make("option", { textContent: name })));

  const tiles = first.rows.map((row) => first.columns.map((column) => make("canvas", { width: first.side, height: first.side, aria: { role: "img", label: `${column}: ${row}` } })));
  const board = make("div", { className: "board" }, make("span"), ...first.columns.map((textContent) => make("small", { textContent, aria: { hidden: true } })),
    ...first.rows.flatMap((row, i) => [make("small", { textContent: row, aria: { hidden: true } }), ...tiles[i]]));
  board.style.setProperty("--columns", first.columns.length);
  const key = colourKey(first.segments);

  const panels = first.panels.map(panel);
  const turns = make("p", { className: "turns" });

  // Guess first: a question, the panels to choose from, and then what to look at.
  const hint = make("p", { className: "hint", aria: { live: "polite" } });
  const asked = make("select", { aria: { label: "question" }, onchange: () => {
    if (fixed) ask.now("ask", { value: asked.selectedIndex });
    guess([]);
  } }, ...first.questions.map(({ what }) => make("option", { textContent: what })));
  const guesses = [...panels.map(({ name }) => name), NONE].map((textContent) => make("button", { type: "button", textContent, onclick: () => choose(textContent), aria: { pressed: false } }));
  let guessed = [];
  // A panel more or less, or none at all; what is known when all is over can't be guessed.
  function choose(name) {
    if (model.get("shown").left) return;
    const others = guessed.filter((each) => each !== name && (each === NONE) === (name === NONE));
    guess(guessed.includes(name) ? others : [...others, name]);
  }
  function guess(names) {
    guessed = names;
    guesses.forEach((each) => each.setAttribute("aria-pressed", names.includes(each.textContent)));
    showHint();
  }
  function showHint() {
    const question = first.questions[asked.selectedIndex];
    const said = verdict(model.get("shown"), question, guessed);
    const act = said.length ? [] : [fixed ? "Play to the end." : question.act];
    const when = Object.entries(model.get("shown").left ?? {}).map(([name, lines]) => `${name} (${lines})`);
    const parts = guessed.length ? [`Your guess: ${guessed.join(", ")}.`, ...said, ...act, question.look] : said.length ? said : ["Choose one or more panels, and you are told what to look at."];
    set(hint, { textContent: [...parts, ...(when.length ? [`When they left: ${when.join(", ")}.`] : [])].join(" ") });
  }

  const line = (...parts) => make("div", { className: "line" }, ...parts);
  const root = takeKeys(make("div", { className: "secgan-laboratory" },
    line(make("b", { textContent: "Guess: which panels move if" }), asked, make("b", { textContent: "?" }), ...guesses), hint,
    make("div", { className: "top" },
      make("div", {}, board, key),
      make("div", {}, line(...Object.values(acts)), ...(fixed ? [make("label", { className: "knob" }, make("span", { textContent: "iteration" }), where, at)] : []), ...knobs.map((each) => each.line), make("label", {}, make("span", { textContent: "fault in the code" }), fault), ...(fixed ? [make("small", { textContent: "Recorded: the knobs stand as the question turns them. To turn others, run the lesson's notebook." })] : []), words, turns)),
    make("div", { className: "plots" }, ...panels.map((each) => each.element)),
    make("p", {}, make("small", { textContent: "Each point is the mean of the last 10 iterations (the judge's dots: of 24 test faces, every 20). Pale: the healthy run, its masks dotted. A critic's axis is logarithmic beyond ±1, the disagreement's all over. " }), make("small", { textContent: first.rule }))));

  function state({ iteration, iterations, diverged, preparing, moment }) {
    if (preparing) return "The kernel makes 2,000 faces and their masks: that takes some seconds.";
    if (diverged) return `Iteration ${iteration}: a loss is no finite number any more. Press reset.`;
    if (iteration >= iterations) return `Iteration ${iteration}: the learning rate has fallen to 0, and the training is over. Press reset.`;
    if (!iteration) return `The trained SeCGAN, before the first iteration. Guess${fixed ? "" : ", turn a knob,"} and play.`;
    if (fixed) return `Iteration ${iteration} of ${iterations}; pictures of iteration ${moment * every}.`;
    return `Iteration ${iteration} of ${iterations}. A knob counts from the next iteration on; * marks one that is not as in the healthy run.`;
  }
  const sheet = new Image(); // of boards below one another
  function paint() {
    const top = (model.get("shown").moment ?? 0) * first.rows.length;
    tiles.forEach((row, i) => row.forEach((tile, j) => tile.getContext("2d").drawImage(sheet, j * tile.width, (top + i) * tile.width, tile.width, tile.width, 0, 0, tile.width, tile.width)));
  }
  sheet.onload = paint;
  function showPlay() {
    acts.p.textContent = playing() ? "pause" : "play";
    acts.p.setAttribute("aria-pressed", playing());
  }
  function show() {
    const shown = model.get("shown");
    if (sheet.src === shown.sheet) paint();
    else sheet.src = shown.sheet;
    first.knobs.forEach(({ name }, i) => knobs[i].show(shown.values[name]));
    if (chosen === shown.values.fault) chosen = ""; // until it is obeyed, an older answer moves nothing back
    if (!chosen) set(fault, { value: shown.values.fault });
    if (ask.idle()) wanted = undefined;
    showPlay();
    ask.follow(where, shown.iteration, "go", "");
    set(at, { textContent: `${shown.iteration}` });
    panels.forEach((each) => each.draw(shown));
    words.ariaLive = shown.playing ? "off" : "polite"; // a training that plays is not read aloud
    set(words, { textContent: state(shown) });
    set(turns, { textContent: shown.marks.length ? `Turned: ${shown.marks.length > 3 ? "…; " : ""}${shown.marks.slice(-3).map((mark) => `after t = ${mark.at} ${mark.words}`).join("; ")}.` : "" });
    guesses.forEach((each) => each.setAttribute("aria-disabled", Boolean(shown.left)));
    showHint();
    root.dataset.iteration = shown.iteration;
  }
  model.on("change:shown", show);
  el.classList.add("secgan-frame");
  el.append(root);
  show();
  return () => ask.now("play", { playing: false });
}

export default { render };
