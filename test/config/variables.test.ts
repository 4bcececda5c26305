import fc from "fast-check";
import { expect, test } from "vitest";
import { complaints, load, MINIMAL, refusal } from "./configuration.ts";

test("a variable fills any scalar, also inside braces and amid text", () => {
  const config = load(
    `misp: {url: "https://\${HOST}/misp/", key: \${MISP_API_KEY}}
alerts: {telegram: {token: \${TOKEN}, chat_id: '\${CHAT:--100}'}}
`,
    { HOST: "m.example", MISP_API_KEY: "k", TOKEN: "t" },
  );
  expect(config.misp).toMatchObject({ url: "https://m.example/misp", key: "k" });
  expect(config.alerts.telegram).toMatchObject({ token: "t", chat_id: "-100" });
});

test("a default stands in for a variable that is unset or empty", () => {
  const text = `${MINIMAL}state: \${STATE:-./here}\n`;
  expect(load(text).state).toBe("./here");
  expect(load(text, { STATE: "" }).state).toBe("./here");
  expect(load(text, { STATE: "/there" }).state).toBe("/there");
});

test("a doubled dollar keeps the characters", () => {
  expect(load(`${MINIMAL}state: $\${HOME}\n`, { HOME: "/root" }).state).toBe("$" + "{HOME}");
});

test("a missing variable is reported where it stands, once", () => {
  const text = `misp:\n  url: \${URL_OF_MISP}\n  key: \${MISP_API_KEY}\n`;
  expect(complaints(text)).toEqual([
    "2 misp.url: the environment variable URL_OF_MISP is not set",
    "3 misp.key: the environment variable MISP_API_KEY is not set",
  ]);
});

test("a variable that is set to nothing is an empty value", () => {
  expect(complaints(`misp:\n  url: https://m.example\n  key: \${K}\n`, { K: "" })).toEqual([
    "3 misp.key: must not be empty",
  ]);
});

test.each(["\n", "\r\n"])("a secret that was a file is told without the line break at its end: %j", (end) => {
  const text = `${MINIMAL}http: {token: "\${TOKEN}"}\n`;
  expect(load(text, { TOKEN: `of\nlines${end}` }).http.token).toBe("of\nlines");
});

test("something that only looks like a reference is refused", () => {
  expect(complaints(`${MINIMAL}state: 'a\${not a name}'\n`)[0]).toMatch(/^2 state: has a \$\{ that is no reference/);
});

test("a default that YAML cuts short is refused, and whole in quotes", () => {
  expect(complaints(`${MINIMAL}state: \${STATE:-a #b}\n`)[0]).toMatch(/^2 state: has a \$\{ that is no reference/);
  expect(load(`${MINIMAL}state: '\${STATE:-a #b, c: d}'\n`).state).toBe("a #b, c: d");
});

test("keys are never filled", () => {
  expect(complaints(`${MINIMAL}\${KEY}: x\n`, { KEY: "state" })).toEqual([`2 \${KEY}: unknown key`]);
});

test("names that every object inherits are no variables", () => {
  expect(complaints(`${MINIMAL}state: \${constructor}\n`)).toHaveLength(1);
});

test("no value of a variable adds a key or is filled again", () => {
  const values = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom(
      "a\nstate: /evil",
      "x, state: /evil",
      "}",
      `\${OTHER}`,
      "'\nlog: {level: debug}",
      "*a",
      "&a",
      "# x",
      "null",
    ),
  );
  fc.assert(
    fc.property(values, (value) => {
      const text = `${MINIMAL}log: {file: \${X}}\ncuration: {prefix: "\${X}"}\nwarninglists:\n  directory: '\${X}'\n`;
      const config = load(text, { X: value, OTHER: "filled" });
      const expected = load(text, { X: "x" });
      expect(config.log.file).toBe(value);
      expect(config.curation.prefix).toBe(value);
      expect(config.warninglists.directory).toBe(value);
      const changed = {
        log: expected.log,
        curation: expected.curation,
        warninglists: expected.warninglists,
        directory: "",
      };
      expect({ ...config, ...changed }).toEqual({ ...expected, ...changed });
    }),
  );
});

test("no message holds the value of a variable", () => {
  const secret = "s3cret-value";
  const text = `misp:
  url: \${S}
  key: k
  timeout: \${S}
  zeromq: \${S}
  verify_tls: \${S}
  catch_up: {first_load: \${S}}
http: {listen: \${S}}
log: {level: \${S}}
indicators: {sightings: \${S}, exceptions: {comment: '(\${S}'}}
warninglists: {roles: {a: \${S}}}
guard: {never_empty: \${S}}
`;
  const error = refusal(text, { S: secret });
  expect(error.issues).toHaveLength(11);
  expect(JSON.stringify(error.issues) + error.message).not.toContain(secret);
});
