import { isOn, textsOf } from "./filters.ts";
import { HOST, type Instance } from "./instance.ts";
import { answer, problem, type RestAnswer, type RestRequest, saved } from "./request.ts";
import { tagColumns } from "./row-bodies.ts";
import type { AttributeRow, EventRow } from "./rows.ts";
import { attachTag, detachTag } from "./tag-changes.ts";

/** `POST /tags/attachTagToObject`: local tags are for the host organisation, global ones for the event's creator. */
export function attachTags(request: RestRequest, instance: Instance): RestAnswer {
  const target = instance.store.withUuid(String(request.fields.uuid));
  if (!target) return problem(request, 404, "Invalid Target.");
  const local = isOn(request.fields.local);
  if (!local && !mayTagGlobally(instance, target)) return problem(request, 403, FOREIGN);
  const names = [...(textsOf(request.fields.tag) ?? [])];
  const reasons = names.map((name) => obstacle(instance, name, local)).filter((reason) => reason !== undefined);
  if (reasons.length > 0) return unattached(request, reasons);
  const attached = names.map((name) => attachTag(instance, target, name, local));
  return saved(request, attachedMessage(instance, target, names, attached, local));
}

/** `POST /tags/removeTagFromObject`: 405 for a name that no tag has, 404 for a tag that is not attached. */
export function removeTag(request: RestRequest, instance: Instance): RestAnswer {
  const target = instance.store.withUuid(String(request.fields.uuid));
  if (!target) return problem(request, 404, "Invalid Target.");
  const tag = instance.store.tags.get(String(request.fields.tag));
  if (!tag) return problem(request, 405, "Invalid Tag.");
  const link = target.tags.find((one) => one.tag === tag);
  const missing = `Could not remove tag as it is not attached to the target ${titleOf(target)}`;
  if (!link || (link.local && instance.account.organisation !== HOST)) return problem(request, 404, missing);
  if (!link.local && !mayTagGlobally(instance, target)) return problem(request, 403, FOREIGN);
  detachTag(instance, target, tag.name);
  const kind = link.local ? "Local" : "Global";
  return saved(
    request,
    `${kind} tag ${tag.name} (${tag.id}) successfully removed from ${titleOf(target)}(${target.id}).`,
  );
}

/** `/tags/search`: the whole name, `%` for anything; a name with a colon is found only when it comes in the body. */
export function searchTags({ args, fields }: RestRequest, { store }: Instance): RestAnswer {
  const wanted = [...(textsOf(fields.name ?? fields.tag ?? args[0]) ?? [])].map(likePattern);
  const found = [...store.tags.values()].filter(({ name }) => wanted.some((pattern) => pattern.test(name)));
  return answer(found.map((tag) => ({ Tag: tagColumns(tag) })));
}

const FOREIGN =
  "Cannot alter the tags of this data, only the organisation that has created the data (orgc) can modify global tags.";

function mayTagGlobally({ account }: Instance, target: EventRow | AttributeRow): boolean {
  const event = target.kind === "event" ? target : target.event;
  return account.role.perm_site_admin === true || event.creator.id === account.organisation;
}

function obstacle({ account, store }: Instance, name: string, local: boolean): string | undefined {
  if (local && account.organisation !== HOST) {
    return "Local tags can only be added by users of the host organisation.";
  }
  if (store.tags.has(name) || account.role.perm_tag_editor === true) return undefined;
  return "Tag not found and insufficient privileges to create it.";
}

function unattached(request: RestRequest, reasons: readonly string[]): RestAnswer {
  const name = "Could not attachTagToObject Tag";
  const errors = `Failed to attach ${reasons.length} tags. Reasons: ${JSON.stringify({ ...reasons })}`;
  return { status: 403, body: { saved: false, name, message: name, url: request.url, errors } };
}

function attachedMessage(
  { store }: Instance,
  target: EventRow | AttributeRow,
  names: readonly string[],
  attached: readonly boolean[],
  local: boolean,
): string {
  const title = titleOf(target);
  const [name = ""] = names;
  if (names.length > 1) return `Successfully attached ${names.length} tags to ${title} (${target.id})`;
  if (!attached[0]) {
    return `${title} already has the requested tag attached, no changes had to be made for tag ${name}.`;
  }
  const id = store.tags.get(name)?.id;
  return `${local ? "Local" : "Global"} tag ${name}(${id}) successfully attached to ${title}(${target.id}).`;
}

function titleOf(target: EventRow | AttributeRow): string {
  return target.kind === "event" ? "Event" : "Attribute";
}

function likePattern(name: string): RegExp {
  return new RegExp(
    `^${name
      .split("%")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
    "i",
  );
}
