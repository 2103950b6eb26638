// Lesson 08's drag. All views are here from the start: the page moves without the kernel.

const [LOW, HIGH] = [-0.4, 0.6]; // of the bar
const RANGE = `${signed(LOW, 1)} to ${signed(HIGH, 1)}`;
const MOVED = { "1": ["▲", " dragged"], "-1": ["▼", " against"], "0": ["", ""] }; // mark, word

// One tile of a flip's sheet, whose rows are the input, the edit at each dial, and the true edit.
function tile(flip, row, column, label) {
  const [rows, columns] = [flip.said.length + 2, flip.wishes.length];
  const part = (place, count) => `${(100 * place) / (count - 1)}%`;
  const picture = make("div", { className: "tile", aria: { role: "img", label } });
  Object.assign(picture.style, {
    backgroundImage: `url(${flip.sheet})`,
    backgroundSize: `${100 * columns}% ${100 * rows}%`,
    backgroundPosition: `${part(column, columns)} ${part(row, rows)}`,
  });
  return picture;
}

function render({ model, el }) {
  const shown = model.get("shown");
  const last = shown.dials.length - 1;
  const menu = make("select", { onchange: draw }, ...shown.flips.map(({ title }) => make("option", { textContent: title })));
  const slider = make("input", { type: "range", min: 0, max: last, step: 1, value: 0, oninput: draw, aria: { label: "dial of the training faces" } });
  const ticks = make("span", { className: "ticks", aria: { hidden: true } }, ...shown.dials.map((value) => make("i", { textContent: value })));
  const dial = make("output");
  const board = make("div", { className: "board", tabIndex: 0, aria: { role: "group", label: "faces, edits and true edits" } });
  const bar = make("div", { className: "bar", aria: { role: "img" } });
  const words = make("p", { aria: { role: "status" } });
  const place = (value) => (100 * (value - LOW)) / (HIGH - LOW);

  function draw() {
    const flip = shown.flips[menu.selectedIndex];
    const at = Number(slider.value);
    const name = `dial ${shown.dials[at]}`;
    slider.ariaValueText = dial.textContent = name;
    const head = (text) => make("b", { textContent: text });
    const cell = (row, i, what, said, moved = 0) => {
      const [mark, word] = MOVED[moved];
      const words = [make("small", { textContent: said }),
        make("small", {}, mark, make("span", { textContent: word }))];
      return make("div", { className: moved ? "moved" : "" },
        tile(flip, row, i, `face ${i + 1}, ${flip.wishes[i]}, ${what}${said && `: the judge sees ${said}`}`),
        ...(said ? words : []));
    };
    board.style.setProperty("--columns", flip.wishes.length);
    board.replaceChildren(
      head("wish"), ...flip.wishes.map((wish) => make("small", { textContent: wish })),
      head("input"), ...flip.wishes.map((_, i) => cell(0, i, "input", "")),
      head("edit"), ...flip.said[at].map((said, i) => cell(1 + at, i, "edit", said, flip.moves[at][i])),
      head("true edit"), ...flip.meant.map((said, i) => cell(last + 2, i, "true edit", said)));
    const runs = flip.runs[at];
    const mean = runs.reduce((sum, value) => sum + value, 0) / runs.length;
    const [from, to] = [Math.min(0, mean), Math.max(0, mean)].map(place);
    const filled = make("i");
    Object.assign(filled.style, { left: `${from}%`, width: `${to - from}%` });
    const mark = (className, value) => {
      const made = make("b", { className });
      made.style.left = `${place(value)}%`;
      return made;
    };
    const zero = mark("scale", 0);
    zero.textContent = "0";
    bar.replaceChildren(filled, mark("zero", 0), zero, ...runs.map((value) => mark("run", value)));
    bar.ariaLabel = `drag from ${RANGE}: mean ${signed(mean, 2)}`;
    words.textContent = `${name}, ${flip.title}. Recorded runs, 300 faces: drag ` +
      `${runs.map((value) => signed(value, 2)).join(", ")}; their mean is the bar. This editor, ${shown.faces} faces: ${flip.counts[at].join("; ")}.`;
  }

  const root = takeKeys(make("div", { className: "secgan-drag" },
    make("div", { className: "line" }, make("label", {}, "flip → partner", menu), make("span", { className: "dial" }, slider, ticks), dial), board,
    make("div", { className: "line" }, make("span", { textContent: `drag, ${RANGE}` }), bar), words));
  el.append(root);
  draw();
}

export default { render };
