import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { aFolder } from "./a-folder.ts";

/** A row of MISP-Broker's table of indicators: at its target unless it says otherwise. */
export interface BrokerRow {
  type: string;
  value: string;
  timestamp?: string;
  synced?: number;
  purged?: number;
  falsePositive?: number;
}

const SETTINGS = `[BROKER_SETTINGS]
WAIT_TIME = 60  # seconds until the next try
INTERVAL_TIME = 3
MISP_COMMENT_EXCEPTION = SOC Ausnahme  # blank switches it off
MISP_TAG_EXCEPTION = soc:exception|^benign
DEFAULT_TTL = 30
START_DATE = 2022-01-01  # for types that never run out
RANGE_TIME = 168
UPDATE_LOOKBACK = 24

[SYSTEM_SETTINGS]
PROXY =   # host:port
TELEGRAM_BOT_TOKEN = 123456:telegram-s3cret
TELEGRAM_CHAT_ID = -1009999999999
`;

const TYPES = `# type ttl element_type
ip-dst 90 IP
domain 182 ALNIC

domain|ip 182 ALNIC
url 365 ALNIC
md5 0 ALN
#hostname 182 ALNIC
`;

/** The folder of a MISP-Broker, with one configuration for each entry of `siems`. */
export class ABroker {
  readonly directory = aFolder();

  constructor() {
    for (const folder of ["configs", "files/databases"]) mkdirSync(join(this.directory, folder), { recursive: true });
    this.write("settings.cfg", SETTINGS);
    this.write("type_list.txt", TYPES);
    this.write("configs/default.cfg", "[SIEM_SETTINGS]\nSIEM =   # QRADAR or SPLUNK or CSV\n");
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  configure(name: string, siem: Record<string, string>, misp: Record<string, string> = {}): void {
    const lines = (values: Record<string, string>) =>
      Object.entries(values).map(([key, value]) => `${key} = ${value}  # a remark`);
    const follows = {
      MISP_ADDRESS: "misp.example.org",
      MISP_PROTOCOL: "https",
      MISP_API_TOKEN: "misp-s3cret",
      ...misp,
    };
    const sections = ["[LOGGING_SETTINGS]", "DEBUG = False", "[SIEM_SETTINGS]", ...lines(siem), "[MISP_SETTINGS]"];
    this.write(`configs/${name}.cfg`, `${[...sections, ...lines(follows)].join("\n")}\n`);
  }

  /** Writes a configuration's database, as MISP-Broker lays it out. */
  fill(name: string, rows: readonly BrokerRow[]): void {
    const database = new DatabaseSync(join(this.directory, "files", "databases", `${name}.db`));
    database.exec(`CREATE TABLE agent_iocs (
      id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT UNIQUE, type TEXT NOT NULL, value TEXT NOT NULL,
      sync_misp_timestamp TEXT NOT NULL, attribute_timestamp TEXT NOT NULL,
      sync_siem_status INTEGER NOT NULL DEFAULT 0, sync_siem_timestamp TEXT NOT NULL DEFAULT 'Not synchronized',
      lived_days INTEGER NOT NULL DEFAULT 0, purged_siem_status INTEGER NOT NULL DEFAULT 0,
      purged_siem_timestamp TEXT NOT NULL DEFAULT 'Not purged', false_positive INTEGER NOT NULL DEFAULT 0,
      md5 TEXT NOT NULL UNIQUE)`);
    const insert = database.prepare(
      `INSERT INTO agent_iocs (type, value, sync_misp_timestamp, attribute_timestamp, sync_siem_status,
       purged_siem_status, false_positive, md5) VALUES (?, ?, '', ?, ?, ?, ?, ?)`,
    );
    for (const [n, row] of rows.entries()) {
      const { type, value, timestamp = LATELY, synced = 1, purged = 0, falsePositive = 0 } = row;
      insert.run(type, value, timestamp, synced, purged, falsePositive, String(n));
    }
    database.close();
  }
}

/** Yesterday, as the broker writes times. */
const LATELY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace("T", " ");
