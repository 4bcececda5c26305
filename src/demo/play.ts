import { playAfternoon } from "./afternoon.ts";
import { PARTNERS, PLOTS } from "./cast.ts";
import { playMorning } from "./morning.ts";
import type { Stage } from "./stage.ts";
import { Values } from "./values.ts";

/** Plays a SOC's day again and again, each time with other names and values, until a pause of the stage rejects. */
export async function play(stage: Omit<Stage, "plot" | "values">): Promise<never> {
  const values = new Values();
  for (const partner of Object.values(PARTNERS)) stage.misp.addOrganisation(partner);
  for (let round = 0; ; round++) {
    const plot = PLOTS[round % PLOTS.length] ?? PLOTS[0];
    await playDay({ ...stage, plot, values });
  }
}

async function playDay(stage: Stage): Promise<void> {
  const morning = await playMorning(stage);
  const afternoon = await playAfternoon(stage);
  stage.tell("The day is over: old events are deleted, and another day begins.");
  for (const { event } of [...morning, ...afternoon]) stage.misp.deleteEvent(event);
  await stage.pause(4);
}
