import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Action, histories } from "./actions.ts";
import { Delivery, type Trouble } from "./delivery.ts";
import { letGo } from "./let-go.ts";
import { Listener, type Verdicts } from "./listener.ts";
import { type OracleRules, RULES } from "./oracle.ts";
import { runs } from "./runs.ts";
import { SocketlessMisp } from "./socketless-misp.ts";
import { World } from "./world.ts";

const NONE: Trouble = { late: false, order: "kept", twice: 0, lost: 0 };
const LENGTH = 24;
const HISTORIES = { usual: 16, long: 400 };
/** Milliseconds, for the long run. */
const PATIENCE = { timeout: 300_000 };
/** Nothing is to survive here, so the disk need not be waited for. */
const QUICK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

describe.each(RULES)("rules: $name", PATIENCE, (rules) => {
  test("heard in order and at once, the ledger says what the rules say", async () => {
    const told = fc.record({ history: histories(LENGTH, { ties: true }), chances: fc.infiniteStream(fc.nat(99)) });
    await fc.assert(
      fc.asyncProperty(told, async ({ history, chances }) => {
        await letGo();
        live(rules, history, NONE, chances, ({ world, verdicts }) => {
          const { exactly, atLeast, atMost } = world.desired();
          // Where a rule looks at tags, an addition waits for them, and an edit may come first.
          if (rules.filter.length === 0) expect(verdicts.active).toEqual([...exactly].sort());
          expect(missing(atLeast, verdicts.active)).toEqual([]);
          expect(missing(verdicts.active, atMost)).toEqual([]);
        });
      }),
      runs(HISTORIES.usual, HISTORIES.long),
    );
  });

  test("messages of a backlog that MISP's publisher sends by topic lead to the same", async () => {
    const trouble = { late: true, order: "by topic", twice: 10, lost: 0 } as const;
    await converges(rules, trouble, { ties: false });
  });

  test("messages in any order of topics, doubled and lost, lead to the same once REST was asked", async () => {
    const trouble = { late: true, order: "any", twice: 20, lost: 30 } as const;
    await converges(rules, trouble, { ties: true });
  });

  test("nothing heard at all leads to the same once REST was asked", async () => {
    await converges(rules, { late: true, order: "any", twice: 0, lost: 100 }, { ties: true });
  });
});

/** Whatever the trouble, the end is the one without: within the rules as it is, and just so once all is published. */
async function converges(rules: OracleRules, trouble: Trouble, { ties }: { ties: boolean }): Promise<void> {
  const told = fc.record({
    history: histories(LENGTH, { ties }),
    chances: fc.infiniteStream(fc.nat(99)),
    published: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(told, async ({ history, chances, published }) => {
      await letGo();
      const plain = () => live(rules, history, NONE, chances, ({ verdicts }) => verdicts, published);
      live(
        rules,
        history,
        trouble,
        chances,
        ({ world, verdicts }) => {
          const { atLeast, atMost } = world.desired();
          expect(missing(atLeast, verdicts.active)).toEqual([]);
          expect(missing(verdicts.active, atMost)).toEqual([]);
          if (published) expect(verdicts).toEqual(plain());
        },
        published,
      );
    }),
    runs(HISTORIES.usual, HISTORIES.long),
  );
}

/** Plays a history to a ledger of its own and looks at the end. */
function live<Result>(
  rules: OracleRules,
  history: readonly Action[],
  trouble: Trouble,
  chances: Iterable<number>,
  look: (end: { world: World; verdicts: Verdicts }) => Result,
  published = false,
): Result {
  const hands = { now: 1_700_000_000_000 };
  const clock = () => hands.now;
  // Whoever listens takes a moment for everything: no two looks at its clock are the same. Whole ones, as those of a real clock are.
  const looks = { at: 0, count: 0 };
  const listening = () => {
    Object.assign(looks, { at: hands.now, count: looks.at === hands.now ? looks.count + 1 : 0 });
    return hands.now + looks.count;
  };
  const directory = mkdtempSync(join(QUICK, "courier-"));
  const misp = new SocketlessMisp(clock);
  const world = new World(misp, rules, clock);
  const listener = new Listener(directory, misp, rules, listening);
  const delivery = new Delivery(misp, listener, trouble, chances);
  const pass = (time: number) => {
    hands.now += time;
    world.settle();
    listener.review();
    listener.ask();
  };
  try {
    for (const action of history) {
      pass(action.wait);
      world.perform(action);
      delivery.some();
    }
    if (published) {
      pass(5_000);
      world.publishAll();
    }
    delivery.all();
    pass(20_000);
    if (trouble.order === "any") listener.catchUp();
    for (const _ of [1, 2, 3]) pass(5_000);
    return look({ world, verdicts: listener.verdicts() });
  } finally {
    listener[Symbol.dispose]();
    rmSync(directory, { recursive: true, force: true });
  }
}

function missing(these: Iterable<string>, those: Iterable<string>): string[] {
  const held = new Set(those);
  return [...these].filter((key) => !held.has(key));
}
