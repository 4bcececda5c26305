import { createHash } from "node:crypto";

/** The name space of all ids that the courier makes. It must never change: ids would. */
const NAMESPACE = Buffer.from("7b0c1f3c5a9e4d0f9c41e86f2f0ab7d6", "hex");

/** A STIX id that is the same wherever and whenever it is made of the same name: a UUID of version 5. */
export function stableId(type: string, name: string): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `${type}--${parts.join("-")}`;
}
