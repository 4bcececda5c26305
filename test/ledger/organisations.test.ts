import { expect, test } from "vitest";
import type { Notice } from "../../src/model/notice.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { anEvent } from "../support/an-event.ts";
import { ruleSettings } from "../support/rule-settings.ts";

const { creator } = anEvent();
const called = (name: string | null, uuid = creator.uuid): Notice => ({
  kind: "organisation",
  organisation: { id: creator.id, uuid, name },
});

function aLedgerFor(organisation: string): ALedger {
  const ledger = new ALedger(ruleSettings({}, [{ orgs: [organisation] }]));
  ledger.hear(called(creator.name), heardEvent(), told());
  ledger.published();
  return ledger;
}

test("a filter for its new name admits what an organisation has written, whether or not MISP tells more than that", () => {
  for (const uuid of [creator.uuid, null]) {
    const ledger = aLedgerFor("Renamed");
    expect(ledger.standing()).toBe("filtered");
    ledger.hear(called("Renamed", uuid));
    ledger.reviewed();
    expect(ledger.standing()).toBeNull();
  }
});

test("a filter for its old name admits it no longer", () => {
  const ledger = aLedgerFor("CIRCL");
  expect(ledger.standing()).toBeNull();
  ledger.hear(called("Renamed"));
  ledger.reviewed();
  expect(ledger.standing()).toBe("filtered");
});

test("an organisation that is told of without its name, or once more, changes nothing", () => {
  const ledger = aLedgerFor("CIRCL");
  ledger.hear(called(null), called("CIRCL"));
  expect(ledger.reviewed()).toBe(0);
  expect(ledger.standing()).toBeNull();
});
