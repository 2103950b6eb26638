// The live game without a kernel: a model for live_game.js that trains in the page.
import { json, loaded, place } from "./loaded.js";
import page from "./live_game.js";
import { Match } from "./match.js";

const TURN = 40; // milliseconds of playing from one picture to the next
const MOST = 6; // rounds in them, at most
const PAUSE = 10; // milliseconds in which the page hears its controls
const SLOW = 700; // from one player's step to the other's
const LONGEST = 20000; // rounds after which a game that nobody stops stands still, as in the lesson
const SEED = 0; // each new game is the same one

const [facts] = await loaded("game", json("live_game.json"));
const [FIRST] = Object.keys(facts.clouds);
let match, cloud, moved, timer, turn;
let slow = false;

function begin() {
  stop();
  [cloud, moved] = [FIRST, ""];
  match = new Match(facts, { ...facts.rules, spots: facts.clouds[FIRST] }, SEED);
}

function stop() {
  clearTimeout(timer);
  [timer, turn] = [0, 0];
}

// What happens before the next picture: some rounds, or slowly a single step.
function playOn() {
  if (slow) {
    moved = turn < match.rules.critic_steps ? "D" : "G";
    turn = moved === "D" ? turn + 1 : 0;
    steps[moved]();
  } else {
    moved = "both";
    const end = performance.now() + TURN;
    for (let k = 0; k < MOST && performance.now() < end; k++) match.advance();
  }
  if (match.round < LONGEST) timer = setTimeout(playOn, slow ? SLOW : PAUSE);
  else stop();
  show();
}

const steps = { D: () => match.stepOfD(), G: () => match.stepOfG(), both: () => match.advance() };
const change = (rules) => {
  match.rules = { ...match.rules, ...rules };
};
const acts = {
  play({ playing }) {
    stop();
    if (playing) timer = setTimeout(playOn);
  },
  step({ of }) {
    steps[of]();
    moved = of;
  },
  pace({ slow: wanted }) {
    slow = wanted;
  },
  reset: begin,
  rule: ({ name, value }) => change({ [name]: value }),
  spots({ label, spots }) {
    const which = facts.looks.findIndex((look) => look.label === label);
    change({ spots: match.rules.spots.map((own, i) => (i !== which ? own : spots.length ? spots : facts.clouds[cloud][i])) });
  },
  clouds({ name }) {
    cloud = name;
    change({ spots: facts.clouds[name] });
  },
};

const listeners = [];
let shown;
let answered = 0;
let due = 0; // the frame in which the next picture is drawn: one, for all that a hand does until then
const soon = () => {
  due ||= requestAnimationFrame(show);
};
function show() {
  cancelAnimationFrame(due);
  due = 0;
  const { edge, shades, looks } = facts;
  const rules = Object.fromEntries(Object.keys(facts.rules).map((name) => [name, match.rules[name]]));
  shown = { ...match.moment(), edge, shades, looks, rules, answer: answered, playing: timer > 0, slow, moved, cloud, clouds: Object.keys(facts.clouds) };
  listeners.forEach((listen) => listen());
}
const model = {
  get: () => shown,
  on: (_, listen) => listeners.push(listen),
  send({ act, answer = answered, ...given }) {
    answered = answer;
    acts[act](given);
    soon();
  },
};
begin();
show();
place.replaceChildren();
page.render({ model, el: place });
