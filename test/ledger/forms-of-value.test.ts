import { expect, test } from "vitest";
import { formsOf } from "../../src/ledger/forms-of-value.ts";

const MD5 = "d41d8cd98f00b204e9800998ecf8427e";

test.each([
  [" Bad.Example. ", "bad.example"],
  ["2001:DB8:0:0::1", "2001:db8::1"],
  [`Setup.exe|${MD5.toUpperCase()}`, `Setup.exe|${MD5}`],
  ["Bad.Example.|2001:DB8:0:0::1", "bad.example|2001:db8::1"],
  ["AA-BB-CC-00-11-22", "aa:bb:cc:00:11:22"],
  [Array(20).fill("E3").join(":"), "e3".repeat(20)],
  ["HKLM\\Run|a|B", "HKLM\\Run|a|B"],
])("%s is looked for as the ledger has it", (value, form) => expect(formsOf(value)).toContain(form));
