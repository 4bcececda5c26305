import { PARTNERS } from "./cast.ts";
import { NEXT_SECOND, type Stage, TAGS_ARE_IN } from "./stage.ts";

/** An event of our own with the attributes that the scenes come back to. */
interface Incident {
  event: number;
  beacon: { id: number; value: string };
  panel: { id: number; value: string };
  mirror: number;
  scanner: number;
  sample: number;
}

/** The first half-minute: everything that puts an indicator on a list or takes it off, once. Leaves two events. */
export async function playMorning(stage: Stage): Promise<{ event: number }[]> {
  const incident = await draft(stage);
  await publish(stage, incident);
  await thumbsDown(stage, incident);
  const campaign = await pullCampaign(stage);
  const secret = await pullSecret(stage);
  await thumbsUp(stage, incident);
  await correct(stage, incident);
  await clearIds(stage, incident);
  await except(stage, incident);
  await deleteAttribute(stage, incident);
  await deleteCampaign(stage, campaign);
  return [incident, secret];
}

async function draft({ misp, plot, values, tell, pause }: Stage): Promise<Incident> {
  tell("An analyst writes an event. It is a draft: nothing goes out before it is published.");
  const beacon = values.address();
  const panel = values.name("panel");
  const { id, attributes } = misp.addEvent({
    info: plot.incident,
    tags: ["tlp:amber"],
    attributes: [
      { type: "ip-dst", value: beacon },
      { type: "domain", value: panel },
      { type: "hostname", value: values.name("mirror") },
      { type: "ip-src", value: values.address() },
      { type: "sha256", value: values.sha256() },
    ],
  });
  const [first = 0, second = 0, mirror = 0, scanner = 0, sample = 0] = attributes.map((attribute) => attribute.id);
  await pause(2.5, TAGS_ARE_IN);
  return {
    event: id,
    beacon: { id: first, value: beacon },
    panel: { id: second, value: panel },
    mirror,
    scanner,
    sample,
  };
}

async function publish({ misp, tell, pause, listed }: Stage, { event, beacon }: Incident): Promise<void> {
  tell("It is published.");
  misp.publish(event);
  await listed(beacon.value);
  await pause(2);
}

async function thumbsDown({ misp, tell, pause }: Stage, { beacon }: Incident): Promise<void> {
  tell(`A colleague knows ${beacon.value}, it is harmless: thumbs-down.`);
  misp.sight(beacon.id, { type: 1 });
  await pause(2);
}

async function pullCampaign({ misp, plot, values, tell, pause }: Stage): Promise<{ event: number; value: string }> {
  tell(`${PARTNERS.northland.name} shares an event, and MISP pulls it from their server. domain|ip is two indicators.`);
  const value = values.name(plot.lure);
  const { id } = misp.pullFromServer({
    organisation: PARTNERS.northland,
    info: plot.campaign,
    tags: ["tlp:green"],
    attributes: [
      { type: "domain|ip", value: `${value}|${values.address()}` },
      { type: "url", value: `https://${values.name(plot.lure)}/sign-in` },
      { type: "email-src", value: `service@${values.name("mail")}`, toIds: true },
    ],
  });
  await pause(1);
  return { event: id, value };
}

async function pullSecret({ misp, plot, values, tell, pause }: Stage): Promise<{ event: number }> {
  tell(`An event of ${PARTNERS.finance.name} is marked tlp:red, which the filter of this demonstration leaves out.`);
  const { id } = misp.pullFromServer({
    organisation: PARTNERS.finance,
    info: plot.secret,
    tags: ["tlp:red"],
    attributes: [
      { type: "ip-dst", value: values.address() },
      { type: "domain", value: values.name("negotiation") },
    ],
  });
  await pause(3);
  return { event: id };
}

async function thumbsUp({ misp, tell, pause, listed }: Stage, { beacon }: Incident): Promise<void> {
  tell(`${beacon.value} shows up in the proxy log after all: thumbs-up.`);
  await pause(0, NEXT_SECOND);
  misp.sight(beacon.id, { source: "proxy" });
  await listed(beacon.value);
  await pause(2);
}

async function correct({ misp, values, tell, pause, listed }: Stage, { event, panel }: Incident): Promise<void> {
  tell(
    `${panel.value} was a typing error. What is wrong leaves at once, what is right waits for the next publication.`,
  );
  const right = values.name("panel");
  misp.editAttribute(panel.id, { value: right });
  await pause(2, TAGS_ARE_IN);
  misp.publish(event);
  await listed(right);
  await pause(1.5);
}

async function clearIds({ misp, tell, pause }: Stage, { mirror }: Incident): Promise<void> {
  tell("The mirror is no good for detection: its IDS flag is cleared.");
  misp.editAttribute(mirror, { toIds: false });
  await pause(2);
}

async function except({ misp, tell, pause }: Stage, { scanner }: Incident): Promise<void> {
  tell("The scanner is our own: a comment marks it as an exception.");
  misp.editAttribute(scanner, { comment: "SOC Exception: scanner of our own" });
  await pause(2);
}

async function deleteAttribute({ misp, tell, pause }: Stage, { sample }: Incident): Promise<void> {
  tell("The sample belongs to another event: the attribute is deleted.");
  misp.softDelete(sample);
  await pause(2);
}

async function deleteCampaign(
  { misp, tell, pause, listed }: Stage,
  { event, value }: { event: number; value: string },
): Promise<void> {
  await listed(value);
  tell(`${PARTNERS.northland.name} takes its event back. MISP says one word, and everything in it leaves.`);
  misp.deleteEvent(event);
  await pause(3);
}
