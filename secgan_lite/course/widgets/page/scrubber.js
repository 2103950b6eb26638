// The training scrubber's page. All recorded pictures and curves are here from the start.

const PACE = 700; // milliseconds between two snapshots that play
const HUES = ["#0072b2", "#e69f00", "#009e73"].map((hue) => `color-mix(in srgb, ${hue} 80%, var(--ink))`); // seen on any ground
const LOOKS = HUES.map((hue, i) => [hue, 1.5 + i * 0.75]); // colour and width of a plot's curves

// A part of a drawing, whose lines keep their width however the drawing is stretched.
function svg(tag, values = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(values)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const english = (value, how) => value.toLocaleString("en", how).replace("-", "−");
const end = (value, wide) => (wide ? english(value, { notation: "compact" }) : signed(value, 1)); // of an axis
function told(value) {
  if (value === null) return "no number";
  return Math.abs(value) < 100 ? signed(value, 2) : english(value, { maximumFractionDigits: 0 });
}

// One plot of a run: its curves up to an iteration, so that the rest can be guessed.
function chart({ title, curves }, { wide, curves: all }, [last, low, high]) {
  const placed = wide ? (v) => Math.sign(v) * Math.log10(1 + Math.abs(v)) : (v) => v;
  const y = (value) => (placed(high) - placed(value ?? high)) / (placed(high) - placed(low));
  const lines = LOOKS.map(([stroke, width]) => svg("polyline", { style: `stroke: ${stroke}; stroke-width: ${width}` }));
  const now = svg("line", { class: "now", y1: 0, y2: 1 });
  const zero = svg("line", { class: "zero", x1: 0, x2: 1, y1: y(0), y2: y(0) });
  const drawing = svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", role: "img" }, zero, now, ...lines);
  const values = curves.map(() => make("span"));
  const keys = curves.map((name, i) => make("div", {}, make("i", { style: `border-top: ${LOOKS[i][1]}px solid ${LOOKS[i][0]}` }), name, values[i]));
  const element = make("div", { className: "plot" },
    make("b", { textContent: title }),
    make("div", { className: "frame" },
      make("div", { className: "ends" }, ...[high, low].map((value) => make("span", { textContent: end(value, wide) }))), drawing,
      make("div", { className: "ticks" }, make("span", { textContent: "0" }), make("span", {}, make("i", { textContent: "iteration " }), `${last}`))),
    make("div", { className: "keys" }, ...keys, ...(wide ? [make("small", { textContent: "axis: ±log(1 + |value|)" })] : [])));

  function draw(at) {
    const said = all.map((points, i) => {
      const until = points.filter(([when]) => when <= at);
      const places = until.map(([when, value]) => `${when / last},${y(value)}`);
      lines[i].setAttribute("points", [...places, ...places.slice(-1)].join(" ")); // one point alone is a dot
      values[i].textContent = until.length ? told(until.at(-1)[1]) : "–";
      return `${curves[i]} ${values[i].textContent}`;
    });
    now.setAttribute("x1", at / last);
    now.setAttribute("x2", at / last);
    drawing.setAttribute("aria-label", `${title} until iteration ${at}: ${said.join(", ")}`);
  }
  return { element, draw };
}

// A run: its tiles, cut out of its sheet, and its plots.
function panel(run, image, plots, axes) {
  const tiles = run.rows.map((row) => run.columns.map((column) =>
    make("canvas", { width: run.side, height: run.side, aria: { role: "img", label: `${run.name}: ${column}, ${row}` } })));
  const board = make("div", { className: "board" }, make("span"),
    ...run.columns.map((column) => make("small", { textContent: column, aria: { hidden: true } })),
    ...run.rows.flatMap((row, i) => [make("small", { textContent: row, aria: { hidden: true } }), ...tiles[i]]));
  board.style.setProperty("--columns", run.columns.length);
  const charts = plots.map((each, i) => chart(each, run.plots[i], axes[i]));
  const head = make("b");
  const element = make("div", { className: "run" }, head,
    board, make("div", { className: "plots" }, ...charts.map((each) => each.element)));

  function draw(k, face) {
    head.textContent = `${run.name}, iteration ${run.at[k]}`;
    tiles.forEach((row, i) => row.forEach((tile, j) => {
      const left = ((face * run.rows.length + i) * run.columns.length + j) * run.side;
      tile.getContext("2d").drawImage(image, left, k * run.side, run.side, run.side, 0, 0, run.side, run.side);
    }));
    charts.forEach((each) => each.draw(run.at[k]));
  }
  return { element, draw };
}

// One axis for the runs that stay calm; a run that runs away has its own.
function axis(runs, i, run) {
  if (run.plots[i].wide) return run.plots[i].axis;
  const [lasts, lows, highs] = [0, 1, 2].map((part) => runs.filter((each) => !each.plots[i].wide).map((each) => each.plots[i].axis[part]));
  return [Math.max(...lasts), Math.min(...lows), Math.max(...highs)];
}

function render({ model, el }) {
  const { runs, plots, numbers } = model.get("shown");
  const images = runs.map(({ sheet }) => Object.assign(new Image(), { src: sheet }));
  let chosen = []; // numbers of the runs shown, with their panels and the cells of their numbers
  let steps = []; // all iterations at which any of them was recorded
  let [k, face, timer] = [0, 0, 0];

  const option = ({ name }) => make("option", { textContent: name });
  const left = make("select", { onchange: choose }, ...runs.map(option));
  const right = make("select", { onchange: choose }, ...runs.map(option), option({ name: "none" }));
  right.selectedIndex = 1; // of one run alone, "none"
  const faces = Array.from({ length: Math.min(...runs.map((run) => run.faces)) }, (_, i) => button(`face ${i + 1}`, `${i + 1}`, () => {
    face = i;
    draw();
  }));
  const slider = make("input", { type: "range", min: 0, step: 1, value: 0, oninput: () => go(Number(slider.value)), aria: { label: "iteration" } });
  const value = make("output", { aria: { hidden: true } });
  const acts = [
    button("play", "p", play),
    button("step back", "b", () => go(k - 1)),
    button("step", "s", () => go(k + 1)),
    button("to the start", "0", () => go(0)),
    button("to the end", "e", () => go(steps.length - 1)),
  ];
  const panels = make("div", { className: "runs" });
  const rows = make("tbody");
  const head = (scope, name, more) => make("th", { scope }, name, make("small", { textContent: more }));
  const table = make("table", {}, make("thead", {}, make("tr", {}, head("col", "run", ""), ...numbers.map(({ name, more }) => head("col", name, more)))), rows);
  const words = make("p", { aria: { role: "status" } });

  function pause() {
    clearInterval(timer);
    timer = 0;
    acts[0].textContent = "play";
  }
  function play() {
    if (timer) {
      pause();
      return draw(); // a reader hears where it stands
    }
    if (k === steps.length - 1) k = 0;
    acts[0].textContent = "pause";
    timer = setInterval(() => {
      k += 1;
      if (k >= steps.length - 1) pause();
      draw();
    }, PACE);
    draw();
  }
  function go(to) {
    pause();
    k = Math.max(0, Math.min(steps.length - 1, to));
    draw();
  }

  // Other runs may have other iterations: the nearest one is shown.
  function choose() {
    pause();
    const taken = [...new Set([left.selectedIndex, right.selectedIndex])].filter((i) => runs[i]);
    const beside = taken.map((i) => runs[i]);
    const before = steps[k] ?? 0;
    steps = [...new Set(beside.flatMap((run) => run.at))].sort((a, b) => a - b);
    k = steps.reduce((best, at, i) => (Math.abs(at - before) < Math.abs(steps[best] - before) ? i : best), 0);
    chosen = taken.map((i) => ({
      run: runs[i],
      panel: panel(runs[i], images[i], plots, plots.map((_, plot) => axis(beside, plot, runs[i]))),
      cells: numbers.map(() => make("td")),
    }));
    panels.replaceChildren(...chosen.map((each) => each.panel.element));
    rows.replaceChildren(...chosen.map(({ run, cells }) => make("tr", {}, make("th", { scope: "row", textContent: run.name }), ...cells)));
    slider.max = steps.length - 1;
    draw();
  }

  function draw() {
    const [at, last] = [steps[k], steps.at(-1)];
    slider.value = k;
    slider.ariaValueText = value.textContent = `${at} of ${last}`;
    faces.forEach((each, i) => each.setAttribute("aria-pressed", i === face));
    const judged = chosen.map(({ run, panel, cells }) => {
      const newest = Math.max(0, run.at.findLastIndex((when) => when <= at));
      panel.draw(newest, face);
      cells.forEach((cell, i) => set(cell, { textContent: run.numbers[newest][i] }));
      return `${run.numbers[newest][0]} (${run.name})`;
    });
    const which = chosen.length > 1 ? "Which of the two runs will fail?" : "Will this run fail?";
    words.ariaLive = timer ? "off" : "polite"; // a training that plays is not read aloud step by step
    words.replaceChildren(`Iteration ${at}, face ${face + 1}. Of the flips, the judge sees ${judged.join(", ")}. `,
      ...(k === 0 ? [make("b", { textContent: `${which} Guess, then press play.` })] : []),
      ...(k === steps.length - 1 ? [make("b", { textContent: "Now step back: from which iteration on could you tell?" })] : []));
  }

  const line = (...parts) => make("div", { className: "line" }, ...parts);
  const root = takeKeys(make("div", { className: "secgan-scrubber" },
    line(make("label", {}, "run", left), make("label", {}, "beside", right), ...faces),
    line(...acts, make("label", { className: "moment" }, "iteration", slider, value)),
    panels, table, words));
  el.append(root);
  choose();
  for (const image of images) image.decode().then(draw, () => {}); // tiles stay empty until their sheet is there
  return pause;
}

export default { render };
