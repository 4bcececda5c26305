import { expect, test } from "vitest";
import { Replay } from "../support/replay.ts";
import { EVENT_ONE } from "./recorded-values.ts";

test("where only what others may see is let out, an object of the own organisation keeps its attributes in", async () => {
  const scenarios = ["setup", "00-meta", "01-create-event", "02-event-object", "02b-objects", "03-publish"];
  await using replay = await Replay.start(scenarios, { filter: [{ distributions: [1, 2, 3] }] });
  await replay.until("03-publish");
  await replay.after("publish E1", EVENT_ONE);
  await replay.after("publish again", EVENT_ONE);
  await replay.after("alert E1", EVENT_ONE);
  await replay.after("publish E2 (object)", EVENT_ONE);
  expect(replay.summary()).toMatchObject({ events: 2 });
});
