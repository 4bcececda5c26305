import { duration, element, number } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 300;
const HEIGHT = 100;
/** What is faster than this looks the same, milliseconds. */
const LEAST = 10;

/** How many seconds a plot shows. */
export const SECONDS = 300;

/** What is heard and what is written, a second. */
export function plotRates(figure, seconds) {
  const most = ceiling(Math.max(10, ...seconds.map(({ heard, written }) => Math.max(heard, written))));
  const heard = points(seconds, most, "heard");
  const written = points(seconds, most, "written");
  const shapes = [
    ...[0, 0.5, 1].map((part) => path("grid", `M0 ${part * (HEIGHT - 2) + 1} H${WIDTH}`)),
    path("area first", heard.length > 1 ? `${line(heard)} V${HEIGHT} H${heard[0].x} Z` : ""),
    path("line first", line(heard)),
    path("line second", line(written)),
  ];
  draw(figure, shapes, {
    label: `Events a second in the last five minutes, at most ${number(most)}`,
    top: `up to ${number(most)} a second in the last 5 minutes`,
    keys: ["heard", "written"],
  });
}

/** From heard to written: of each second a stroke from the middle one to the slowest, on a logarithmic scale from 10 ms. */
export function plotLatencies(figure, seconds) {
  const timed = seconds.map((second, index) => ({ ...second, index })).filter(({ median }) => median !== null);
  const decades = Math.max(2, Math.ceil(Math.log10(Math.max(1, ...timed.map(({ worst }) => worst)) / LEAST)));
  const x = ({ index }) => xOf(index, seconds.length).toFixed(1);
  const y = (value) => HEIGHT - 3 - (Math.log10(Math.max(LEAST, value) / LEAST) / decades) * (HEIGHT - 6);
  const lines = Array.from({ length: decades + 1 }, (_, decade) =>
    path("grid", `M0 ${y(LEAST * 10 ** decade)} H${WIDTH}`),
  );
  const shapes = [
    ...lines,
    path("line second", timed.map((second) => `M${x(second)} ${y(second.median)} V${y(second.worst)}`).join(" ")),
    path("line dots first", timed.map((second) => `M${x(second)} ${y(second.median)} h0.01`).join(" ")),
  ];
  const most = duration(LEAST * 10 ** decades);
  draw(figure, shapes, {
    label: `Time from heard to written in the last five minutes, at most ${most}`,
    top: `${duration(LEAST)} to ${most}, logarithmic`,
    keys: ["half within", "all within"],
  });
}

function draw(figure, shapes, { label, top, keys }) {
  if (!figure.firstChild) figure.append(...frame(keys));
  const svg = figure.querySelector("svg");
  svg.setAttribute("aria-label", label);
  svg.querySelector("g").replaceChildren(...shapes);
  figure.querySelector(".top").textContent = top;
}

/** What a plot has beside its lines; made once. */
function frame([first, second]) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  svg.append(shape("g", {}));
  const caption = element(
    "figcaption",
    {},
    element("span", { class: "top" }),
    element("span", { class: "key first" }, first),
    element("span", { class: "key second" }, second),
  );
  return [svg, caption];
}

function points(seconds, most, name) {
  return seconds.map((second, index) => ({
    x: xOf(index, seconds.length),
    y: HEIGHT - (second[name] / most) * (HEIGHT - 4) - 2,
  }));
}

/** Now stands at the right. */
function xOf(index, count) {
  return WIDTH - ((count - 1 - index) * WIDTH) / (SECONDS - 1);
}

function line(given) {
  return given.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join(" ");
}

function path(name, d) {
  return shape("path", { class: name, d, "vector-effect": "non-scaling-stroke" });
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** The next of 1, 2 and 5 times a power of ten. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}
