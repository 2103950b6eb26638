// The training scrubber's page. All recorded pictures and curves are here from the start.

const PACE = 700; // milliseconds between two snapshots that play
const NEAR = 0.05; // runs whose shares differ by less end alike
const [ROOM, GAP, PADDING] = [196, 7, 3]; // pixels of a run beside others, between two, around all
// Runs in one drawing: colours by run, and how the curves of a panel are drawn.
const RUNS = ["#0072b2", "#d55e00", "#009e73"];
const KINDS = ["-", "--", ":"];
AXES.wishes = [...AXES.disagreement.slice(0, 2), "logarithmic; a copy has 1"];

const told = (value) => (value === null ? "none" : compact(value));
const listed = (words) => words.join(", ").replace(/, ([^,]*)$/, " and $1");
const small = (textContent) => make("small", { textContent, aria: { hidden: true } });
const sample = (colour, dash) => make("i", { style: `border-top: 3px ${STROKES[dash]} ${colour}` }); // of a line

// A drawing of curves up to an iteration, so that the rest can be guessed. `lines` are the curves'
// names, looks and points, and perhaps the points of a healthy run behind them.
function chart({ title, limit }, lines) {
  const [, placed] = axisOf(title);
  const behind = lines.map(({ colour, term }) => svg("polyline", { class: "behind", style: pale(colour, term.startsWith("semantic")) }));
  const drawn = lines.map(({ colour, dash }) => svg("polyline", { style: `stroke: ${tint(colour)}; stroke-width: 2; stroke-dasharray: ${DASHES[dash]}` }));
  const dots = svg("g");
  const now = svg("line", { class: "now", y1: 0, y2: 1 });
  const level = svg("line", { class: "level", x1: 0, x2: 1 });
  const element = svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", role: "img" }, level, now, ...behind, ...drawn, dots);
  const values = lines.map(() => make("span"));

  function draw(at, last, [low, high], hidden) {
    const y = (value) => (placed(high) - placed(value ?? high)) / (placed(high) - placed(low));
    const places = (points) => points.filter(([when]) => when <= at).map(([when, value]) => `${when / last},${y(value)}`);
    dots.replaceChildren();
    const said = lines.map(({ name, term, colour, dots: dotted, points, back }, i) => {
      const secret = hidden && isSecret(term);
      const shown = secret ? [] : places(points);
      drawn[i].setAttribute("points", shown.join(" "));
      behind[i].setAttribute("points", back ? places(back).join(" ") : "");
      if (dotted || shown.length === 1) dots.append(...shown.map((place) => svg("polyline", { points: `${place} ${place}`, style: `stroke: ${tint(colour)}; stroke-width: 6; stroke-linecap: round` })));
      const words = secret ? "?" : shown.length ? told(points.findLast(([when]) => when <= at)[1]) : "–";
      set(values[i], { textContent: words });
      return `${name} ${words}`;
    });
    for (const end of ["y1", "y2"]) level.setAttribute(end, y(limit ?? 0));
    level.setAttribute("visibility", limit || low < 0 ? "visible" : "hidden");
    for (const end of ["x1", "x2"]) now.setAttribute(end, Math.min(1, at / last));
    element.setAttribute("aria-label", `${title} until iteration ${at}: ${said.join(", ")}`);
  }
  return { element, values, draw };
}

// What is guessed, and hidden until then.
const isSecret = (term) => term === "judge" || term.startsWith("wish");

// The room that an axis has: for every finite value of these runs until an iteration.
function room(runs, { title, limit }, i, until) {
  const values = runs.flatMap((run) => run.plots[i].flat()).filter(([when, value]) => when <= until && value !== null).map(([, value]) => value);
  return axisOf(title)[0](limit ? [...values, limit] : values.length ? values : [1]);
}

const ends = () => [make("span"), make("span")];
const ticks = (words, last) => make("div", { className: "ticks" }, make("span", { textContent: "0" }), make("span", { textContent: `${words} ${last}` }));
function titled({ title }, ...more) {
  const [, , note] = axisOf(title);
  return make("div", { className: "keys" }, make("b", { textContent: title }), ...(note ? [make("small", { textContent: note })] : []), ...more);
}

// A panel of curves: one drawing a run, side by side and beside one axis.
function abreast(plot, i, runs, control) {
  const charts = runs.map(({ run }) => chart(plot, plot.curves.map((curve, j) => ({
    ...curve, name: `${run.name}, ${curve.label}`, points: run.plots[i][j],
    back: control && control !== run && curve.behind ? control.plots[i][j] : null,
  }))));
  const [top, bottom] = ends();
  const keys = titled(plot, ...plot.curves.map(({ label, colour, dash }) => make("div", {}, sample(tint(colour), dash), label)));
  const cells = charts.map(({ element, values }) => make("div", { className: "plot" }, element,
    make("div", { className: "values" }, ...values.map((value, j) => make("div", {}, sample(tint(plot.curves[j].colour), plot.curves[j].dash), value)))));
  const all = [make("div", { className: "side" }, keys, make("div", { className: "ends" }, top, bottom)), ...cells];
  return { all, draw: (at, [low, high], hidden) => {
    charts.forEach((each, j) => each.draw(Math.min(at, runs[j].run.moments.at(-1)), runs[j].last, [low, high], hidden));
    set(top, { textContent: atEnd(high) });
    set(bottom, { textContent: atEnd(low) });
  } };
}

// The same with all runs in one drawing; a run that is much shorter has its own.
function together(plot, i, runs) {
  const axes = [...new Set(runs.map(({ last }) => last))].map((last) => {
    const mine = runs.filter((each) => each.last === last);
    const lines = mine.flatMap(({ run }) => plot.curves.map((curve, j) => ({
      ...curve, name: `${run.name}, ${curve.label}`, points: run.plots[i][j], colour: RUNS[runs.findIndex((each) => each.run === run)], dash: KINDS[j],
    })));
    return { mine, last, ends: ends(), ...chart(plot, lines) };
  });
  const value = (place, j) => axes.flatMap(({ mine, values }) => mine.map((each, m) => each === runs[place] ? values[m * plot.curves.length + j] : null)).find(Boolean);
  const key = plot.curves.map(({ label }, j) => make("div", { className: "values" }, make("span", { textContent: label }), ...runs.map((_, place) => make("div", {}, sample(tint(RUNS[place]), KINDS[j]), value(place, j)))));
  const element = make("div", { className: "panel" }, titled(plot), ...axes.map((axis) => make("div", { className: "frame" },
    make("div", { className: "ends" }, ...axis.ends), axis.element, ticks(axes.length > 1 ? `${axis.mine.map(({ run }) => run.name).join(", ")}: iteration` : "iteration", axis.last))), ...key);
  return { all: [element], draw: (at, [low, high], hidden) => axes.forEach((axis) => {
    axis.draw(Math.min(at, axis.last), axis.last, [low, high], hidden);
    set(axis.ends[0], { textContent: atEnd(high) });
    set(axis.ends[1], { textContent: atEnd(low) });
  }) };
}

// A row of tiles, and how each is cut out of a sheet: snapshots down, faces and rows along it.
function tiles(names, size) {
  const all = names.map((label) => make("canvas", { width: size, height: size, aria: { role: "img", label } }));
  function draw(image, across, down) {
    all.forEach((tile, i) => tile.getContext("2d").drawImage(image, (across + i) * size, down * size, size, size, 0, 0, size, size));
  }
  return { all, draw };
}

// Tiles below the names of the wishes: a run's edits and masks, or the true edits and a key.
function film(flips, head, rows, ...more) {
  const cell = make("div", { className: "film" }, head, ...["", ...flips].map((name) => Object.assign(small(name), { className: "flip" })), ...rows.flatMap(([words, row]) => [...(words ? [words] : []), ...row.all]), ...more);
  cell.style.setProperty("--flips", flips.length);
  return cell;
}
function edited(run, sheet, ...more) {
  const { flips, side } = run;
  const rows = run.rows.map((row) => tiles(flips.map((flip) => `${run.name}: ${flip}, ${row}`), side));
  const masked = rows.slice(1).map((row, i) => [small(run.rows[i + 1]), row]);
  const since = make("small");
  const element = film(flips, make("b", {}, `${run.name} `, since), [["", rows[0]], ...masked], ...more);

  function draw(at, face, unmasked) {
    const k = Math.max(0, run.at.findLastIndex((when) => when <= at));
    const end = run.moments.at(-1);
    set(since, { textContent: at > end ? `ended at ${end}` : run.at[k] === at ? "" : `edits of ${run.at[k]}` });
    rows.forEach((row, i) => row.draw(sheet, (face * run.rows.length + i) * flips.length, k));
    for (const [words, { all }] of masked) [words, ...all].forEach((part) => set(part, { hidden: unmasked }));
  }
  return { element, draw };
}

function render({ model, el }) {
  const { runs, places, asks, question, names, right, plots, wishes, segments, numbers } = model.get("shown");
  const images = runs.map((run) => [run.sheet, run.truth].map((src) => Object.assign(new Image(), { src })));
  const control = names.length ? runs[0] : null; // it is drawn behind the others
  const share = (value) => `${signed(100 * value)}%`;
  let chosen = []; // the runs shown, with their films and the cells of their numbers
  let steps = []; // all iterations at which any of them was recorded
  let panels = []; // of curves, with their plot's number
  let truth = null; // the row of true edits
  let guess = null; // its words, and whether it is right
  let ended = false; // was the end seen since?
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
  const films = make("div", { className: "films" });
  const curves = make("div", { className: "curves" });
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
  const checked = make("span", { className: "checked", aria: { live: "polite" } });
  const check = button("check", "x", () => {
    const given = Object.entries(named).filter(([, name]) => name);
    const hits = given.filter(([run, name]) => right[run] === name).length;
    checked.textContent = given.length ? `${given.length} of ${Object.keys(named).length} have a name, ${hits} the right one.` : "Give a run its name first.";
  });
  const notes = make("div", { className: "line notes" }, check, checked, written, copy, make("small", { textContent: "Copy before you close: names are not saved." }));
  notes.hidden = copy.hidden = !names.length;
  check.hidden = !right;
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

  // Other runs may have other iterations: the nearest one is shown. A run that ended before half of
  // the longest has an axis of its own, or its curves would have no room.
  function choose() {
    pause();
    const taken = [...new Set(menus.map((menu) => menu.selectedIndex))].filter((i) => runs[i]);
    const beside = taken.map((i) => runs[i]);
    const before = steps[k] ?? 0;
    steps = [...new Set(beside.flatMap((run) => run.moments))].sort((a, b) => a - b);
    k = steps.reduce((best, at, i) => (Math.abs(at - before) < Math.abs(steps[best] - before) ? i : best), 0);
    const lengths = beside.map((run) => Math.max(1, ...run.moments, ...run.plots.flat(2).map(([when]) => when)));
    const longest = Math.max(...lengths);
    chosen = taken.map((i, place) => ({
      run: runs[i], last: lengths[place] < longest / 2 ? lengths[place] : longest,
      film: edited(runs[i], images[i][0], ...naming(runs[i])), cells: numbers.map(() => make("td")),
    }));
    const [{ flips, side }, [, source]] = [beside[0], images[taken[0]]];
    const input = tiles(["the face that is edited"], side);
    const goals = tiles(flips.map((flip) => `${flip}, true edit`), side);
    const key = colourKey(segments);
    given.replaceChildren(small("input"), ...input.all);
    truth = () => {
      input.draw(source, face * (flips.length + 1), 0);
      goals.draw(source, face * (flips.length + 1) + 1, 0);
      set(key, { hidden: !masked });
    };
    films.replaceChildren(film(flips, make("b", { textContent: "true edits" }), [["", goals]], key), ...chosen.map((each) => each.film.element));
    rows.replaceChildren(...chosen.map(({ run, cells }) => make("tr", {}, make("th", { scope: "row", textContent: run.name }), ...cells)));
    root.style.setProperty("--runs", chosen.length);
    slider.max = steps.length - 1;
    masks.hidden = beside.every((run) => run.rows.length === 1);
    arrange();
    ask();
  }

  // Curves stand below the edits of their run where there is room for all runs, else in one drawing.
  function arrange() {
    const wide = root.clientWidth - 2 * PADDING >= (chosen.length + 1) * (ROOM + GAP) - GAP;
    root.classList.toggle("wide", wide);
    panels = plots.map((plot, i) => ({ i, plot, ...(wide ? abreast(plot, i, chosen, control) : together(plot, i, chosen)) }));
    const parts = panels.flatMap(({ all }) => all);
    if (wide) curves.replaceChildren(...parts, make("small", { textContent: control ? `broad, behind the others: ${control.name}` : "" }), ...chosen.map(({ last }) => ticks("iteration", last)));
    else curves.replaceChildren(make("div", { className: "who" }, ...chosen.map(({ run }, place) => make("div", {}, sample(tint(RUNS[place]), "-"), run.name))), ...parts);
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
    checked.textContent = "";
    written.textContent = `names = ${JSON.stringify(named).replaceAll('":"', '": "').replaceAll('","', '", "')}`;
  }

  // What may be guessed: of several runs the one that ends best, of one alone whether it gets better;
  // or the wish that is learnt first.
  function options() {
    if (wishes) {
      const first = Math.min(...wishes.at.filter((at) => at !== null));
      return [...wishes.names.map((words, i) => ({ words, right: wishes.at[i] === first })), { words: "none of them", right: first === Infinity }];
    }
    const ends = chosen.map(({ run }) => run.judged[1]);
    if (chosen.length > 1) return chosen.map(({ run }, i) => ({ words: run.name, right: ends[i] > Math.max(...ends) - NEAR }));
    const more = ends[0] > chosen[0].run.judged[0];
    return [{ words: "more", right: more }, { words: "not more", right: !more }];
  }
  function ask() {
    [guess, ended] = [null, false];
    const secret = wishes || (!question && chosen.every(({ run }) => run.judged));
    const which = question || (chosen.length > 1 ? "in which run will the judge recognise most edits at the end?" : "will the judge recognise more edits at the end than now?");
    asked.replaceChildren(make("b", { textContent: secret ? `Guess first: ${which}` : question }), secret && !wishes ? " The judge's numbers are hidden until then." : "");
    answers.replaceChildren(...(secret ? options() : []).map((each) => make("button", { type: "button", textContent: each.words, onclick: () => answer(each) })));
    draw();
  }
  function answer(given) {
    guess = given;
    const again = make("button", { type: "button", textContent: "guess again", onclick: () => {
      go(0);
      ask();
      answers.firstChild.focus();
    } });
    answers.replaceChildren(again);
    again.focus(); // the button that was pressed is gone
    reply();
    draw();
  }
  function reply() {
    const right = make("b", { textContent: `You guessed “${guess.words}”: ${guess.right ? "right" : "wrong"}.` });
    asked.replaceChildren(right, ` ${!ended ? `Now play to the end${wishes ? "." : ": which curve tells it first?"}` : wishes ? learnt() : verdict()}`);
  }
  function learnt() {
    const { run, limit, at, names: all } = wishes;
    const from = all.map((name, i) => (at[i] === null ? `${name} not until the end` : `${name} at ${at[i]}`));
    return `In “${run}”, the error where the true edit changes something first falls below ${limit} of the unedited face's: ${from.join(", ")}.`;
  }
  // Numbers of the runs, and which curves told first how they end: see apart.py.
  function verdict() {
    const rates = chosen.map(({ run }) => `${run.name} ${run.judged.map(share).join(" → ")}`);
    const best = chosen.reduce((one, other) => (other.run.judged[1] > one.run.judged[1] ? other : one)).run;
    const worse = chosen.filter(({ run }) => run.judged[1] <= best.judged[1] - NEAR).map(({ run }) => {
      const { at, panels: first, judge } = run.apart[best.name];
      const curves = at === null ? "by no curve" : `by ${listed(first)} from ${at} on`;
      return `${run.name} ${curves} (judge: ${judge ?? "not for good"})`;
    });
    return `Judge, first → last: ${rates.join(", ")}.${worse.length ? ` First to leave ${best.name}: ${worse.join("; ")}.` : ""}`;
  }

  function draw() {
    const at = steps[k];
    const hidden = answers.childElementCount > 0 && !guess;
    if (guess && !ended && k === steps.length - 1) {
      ended = true;
      reply();
    }
    slider.value = k;
    slider.ariaValueText = value.textContent = `${at} of ${steps.at(-1)}`;
    faces.forEach((each, i) => each.setAttribute("aria-pressed", i === face));
    masks.setAttribute("aria-pressed", masked);
    root.classList.toggle("masked", masked);
    truth();
    const beside = chosen.map(({ run }) => run);
    for (const { i, plot, all, draw: show } of panels) {
      const secret = hidden && plot.curves.every(({ term }) => isSecret(term));
      all.forEach((part) => set(part, { hidden: secret }));
      show(at, room(beside, plot, i, hidden && asks ? at : Infinity), hidden);
    }
    const judged = chosen.map(({ run, film, cells }) => {
      const newest = run.numbers[Math.max(0, run.at.findLastIndex((when) => when <= at))];
      film.draw(at, face, !masked);
      cells.forEach((cell, i) => set(cell, { textContent: newest[i] }));
      return `${newest[0]} (${run.name})`;
    });
    table.hidden = hidden || !beside.every((run) => run.judged);
    heard.ariaLive = timer ? "off" : "polite"; // a training that plays is not read aloud step by step
    set(heard, { textContent: `Iteration ${at}, face ${face + 1}.${table.hidden ? "" : ` Judge: ${judged.join(", ")}.`}` });
  }

  const line = (...parts) => make("div", { className: "line" }, ...parts);
  const root = takeKeys(make("div", { className: "secgan-scrubber" },
    make("div", { className: "top" }, make("div", {}, line(...menus, ...(faces.length > 1 ? faces : [])), make("div", { className: "line guess" }, asked, answers)), given),
    make("div", { className: "line moment" }, ...acts, make("label", {}, "iteration", slider, value)),
    make("div", { className: "stage" }, films, curves), table, notes, heard));
  el.append(root);
  write();
  choose();
  new ResizeObserver(() => {
    arrange();
    draw();
  }).observe(root);
  for (const image of images.flat()) image.decode().then(draw, () => {}); // tiles stay empty until their sheet is there
  return pause;
}

export default { render };
