import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadConfig, resolvePath } from "../../src/config/load.ts";
import { Front } from "../../src/http/front.ts";
import { silent } from "../../src/log.ts";
import { http } from "../../src/targets/http.ts";
import type { Target } from "../../src/targets/target.ts";

/** A front without a courier, and the `http` target, named `firewall`, whose lists it serves. */
export interface Fronted extends AsyncDisposable {
  url: string;
  target: Target;
  /** The target's file. */
  store: string;
}

/** Opens both on a free port. `listen` and `token` are as in the configuration. */
export async function openFront(lists: object, listening: { listen?: string; token?: string } = {}): Promise<Fronted> {
  const directory = await mkdtemp(join(tmpdir(), "courier-front-"));
  const file = join(directory, "config.yaml");
  const settings = {
    misp: { url: "http://127.0.0.1:1", key: "k3y" },
    http: { listen: "127.0.0.1:0", ...listening },
    targets: { firewall: { type: "http", lists } },
  };
  await writeFile(file, stringify(settings));
  const config = loadConfig(file, {});
  const state = resolvePath(config, config.state);
  const target = await http.open(http.settings.parse({ lists }), {
    name: "firewall",
    resolve: (path) => path,
    state,
    clock: Date.now,
  });
  const front = new Front({ config, log: silent, clock: Date.now });
  await front.listen();
  return {
    url: front.url,
    target,
    store: join(state, "lists", "firewall.sqlite"),
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await target.close?.();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
