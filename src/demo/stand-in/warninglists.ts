import { BlockList, isIP } from "node:net";
import { warninglistMessage } from "./feed-bodies.ts";
import type { WarninglistInput } from "./inputs.ts";
import type { Instance } from "./instance.ts";
import type { WarninglistRow } from "./rows.ts";

/** Adds or replaces a list and announces its header; the version counts up with every change. */
export function setWarninglist(instance: Instance, input: WarninglistInput): WarninglistRow {
  const { warninglists } = instance.store;
  const former = warninglists.get(input.id);
  const version = (former?.version ?? 0) + 1;
  const list: WarninglistRow = { category: "false_positive", description: input.name, ...input, version };
  warninglists.set(list.id, list);
  instance.emit("misp_json_warninglist", () => warninglistMessage(list, former ? "edit" : "add"));
  return list;
}

/** The first entry of a list that matches a value, compared as the list's type says; undefined when none does. */
export function matchWarninglist(list: WarninglistRow, value: string): string | undefined {
  return list.list.find((entry) => MATCHES[list.type](entry, value));
}

const MATCHES: Record<WarninglistRow["type"], (entry: string, value: string) => boolean> = {
  string: (entry, value) => entry === value,
  substring: (entry, value) => entry !== "" && value.includes(entry),
  hostname: (entry, value) => {
    const host = hostOf(value);
    const domain = entry.toLowerCase().replace(/^\.+|\.+$/g, "");
    return host === domain || host.endsWith(`.${domain}`);
  },
  cidr: (entry, value) => inNetwork(entry, value),
  regex: (entry, value) => {
    const parts = /^\/(?<body>.*)\/(?<flags>[imsu]*)$/.exec(entry)?.groups;
    return parts?.body !== undefined && new RegExp(parts.body, parts.flags).test(value);
  },
};

function hostOf(value: string): string {
  const host = value.includes("//") ? value.split("/")[2] : value.split("/")[0];
  return (host ?? "").replace(/\.+$/, "");
}

function inNetwork(entry: string, value: string): boolean {
  const [network = "", length] = entry.split("/");
  const version = isIP(network);
  if (version === 0 || isIP(value) !== version) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const networks = new BlockList();
  networks.addSubnet(network, length === undefined ? (version === 4 ? 32 : 128) : Number(length), family);
  return networks.check(value, family);
}
