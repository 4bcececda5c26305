import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Browser, chromiumOnThisMachine } from "../support/a-browser.ts";
import { eventually } from "../support/running-courier.ts";
import { startWatched, type WatchedCourier } from "./a-watched-courier.ts";

const program = chromiumOnThisMachine();

/** Runs in the page if any text of MISP becomes markup there. */
const ATTACK = "<img src=x onerror=window.hacked=1><script>window.hacked=2</script>";

const CARDS = ["ink", "quiet", "accent", "good", "bad", "first", "second"];
const PAIRS = [
  ...CARDS.map((name) => [name, "card"]),
  ...["good", "bad", "wait"].map((name) => [name, `${name}-ground`]),
  ["ink", "ground"],
  ["quiet", "ground"],
  ["on-accent", "accent"],
];

describe.runIf(program)("the page in Chromium", () => {
  let watched: WatchedCourier;
  let browser: Browser;

  beforeAll(async () => {
    watched = await startWatched({
      targets: {
        blocklists: { type: "csv", directory: "./lists" },
        firewall: { type: "http", lists: { domains: { types: ["domain"] } } },
        former: { type: "csv", directory: "./former", enabled: false },
        leaving: { type: "csv", directory: "./leaving", retire: true },
      },
    });
    browser = await Browser.open(program ?? "");
    await browser.go(watched.url);
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await watched[Symbol.asyncDispose]();
  });
  beforeEach(() => eventually(async () => expect(await text("#feed")).toBe("MISP is heard")));

  const text = async (selector: string) => await browser.evaluate(`document.querySelector('${selector}').innerText`);
  const shows = (selector: string, part: string) =>
    eventually(async () => expect(await text(selector)).toContain(part));

  test("shows markup in values, events, tags and refusals as the text that it is", async () => {
    const { misp } = watched.courier;
    const { id } = misp.addEvent({
      info: `Campaign ${ATTACK}`,
      tags: [`tlp:${ATTACK}`],
      attributes: [
        { type: "user-agent", toIds: true, value: `agent ${ATTACK}` },
        { type: "user-agent", toIds: true, value: `refused\u0085${ATTACK}` },
        { type: "domain", value: "evil.example" },
      ],
    });
    misp.publish(id);
    await shows("#heard", `agent ${ATTACK}`);
    await shows("#heard", `“Campaign ${ATTACK}”`);
    await shows("#decided", `agent ${ATTACK}`);
    await shows("#written", `agent ${ATTACK}`);
    await shows("#waiting", `refused\\u{85}${ATTACK}`);
    await browser.evaluate(`[...document.querySelectorAll('#decided button')]
      .find((button) => button.textContent.startsWith('agent')).click()`);
    await shows("#explanation", `“Campaign ${ATTACK}”`);
    expect(await browser.evaluate("document.querySelectorAll('main img, main script').length")).toBe(0);
    expect(await browser.evaluate("window.hacked")).toBeUndefined();
    expect(browser.complaints).toEqual([]);
  });

  test("shows the beginning of a long value, and explains all of it when that is pressed", async () => {
    const { misp } = watched.courier;
    const path = "segment/".repeat(60);
    const { id } = misp.addEvent({
      info: "long",
      attributes: [{ type: "url", toIds: true, value: `http://long.example/${path}` }],
    });
    misp.publish(id);
    for (const kind of ["heard", "decided", "written"]) {
      await shows(`#${kind}`, "http://long.example/segment/");
      const button = `[...document.querySelectorAll('#${kind} button')]
        .find((one) => one.textContent.startsWith('http://long.example/'))`;
      expect(await browser.evaluate(`${button}.textContent.length`)).toBe(201);
      await browser.evaluate("document.getElementById('explanation').replaceChildren()");
      await browser.evaluate(`${button}.click()`);
      await shows("#explanation", `${path} url`);
    }
  });

  test("explains a value that is typed and sent off with the keyboard", async () => {
    await watched.courier.listed("domain", "evil.example");
    await browser.evaluate("document.getElementById('value').focus()");
    await browser.evaluate("document.getElementById('value').value = ''");
    await browser.type("EVIL.example");
    await shows("#explanation", "evil.example domain");
    await shows("#explanation", "blocklists: holds it since");
    await shows("#explanation", "former: does not hold it, and is switched off");
    expect(await text("#targets tbody")).toMatch(/leaving csv\s+empty, as it is retired\s+0/);
  });

  test("lets the stream be paused, and goes on", async () => {
    const { misp } = watched.courier;
    const press = () => browser.evaluate("document.getElementById('pause').click()");
    await press();
    // One that changes its name must not be called pressed as well.
    expect(await text("#pause")).toBe("Go on");
    expect(await browser.evaluate("document.querySelector('#pause').ariaPressed")).toBeNull();
    // Events are numbered from 1, so that the newest tells how many there are.
    const { id } = misp.addEvent({ info: "unseen", attributes: [] });
    await shows("#ledger", `, ${id} event`);
    await press();
    misp.addEvent({ info: "seen again", attributes: [] });
    await shows("#heard", "seen again");
    expect(await text("#heard")).not.toContain("unseen");
  });

  test.each([
    [999.6, "1 s"],
    [59_960, "1 min 0 s"],
    [119_600, "2 min 0 s"],
    [3_599_800, "1 h 0 min"],
    [7_198_000, "2 h 0 min"],
    [38, "38 ms"],
    [2_340, "2.3 s"],
    [90_000, "1 min 30 s"],
  ])("reads %d ms as %s", async (milliseconds, words) => {
    const asked = `import('./dom.js').then(({ duration }) => duration(${milliseconds}))`;
    expect(await browser.evaluate(asked)).toBe(words);
  });

  test("has landmarks, a name for all that can be pressed, and one polite voice", async () => {
    const count = async (selector: string) => await browser.evaluate(`document.querySelectorAll('${selector}').length`);
    for (const landmark of ["header", "main", "footer", "search", "h1"]) expect(await count(landmark)).toBe(1);
    expect(await count("button:empty, a:empty, main > section:not([aria-label]):not([aria-labelledby])")).toBe(0);
    expect(await count("label[for=value]")).toBe(1);
    expect(await count("[role=status][aria-live=polite]")).toBe(1);
    expect(await count(".stream[aria-live], .stream:not([tabindex])")).toBe(0);
    await shows("#status", "MISP is heard.");
  });

  test.each(["light", "dark"] as const)("has room on a phone, and contrast enough when it is %s", async (scheme) => {
    await browser.go(watched.url, { width: 390, height: 844, scheme });
    await eventually(async () => expect(await text("#targets")).toContain("firewall"));
    expect(await browser.evaluate("document.documentElement.scrollWidth")).toBe(390);
    for (const [one = "", other = ""] of PAIRS) {
      const enough = contrast(await colour(one), await colour(other)) >= 4.5;
      expect([one, other, enough]).toEqual([one, other, true]);
    }
  });

  const colour = async (name: string) =>
    String(await browser.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('--${name}').trim()`));
});

describe.runIf(program)("the page of a courier that caught up long ago, in Chromium,", () => {
  test("says since when it has not, as its health does", async () => {
    let later = 0;
    await using watched = await startWatched({}, () => Date.now() + later);
    await using browser = await Browser.open(program ?? "");
    await browser.go(watched.url);
    const catchUp = () => browser.evaluate("document.getElementById('catch-up').innerText");
    await eventually(async () => expect(await catchUp()).toMatch(/^Caught up at \d\d:\d\d$/));
    later = 86_400_000;
    await eventually(async () => expect(await catchUp()).toMatch(/^Not caught up since .*\d\d:\d\d$/));
    expect((await fetch(`${watched.url}healthz`)).status).toBe(503);
  });
});

describe.runIf(program)("the page of a courier whose target lags far behind, in Chromium,", () => {
  test("says that its lag was counted no further", async () => {
    await using watched = await startWatched();
    await using browser = await Browser.open(program ?? "");
    await browser.go(watched.url);
    await eventually(async () => expect(await browser.evaluate("document.title")).toBe("misp-courier"));
    const target = { name: "siem", type: "splunk", enabled: true, attempts: 0, held: 7, parked: 0 };
    const nothing = { lists: [], held: [], waiting: [], spells: [], withheld: [], feed: { name: "MISP" } };
    const situation = { ...nothing, targets: [{ ...target, behind: 100_000, beyond: true }] };
    const shown = await browser.evaluate(`import("./tables.js").then(({ showTables }) => {
      showTables(${JSON.stringify(situation)});
      return document.querySelector("#targets tbody").innerText;
    })`);
    expect(shown).toMatch(/siem splunk\s+in step\s+7\s+≥ 100,000\s+0/);
  });
});

describe.runIf(program)("a far side that says much without a space, in Chromium,", () => {
  test.each([1280, 390])("pushes no figure out of sight on %i pixels", async (width) => {
    await using watched = await startWatched();
    await using browser = await Browser.open(program ?? "");
    await browser.go(watched.url, { width, height: 900 });
    await eventually(async () => expect(await browser.evaluate("document.title")).toBe("misp-courier"));
    const said = "x".repeat(500);
    const target = {
      name: "siem",
      type: "splunk",
      enabled: true,
      attempts: 3,
      held: 7,
      behind: 7,
      parked: 7,
      nextAttempt: null,
      lastError: said,
    };
    const waiting = [{ kind: "parked", target: "siem", type: "url", value: said, reason: said, at: 0 }];
    const nothing = { lists: [], held: [], spells: [], withheld: [], feed: { name: "MISP" } };
    const wider = await browser.evaluate(`import("./tables.js").then(({ showTables }) => {
      showTables(${JSON.stringify({ ...nothing, targets: [target], waiting })});
      return [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.innerHTML);
    })`);
    expect(wider).toEqual([]);
  });
});

describe.runIf(program)("a table of the page that changes, in Chromium,", () => {
  test("leaves who walks through it by keyboard where they are", async () => {
    await using watched = await startWatched();
    await using browser = await Browser.open(program ?? "");
    await browser.go(watched.url);
    await eventually(async () => expect(await browser.evaluate("document.title")).toBe("misp-courier"));
    const nothing = { lists: [], targets: [], waiting: [], spells: [], withheld: [], feed: { name: "MISP" } };
    const hold = { kind: "remove", since: 0, reason: "many", samples: [{ type: "domain", value: "a.example" }] };
    const holds = (targets: string[], count: number) =>
      JSON.stringify({ ...nothing, decides: true, held: targets.map((target) => ({ ...hold, target, count })) });
    const focused = await browser.evaluate(`import("./tables.js").then(({ showTables }) => {
      const buttons = (name) => [...document.querySelectorAll("#held button")].filter(({ textContent }) => textContent === name);
      const row = () => [document.activeElement.textContent, document.activeElement.closest("tr")?.cells[0].innerText];
      const seen = [];
      for (const name of ["Discard", "a.example"]) {
        showTables(${holds(["lists", "siem"], 7)});
        buttons(name)[1].focus();
        showTables(${holds(["lists", "siem"], 8)});
        seen.push(row());
      }
      buttons("Discard")[0].focus();
      showTables(${holds(["early", "lists"], 9)});
      return [...seen, row()].map((one) => one.join(" of ").slice(0, 17));
    })`);
    expect(focused).toEqual(["Discard of siem s", "a.example of siem", "Discard of lists "]);
  });
});

describe.runIf(program)("the page of a courier that saves nothing of what it hears, in Chromium,", () => {
  test("says so, and not that all is well", async () => {
    let later = 0;
    await using watched = await startWatched({}, () => Date.now() + later);
    await using browser = await Browser.open(program ?? "");
    await browser.go(watched.url);
    const feed = () => browser.evaluate("document.getElementById('feed').innerText");
    await eventually(async () => expect(await feed()).toBe("MISP is heard"));
    later = 120_000;
    await eventually(async () => expect(await feed()).toBe("What MISP says is not saved"));
  });
});

describe.runIf(program)("the page of a courier whose targets are down, in Chromium,", () => {
  test.each([
    [1, "Failing: "],
    [9, "9 of 9 targets fail"],
  ])("has room for %i of them on a phone", async (count, says) => {
    const settings = { type: "webhook", url: "http://127.0.0.1:1/", secret: `whsec_${btoa("s".repeat(32))}` };
    const names = Array.from({ length: count }, (_, index) => `${"a".repeat(60)}${index}`);
    await using watched = await startWatched({ targets: Object.fromEntries(names.map((name) => [name, settings])) });
    const { misp } = watched.courier;
    misp.publish(misp.addEvent({ info: "event", attributes: [{ type: "domain", value: "a.example" }] }).id);
    await using browser = await Browser.open(program ?? "");
    await browser.go(watched.url, { width: 390, height: 844 });
    await eventually(async () =>
      expect(await browser.evaluate("document.getElementById('delivery').innerText")).toContain(says),
    );
    expect(await browser.evaluate("document.documentElement.scrollWidth")).toBe(390);
  });
});

if (!program) {
  test("the page in Chromium", ({ skip }) => skip("there is no Chromium on this machine; CHROMIUM may name one"));
}

/** WCAG's contrast of two colours such as `#1a2129`, 1 to 21. */
function contrast(one: string, other: string): number {
  const [darker = 0, brighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (brighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
