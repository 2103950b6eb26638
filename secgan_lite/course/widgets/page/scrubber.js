// The training scrubber's page. All recorded pictures and curves are here from the start.

const PACE = 700; // milliseconds between two snapshots that play
const HUES = ["#0072b2", "#e69f00", "#009e73"].map((hue) => `color-mix(in srgb, ${hue} 80%, var(--ink))`); // seen on any ground
const JUDGE = "judge"; // the curve that is hidden until a guess is made
const NEAR = 0.05; // runs whose shares differ by less end alike
const LOOKS = HUES.map((hue, i) => [hue, 1.5 + i * 0.75]); // colour and width of a plot's curves

const english = (value, how) => value.toLocaleString("en", how).replace("-", "−");
const end = (value, wide) => (wide ? english(value, { notation: "compact" }) : signed(value, 1)); // of an axis
function told(value) {
  if (value === null) return "no number";
  if (Math.abs(value) < 100) return signed(value, 2);
  return english(value, Math.abs(value) < 1e4 ? { maximumFractionDigits: 0 } : { notation: "compact" });
}

// The axis of a plot of some runs until an iteration: it holds every finite value, and 0.
function span(runs, i, until) {
  const values = runs.flatMap((run) => run.plots[i].flat()).filter(([when, value]) => when <= until && value !== null);
  const [low, high] = [Math.min, Math.max].map((end) => end(0, ...values.map(([, value]) => value)));
  return [low, Math.max(high, low + 1e-6)];
}

// One axis for the runs that stay calm; a run that runs away has its own.
function axis(runs, i, run, until, limit) {
  const far = ([low, high]) => high - low > limit;
  const own = span([run], i, until);
  return far(own) ? [true, ...own] : [false, ...span(runs.filter((each) => !far(span([each], i, until))), i, until)];
}

// One plot of a run: its curves up to an iteration, so that the rest can be guessed.
function chart({ title, curves }, all, last) {
  const lines = LOOKS.map(([stroke, width]) => svg("polyline", { style: `stroke: ${stroke}; stroke-width: ${width}` }));
  const now = svg("line", { class: "now", y1: 0, y2: 1 });
  const zero = svg("line", { class: "zero", x1: 0, x2: 1 });
  const drawing = svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", role: "img" }, zero, now, ...lines);
  const values = curves.map(() => make("span"));
  const keys = curves.map((name, i) => make("div", {}, make("i", { style: `border-top: ${LOOKS[i][1]}px solid ${LOOKS[i][0]}` }), name, values[i]));
  const [top, bottom] = [make("span"), make("span")];
  const scale = make("span", { title: "axis: ±log(1 + |value|)" });
  const element = make("div", { className: "plot" },
    make("div", { className: "ends" }, top, scale, bottom), drawing, make("div", { className: "keys" }, make("b", { textContent: title }), ...keys),
    make("div", { className: "ticks" }, make("span", { textContent: "0" }), make("span", {}, make("i", { textContent: "iteration " }), `${last}`)));

  function draw(at, [wide, low, high], hidden) {
    const placed = wide ? (v) => Math.sign(v) * Math.log10(1 + Math.abs(v)) : (v) => v;
    const y = (value) => (placed(high) - placed(value ?? high)) / (placed(high) - placed(low));
    const said = all.map((points, i) => {
      const secret = hidden && curves[i] === JUDGE;
      const until = secret ? [] : points.filter(([when]) => when <= at);
      const places = until.map(([when, value]) => `${when / last},${y(value)}`);
      lines[i].setAttribute("points", [...places, ...places.slice(-1)].join(" ")); // one point alone is a dot
      const words = secret ? "?" : until.length ? told(until.at(-1)[1]) : "–";
      set(values[i], { textContent: words });
      return `${curves[i]} ${words}`;
    });
    set(top, { textContent: end(high, wide) });
    set(bottom, { textContent: end(low, wide) });
    set(scale, { textContent: wide ? "±log" : "" });
    for (const part of ["y1", "y2"]) zero.setAttribute(part, y(0));
    for (const part of ["x1", "x2"]) now.setAttribute(part, at / last);
    drawing.setAttribute("aria-label", `${title} until iteration ${at}: ${said.join(", ")}`);
  }
  return { element, draw };
}

// A row of tiles, and how each is cut out of a sheet: snapshots down, faces and rows along it.
function tiles(names, side) {
  const all = names.map((label) => make("canvas", { width: side, height: side, aria: { role: "img", label } }));
  function draw(image, across, down) {
    all.forEach((tile, i) => tile.getContext("2d").drawImage(image, (across + i) * side, down * side, side, side, 0, 0, side, side));
  }
  return { all, draw };
}

// A run: its edits above the true ones, its masks, and its plots.
function panel(run, [sheet, truth], plots, last, ...more) {
  const { flips, side } = run;
  const [edits, ...masks] = run.rows.map((row) => tiles(flips.map((flip) => `${run.name}: ${flip}, ${row}`), side));
  const goals = tiles(flips.map((flip) => `${run.name}: ${flip}, true edit`), side);
  const line = (words, { all }) => [make("small", { textContent: words, aria: { hidden: true } }), ...all];
  const masked = masks.flatMap((row, i) => line(run.rows[i + 1], row));
  const board = make("div", { className: "board" }, make("span"),
    ...flips.map((flip) => make("small", { textContent: flip, aria: { hidden: true } })),
    ...line(run.rows[0], edits), ...line("true edit", goals), ...masked);
  board.style.setProperty("--flips", flips.length);
  const charts = plots.map((each, i) => chart(each, run.plots[i], last));
  const head = make("b");
  const element = make("div", { className: "run" }, head, board, make("div", { className: "plots" }, ...charts.map((each) => each.element)), ...more);

  function draw({ at, face, axes, hidden, unmasked }) {
    const k = Math.max(0, run.at.findLastIndex((when) => when <= at));
    const shown = Math.min(at, run.moments.at(-1));
    set(head, { textContent: run.name + (run.at[k] === shown ? "" : `, edits of iteration ${run.at[k]}`) });
    [edits, ...masks].forEach((row, i) => row.draw(sheet, (face * run.rows.length + i) * flips.length, k));
    goals.draw(truth, face * (flips.length + 1) + 1, 0);
    masked.forEach((part) => set(part, { hidden: unmasked }));
    charts.forEach((each, i) => each.draw(shown, axes[i], hidden));
  }
  return { element, draw };
}

function render({ model, el }) {
  const { runs, places, question, names, plots, wide, numbers } = model.get("shown");
  const images = runs.map((run) => [run.sheet, run.truth].map((src) => Object.assign(new Image(), { src })));
  const share = (value) => `${signed(100 * value)}%`;
  let chosen = []; // the runs shown, with their panels and the cells of their numbers
  let steps = []; // all iterations at which any of them was recorded
  let last = 1; // iteration of any of their curves
  let guess = null; // its words, and whether it is right
  let masked = false; // are masks shown?
  const named = Object.fromEntries(names.length ? runs.slice(1).map(({ name }) => [name, ""]) : []);
  let [k, face, timer] = [0, 0, 0];

  const option = ({ name }) => make("option", { textContent: name });
  const menus = ["first run", "second run", "third run"].slice(0, places).map((label, i) =>
    make("select", { onchange: choose, aria: { label } }, ...runs.map(option), ...(i ? [option({ name: "none" })] : [])));
  menus.forEach((menu, i) => (menu.selectedIndex = Math.min(i, runs.length))); // "none" where there are few
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
    button("masks", "m", () => {
      masked = !masked;
      draw();
    }),
  ];
  const [start, masks] = [acts[0], acts.at(-1)];
  const given = make("div", { className: "given" });
  const panels = make("div", { className: "runs" });
  const rows = make("tbody");
  const head = (scope, name, more) => make("th", { scope }, name, make("small", { textContent: more }));
  const table = make("table", {}, make("thead", {}, make("tr", {}, head("col", "run", ""), ...numbers.map(({ name, more }) => head("col", name, more)))), rows);
  const asked = make("p", { aria: { role: "status" } });
  const answers = make("div", { className: "answers", aria: { role: "group", label: "your guess" } });
  const written = make("code");
  const copy = button("copy", "c", async () => {
    const text = written.textContent;
    getSelection().selectAllChildren(written); // a page without https may not write to the clipboard
    await navigator.clipboard?.writeText(text).then(() => (copy.textContent = "copied"), () => {});
  });
  const notes = make("div", { className: "line notes" }, written, copy);
  notes.hidden = copy.hidden = !names.length;
  const heard = make("div", { className: "heard" });

  function pause() {
    clearInterval(timer);
    timer = 0;
    start.textContent = "play";
  }
  function play() {
    if (timer) {
      pause();
      return draw(); // a reader hears where it stands
    }
    if (k === steps.length - 1) k = 0;
    start.textContent = "pause";
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
    const taken = [...new Set(menus.map((menu) => menu.selectedIndex))].filter((i) => runs[i]);
    const beside = taken.map((i) => runs[i]);
    const before = steps[k] ?? 0;
    steps = [...new Set(beside.flatMap((run) => run.moments))].sort((a, b) => a - b);
    k = steps.reduce((best, at, i) => (Math.abs(at - before) < Math.abs(steps[best] - before) ? i : best), 0);
    last = Math.max(...beside.flatMap((run) => [...run.moments, ...run.plots.flat(2).map(([when]) => when)]));
    chosen = taken.map((i) => ({ run: runs[i], panel: panel(runs[i], images[i], plots, last, ...naming(runs[i])), cells: numbers.map(() => make("td")) }));
    const input = tiles(["the face that is edited"], runs[taken[0]].side);
    given.replaceChildren(make("small", { textContent: "input", aria: { hidden: true } }), ...input.all);
    given.draw = () => input.draw(images[taken[0]][1], face * (runs[taken[0]].flips.length + 1), 0);
    panels.classList.toggle("several", chosen.length > 1);
    panels.replaceChildren(...chosen.map((each) => each.panel.element));
    rows.replaceChildren(...chosen.map(({ run, cells }) => make("tr", {}, make("th", { scope: "row", textContent: run.name }), ...cells)));
    slider.max = steps.length - 1;
    masks.hidden = beside.every((run) => run.rows.length === 1);
    ask();
  }

  // Menus that name what is wrong with a run, and all that was named, as Python.
  function naming({ name }) {
    if (!(name in named)) return [];
    const menu = make("select", { className: "name", aria: { label: `what is wrong with ${name}` } }, option({ name: "name it …" }), ...names.map((each) => option({ name: each })));
    menu.selectedIndex = names.indexOf(named[name]) + 1;
    menu.onchange = () => {
      named[name] = names[menu.selectedIndex - 1] ?? "";
      write();
    };
    return [menu];
  }
  function write() {
    copy.textContent = "copy";
    written.textContent = `names = ${JSON.stringify(named).replaceAll('":"', '": "').replaceAll('","', '", "')}`;
  }

  // What may be guessed: of several runs the one that ends best, of one alone whether it gets better.
  function options() {
    const ends = chosen.map(({ run }) => run.judged[1]);
    if (chosen.length > 1) return chosen.map(({ run }, i) => ({ words: run.name, right: ends[i] > Math.max(...ends) - NEAR }));
    const more = ends[0] > chosen[0].run.judged[0];
    return [{ words: "more", right: more }, { words: "not more", right: !more }];
  }
  function ask() {
    guess = null;
    const secret = !question && chosen.every(({ run }) => run.judged);
    const which = chosen.length > 1 ? "in which run will the judge recognise most edits at the end?" : "will the judge recognise more edits at the end than now?";
    asked.replaceChildren(make("b", { textContent: secret ? `Guess first: ${which}` : question }), secret ? " The judge's numbers are hidden until then." : "");
    answers.replaceChildren(...(secret ? options() : []).map((each) => make("button", { type: "button", textContent: each.words, onclick: () => answer(each) })));
    draw();
  }
  function answer(given) {
    guess = given;
    const best = options().filter((each) => each.right).map((each) => each.words);
    const rates = chosen.map(({ run }) => `${run.name} ${run.judged.map(share).join(" → ")}`);
    asked.replaceChildren(make("b", { textContent: `You guessed “${guess.words}”: ${guess.right ? "right" : `wrong, it is ${best.join(" or ")}`}.` }),
      ` Edits that the judge recognises, first → last: ${rates.join(", ")}. Now play: which curve tells it first?`);
    const again = make("button", { type: "button", textContent: "guess again", onclick: () => {
      go(0);
      ask();
      answers.firstChild.focus();
    } });
    answers.replaceChildren(again);
    again.focus(); // the button that was pressed is gone
    draw();
  }

  function draw() {
    const at = steps[k];
    const hidden = answers.childElementCount > 0 && !guess;
    slider.value = k;
    slider.ariaValueText = value.textContent = `${at} of ${steps.at(-1)}`;
    faces.forEach((each, i) => each.setAttribute("aria-pressed", i === face));
    masks.setAttribute("aria-pressed", masked);
    given.draw();
    const beside = chosen.map(({ run }) => run);
    const judged = chosen.map(({ run, panel, cells }) => {
      const newest = run.numbers[Math.max(0, run.at.findLastIndex((when) => when <= at))];
      const axes = plots.map(({ share }, i) => (share ? [false, 0, 1] : axis(beside, i, run, hidden ? at : last, wide)));
      panel.draw({ at, face, axes, hidden, unmasked: !masked });
      cells.forEach((cell, i) => set(cell, { textContent: newest[i] }));
      return `${newest[0]} (${run.name})`;
    });
    table.hidden = hidden || !beside.every((run) => run.judged);
    heard.ariaLive = timer ? "off" : "polite"; // a training that plays is not read aloud step by step
    set(heard, { textContent: `Iteration ${at}, face ${face + 1}.${table.hidden ? "" : ` Judge: ${judged.join(", ")}.`}` });
  }

  const line = (...parts) => make("div", { className: "line" }, ...parts);
  const root = takeKeys(make("div", { className: "secgan-scrubber" },
    line(...menus, ...(faces.length > 1 ? faces : [])),
    make("div", { className: "line guess" }, asked, answers),
    make("div", { className: "line moment" }, ...acts, make("label", {}, "iteration", slider, value)),
    make("div", { className: "stage" }, given, panels), table, notes, heard));
  el.append(root);
  write();
  choose();
  for (const image of images.flat()) image.decode().then(draw, () => {}); // tiles stay empty until their sheet is there
  return pause;
}

export default { render };
