// Has IBM's samples use the stand-in of QRadar: what they do and find there may be tested against.
// Usage: qradar-samples.mjs DIRECTORY, with `samples`, the compiled tests in `out`, `key.pem` and `certificate.pem`.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";

const run = promisify(execFile);
const work = process.argv[2];
const { StandInQradar, TOKEN } = await import(join(work, "out/test/targets/qradar/stand-in-qradar.js"));
const [key, cert] = ["key.pem", "certificate.pem"].map((name) => readFileSync(join(work, name), "utf8"));
// They were written for 6.0, ask for 4.0 as one that is deprecated and for 1.0 as one that is gone.
const qradar = await StandInQradar.start({ versions: ["4.0", "6.0", "13.1", "26.0"], tls: { key, cert } });
const place = [`server_ip = ${new URL(qradar.url).host}`, `certificate_file = ${join(work, "certificate.pem")}`];
writeFileSync(join(work, "samples/config.ini"), ["[DEFAULT]", ...place, `auth_token = ${TOKEN}`, ""].join("\n"));

const scripts = new Set();
let runs = 0;
let checks = 0;

class Unexpected extends Error {}

function check(what, found, wanted = true) {
  checks += 1;
  if (isDeepStrictEqual(found, wanted)) return;
  const told = `${JSON.stringify(found)} in place of ${JSON.stringify(wanted)}`;
  throw new Unexpected(`the stand-in is not what the samples expect: ${what}: ${told}`);
}

/** Runs a script as its readme says, in its own directory; returns what it prints. */
async function sample(directory, script, ...options) {
  const cwd = join(work, "samples", directory);
  // No proxy of this machine leads to loopback.
  const env = { ...process.env, no_proxy: "*", PYTHONDONTWRITEBYTECODE: "1" };
  runs += 1;
  scripts.add(`${directory}/${script}`);
  const running = run("python3", [script, ...options], { cwd, env, timeout: 60_000 });
  running.child.stdin.end();
  const { code, stdout, stderr } = await running.then(
    (printed) => ({ code: 0, ...printed }),
    (failed) => failed,
  );
  if (code !== 0) process.stderr.write(`${stdout}${stderr}`);
  check(`${directory}/${script} ends well`, code, 0);
  return stdout;
}

/** What a set holds that the samples made: its kind, then its values. */
function held(name) {
  const set = qradar.store.get(`rest_api_samples_${name}`);
  return set && [set.element, ...[...set.elements.values()].map(({ value }) => value).sort()];
}

async function sets() {
  for (const time of ["first", "second"]) {
    await sample("reference_data", "01_Sets.py");
    check(`suspects that stay, the ${time} time`, held("suspect_ips"), ["IP", "8.7.6.5"]);
    check(`suspects that moved, the ${time} time`, held("blocked_ips"), ["IP", "10.7.6.5", "13.7.6.5"]);
  }
}

async function parameters() {
  await sample("introduction", "02_QueryParameters.py");
  check("a set that was just made", held("testset"), ["ALN"]);
  await sample("introduction", "03_PathParameters.py");
  check("a value of the query", held("testset"), ["ALN", "rest_api_sample_value"]);
  await sample("introduction", "04_BodyParameters.py");
  check("values of the body", held("testset"), ["ALN", "123", "abc", "def", "rest_api_sample_value"]);
}

async function errors() {
  const printed = await sample("introduction", "05_Errors.py");
  const codes = [...printed.matchAll(/^(\d{3})$/gm)].map(([, code]) => Number(code));
  check("the codes of what is not there and of what is missing", codes, [404, 422]);
  const messages = [...printed.matchAll(/"message": "(.*)"/g)].length;
  check("each says so twice, in the envelope and beside it", messages, 4);
}

async function lists() {
  const printed = await sample("introduction", "06_CommonParameters.py");
  check("the names in a set", held("authorized_users"), ["ALN", "dave"]);
  check("the words in a set", held("keywords"), ["ALNIC", "sample"]);
  const empty = ["authorized_ips", "authorized_ports", "recent_access"].map(held);
  check("kinds of sets", empty, [["IP"], ["PORT"], ["DATE"]]);
  const pages = [...printed.matchAll(/^(?:Content-Range.*: )?(items \S+)$/gm)].map(([, page]) => page);
  check("pages", pages, ["items 0-4/8", "items 5-7/8"]);
  const full = [...printed.matchAll(/rest_api_samples_(\w+) contains/g)].map(([, name]) => name).sort();
  check("sets that the filter finds", full, ["authorized_users", "blocked_ips", "keywords", "suspect_ips", "testset"]);
  const last = JSON.parse(printed.slice(printed.lastIndexOf("\n[")));
  check("a range of one field of what is filtered", last.map(Object.keys), [["name"], ["name"]]);
}

async function versions() {
  const deprecated = await sample("introduction", "07_DeprecatedHeader.py");
  check("a version that goes is told of", deprecated.includes("Version 4.0 is deprecated and will be removed"));
  const removed = await sample("introduction", "08_RemovedVersion.py");
  check("a version that went is refused", removed.includes("Version 1.0 has been removed and is no longer valid"));
}

async function cleanup() {
  await sample("introduction", "Cleanup.py");
  await sample("reference_data", "Cleanup.py", "01_Sets.py");
  check("a deletion is a task", qradar.tasks.open.length, 8);
  // The samples look at none of them, and the stand-in's go on when somebody does.
  for (const id of qradar.tasks.open) qradar.tasks.look(id);
  check("sets that are left", qradar.store.sets, []);
}

try {
  for (const part of [sets, parameters, errors, lists, versions, cleanup]) await part();
  const counts = `${scripts.size} scripts in ${runs} runs, ${qradar.seen.length} requests, ${checks} checks held`;
  process.stdout.write(`== QRadar samples: ${counts}\n`);
} catch (error) {
  if (!(error instanceof Unexpected)) throw error;
  process.stderr.write(`== QRadar samples: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await qradar[Symbol.asyncDispose]();
}
