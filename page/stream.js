import { byId, clockTime, element, number, valueButton, visible } from "./dom.js";

const ROWS = 40;

/** Puts the lines of one second on top of a list; `happened` may be more than there are lines. */
export function show(kind, lines, { at, happened, fresh }) {
  const list = byId(kind);
  const rows = lines.map((line) => rowOf(line, fresh));
  const rest = happened - lines.length;
  if (rest > 0) rows.push(element("li", { class: "quiet" }, clockTime(at), `… and ${number(rest)} more`));
  // Somebody who reads further down is not pushed off the line.
  const height = list.scrollTop > 0 ? list.scrollHeight : 0;
  list.prepend(...rows.reverse());
  while (list.children.length > ROWS) list.lastElementChild.remove();
  if (height > 0) list.scrollTop += list.scrollHeight - height;
}

/** Empties the lists. */
export function clear() {
  for (const kind of ["heard", "decided", "written"]) byId(kind).replaceChildren();
}

function rowOf({ at, what, tone, type, value, whole = value, note }, fresh) {
  const subject = type ? valueButton(whole) : element("bdi", {}, visible(value));
  return element(
    "li",
    fresh ? { class: "fresh" } : {},
    clockTime(at),
    element("span", { class: `what ${tone}` }, what),
    " ",
    subject,
    type ? element("span", { class: "type" }, ` ${visible(type)}`) : null,
    note ? element("bdi", { class: "note" }, visible(note)) : null,
  );
}
