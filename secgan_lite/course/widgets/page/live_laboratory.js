// The live laboratory's page: draws what the kernel's training sends, and sends what a person does.

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

function render({ model, el }) {
  const first = model.get("shown");
  const words = make("p", { className: "said", aria: { role: "status" } });
  const ask = courier(model, () => set(words, { textContent: BUSY }));
  let chosen = ""; // of the faults, until the kernel has obeyed
  const afresh = (act) => {
    chosen = "";
    ask.now(act);
  };
  const acts = {
    p: button("play", "p", () => ask.now("play", { playing: !model.get("shown").playing })),
    s: repeats(button("one iteration", "s", () => ask.now("step")), ask.idle),
    h: button("all healthy", "h", () => afresh("repair")),
    r: button("reset", "r", () => afresh("reset")),
  };

  const knobs = first.knobs.map(({ name, title, values, healthy }) => {
    const input = make("input", { type: "range", min: 0, max: values.length - 1, step: 1, aria: { label: title }, oninput: () => ask("turn", { name, value: values[input.value] }) });
    const value = make("span", { className: "value", aria: { hidden: true } });
    const line = make("label", { className: "knob" }, make("span", { textContent: title }), input, value);
    return { line, show: (now) => {
      ask.follow(input, values.indexOf(now), "turn", name);
      set(value, { textContent: `${now}` });
      line.classList.toggle("turned", now !== healthy);
      input.setAttribute("aria-valuetext", now === healthy ? `${now}, as in the healthy run` : `${now}`);
    } };
  });
  const fault = make("select", { onchange: () => {
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
  const asked = make("select", { aria: { label: "question" }, onchange: () => guess("") }, ...first.questions.map(({ what }) => make("option", { textContent: what })));
  const guesses = panels.map(({ name }) => make("button", { type: "button", textContent: name, onclick: () => guess(name), aria: { pressed: false } }));
  function guess(name) {
    guesses.forEach((each) => each.setAttribute("aria-pressed", each.textContent === name));
    set(hint, { textContent: name ? `Your guess: ${name}. ${first.questions[asked.selectedIndex].hint}` : "Choose a panel, and you are told what to look at." });
  }
  guess("");

  const line = (...parts) => make("div", { className: "line" }, ...parts);
  const root = takeKeys(make("div", { className: "secgan-laboratory" },
    line(make("b", { textContent: "Predict first: which panel moves if" }), asked, make("b", { textContent: "?" }), ...guesses), hint,
    make("div", { className: "top" },
      make("div", {}, board, key),
      make("div", {}, line(...Object.values(acts)), ...knobs.map((each) => each.line), make("label", {}, make("span", { textContent: "fault in the code" }), fault), words, turns)),
    make("div", { className: "plots" }, ...panels.map((each) => each.element)),
    make("p", {}, make("small", { textContent: "Each point is the mean of the last 10 iterations (the judge's dots: of 24 test faces, every 20). Pale: the healthy run, its masks dotted. A critic's axis is logarithmic beyond ±1, the disagreement's all over." }))));

  function state({ iteration, iterations, diverged, preparing }) {
    if (preparing) return "The kernel makes 2,000 faces and their masks: that takes some seconds.";
    if (diverged) return `Iteration ${iteration}: a loss is no finite number any more. Press reset.`;
    if (iteration >= iterations) return `Iteration ${iteration}: the learning rate has fallen to 0, and the training is over. Press reset.`;
    if (!iteration) return "The trained SeCGAN, before the first iteration. Guess, turn a knob, and play.";
    return `Iteration ${iteration} of ${iterations}. A knob counts from the next iteration on; * marks one that is not as in the healthy run.`;
  }
  const sheet = new Image();
  sheet.onload = () => tiles.forEach((row, i) => row.forEach((tile, j) => tile.getContext("2d").drawImage(sheet, j * tile.width, i * tile.width, tile.width, tile.width, 0, 0, tile.width, tile.width)));
  function show() {
    const shown = model.get("shown");
    set(sheet, { src: shown.sheet });
    first.knobs.forEach(({ name }, i) => knobs[i].show(shown.values[name]));
    if (chosen === shown.fault) chosen = ""; // until it is obeyed, an older answer moves nothing back
    if (!chosen) set(fault, { value: shown.fault });
    acts.p.textContent = shown.playing ? "pause" : "play";
    acts.p.setAttribute("aria-pressed", shown.playing);
    panels.forEach((each) => each.draw(shown));
    words.ariaLive = shown.playing ? "off" : "polite"; // a training that plays is not read aloud
    set(words, { textContent: state(shown) });
    set(turns, { textContent: shown.marks.length ? `Turned: ${shown.marks.length > 3 ? "…; " : ""}${shown.marks.slice(-3).map((mark) => `after t = ${mark.at} ${mark.words}`).join("; ")}.` : "" });
    root.dataset.iteration = shown.iteration;
  }
  model.on("change:shown", show);
  el.classList.add("secgan-frame");
  el.append(root);
  show();
  return () => ask.now("play", { playing: false });
}

export default { render };
