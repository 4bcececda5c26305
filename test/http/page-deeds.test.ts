import { describe, expect, test } from "vitest";
import { Browser, chromiumOnThisMachine } from "../support/a-browser.ts";
import { eventually } from "../support/running-courier.ts";
import { startWatched } from "./a-watched-courier.ts";

const program = chromiumOnThisMachine();
const DOMAINS = Array.from({ length: 8 }, (_, index) => `d${index + 1}.example`);

describe.runIf(program)("the page in Chromium, opened with its token,", () => {
  test("asks a person for it, as a password, and has all that it shows let in by it", async () => {
    await using watched = await startWatched({ http: { listen: "127.0.0.1:0", token: "let-me-in" } });
    await using browser = await Browser.open(program ?? "");
    await browser.logIn("let-me-in");
    void browser.go(watched.url);
    await eventually(async () =>
      expect(await browser.evaluate("document.getElementById('feed')?.innerText")).toBe("MISP is heard"),
    );
  });

  test("shows what a guard holds, lets it go when that is pressed, and gives a thumb to what it explains", async () => {
    await using watched = await startWatched({
      http: { listen: "127.0.0.1:0", token: "let-me-in" },
      guard: { max_removed: { percent: 20, at_least: 5 } },
    });
    const { courier, url } = watched;
    const [mass, single] = [DOMAINS, ["doubtful.example"]].map((values) =>
      courier.misp.addEvent({ info: "event", attributes: values.map((value) => ({ type: "domain", value })) }),
    );
    for (const { id } of [mass, single].flatMap((event) => event ?? [])) courier.misp.publish(id);
    await courier.listed("domain", ...DOMAINS, "doubtful.example");
    await using browser = await Browser.open(program ?? "");
    await browser.carry({ Authorization: `Basic ${Buffer.from("page:let-me-in").toString("base64")}` });
    await browser.go(url);

    await eventually(() => browser.evaluate("document.getElementById('value').value = 'doubtful.example'"));
    await eventually(async () =>
      expect(await browser.evaluate("document.getElementById('feed').innerText")).toBe("MISP is heard"),
    );
    await browser.evaluate("document.getElementById('explain').requestSubmit()");
    const press = (place: string, name: string) =>
      eventually(async () => {
        const button = `[...document.querySelectorAll('${place} button')].find((one) => one.textContent === '${name}')`;
        expect(await browser.evaluate(`Boolean(${button})`)).toBe(true);
        await browser.evaluate(`${button}.click()`);
      });
    await press("#explanation", "False positive");
    await courier.listed("domain", ...DOMAINS);

    courier.misp.deleteEvent(mass?.id ?? 0);
    const held = () => browser.evaluate("document.getElementById('held').innerText");
    await eventually(async () => expect(await held()).toContain("8 removals"));
    const delivery = () => browser.evaluate("document.getElementById('delivery').innerText");
    const targets = () => browser.evaluate("document.querySelector('#targets tbody').innerText");
    expect(await delivery()).toBe("Held by a guard: blocklists");
    expect(await targets()).toMatch(/blocklists csv\s+8 held by its guard\s/);
    await browser.evaluate("document.getElementById('value').value = 'd1.example'");
    await browser.evaluate("document.getElementById('explain').requestSubmit()");
    await eventually(async () =>
      expect(await browser.evaluate("document.getElementById('explanation').innerText")).toContain(
        "its guard keeps back the removal, until a person decides",
      ),
    );
    await press("#held", "Release");
    await courier.listed("domain");
    await eventually(async () => expect(await held()).toContain("No guard holds anything."));
    expect(await delivery()).toBe("Targets in step");
    expect(await targets()).toMatch(/blocklists csv\s+in step\s/);
    expect(browser.complaints).toEqual([]);
  });
});

if (!program) {
  test("the page in Chromium", ({ skip }) => skip("there is no Chromium on this machine; CHROMIUM may name one"));
}
