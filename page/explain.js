import { doDeed } from "./deeds.js";
import { beside, byId, element, visible } from "./dom.js";

/** Lets the search box, and every value on the page, ask why a value is where it is. */
export function attendExplain() {
  const input = byId("value");
  byId("explain").addEventListener("submit", (event) => {
    event.preventDefault();
    void explain(input.value.trim());
  });
  document.addEventListener("explain", ({ detail }) => {
    input.value = detail;
    void explain(detail).then(() => byId("explanation").focus());
  });
}

let newest = 0;

async function explain(value) {
  if (value === "") return;
  newest += 1;
  const mine = newest;
  const shown = await ask(value).catch(() => [element("p", { class: "bad" }, "The courier does not answer.")]);
  // A slower answer to an earlier question must not cover this one.
  if (mine === newest) byId("explanation").replaceChildren(...shown);
}

async function ask(value) {
  const answer = await fetch(beside(`explain?value=${encodeURIComponent(value)}`));
  if (!answer.ok) return [element("p", { class: "bad" }, await answer.text())];
  const { indicators, elsewhere, reasons, decides } = await answer.json();
  if (indicators.length > 0) {
    const thumbs = decides ? [thumbsFor(indicators[0].value)] : [];
    return [...thumbs, ...indicators.map((indicator) => articleOf(indicator, reasons))];
  }
  if (elsewhere.length === 0) return [element("p", {}, code(value), " was never heard of.")];
  const places = elsewhere.map(({ type, event }) => item(`${visible(type)} in event “${visible(event)}”`));
  return [element("p", {}, code(value), " was heard of, but is no valid value of its type:"), list(places)];
}

/** A person's word on a value, which goes to MISP. */
function thumbsFor(value) {
  return element("p", { class: "choices" }, thumb(value, true, "False positive"), thumb(value, false, "Seen"));
}

function thumb(value, isFalse, name) {
  const button = element("button", { type: "button", title: `Tell MISP: ${visible(value)}` }, name);
  const done = `MISP has it: ${visible(value)} ${isFalse ? "is a false positive" : "was seen"}.`;
  button.addEventListener("click", () => void doDeed("thumbed", "thumbs", { value, false_positive: isFalse }, done));
  return button;
}

function articleOf({ type, value, withheld, score, parts, supports, sightings, targets, since }, reasons) {
  const standing = withheld === null ? "active" : `withheld: ${reasons[withheld]}`;
  return element(
    "article",
    {},
    element("h3", {}, code(value), ` ${visible(type)}`),
    element("p", { class: withheld === null ? "good" : "bad" }, `${standing} (since ${since}), score ${score}`),
    ...titled(
      "Score",
      parts.map((part) => item(`${signed(part.points)} ${part.name}: ${visible(part.reason)}`)),
    ),
    ...titled(
      "Held up by",
      supports.map((support) => supportOf(support, reasons)),
    ),
    ...titled(
      "Sightings",
      sightings.map(({ text }) => item(visible(text))),
    ),
    ...titled(
      "Targets",
      targets.map((target) => targetOf(target, reasons)),
    ),
  );
}

function supportOf(support, reasons) {
  const { attributeId, type, event, eventId, organisation, origin, changed, tags, withheld, warninglists, sightings } =
    support;
  const from = origin === null ? "" : `, from ${visible(origin)}`;
  const lists = warninglists.map((list) => `: ${visible(list)}`).join("");
  const verdict = withheld === null ? "qualifies" : `does not qualify: ${reasons[withheld]}${lists}`;
  return element(
    "li",
    {},
    `attribute ${attributeId} (${visible(type)}) of event ${eventId} “${visible(event)}” by ${visible(organisation)}${from}, changed ${changed}: `,
    element("b", { class: withheld === null ? "good" : "bad" }, verdict),
    tags.length > 0 ? element("div", { class: "quiet" }, `tags: ${tags.map(visible).join(", ")}`) : null,
    ...sightings.map(({ text }) => element("div", { class: "quiet" }, visible(text))),
  );
}

const KEPT = { add: "the addition", remove: "the removal" };
const KEPT_FOR = {
  waiting: "until all is judged by the new rules",
  held: "until a person decides",
  discarded: "as a person decided",
};

function targetOf(
  { name, enabled, held, since, doubtful, wanted, withheld, protectedBy, aside, expires, pending, parked },
  reasons,
) {
  const certain = held ? `holds it since ${since}` : "does not hold it";
  const state = doubtful ? "may hold it (a delivery failed half-way)" : certain;
  if (!enabled) return element("li", {}, element("b", {}, name), `: ${state}, and is switched off`);
  const until = expires === null ? "" : ` until ${expires}`;
  const why = withheld === null ? "" : reasons[withheld];
  const by = protectedBy === null ? "" : ` (${visible(protectedBy)})`;
  const wish = wanted ? `is to hold it${until}` : `is not to hold it: ${why}${by}`;
  const rest = [
    ...(aside ? [`its guard keeps back ${KEPT[aside.kind]}, ${KEPT_FOR[aside.state]}`] : []),
    ...(pending ? ["a change is on its way"] : []),
    ...(parked ? [`parked: ${visible(parked)}`] : []),
  ];
  return element("li", {}, element("b", {}, name), `: ${[`${state}, ${wish}`, ...rest].join("; ")}`);
}

function titled(title, items) {
  return items.length === 0 ? [] : [element("h4", {}, title), list(items)];
}

function list(items) {
  return element("ul", {}, ...items);
}

function item(text) {
  return element("li", {}, text);
}

function code(value) {
  return element("code", { class: "value" }, visible(value));
}

function signed(points) {
  return points < 0 ? `−${-points}` : `+${points}`;
}
