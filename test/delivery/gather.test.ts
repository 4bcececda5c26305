import { expect, test } from "vitest";
import { gather } from "../../src/delivery/gather.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { aView } from "../support/a-view.ts";

const VIEW = aView();

/** A ledger with so many active domains, `d1.example` the first. */
function aLedgerWith(count: number): ALedger {
  const ledger = new ALedger();
  const attributes = Array.from({ length: count }, (_, index) =>
    told({ id: index + 1, value: `d${index + 1}.example` }),
  );
  ledger.hear(heardEvent());
  ledger.published();
  ledger.hear(...attributes);
  ledger.ledger.deltas.register(VIEW);
  return ledger;
}

test("a step holds no more items than it may, and tells that there are more", async () => {
  const { deltas } = aLedgerWith(12).ledger;
  const sizes: number[] = [];
  for (let more = true; more; ) {
    const step = await gather(deltas, VIEW, 5);
    sizes.push(step.delta.add.length);
    deltas.record(VIEW, step, []);
    more = step.more;
  }
  expect(sizes).toEqual([5, 5, 2]);
});

test("a large step is put together from many looks at the ledger", async () => {
  const { deltas } = aLedgerWith(2_500).ledger;
  const step = await gather(deltas, VIEW, 10_000);
  expect(step).toMatchObject({ more: false, position: deltas.newest() });
  expect(new Set(step.delta.add.map(({ value }) => value)).size).toBe(2_500);
});

test.each([
  ["is in it as it was last, or left to the next one", false],
  ["is left to the next one, where a guard has looked at what was before", true],
])("what changes while a step is put together %s", async (_, guarded) => {
  const ledger = aLedgerWith(2_500);
  const { deltas } = ledger.ledger;
  for (const limit of [1_500, 10_000]) {
    const sieve = guarded ? { through: deltas.newest(), aside: () => null } : undefined;
    const gathering = gather(deltas, VIEW, limit, sieve);
    ledger.hear(sighted({ id: limit, attributeId: limit / 500 }));
    const step = await gathering;
    const withdrawn = `d${limit / 500}.example`;
    expect(step.delta.add.map(({ value }) => value)).not.toContain(withdrawn);
    deltas.record(VIEW, step, []);
  }
  const { delta } = await gather(deltas, VIEW, 10_000);
  expect(delta).toMatchObject({ add: [], renew: [], remove: guarded ? [{ value: "d20.example" }] : [] });
});
