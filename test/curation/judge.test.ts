import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Holder, type JudgeRules, judge, type Sayings } from "../../src/curation/judge.ts";
import { NO_THUMBS, type Thumbs } from "../../src/curation/thumbs.ts";
import { REASONS, type Reason } from "../../src/model/verdict.ts";
import { NOW } from "../support/an-attribute.ts";
import { DAY } from "../support/rule-settings.ts";

const RULES: JudgeRules = {
  sightings: "latest",
  ttl: { default: 30 * DAY, md5: null },
  targetTtls: [],
  targetsFilter: false,
  decay: { default: null },
  minScores: [],
};

function aHolder(facts: Partial<Holder> = {}): Holder {
  return { withheld: null, reference: NOW - DAY, sayings: undefined, worth: null, ...facts };
}

/** What was said by nobody in particular. */
function saying(thumbs: Partial<Thumbs>): Sayings {
  return { thumbs: { ...NO_THUMBS, ...thumbs }, voices: [] };
}

function aVerdict(holders: readonly Holder[], thumbs: Partial<Thumbs> = {}, { type = "domain", rules = RULES } = {}) {
  return judge(type, holders, saying(thumbs), rules, NOW * 1000);
}

test("an indicator with one support that qualifies is active, at the neutral score, until its TTL runs out", () => {
  const verdict = { withheld: null, reference: NOW - DAY, score: 50, due: NOW + 29 * DAY };
  expect(aVerdict([aHolder()])).toMatchObject(verdict);
});

test("the parts of a score make up the score", () => {
  const worth = { organisation: { trust: 100, name: "CIRCL" }, tags: [], lowered: [{ list: "top sites", points: 7 }] };
  const decay = { default: { lifetime: 10 * DAY, speed: 1 } };
  const { score, parts } = aVerdict([aHolder({ worth })], {}, { rules: { ...RULES, decay } });
  expect(parts.reduce((sum, { points }) => sum + points, 0)).toBe(score);
  expect(parts.map(({ name }) => name)).toEqual(["neutral", "organisation", "warninglists", "decay"]);
  expect(score).toBe(Math.round((50 + 30 - 7) * 0.9));
});

test("sightings of pairs that hold an indicator up count for its score, each organisation once", () => {
  const voices = (...organisations: number[]) =>
    organisations.map((organisation) => {
      return { ...NO_THUMBS, seen: NOW - DAY, organisation, own: false, trusted: false };
    });
  const pair = (...organisations: number[]) =>
    aHolder({ sayings: { thumbs: { ...NO_THUMBS, seen: NOW - DAY }, voices: voices(...organisations) } });
  const score = (holders: readonly Holder[], ...organisations: number[]) =>
    judge("ip-dst", holders, { thumbs: NO_THUMBS, voices: voices(...organisations) }, RULES, NOW * 1000).score;
  expect(score([aHolder()], 2)).toBe(54);
  expect(score([pair(2)])).toBe(54);
  expect(score([pair(2, 3), pair(3)], 2)).toBe(58);
  expect(score([pair(2, 3)], 4)).toBe(62);
  expect(score([aHolder(), { ...pair(2, 3), withheld: "to_ids" }])).toBe(50);
});

test("what is doubted about a pair lowers the score only where nothing less doubted holds the indicator up", () => {
  const sightings = { orgs: 9, trusted: 9 };
  const doubted = (...organisations: number[]) =>
    organisations.map((organisation) => {
      return { ...NO_THUMBS, falsePositive: NOW - DAY, organisation, own: false, trusted: false };
    });
  const pair = (...organisations: number[]) =>
    aHolder({ sayings: { thumbs: { ...NO_THUMBS, falsePositive: NOW - DAY }, voices: doubted(...organisations) } });
  const score = (holders: readonly Holder[], ...organisations: number[]) => {
    const sayings = { thumbs: NO_THUMBS, voices: doubted(...organisations) };
    return judge("ip-dst", holders, sayings, { ...RULES, sightings }, NOW * 1000).score;
  };
  expect(score([pair(2, 3)])).toBe(30);
  expect(score([pair(2)], 3)).toBe(30);
  expect(score([pair(2, 3), pair(4)])).toBe(40);
  expect(score([pair(4), pair(2, 3)])).toBe(40);
  expect(score([pair(2, 3), aHolder()])).toBe(50);
  expect(score([pair(2, 3), aHolder()], 3)).toBe(40);
});

test("an organisation counts for the score by its newest word, wherever it was said, and of the same second, down", () => {
  const said = (words: Partial<Thumbs>): Sayings => {
    return { thumbs: NO_THUMBS, voices: [{ ...NO_THUMBS, ...words, organisation: 2, own: false, trusted: false }] };
  };
  const score = (ofValue: Partial<Thumbs>, ofPair: Partial<Thumbs> = {}) => {
    const rules = { ...RULES, sightings: { orgs: 9, trusted: 9 } };
    return judge("ip-dst", [aHolder({ sayings: said(ofPair) })], said(ofValue), rules, NOW * 1000).score;
  };
  expect(score({ expired: 5 })).toBe(50);
  expect(score({ seen: 6, falsePositive: 5 })).toBe(54);
  expect(score({ seen: 5, falsePositive: 5 })).toBe(40);
  expect(score({ seen: 6 }, { falsePositive: 5 })).toBe(54);
  expect(score({ falsePositive: 5 }, { seen: 6 })).toBe(54);
  expect(score({ seen: 5 }, { falsePositive: 6 })).toBe(40);
  expect(score({ falsePositive: 6 }, { seen: 5 })).toBe(40);
});

test("a target's minimum score is reached at a moment that is waited for", () => {
  const decay = { default: { lifetime: 10 * DAY, speed: 1 } };
  const rules = { ...RULES, decay, minScores: [43] };
  const { due, score } = aVerdict([aHolder()], {}, { rules });
  expect(score).toBe(45);
  const at = (seconds: number) => judge("domain", [aHolder()], saying({}), rules, seconds * 1000).score;
  expect(at((due ?? 0) - 60)).toBe(43);
  expect(at(due ?? 0)).toBe(42);
});

test("a stored score is never more than a few points behind its decay, until nothing is left of it", () => {
  const rules = { ...RULES, decay: { default: { lifetime: 10 * DAY, speed: 2 } } };
  const at = (seconds: number) => judge("md5", [aHolder()], saying({}), rules, seconds * 1000);
  let looks = 0;
  for (let verdict = at(NOW); verdict.due !== null; looks += 1) {
    expect(verdict.score - at(verdict.due - 60).score).toBeLessThan(5);
    verdict = at(verdict.due);
  }
  expect(at(NOW + 10 * DAY).score).toBe(0);
  expect(looks).toBeLessThan(15);
});

test("what nothing holds up has no age that could take from its score", () => {
  const rules = { ...RULES, decay: { default: { lifetime: 10 * DAY, speed: 1 } } };
  const verdict = aVerdict([aHolder({ withheld: "warninglist" })], {}, { rules });
  expect(verdict.parts.map(({ name }) => name)).toEqual(["neutral"]);
});

describe("its TTL", () => {
  test("counts from the latest of what any support that qualifies tells and the newest positive sighting", () => {
    expect(aVerdict([aHolder(), aHolder({ reference: NOW - 5 })]).reference).toBe(NOW - 5);
    expect(aVerdict([aHolder()], { seen: NOW - 7 }).reference).toBe(NOW - 7);
    expect(aVerdict([aHolder()], { seen: NOW - 2 * DAY }).reference).toBe(NOW - DAY);
    expect(aVerdict([aHolder({ sayings: saying({ seen: NOW - 9 }) })]).reference).toBe(NOW - 9);
  });

  test("is not prolonged by a support that does not qualify", () => {
    const verdict = aVerdict([aHolder(), aHolder({ reference: NOW, withheld: "to_ids" })]);
    expect(verdict.reference).toBe(NOW - DAY);
  });

  test("is not prolonged by a time that is still to come", () => {
    expect(aVerdict([aHolder({ reference: NOW + DAY })]).reference).toBe(NOW);
  });

  test("ends it to the second", () => {
    expect(aVerdict([aHolder({ reference: NOW - 30 * DAY + 1 })]).withheld).toBeNull();
    expect(aVerdict([aHolder({ reference: NOW - 30 * DAY })]).withheld).toBe("expired");
  });

  test("never ends a type that lives for ever", () => {
    const verdict = aVerdict([aHolder({ reference: 1 })], {}, { type: "md5" });
    expect(verdict).toMatchObject({ withheld: null, due: null });
  });

  test("is renewed by a thumbs-up from its date on", () => {
    const old = aHolder({ reference: NOW - 40 * DAY });
    expect(aVerdict([old]).withheld).toBe("expired");
    expect(aVerdict([old], { seen: NOW - DAY })).toMatchObject({ withheld: null, due: NOW + 29 * DAY });
    expect(aVerdict([old], { seen: NOW - 31 * DAY }).withheld).toBe("expired");
  });

  test("may be another one for a target, which wants to hear of that moment, too", () => {
    const rules = { ...RULES, targetTtls: [{ default: 10 * DAY }, { default: 60 * DAY }, { default: null }] };
    expect(aVerdict([aHolder()], {}, { rules }).due).toBe(NOW + 9 * DAY);
    expect(aVerdict([aHolder({ reference: NOW - 40 * DAY })], {}, { rules })).toMatchObject({
      withheld: "expired",
      due: NOW + 20 * DAY,
    });
  });
});

describe("thumbs", () => {
  test("down takes it off, whatever holds it up", () => {
    expect(aVerdict([aHolder(), aHolder()], { falsePositive: NOW - 3 }).withheld).toBe("false_positive");
    expect(aVerdict([aHolder()], { expired: NOW - 3 }).withheld).toBe("expired_sighting");
  });

  test("up brings it back, unless both are of the same second", () => {
    expect(aVerdict([aHolder()], { falsePositive: NOW - 3, seen: NOW - 2 }).withheld).toBeNull();
    expect(aVerdict([aHolder()], { falsePositive: NOW - 3, seen: NOW - 3 }).withheld).toBe("false_positive");
  });

  test("up does not bring back what nothing holds up", () => {
    expect(aVerdict([aHolder({ withheld: "to_ids" })], { seen: NOW }).withheld).toBe("to_ids");
  });

  test("down on a composite attribute takes away that support, and the indicator only with the last one", () => {
    const down = aHolder({ sayings: saying({ falsePositive: NOW - 3 }) });
    expect(aVerdict([down, aHolder()]).withheld).toBeNull();
    expect(aVerdict([down]).withheld).toBe("false_positive");
    expect(aVerdict([aHolder({ sayings: saying({ seen: NOW - 2, falsePositive: NOW - 3 }) })]).withheld).toBeNull();
  });
});

test("without any support it is unsupported", () => {
  expect(aVerdict([])).toMatchObject({ withheld: "unsupported", due: null });
});

test("several supports: active as long as one qualifies, else the foremost reason of the closed list", () => {
  const reasons = Object.keys(REASONS).filter((name): name is Reason => name in REASONS);
  const holders = fc.array(fc.constantFrom(null, ...reasons), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(holders, (withheld) => {
      const foremost = reasons.find((reason) => withheld.includes(reason)) ?? null;
      const verdict = aVerdict(withheld.map((reason) => aHolder({ withheld: reason })));
      expect(verdict.withheld).toBe(withheld.includes(null) ? null : foremost);
    }),
  );
});

test("a value that is extremely popular is judged like any other", () => {
  const holders = Array.from({ length: 300_000 }, (_, index) => aHolder({ reference: NOW - index }));
  expect(aVerdict(holders)).toMatchObject({ withheld: null, reference: NOW });
});
