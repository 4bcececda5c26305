import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { formatConfigError } from "../../src/config/issue.ts";
import { loadConfig, resolvePath } from "../../src/config/load.ts";
import { shippedTtl } from "../../src/config/ttl.ts";
import { complaints, load, MINIMAL, refusal } from "./configuration.ts";

const DAY = 86_400;
const loopback = fileURLToPath(new URL("../fixtures/tls/loopback.pem", import.meta.url));
const shipped = fileURLToPath(new URL("../../config.yaml", import.meta.url));

describe("a configuration in order", () => {
  test("references may stand inside braces, where YAML itself would not have them", () => {
    const text = `misp: {url: https://m.example, key: \${K}, zeromq: {endpoint: 'ipc:///run/misp', username: \${U}, password: \${P}}}`;
    const config = load(text, { K: "k", U: "u", P: "a: {b}" });
    expect(config.misp.zeromq).toEqual({ endpoint: "ipc:///run/misp", username: "u", password: "a: {b}" });
  });

  test("the shipped file loads with nothing but MISP_API_KEY", () => {
    const config = loadConfig(shipped, { MISP_API_KEY: "abc" });
    expect(config.misp?.key).toBe("abc");
    expect(config.targets.blocklists).toMatchObject({ type: "csv", settings: { directory: "./lists" } });
    expect(config.indicators.ttl).toEqual(shippedTtl);
  });

  test("everything but MISP's address and key has a value of its own", () => {
    expect(load(MINIMAL)).toMatchObject({
      misp: {
        verify_tls: true,
        timeout: 30,
        zeromq: { endpoint: "tcp://127.0.0.1:50000" },
        catch_up: { every: 600, overlap: 120, first_load: { kind: "ttl" } },
      },
      curation: { enabled: true, dry_run: false, trust: [], prefix: "org_uuid:" },
      warninglists: { directory: "./warninglists", from_misp: true, roles: {} },
      indicators: { require_published: true, exceptions: { comment: "SOC Exception", tags: [] }, sightings: "latest" },
      filter: [],
      targets: {},
      guard: { max_removed: { percent: 20, at_least: 100 }, max_added: null, min_prefix: { v4: 16, v6: 32 } },
      alerts: {},
      http: { listen: { host: "127.0.0.1", port: 8711 } },
      state: "./state",
      log: { level: "info", format: "readable" },
    });
  });

  test("relative paths count from the folder of the file", () => {
    const config = loadConfig(shipped, { MISP_API_KEY: "abc" });
    expect(resolvePath(config, "./lists")).toBe(fileURLToPath(new URL("../../lists", import.meta.url)));
    expect(resolvePath(config, "/srv/lists")).toBe("/srv/lists");
  });

  test("and so does the file of MISP's certificates, wherever the courier is started", () => {
    const text = "misp: {url: https://m.example, key: k, ca_file: ./ca.pem}\n";
    const { misp, directory } = load(text, {}, { "ca.pem": readFileSync(loopback, "utf8") });
    expect(misp.ca_file).toBe(join(directory, "ca.pem"));
  });

  test("the key can come from a file, without the line break at its end", () => {
    const config = load("misp: {url: https://m.example, key_file: ./misp.key}", {}, { "misp.key": "s3cret\n" });
    expect(config.misp.key).toBe("s3cret");
  });

  test("TTLs are laid over the shipped table, those of a target over that", () => {
    const config = load(`${MINIMAL}indicators: {ttl: {domain: 10d}}
targets:
  common: {type: csv, directory: a}
  own: {type: csv, directory: b, ttl: {url: never}}
  alone: {type: csv, directory: c, ttl: {default: 7d}}
`);
    expect(config.indicators.ttl).toMatchObject({ domain: 10 * DAY, "ip-dst": 90 * DAY, md5: null, default: 30 * DAY });
    expect(config.targets.common?.ttl).toEqual(config.indicators.ttl);
    expect(config.targets.own?.ttl).toEqual({ ...config.indicators.ttl, url: null });
    expect(config.targets.alone?.ttl).toEqual({ default: 7 * DAY });
  });

  test("targets of which only one is enabled may have the same directory", () => {
    const text = `${MINIMAL}targets: {old: {type: csv, directory: a, enabled: false}, new: {type: csv, directory: ./a}}\n`;
    expect(Object.keys(load(text).targets)).toEqual(["old", "new"]);
  });

  test("a file of protected values that is not there is a mistake, a list that is not is none", () => {
    expect(
      complaints(
        `${MINIMAL}guard: {protect: [Top sites, own.txt]}\ntargets: {lists: {type: csv, directory: a, guard: {protect: [./b]}}}\n`,
      ),
    ).toEqual([
      "2 guard.protect[1]: this file cannot be read: there is no such file",
      "3 targets.lists.guard.protect[0]: this file cannot be read: there is no such file",
    ]);
  });

  test("a target's guard is laid over the common one, key by key", () => {
    const config = load(
      `${MINIMAL}guard: {max_removed: {percent: 10}, protect: [own.txt]}
targets: {lists: {type: csv, directory: a, guard: {max_removed: {at_least: 5}, max_added: {percent: 300}}}}
`,
      {},
      { "own.txt": "" },
    );
    expect(config.targets.lists?.guard).toEqual({
      max_removed: { percent: 10, at_least: 5 },
      max_added: { percent: 300, at_least: 100 },
      never_empty: false,
      min_prefix: { v4: 16, v6: 32 },
      protect: ["own.txt"],
    });
  });

  test.each([
    ["ttl", { kind: "ttl" }],
    ["60d", { kind: "ago", seconds: 60 * DAY }],
    ["2026-01-31", { kind: "since", time: Date.UTC(2026, 0, 31) / 1000 }],
  ])("first_load may be %s", (written, read) => {
    const config = load(`misp: {url: https://m.example, key: k, catch_up: {first_load: ${written}}}`);
    expect(config.misp.catch_up.first_load).toEqual(read);
  });

  test("roles, quorum, filter rules and the number of a chat are read in every form", () => {
    const config = load(`${MINIMAL}warninglists: {roles: {a: block, b: lower, c: {lower: 40}}}
indicators: {sightings: {false_positive: {orgs: 3}}, exceptions: {comment: ''}}
filter: [{orgs: [1, CIRCL], tags: ['tlp:*'], not: {distributions: [0]}}]
alerts: {telegram: {token: t, chat_id: -100123}}
http: {listen: '[::1]:80'}
`);
    expect(config.warninglists.roles).toEqual({ a: "block", b: { lower: 25 }, c: { lower: 40 } });
    expect(config.indicators.sightings).toEqual({ false_positive: { orgs: 3, trusted: 1 } });
    expect(config.indicators.exceptions.comment).toBeNull();
    expect(config.filter).toEqual([{ orgs: [1, "CIRCL"], tags: ["tlp:*"], not: { distributions: [0] } }]);
    expect(config.alerts.telegram).toMatchObject({ chat_id: "-100123", api_root: "https://api.telegram.org" });
    expect(config.http.listen).toEqual({ host: "::1", port: 80 });
  });

  test("alerts are posted to the address as it is written: with another slash it is another place", () => {
    const url = "https://c.example/hook/?key=a/";
    expect(load(`${MINIMAL}alerts: {webhook: {url: '${url}'}}`).alerts.webhook?.url).toBe(url);
  });
});

describe("a file that cannot be read", () => {
  test("a missing file is one issue without a line", () => {
    const error = refusalOf("/nowhere/config.yaml");
    expect(formatConfigError(error)).toBe("/nowhere/config.yaml: cannot be read: there is no such file");
  });

  test("a folder is no configuration", () => {
    expect(refusalOf(fileURLToPath(new URL(".", import.meta.url))).issues).toHaveLength(1);
  });

  test("an empty file lacks MISP", () => {
    expect(complaints("# nothing\n")).toEqual(["1 misp: is missing"]);
  });

  test("a file of more than 1 MiB is refused unread", () => {
    expect(complaints(`${MINIMAL}#${" ".repeat(1024 * 1024)}`)).toEqual(["0 : is larger than 1 MiB"]);
  });

  test("aliases cannot multiply without bound, nor nesting overflow", () => {
    const rows = Array.from({ length: 12 }, (_, row) => `a${row + 1}: &a${row + 1} [${`*a${row},`.repeat(9)}]`);
    expect(complaints(`a0: &a0 x\n${rows.join("\n")}\n`)).toEqual(["1 : its aliases (*) multiply it beyond measure"]);
    expect(complaints("[".repeat(20_000))).toEqual(["1 : is nested too deeply"]);
  });

  test("an alias without anchor, an unknown tag and a second document are reported where they stand", () => {
    expect(complaints(`${MINIMAL}state: *nowhere\n`)).toEqual(["2 state: has an alias (*) without its anchor (&)"]);
    expect(complaints(`${MINIMAL}state: !secret x\n`)).toEqual([
      "2 state: has a tag (!) that is not known; put the value in quotes",
    ]);
    expect(complaints(`${MINIMAL}---\nstate: x\n`)).toEqual(["2 : a second document begins here; only one is read"]);
  });

  test("an alias within what it stands for is reported where it stands: it would have no end", () => {
    const endless = "has an alias (*) within what it stands for";
    expect(complaints(`${MINIMAL}http: &page {listen: 127.0.0.1:0, token: *page}\n`)).toContain(
      `2 http.token: ${endless}`,
    );
    expect(complaints(`${MINIMAL}filter: &rules\n  - {not: {tags: *rules}}\n`)).toContain(
      `3 filter[0].not.tags: ${endless}`,
    );
    expect(complaints(`${MINIMAL}http: &page {<<: *page}\n`)).toEqual([`2 http.<<: ${endless}`]);
    expect(complaints(`${MINIMAL}http: {<<: &groups [*groups]}\n`)).toEqual([
      "2 http.<<: << stands before what is no group of keys",
    ]);
  });

  test("an anchor is complained about where it is written, for each place that uses it", () => {
    expect(complaints(`${MINIMAL}filter:\n  - &rule {tag: [a]}\n  - *rule\n`)).toEqual([
      '3 filter[0].tag: unknown key, did you mean "tags"?',
      '3 filter[1].tag: unknown key, did you mean "tags"?',
    ]);
  });

  function refusalOf(file: string) {
    try {
      loadConfig(file, {});
    } catch (error) {
      return error as ReturnType<typeof refusal>;
    }
    throw new Error("the file was accepted");
  }

  test("what is not written in UTF-8 is refused: names and passwords would be read as others", () => {
    const text = "# Soci\u00e9t\u00e9\n";
    for (const bytes of [Buffer.from(text, "latin1"), Buffer.from(`\ufeff${MINIMAL}`, "utf16le")]) {
      expect(complaints(bytes)).toEqual(["0 : is not written in UTF-8"]);
    }
    expect(load(`\ufeff${MINIMAL.replace("\n", "\r\n")}`).misp.key).toBe("k3y");
  });

  test("a group of keys may be laid over another with <<, and what is wrong in it is named for both", () => {
    const targets = "targets:\n  a: &common {type: csv, directory: ./a, min_score: 60}\n";
    const { b } = load(`${MINIMAL}${targets}  b: {<<: *common, directory: ./b}\n`).targets;
    expect(b).toMatchObject({ min_score: 60, settings: { directory: "./b" } });
    expect(complaints(`${MINIMAL}${targets.replace("60", "600")}  b: {<<: *common, directory: ./b}\n`)).toEqual([
      "3 targets.a.min_score: must be at most 100",
      "4 targets.b.min_score: must be at most 100",
    ]);
    expect(complaints(`${MINIMAL}targets:\n  b: {<<: *nowhere}\n`)).toEqual([
      "3 targets.b.<<: has an alias (*) without its anchor (&)",
    ]);
  });

  test.each(["3", "[{}, 3]", "&number 3"])(
    "a << before %s is named where it stands, with all other mistakes",
    (merged) => {
      const target = `targets:\n  b:\n    type: csv\n    directory: ./b\n    <<: ${merged}\n`;
      expect(complaints(`${MINIMAL}${target}gurad: {}\n`)).toEqual([
        "6 targets.b.<<: << stands before what is no group of keys",
        '7 gurad: unknown key, did you mean "guard"?',
      ]);
    },
  );

  test("a name that looks like a number is what is written", () => {
    const names = ["007", "1.10", "1e3", "0x10", "null"];
    const targets = names.map((name) => `  ${name}: {type: csv, directory: ./${name}}\n`);
    expect(Object.keys(load(`${MINIMAL}targets:\n${targets.join("")}`).targets)).toEqual(names);
  });

  test("a key that is missing is complained about where it should be", () => {
    expect(complaints(`${MINIMAL}http:\n  : 127.0.0.1:0\n`)).toEqual(["3 http.: unknown key"]);
  });

  test("a place of a template that nobody filled is no text", () => {
    expect(complaints(`${MINIMAL}http: {token: {{ token }}}\nfilter: 3\n`)).toEqual([
      "2 http.token: must be text",
      "2 http.token.?: this key is not text",
      "3 filter: must be a list",
    ]);
  });

  test("a key that is there twice is named by its own path, also behind a block", () => {
    const blocks = "log:\n  level: info\nhttp:\n  listen: 127.0.0.1:0\nlog:\n  level: warn\n";
    expect(complaints(MINIMAL + blocks)).toEqual(["6 log: this key is there twice"]);
  });

  test("a target cannot have the one name that no map keeps", () => {
    expect(complaints(`${MINIMAL}targets:\n  __proto__: {type: csv, directory: ./a}\n`)).toEqual([
      "3 targets.__proto__: cannot be a name here",
    ]);
  });
});

describe("mistakes", () => {
  test.each([
    ["misp:\n  url: https://m.example\n  key: k\n  ulr: x\n", '4 misp.ulr: unknown key, did you mean "url"?'],
    [`${MINIMAL}zzzzzzz: 1\n`, "2 zzzzzzz: unknown key"],
    [`${MINIMAL}http: {token:s3cret}\n`, "2 http.token:…: unknown key"],
    [
      "misp:\n  url: https://m.example\n  key:s3cret\n",
      "3 misp.key:…: something is missing here: a colon, a comma, a quote or a closing bracket",
    ],
    [`${MINIMAL}filter:\n  - {tag: [a]}\n`, '3 filter[0].tag: unknown key, did you mean "tags"?'],
    [
      `${MINIMAL}filter:\n  - {}\n`,
      "3 filter[0]: names no condition; use any of orgs, types, tags, distributions, not",
    ],
    [
      `${MINIMAL}filter: [{types: []}]\n`,
      "2 filter[0].types: must name at least one: an empty list would admit nothing",
    ],
    [`${MINIMAL}filter:\n`, "2 filter: has no value: give it one or remove the key"],
    [
      `${MINIMAL}filter: [{not: {types: [domian]}}]\n`,
      '2 filter[0].not.types[0]: is no attribute type, did you mean "domain"?',
    ],
    [
      `${MINIMAL}indicators: {ttl: {sha-256: 3d}}\n`,
      '2 indicators.ttl.sha-256: is no attribute type, did you mean "sha256"?',
    ],
    [
      `${MINIMAL}indicators: {decay: {ip-scr: {lifetime: 30d}}}\n`,
      '2 indicators.decay.ip-scr: is no attribute type, did you mean "ip-src"?',
    ],
    ...["whsec_", "whsec_abc", "whsec_not base64"].map((secret): [string, string] => [
      `${MINIMAL}alerts:\n  webhook: {url: https://c.example, secret: ${secret}}\n`,
      "3 alerts.webhook.secret: must have base64 behind whsec_",
    ]),
    [`${MINIMAL}log: {level: loud}\n`, "2 log.level: must be error or warn or info or debug"],
    [`${MINIMAL}curation:\n  enabled: yes\n`, "3 curation.enabled: must be true or false"],
    [
      `${MINIMAL}curation:\n  trust:\n    - score: 101\n      list: a\n`,
      "4 curation.trust[0].score: must be at most 100",
    ],
    [`${MINIMAL}state: ''\n`, "2 state: must not be empty"],
    [
      `${MINIMAL}indicators:\n  exceptions: {comment: '('}\n`,
      "3 indicators.exceptions.comment: must be a regular expression that compiles",
    ],
    [
      `${MINIMAL}indicators:\n  ttl:\n    url: 30\n`,
      "4 indicators.ttl.url: must be a duration above zero, such as 90s, 30m, 12h, 30d, 2w or 1y, or never",
    ],
    [
      `${MINIMAL}indicators: {sightings: lastest}\n`,
      "2 indicators.sightings: must be latest or {false_positive: {orgs, trusted}}",
    ],
    [
      `${MINIMAL}indicators: {sightings: {false_positive: {org: 2}}}\n`,
      '2 indicators.sightings.false_positive.org: unknown key, did you mean "orgs"?',
    ],
    [`${MINIMAL}http:\n  listen: 0.0.0.0:80\n`, "3 http.listen: needs http.token, since it listens beyond loopback"],
    [
      `${MINIMAL}targets:\n  one: {type: http, lists: {ips: {types: [ip-dst]}}}\n  two:\n    type: http\n    lists:\n      ips: {types: [ip-src]}\n`,
      "7 targets.two.lists.ips: target one has a list of this name, too, and there is one /lists/ips.txt",
    ],
    [
      `${MINIMAL}targets:\n  one:\n    type: http\n    lists:\n      ips: {types: [ip-dst]}\n      ips.left-out: {types: [ip-src]}\n`,
      "7 targets.one.lists.ips.left-out: a list name does not end in .left-out: that is where what has no room in a list is named",
    ],
    [
      `${MINIMAL}targets:\n  one: {type: csv, directory: ./a}\n  two: {type: csv, directory: b}\n  three:\n    type: csv\n    directory: b/../a/\n`,
      "7 targets.three.directory: target one writes its files there, too, and each would undo what the other does",
    ],
    [
      `${MINIMAL}targets: {edl: {type: http, lists: {bad: {types: [ip-dst, domian]}}}}\n`,
      '2 targets.edl.lists.bad.types[1]: is no attribute type, did you mean "domain"?',
    ],
    [
      `${MINIMAL}targets: {files: {type: csv, directory: a, lists: {bad: [ip-dst, domian]}}}\n`,
      '2 targets.files.lists.bad[1]: is no attribute type, did you mean "domain"?',
    ],
    [`${MINIMAL}targets: {siem: {type: splunk, token: t}}\n`, "2 targets.siem.url: is missing"],
    [
      `${MINIMAL}targets: {siem: {type: splunk, token: t, url: splunk}}\n`,
      "2 targets.siem.url: must be an http or https URL",
    ],
    [
      `${MINIMAL}targets: {siem: {type: qradar, url: https://q, token: t, set_ttl: {domain: 0}}}\n`,
      "2 targets.siem.set_ttl.domain: must be more than 0",
    ],
    [
      `${MINIMAL}targets: {siem: {type: qradar, url: https://q, token: t, api_version: newest}}\n`,
      "2 targets.siem.api_version: must be auto or a version such as 20.0",
    ],
    [`${MINIMAL}http:\n  listen: 8711\n`, "3 http.listen: must be an address and a port, such as 127.0.0.1:8711"],
    [`${MINIMAL}guard: {min_prefix: {v4: 33}}\n`, "2 guard.min_prefix.v4: must be at most 32"],
    [
      `${MINIMAL}warninglists: {roles: {x: blok}}\n`,
      "2 warninglists.roles.x: must be block, lower, inform or {lower: points}",
    ],
    [`${MINIMAL}state: "a\\0b"\n`, "2 state: must be a path: none has a NUL character in it"],
    [
      `${MINIMAL}targets: {l: {type: csv, directory: "a\\0b"}}\n`,
      "2 targets.l.directory: must be a path: none has a NUL character in it",
    ],
    ["misp:\n  url: https://m.example\n", "1 misp: needs key or key_file"],
    [
      "misp: {url: 'https://m.example/?lang=en', key: k}\n",
      "1 misp.url: must be an address without ? and #: paths are added to it",
    ],
    ["misp: {url: misp, key: k}\n", "1 misp.url: must be an address such as https://misp.example.org"],
    ...["h:65536", "name:password@h:50000", "*:50000"].map((address): [string, unknown] => [
      `misp: {url: https://m.example, key: k, zeromq: 'tcp://${address}'}\n`,
      expect.stringContaining("1 misp.zeromq: must be an address such as tcp://127.0.0.1:50000"),
    ]),
    [
      "misp:\n  url: https://m.example\n  key: k\n  zeromq: {endpoint: 'tcp://h:1', user: u}\n",
      '4 misp.zeromq.user: unknown key, did you mean "username"?',
    ],
    [
      "misp: {url: https://m.example, key: k, catch_up: {first_load: 2026-02-30}}\n",
      "1 misp.catch_up.first_load: must be ttl, a duration such as 30d, or a date such as 2026-01-31",
    ],
    [
      "misp:\n  url: https://m.example\n  key: k\n  catch_up: {first_load: 9026-01-31}\n",
      "4 misp.catch_up.first_load: is a date that is yet to come (UTC)",
    ],
  ])("%j is refused", (text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });

  test("only one of key and key_file, and a file that can be read", () => {
    const both = "misp:\n  url: https://m.example\n  key: k\n  key_file: f\n";
    expect(complaints(both, {}, { f: "k" })).toEqual(["1 misp: has both key and key_file; keep one"]);
    const file = "misp:\n  url: https://m.example\n  key_file: f\n";
    expect(complaints(file)).toEqual(["3 misp.key_file: this file cannot be read: there is no such file"]);
    expect(complaints(file, {}, { f: "\n" })).toEqual(["3 misp.key_file: this file is empty"]);
  });

  test.for([
    ["MISP", (ca: string) => `misp: {url: https://m.example, key: k, ca_file: ${ca}}\n`, "1 misp.ca_file"],
    [
      "a target",
      (ca: string) =>
        `${MINIMAL}targets:\n  desk: {type: webhook, url: https://d.example, secret: whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0, ca_file: ${ca}}\n`,
      "3 targets.desk.ca_file",
    ],
    [
      "brokers",
      (ca: string) => `${MINIMAL}sightings:\n  kafka: {brokers: ['b:1'], topic: t, tls: {ca_file: ${ca}}}\n`,
      "3 sightings.kafka.tls.ca_file",
    ],
    [
      "alerts",
      (ca: string) => `${MINIMAL}alerts:\n  webhook: {url: https://c.example, ca_file: ${ca}}\n`,
      "3 alerts.webhook.ca_file",
    ],
  ] as const)("certificates to trust for %s that cannot be read, or are none", ([, text, place]) => {
    expect(complaints(text("ca.pem"))).toEqual([`${place}: this file cannot be read: there is no such file`]);
    const none = `${place}: this file holds no certificates in PEM`;
    for (const content of ["", "-----BEGIN CERTIFICATE-----\nabc\n", "\0\u{1F4A5}"]) {
      expect(complaints(text("ca.pem"), {}, { "ca.pem": content })).toEqual([none]);
    }
    expect(load(text(loopback)).misp.url).toContain("https://");
  });

  test("a listener beyond loopback is in order with a token", () => {
    expect(load(`${MINIMAL}http: {listen: '0.0.0.0:80', token: t}\n`).http.listen.host).toBe("0.0.0.0");
    expect(load(`${MINIMAL}http: {listen: 'localhost:80'}\n`).http.listen.port).toBe(80);
  });

  test("all are reported at once, in the order of the file, one line each on the terminal", () => {
    const error = refusal(`misp:
  url: https://m.example
  ky: \${UNSET_KEY}
targets:
  blocklists:
    typ: csv
    directory: ./lists
    min_score: high
log: {levle: info}
log: {level: info}
`);
    expect(formatConfigError(error).replaceAll(error.file, "config.yaml").split("\n")).toEqual([
      "config.yaml:1 misp: needs key or key_file",
      'config.yaml:3 misp.ky: unknown key, did you mean "key"?',
      "config.yaml:3 misp.ky: the environment variable UNSET_KEY is not set",
      "config.yaml:5 targets.blocklists.type: is missing",
      'config.yaml:6 targets.blocklists.typ: unknown key, did you mean "type"?',
      "config.yaml:8 targets.blocklists.min_score: must be a number",
      "config.yaml:10 log: this key is there twice",
    ]);
  });

  test("files that cannot be read are among them, but not where a variable is missing", () => {
    const text = `misp: {url: 'https://m.example', key: k, ca_file: ./none.pem}
guard: {protect: [./none.txt, 5, '\${UNSET_FILE}.txt']}
log: {level: loud}
targets: {lists: {type: csv, directory: ./lists, guard: {protect: [./none.list]}}}
`;
    expect(complaints(text)).toEqual([
      "1 misp.ca_file: this file cannot be read: there is no such file",
      "2 guard.protect[0]: this file cannot be read: there is no such file",
      "2 guard.protect[1]: must be text",
      "2 guard.protect[2]: the environment variable UNSET_FILE is not set",
      "3 log.level: must be error or warn or info or debug",
      "4 targets.lists.guard.protect[0]: this file cannot be read: there is no such file",
    ]);
  });

  test("broken YAML is reported with its line and without quoting the file", () => {
    const error = refusal("misp:\n  url: https://m.example\n  key: 's3cret\n");
    expect(error.issues[0]?.line).toBeGreaterThanOrEqual(3);
    expect(formatConfigError(error)).not.toContain("s3cret");
    expect(complaints("misp:\n\turl: x\n")[0]).toMatch(/^2 /);
  });
});

describe("targets", () => {
  const inTargets = (text: string) => complaints(`${MINIMAL}targets:\n${text}`);

  test("an unknown type names those that are known", () => {
    expect(inTargets("  a: {type: cvs, directory: x}\n")[0]).toMatch(
      /^3 targets\.a\.type: unknown type of target, did you mean "csv"\? \(known: .*csv.*\)$/,
    );
  });

  test("the kind's own keys are checked with its own schema", () => {
    expect(inTargets("  a:\n    type: csv\n    directroy: x\n")).toEqual([
      "3 targets.a.directory: is missing",
      '5 targets.a.directroy: unknown key, did you mean "directory"?',
    ]);
  });

  test("a target's own filter, TTLs and guard are checked as the common ones", () => {
    expect(
      inTargets(
        "  a:\n    type: csv\n    directory: x\n    filter: [{tag: [x]}]\n    ttl: {url: x}\n    guard: {v4: 1}\n",
      ),
    ).toEqual([
      '6 targets.a.filter[0].tag: unknown key, did you mean "tags"?',
      expect.stringMatching(/^7 targets\.a\.ttl\.url: must be a duration/),
      "8 targets.a.guard.v4: unknown key",
    ]);
  });

  test("a name must be fit for files and addresses", () => {
    expect(inTargets("  a/b: {type: csv, directory: x}\n")).toEqual([
      expect.stringMatching(/^3 targets\.a\/b: a target's name has up to 64/),
    ]);
    expect(Object.keys(load(`${MINIMAL}targets: {Lists.v2-a_b: {type: csv, directory: x}}`).targets)).toHaveLength(1);
  });

  test("a target that is not a group of keys is refused", () => {
    expect(inTargets("  a: csv\n")).toEqual(["3 targets.a: must be a group of keys"]);
  });
});

test("an attribute type that a later MISP may have is taken as it is", () => {
  const types = ["ja4-fingerprint-md5", "filename|sha3-128", "named pipe", "ip", "foo", "something-else-entirely"];
  const { filter, indicators } = load(
    `${MINIMAL}filter: [{types: ${JSON.stringify(types)}}]\nindicators: {ttl: {default: 3d}}\n`,
  );
  expect(filter).toEqual([{ types }]);
  expect(indicators.ttl.default).toBe(3 * 86_400);
});

test("a QRadar is the same one however its address is written", () => {
  const console = (url: string) => `{type: qradar, url: "${url}", token: t}`;
  const targets = `targets: {one: ${console("https://siem.example")}, other: ${console("https://SIEM.example:443/")}}\n`;
  expect(complaints(MINIMAL + targets)).toEqual([expect.stringMatching(/target one fills the same there/)]);
});

test("targets share a Splunk or a QRadar where they fill nothing in common", () => {
  const siem = "url: https://siem.example:8089, token: t";
  const sharing = (one: string, other: string) =>
    `${MINIMAL}targets: {one: {${siem}, ${one}}, other: {${siem}/, ${other}}}\n`.replace(
      "8089, token: t/",
      "8089/, token: t",
    );
  for (const [one, other] of [
    ["type: splunk", "type: qradar"],
    ["type: splunk", "type: splunk, prefix: dmz_"],
    ["type: splunk", "type: splunk, app: other"],
    ["type: qradar", "type: qradar, prefix: dmz_"],
    ["type: qradar, types: [ip-dst]", "type: qradar, types: [domain]"],
    ["type: qradar", "type: qradar, enabled: false"],
  ] as const) {
    expect(Object.keys(load(sharing(one, other)).targets)).toEqual(["one", "other"]);
  }
  for (const [one, other] of [
    ["type: splunk", "type: splunk, min_score: 60"],
    ["type: splunk, types: [domain]", "type: splunk, types: [ip-dst, domain]"],
    ["type: qradar", "type: qradar, types: [domain]"],
    // The names of the collections and sets are those of the other layout.
    ["type: splunk, prefix: tsi_misp_", "type: splunk, layout: broker"],
    ["type: qradar, prefix: tsi_misp_", "type: qradar, layout: broker"],
  ] as const) {
    expect(complaints(sharing(one, other))).toEqual([
      expect.stringMatching(/^2 targets\.other\.url: target one fills the same there/),
    ]);
  }
});

test("csv targets share a directory where they have no file in common", () => {
  const csv = "type: csv, directory: ./lists";
  const sharing = (one: string, other: string) =>
    `${MINIMAL}targets: {one: {${csv}, ${one}}, other: {${csv}, ${other}}}\n`;
  for (const [one, other] of [
    ["layout: plain", "layout: broker"],
    ["types: [ip-dst]", "types: [domain, url]"],
    ["types: [ip-dst], lists: {a: [ip-dst]}", "types: [url], lists: {b: [url]}"],
    ["enabled: true", "enabled: false"],
  ] as const) {
    expect(Object.keys(load(sharing(one, other)).targets)).toEqual(["one", "other"]);
  }
  for (const [one, other] of [
    ["types: [ip-dst]", "types: [url, ip-dst]"],
    ["types: [ip-dst], lists: {a: [ip-dst]}", "types: [url], lists: {a: [url]}"],
    ["layout: broker, types: [ip-dst]", "layout: broker, types: [url]"],
  ] as const) {
    expect(complaints(sharing(one, other))).toEqual([expect.stringContaining("writes its files there, too")]);
  }
});

test("no two targets listen at one address, or write under one name into a topic", () => {
  const kafka = "type: kafka, brokers: ['a:1', 'b:1']";
  const bus = "type: zeromq, bind: 'tcp://127.0.0.1:5000'";
  const text = `${MINIMAL}targets:
  one: {${kafka}}
  other: {${kafka}, format: stix, origin: misp.example.org}
  apart: {${kafka}, origin: apart}
  elsewhere: {${kafka}, topic: elsewhere}
  off: {${kafka}, enabled: false}
  bus: {${bus}}
  second: {${bus}}
  own: {type: zeromq, bind: 'tcp://127.0.0.1:5001', manage: 'tcp://127.0.0.1:5001'}
  any: {type: zeromq, bind: 'tcp://127.0.0.1:0', manage: 'tcp://127.0.0.1:0'}
`;
  expect(complaints(text)).toEqual([
    "4 targets.other: target one has the topic misp.indicators as misp.example.org, too, and only one can",
    "9 targets.second: target bus has tcp://127.0.0.1:5000, too, and only one can",
    "10 targets.own: has tcp://127.0.0.1:5001 twice",
  ]);
});
