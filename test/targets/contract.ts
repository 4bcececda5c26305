import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/model/delta.ts";
import { NotNow } from "../../src/targets/target.ts";
import { aDelta, anEntry } from "../support/entries.ts";
import { hostileText } from "../support/hostile-text.ts";
import {
  apply,
  expectHeld,
  expectNoSecret,
  type FarSide,
  key,
  keys,
  samples,
  type UnderTest,
  withFarSide,
} from "./far-side.ts";

export type { FarSide, UnderTest } from "./far-side.ts";

/** The promises of `Target` as tests: every kind of target runs them, and adds tests of what is its own. */
export function targetContract<Far extends FarSide>(name: string, subject: UnderTest<Far>): void {
  describe(`${name} keeps the contract of a target`, () => {
    holdingTests(subject);
    changingTests(subject);
    idleTests(subject);
    failureTests(subject);
    hostileTests(subject);
  });
}

function holdingTests<Far extends FarSide>(subject: UnderTest<Far>): void {
  const [one, two, three] = samples(subject);

  it("holds what was added, also when the same delta comes twice", async () => {
    await withFarSide(subject, async (far) => {
      await apply(far, { add: [one, two] });
      await apply(far, { add: [one, two] });
      await expectHeld(far, [one, two]);
    });
  });

  it("drops what was removed, also when the same delta comes twice", async () => {
    await withFarSide(subject, async (far) => {
      await apply(far, { add: [one, two, three] });
      await apply(far, { remove: [two] });
      await apply(far, { remove: [two] });
      await expectHeld(far, [one, three]);
    });
  });

  it("succeeds in removing what it does not hold", async () => {
    await withFarSide(subject, async (far) => {
      await apply(far, { remove: [one] });
      await apply(far, { add: [two], remove: [three] });
      await expectHeld(far, [two]);
    });
  });
}

function changingTests<Far extends FarSide>(subject: UnderTest<Far>): void {
  const [one, two, three] = samples(subject);

  it("keeps one copy of what was renewed, and holds what was renewed without having been held", async () => {
    const renewed = subject.renewed ?? ((entry: Entry) => ({ ...entry, score: 77, expires: 1_900_000_000 }));
    await withFarSide(subject, async (far) => {
      await apply(far, { add: [one] });
      await apply(far, { renew: [renewed(one), renewed(two)] });
      await expectHeld(far, [one, two]);
    });
  });

  it("can lose everything and be filled again", async () => {
    await withFarSide(subject, async (far) => {
      await apply(far, { add: [one, two] });
      await apply(far, { remove: [one, two] });
      await expectHeld(far, []);
      await apply(far, { add: [two] });
      await expectHeld(far, [two]);
    });
  });

  it.runIf(subject.foreign)("leaves alone what others put there", async () => {
    await withFarSide(subject, async (far) => {
      await apply(far, { add: [one, two] });
      const survives = await subject.foreign?.(far);
      await apply(far, { add: [three], renew: [two], remove: [one] });
      expect(await survives?.()).toBe(true);
    });
  });
}

function idleTests<Far extends FarSide>(subject: UnderTest<Far>): void {
  const [one, two] = samples(subject);

  it.runIf(subject.trace)("changes nothing for an empty delta", async () => {
    await withFarSide(subject, async (far) => {
      await apply(far, { add: [one] });
      const before = await subject.trace?.(far);
      await apply(far, {});
      expect(await subject.trace?.(far)).toEqual(before);
    });
  });

  it("applies nothing once its signal is aborted", async () => {
    await withFarSide(subject, async (far) => {
      await apply(far, { add: [one] });
      const delta = aDelta({ add: [two], remove: [one] });
      await expect(far.target.apply(delta, AbortSignal.abort())).rejects.toThrow();
      await expectHeld(far, [one]);
    });
  });
}

function failureTests<Far extends FarSide>(subject: UnderTest<Far>): void {
  const [one, two] = samples(subject);

  it.runIf(subject.outage)(
    "says NotNow in an outage, tells no secret, and takes the same delta afterwards",
    async () => {
      await withFarSide(subject, async (far) => {
        await apply(far, { add: [one] });
        const end = await subject.outage?.(far);
        const failure = await apply(far, { add: [two], remove: [one] }).catch((error: unknown) => error);
        await end?.();
        expect(failure).toBeInstanceOf(NotNow);
        expectNoSecret(failure, subject);
        await apply(far, { add: [two], remove: [one] });
        await expectHeld(far, [two]);
      });
    },
  );

  it.runIf(subject.unacceptable)("names the entries that it refuses, and holds the others", async () => {
    const bad = subject.unacceptable ?? [];
    await withFarSide(subject, async (far) => {
      const refusals = await apply(far, { add: [one, ...bad], renew: [two] });
      expect(keys(refusals)).toEqual(keys(bad));
      for (const { reason } of refusals) expect(reason).not.toBe("");
      expectNoSecret(refusals, subject);
      await expectHeld(far, [one, two]);
    });
  });
}

function hostileTests<Far extends FarSide>(subject: UnderTest<Far>): void {
  const type = subject.freeTextType;

  it.runIf(type)("holds any text exactly or refuses it, and harms nothing beside it", async () => {
    const [neighbour] = samples(subject);
    const values = fc.uniqueArray(hostileText(), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(values, async (texts) => {
        await withFarSide(subject, async (far) => {
          const entries = texts.map((value) => anEntry({ type: type ?? "", value }));
          await apply(far, { add: [neighbour] });
          const refused = new Set(keys(await apply(far, { add: entries })));
          const taken = entries.filter((entry) => !refused.has(key(entry)));
          await expectHeld(far, [neighbour, ...taken]);
          await apply(far, { remove: entries });
          await expectHeld(far, [neighbour]);
        });
      }),
      { numRuns: 40 },
    );
  });
}
