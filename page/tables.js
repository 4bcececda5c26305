import { doDeed } from "./deeds.js";
import { byId, clockTime, duration, element, number, renew, valueButton, visible } from "./dom.js";

/** The tables of how things stand; each is left alone while it would look the same. */
export function showTables(situation) {
  fill("targets", situation.targets, targetTable(situation.lists), "No target is configured.", situation.lists);
  fill("held", situation.held, heldTable(situation.decides), "No guard holds anything.", situation.decides);
  fill("waiting", situation.waiting, waitingTable, "Nothing waits for anybody.");
  fill("spells", situation.spells, spellTable, `${situation.feed.name} was always heard.`);
  fill("withheld", situation.withheld, withheldTable, "Nothing is withheld.");
}

const shown = new Map();

function fill(id, rows, { columns, cells }, nothing, beside) {
  const state = JSON.stringify([rows, beside]);
  if (shown.get(id) === state) return;
  shown.set(id, state);
  const table = byId(id);
  if (rows.length === 0) {
    renew(table, element("tbody", {}, element("tr", {}, element("td", { class: "quiet" }, nothing))));
    return;
  }
  const heads = columns.map(([name, kind]) => element("th", { scope: "col", ...(kind && { class: kind }) }, name));
  const body = rows.map((row) => element("tr", {}, ...cells(row)));
  renew(table, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...body));
}

function targetTable(lists) {
  return {
    columns: [["target"], ["state"], ["holds", "number"], ["behind", "number"], ["parked", "number"]],
    cells: (target) => [
      element("th", { scope: "row" }, target.name, " ", quiet(target.type), ...listLinks(lists, target.name)),
      element("td", {}, stateOf(target), ...trouble(target)),
      count(target.held, false, target.doubtful > 0 ? `${number(target.doubtful)} in doubt` : ""),
      count(target.behind, target.beyond),
      count(target.parked),
    ],
  };
}

function stateOf({ enabled, retire, attempts, late, heldBack, held }) {
  if (!enabled) return quiet("off");
  const chips = [
    ...(attempts > 0 ? [["bad", "failing"]] : late ? [["wait", "catching up"]] : []),
    ...(heldBack > 0 ? [["wait", `${number(heldBack)} held by its guard`]] : []),
  ];
  if (retire) chips.push(held > 0 ? ["wait", "is being emptied"] : ["good", "empty, as it is retired"]);
  if (chips.length === 0) chips.push(["good", "in step"]);
  const shown = chips.map(([state, text]) => element("span", { class: "chip", "data-state": state }, text));
  return element("span", {}, ...shown.flatMap((chip) => [chip, " "]));
}

function trouble({ attempts, nextAttempt, lastError }) {
  if (attempts === 0) return [];
  const next = nextAttempt === null ? [] : [", next at ", clockTime(nextAttempt)];
  return [
    element(
      "div",
      { class: "quiet told" },
      `${attempts} ${attempts === 1 ? "try" : "tries"}`,
      ...next,
      ": ",
      visible(lastError ?? ""),
    ),
  ];
}

function listLinks(lists, target) {
  return lists
    .filter((list) => list.target === target)
    .map(({ name, entries, leftOut }) => {
      const size = entries === null ? "" : ` ${number(entries)}`;
      const beyond = leftOut
        ? element("a", { href: `lists/${name}.left-out.txt` }, `, ${number(leftOut)} left out`)
        : "";
      return element(
        "div",
        { class: "quiet" },
        element("a", { href: `lists/${name}.txt` }, `${name}.txt`),
        size,
        beyond,
      );
    });
}

function heldTable(decides) {
  return {
    columns: [["target"], ["changes"], ["why, at first"], ...(decides ? [["decide"]] : [])],
    cells: ({ target, kind, count: changes, since, reason, samples }) => [
      element("th", { scope: "row" }, target, " ", quiet("since "), clockTime(since)),
      element(
        "td",
        {},
        `${number(changes)} ${kind === "add" ? "additions" : "removals"}: `,
        ...samples.flatMap(({ value }) => [valueButton(value), " "]),
      ),
      element("td", {}, visible(reason)),
      ...(decides
        ? [
            element(
              "td",
              {},
              element("div", { class: "choices" }, ...["release", "discard"].map((word) => decision(word, target))),
            ),
          ]
        : []),
    ],
  };
}

function decision(word, target) {
  const name = word === "release" ? "Release" : "Discard";
  const button = element("button", { type: "button", "aria-label": `${name} what is held for ${target}` }, name);
  button.addEventListener(
    "click",
    () => void doDeed("decided-on", "held", { decision: word, target }, `${name}: asked for ${target}.`),
  );
  return button;
}

const waitingTable = {
  columns: [["what"], ["value"], ["why"]],
  cells: ({ kind, target, type, value, reason, at }) => [
    element("td", {}, kind, " ", quiet(`at ${target}, `), element("span", { class: "quiet" }, clockTime(at))),
    element("td", { class: "told" }, valueButton(value), " ", quiet(type)),
    element("td", { class: "told" }, visible(reason)),
  ],
};

const spellTable = {
  columns: [["from"], ["lasted"], ["cause"], ["made up for"]],
  cells: ({ since, until, cause, repaired }) => [
    element("td", {}, clockTime(since)),
    element("td", {}, until === null ? element("b", { class: "bad" }, "it lasts") : duration(until - since)),
    element("td", {}, cause),
    element("td", { class: repaired ? "good" : "bad" }, repaired ?? "not yet"),
  ],
};

const withheldTable = {
  columns: [["why"], ["indicators", "number"]],
  cells: ({ reason, count: how }) => [element("td", {}, reason), count(how)],
};

function quiet(text) {
  return element("span", { class: "quiet" }, visible(text));
}

function count(given, atLeast = false, remark = "") {
  const beside = remark === "" ? [] : [element("div", { class: "quiet" }, remark)];
  return element("td", { class: "number" }, `${atLeast ? "≥ " : ""}${number(given)}`, ...beside);
}
