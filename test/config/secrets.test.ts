import { expect, test } from "vitest";
import { secretsOf } from "../../src/config/secrets.ts";
import { load } from "./configuration.ts";

test("keys, tokens and passwords are secret, from wherever they came", () => {
  const config = load(
    `misp:
  url: https://m.example
  key_file: misp.key
  proxy: http://user:50%p%40ss@proxy.example:3128
  zeromq: {endpoint: 'tcp://127.0.0.1:50000', username: u, password: \${ZMQ}}
alerts: {telegram: {token: '1:bot', chat_id: 5}}
http: {token: web}
`,
    { ZMQ: "zpass" },
    { "misp.key": "filekey\n" },
  );
  expect(secretsOf(config).sort()).toEqual(["1:bot", "filekey", "50%p%40ss", "50%p@ss", "web", "zpass"].sort());
});

test("what is not set is no secret", () => {
  expect(secretsOf(load("misp: {url: https://m.example, key: k}"))).toEqual(["k"]);
});
