import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Journal } from "../../src/delivery/journal.ts";
import { NotNow } from "../../src/targets/target.ts";
import { aFolder } from "../support/a-folder.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";

/*
 * The courier ends at a step of its delivery, and what MISP says changes before it is back. A target goes on holding what it
 * was given, as a far side does.
 */

let ledger: ALedger;
let target: ATarget;
let journal: string;
let lane: ALane;

beforeEach(async () => {
  ledger = new ALedger();
  ledger.hear(heardEvent(), told({ value: "a.example" }), told({ id: 2, value: "b.example" }));
  ledger.published();
  target = new ATarget();
  journal = join(aFolder(), "journal.json");
  await start();
});
afterEach(() => lane.lane.stop(0));

async function start(timeout?: number): Promise<void> {
  lane = await ALane.open(ledger, target, { view: aView(), journal: await Journal.open(journal), timeout });
}

/** Nothing of what is under way may come to an end; then everything is opened again from the disk. */
async function crash(): Promise<void> {
  await lane.lane.stop(0);
  ledger.reopen();
}

async function delivered(...values: string[]): Promise<void> {
  lane.lane.retryNow();
  await until(() => target.values.join() === values.join() && ledger.ledger.deltas.lag("lists") === 0);
}

/** What the target has taken of a delta when the end comes. */
const CRASHES = {
  "before the target has anything": () => new Promise<never>(() => {}),
  "when the target has half": (delta) => {
    target.take({ ...delta, add: delta.add.slice(0, 1), remove: delta.remove.slice(0, 1) });
    return new Promise<never>(() => {});
  },
  "when the target has all and nobody has noted it": (delta) => {
    target.take(delta);
    return new Promise<never>(() => {});
  },
} satisfies Record<string, ATarget["behaviour"]>;

describe.each(Object.entries(CRASHES))("a crash %s", (_, behaviour) => {
  beforeEach(async () => {
    target.behaviour = behaviour;
    lane.lane.wake();
    await until(() => target.tries.length === 1);
    await crash();
    target.behaviour = () => [];
  });

  test("leaves what is still wanted on the target", async () => {
    await start();
    await delivered("a.example", "b.example");
  });

  test("does not leave there what was withdrawn meanwhile", async () => {
    ledger.hear(sighted());
    await start();
    await delivered("b.example");
  });

  test("again and again leaves nothing either", async () => {
    for (let time = 0; time < 3; time += 1) {
      target.behaviour = behaviour;
      const { length } = target.tries;
      await start();
      lane.lane.wake();
      await until(() => target.tries.length > length);
      await crash();
    }
    target.behaviour = () => [];
    ledger.hear(sighted());
    await start();
    await delivered("b.example");
  });
});

describe("a target that takes a delta and says that it did not", () => {
  const DISHONEST: Record<string, ATarget["behaviour"]> = {
    "with an error": (delta) => {
      target.take(delta);
      throw new NotNow("connection reset");
    },
    "by never answering": (delta) => {
      target.take(delta);
      return new Promise<never>(() => {});
    },
  };

  test.each(Object.entries(DISHONEST))("%s, loses what was withdrawn before the next try", async (_, behaviour) => {
    target.behaviour = behaviour;
    await start(20);
    lane.lane.wake();
    await lane.failed(1);
    expect(target.values).toEqual(["a.example", "b.example"]);
    ledger.hear(sighted());
    target.behaviour = () => [];
    await delivered("b.example");
  });

  test("is not asked to remove what it was not given", async () => {
    await delivered("a.example", "b.example");
    target.behaviour = (delta) => {
      target.take({ add: [], renew: [], remove: delta.remove });
      throw new NotNow("connection reset");
    };
    ledger.hear(sighted(), told({ id: 3, value: "c.example" }));
    ledger.published();
    lane.lane.wake();
    await lane.failed(1);
    expect(target.values).toEqual(["b.example"]);
    target.behaviour = () => [];
    await delivered("b.example", "c.example");
  });
});
