// Everything here comes out as text: what MISP or a far side wrote is never parsed as markup.

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of strangers with what cannot be seen, or would turn what stands around it, made visible. */
export function visible(text) {
  return String(text).replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

/** An element with attributes and children; a child that is no element becomes text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The element of the page with an id. */
export function byId(id) {
  return document.getElementById(id);
}

/** The address of a path beside the page, without the password that the page's own may have: a browser asks for none with one. */
export function beside(path) {
  return new URL(path, `${location.origin}${location.pathname}`);
}

/** Puts text in place of what an element holds, and touches nothing where it stands there already. */
export function say(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

/** Puts other things in place of what an element holds; who has come to something in it by keyboard stays on what is called the same. */
export function renew(place, ...children) {
  const focused = document.activeElement;
  const turn = namesakes(focused, place).indexOf(focused);
  place.replaceChildren(...children);
  if (turn >= 0) namesakes(focused, place)[turn]?.focus({ preventScroll: true });
}

/** What can be pressed in a place and is called as something else is. */
function namesakes(pressed, place) {
  return [...place.querySelectorAll("a, button")].filter((one) => nameOf(one) === nameOf(pressed));
}

function nameOf(pressed) {
  return pressed?.ariaLabel ?? pressed?.href ?? pressed?.textContent;
}

/** Longer values are cut where they are to be read at a glance. */
const LONGEST = 200;

/** A value as a button that asks why it is where it is; of hashes the middle is left out, of long texts the end. */
export function valueButton(value) {
  const glance = visible(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  const text = glance.replace(/^([0-9a-f]{12})[0-9a-f]{20,}([0-9a-f]{8})$/, "$1…$2");
  const button = element("button", { type: "button", class: "value", title: `Explain ${glance}` }, text);
  button.addEventListener("click", () =>
    button.dispatchEvent(new CustomEvent("explain", { bubbles: true, detail: value })),
  );
  return button;
}

const NUMBERS = new Intl.NumberFormat("en");

export function number(given) {
  return NUMBERS.format(given);
}

/** A time of today as a clock shows it, any other with its date. */
export function clockTime(milliseconds) {
  const date = new Date(milliseconds);
  const time = date.toLocaleTimeString("en-GB");
  const text = date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString("en-CA")} ${time}`;
  return element("time", { datetime: date.toISOString() }, text);
}

/** Milliseconds as people read them; what is rounded up to 60 of a unit is one of the next. */
export function duration(milliseconds) {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${Number((milliseconds / 1_000).toFixed(1))} s`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
