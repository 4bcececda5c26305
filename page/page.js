import { byId, clockTime, duration, number, say } from "./dom.js";
import { attendExplain } from "./explain.js";
import { plotLatencies, plotRates, SECONDS } from "./plot.js";
import { clear, show } from "./stream.js";
import { showTables } from "./tables.js";

/** How often a screen reader is told how things are, milliseconds. */
const TOLD_EVERY = 20_000;

/** A courier says something every second; after so long without a word the line is opened anew, milliseconds. */
const SILENCE = 10_000;

/** How long a target may be behind before it shows, milliseconds. */
const PATIENCE = 5_000;

/** More targets than this are counted where they fail, and not named. */
const NAMED = 3;

const KINDS = ["heard", "decided", "written"];
let seconds = [];
let situation = null;
let connected = false;
let paused = false;
const behindSince = new Map();
let told = { at: 0, text: "" };

attendExplain();
// Who has no mouse scrolls with the arrow keys.
for (const kind of KINDS) byId(kind).tabIndex = 0;
byId("pause").addEventListener("click", () => {
  paused = !paused;
  say("pause", paused ? "Go on" : "Pause");
});

let stream = null;
let heardAt = 0;
attend();
document.addEventListener("visibilitychange", attend);
// A browser gives up for good where a proxy answers in place of a courier that starts, and notices no line that was cut.
setInterval(() => {
  if (document.hidden || Date.now() - heardAt < SILENCE) return;
  attend();
  lost();
}, 1_000);

/** Opens the line anew. A browser has six to one server at the most, over all its tabs: a page that nobody looks at keeps none. */
function attend() {
  stream?.close();
  stream = document.hidden ? null : listen();
  heardAt = Date.now();
}

function listen() {
  const line = new EventSource("live");
  line.addEventListener("begin", ({ data }) => begin(JSON.parse(data)));
  line.addEventListener("tick", ({ data }) => tick(JSON.parse(data)));
  line.addEventListener("error", lost);
  return line;
}

function lost() {
  connected = false;
  showState();
}

function heard() {
  connected = true;
  heardAt = Date.now();
}

function begin({ history, lines, situation: given }) {
  heard();
  seconds = history;
  situation = given ?? situation;
  // What somebody has stopped to read stays also where the line was lost meanwhile.
  if (!paused) {
    clear();
    for (const kind of KINDS) show(kind, lines[kind], { at: 0, happened: 0, fresh: false });
  }
  draw();
}

function tick({ second, lines, situation: given }) {
  heard();
  seconds = [...seconds, second].slice(-SECONDS);
  situation = given ?? situation;
  if (!paused) {
    for (const kind of KINDS) show(kind, lines[kind], { at: second.at, happened: second[kind], fresh: true });
  }
  draw();
}

function draw() {
  if (situation) markLate(situation.targets);
  showFigures();
  showState();
  plotRates(byId("rate-plot"), seconds);
  plotLatencies(byId("latency-plot"), seconds);
  if (situation) showTables(situation);
}

/** Marks the targets that have been behind for a while: for a moment every target is, with each change. */
function markLate(targets) {
  const now = Date.now();
  for (const target of targets) {
    if (target.behind === 0) behindSince.delete(target.name);
    else if (!behindSince.has(target.name)) behindSince.set(target.name, now);
    target.late = now - (behindSince.get(target.name) ?? now) > PATIENCE;
  }
}

function showFigures() {
  const recent = seconds.slice(-10);
  const rate = (kind) => recent.reduce((sum, second) => sum + second[kind], 0) / Math.max(1, recent.length);
  const medians = seconds.flatMap(({ median }) => median ?? []).sort((one, other) => one - other);
  say("heard-rate", rateText(rate("heard")));
  say("decided-rate", rateText(rate("decided")));
  say("median", medians.length === 0 ? "–" : duration(medians[Math.floor(medians.length / 2)]));
  if (!situation) return;
  say("active", number(situation.active));
  say("ledger", `${number(situation.attributes)} attributes, ${number(situation.events)} events in the ledger`);
}

function rateText(rate) {
  return number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
}

function showState() {
  const states = { feed: feedState(), "catch-up": known(catchUpState()), delivery: known(deliveryState()) };
  for (const [id, [state, text]] of Object.entries(states)) {
    byId(id).dataset.state = state;
    say(id, text);
  }
  announce(Object.values(states).map(([, text]) => text));
}

/** How something is; where nobody tells any more, how it was. */
function known([state, text]) {
  return connected || !situation ? [state, text] : ["wait", `Last known: ${text}`];
}

function feedState() {
  if (!connected) return ["wait", "No connection to the courier"];
  if (!situation) return ["wait", "The courier is starting"];
  const { name, cause, saved } = situation.feed;
  if (!saved) return ["bad", `What ${name} says is not saved`];
  return cause === null ? ["good", `${name} is heard`] : ["bad", `${name} is not heard: ${cause}`];
}

function catchUpState() {
  if (!situation?.caughtUp) return ["wait", "Not caught up yet"];
  const { textContent: since } = clockTime(situation.caughtUp);
  return situation.fresh
    ? ["good", `Caught up at ${since.slice(0, -3)}`]
    : ["bad", `Not caught up since ${since.slice(0, -3)}`];
}

function deliveryState() {
  const targets = situation?.targets.filter(({ enabled }) => enabled) ?? [];
  const failing = targets.filter(({ attempts }) => attempts > 0).map(({ name }) => name);
  if (failing.length > NAMED) return ["bad", `${failing.length} of ${targets.length} targets fail`];
  if (failing.length > 0) return ["bad", `Failing: ${failing.join(", ")}`];
  if (targets.length === 0) return ["wait", "No targets"];
  const guarded = targets.filter(({ heldBack }) => heldBack > 0).map(({ name }) => name);
  if (guarded.length > NAMED) return ["wait", `Guards hold changes of ${guarded.length} targets`];
  if (guarded.length > 0) return ["wait", `Held by a guard: ${guarded.join(", ")}`];
  const late = targets.filter((target) => target.late).length;
  return late === 0 ? ["good", "Targets in step"] : ["wait", `${late} of ${targets.length} targets behind`];
}

/** Tells what has changed, and not too often. */
function announce(texts) {
  const text = `${texts.join(". ")}.`;
  const now = Date.now();
  if (text === told.text || now - told.at < TOLD_EVERY) return;
  told = { at: now, text };
  say("status", text);
}
