import { PARTNERS } from "./cast.ts";
import { NEXT_SECOND, type Stage, TAGS_ARE_IN } from "./stage.ts";

/** How many samples the bulk event brings. */
const SAMPLES = 40;

/** The rest of the minute: variations, and the ways back. Leaves its events behind. */
export async function playAfternoon(stage: Stage): Promise<{ event: number }[]> {
  const bulk = await pullSamples(stage);
  const sensor = await watch(stage);
  await expire(stage, sensor);
  await takeBack(stage, sensor);
  await markRed(stage, sensor);
  await unmark(stage, sensor);
  await restore(stage, sensor);
  return [bulk, sensor];
}

interface Watched {
  event: number;
  server: { id: number; value: string };
  drop: { id: number; value: string };
  expiration: number;
}

async function pullSamples({ misp, plot, values, tell, pause }: Stage): Promise<{ event: number }> {
  tell(`${PARTNERS.university.name} shares a large event.`);
  const attributes = Array.from({ length: SAMPLES }, () => ({ type: "sha256", value: values.sha256() }));
  const { id } = misp.pullFromServer({
    organisation: PARTNERS.university,
    info: plot.malware,
    tags: ["tlp:clear"],
    attributes,
  });
  await pause(5);
  return { event: id };
}

async function watch({ misp, plot, values, tell, pause, listed }: Stage): Promise<Watched> {
  tell("Our analysts follow it up with what the sandbox saw, and publish.");
  const server = values.address();
  const drop = values.name("drop-zone");
  const { id, attributes } = misp.addEvent({
    info: `Sandbox: ${plot.malware}`,
    tags: ["tlp:green"],
    attributes: [
      { type: "ip-dst", value: server },
      { type: "domain", value: drop },
    ],
  });
  await pause(2.5, TAGS_ARE_IN);
  misp.publish(id);
  await listed(drop);
  await pause(3);
  const [first = 0, second = 0] = attributes.map((attribute) => attribute.id);
  return { event: id, server: { id: first, value: server }, drop: { id: second, value: drop }, expiration: 0 };
}

async function expire({ misp, tell, pause }: Stage, watched: Watched): Promise<void> {
  tell(`The provider cleaned ${watched.server.value} up: an expiration sighting.`);
  const [sighting] = misp.sight(watched.server.id, { type: 2 });
  watched.expiration = sighting?.id ?? 0;
  await pause(4);
}

async function takeBack({ misp, tell, pause, listed }: Stage, { server, expiration }: Watched): Promise<void> {
  tell("It was the wrong address: the sighting is deleted.");
  await pause(0, NEXT_SECOND);
  misp.deleteSighting(expiration);
  await listed(server.value);
  await pause(4);
}

async function markRed({ misp, tell, pause }: Stage, { drop }: Watched): Promise<void> {
  tell(`${drop.value} turns out to be confidential: its attribute gets tlp:red.`);
  misp.tagAttribute(drop.id, "tlp:red");
  await pause(4, TAGS_ARE_IN);
}

async function unmark({ misp, tell, pause, listed }: Stage, { event, drop }: Watched): Promise<void> {
  tell("A day later it is no longer: the tag is detached and the event published again.");
  misp.untagAttribute(drop.id, "tlp:red");
  await pause(2.5, TAGS_ARE_IN);
  misp.publish(event);
  await listed(drop.value);
  await pause(4);
}

async function restore({ misp, tell, pause, listed }: Stage, { event, server }: Watched): Promise<void> {
  tell("An attribute is deleted by mistake, restored, and published.");
  misp.softDelete(server.id);
  await pause(3, TAGS_ARE_IN);
  misp.restore(server.id);
  await pause(3, TAGS_ARE_IN);
  misp.publish(event);
  await listed(server.value);
  await pause(4);
}
