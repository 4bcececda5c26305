import { DatabaseSync } from "@photostructure/sqlite";
import { partsOf } from "../../curation/split.ts";
import type { Adopted } from "../../ledger/delta/adoption.ts";
import { type BrokerConfig, NotImportable } from "./files.ts";

interface Row {
  id: number;
  type: string;
  value: string;
  attribute_timestamp: string;
}

const PAGE = 5_000;
/** A false positive that is not purged was still to be taken off, such as from a SIEM that was down. */
const HELD = `SELECT id, type, value, attribute_timestamp FROM agent_iocs
  WHERE id > ? AND sync_siem_status = 1 AND purged_siem_status = 0 ORDER BY id LIMIT ${PAGE}`;

/**
 * What a target holds, as far as MISP-Broker's database tells, a page at a time.
 * @throws NotImportable when it is not such a database
 */
export function* heldOf(config: BrokerConfig): Generator<Adopted[]> {
  if (config.database === undefined) return;
  const elements = new Map(config.types.map(({ type, element }) => [type, element]));
  const isQradar = config.settings.get("SIEM_SETTINGS")?.get("SIEM")?.toUpperCase() === "QRADAR";
  const database = open(config.database);
  try {
    for (let after = 0; ; ) {
      const page = read(database, config.database, after);
      if (page.length === 0) return;
      after = page.at(-1)?.id ?? after;
      yield page.flatMap((row) => {
        const element = elements.get(row.type);
        // QRadar's addresses have a set of their own for IPv6.
        if (element === undefined || (isQradar && element === "IP" && row.value.includes(":"))) return [];
        return [{ ...spelled(row, isQradar && element === "ALNIC"), reference: secondsOf(row.attribute_timestamp) }];
      });
    }
  } finally {
    database.close();
  }
}

/**
 * It wrote values as MISP has them. One that is spelled otherwise here is another entry, which goes once the right one is
 * there; where the far side does not mind case they are one.
 */
function spelled({ type, value }: Row, ignoresCase: boolean) {
  const here = partsOf(type, value).find((part) => part.type === type)?.value;
  return { type, value: ignoresCase && here === value.toLowerCase() ? here : value };
}

function open(file: string): InstanceType<typeof DatabaseSync> {
  try {
    return new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  } catch (cause) {
    throw new NotImportable(`${file} cannot be opened`, { cause });
  }
}

function read(database: InstanceType<typeof DatabaseSync>, file: string, after: number): Row[] {
  try {
    return database.prepare(HELD).all(after) as Row[];
  } catch (cause) {
    throw new NotImportable(`${file} is no database of MISP-Broker`, { cause });
  }
}

/** Its times are those of the machine's own clock. */
function secondsOf(text: string): number {
  const time = new Date(text.replace(" ", "T")).valueOf();
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
}
