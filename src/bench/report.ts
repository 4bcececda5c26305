import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { catalog, type FigureName, type Kind } from "./catalog.ts";
import type { Measured } from "./figures/measured.ts";
import { rounded } from "./measure.ts";
import type { Sizes } from "./sizes.ts";

/** One figure as it is reported. */
export interface Figure {
  value: number;
  unit: string;
  /** What it is to reach, and what was measured of the peers; `null`: nothing. */
  target: string | null;
  peer: string | null;
  how: string;
  runs: readonly number[];
}

/** What a run of the benchmarks prints. */
export interface Report {
  machine: string;
  node: string;
  /** ISO 8601. */
  date: string;
  figures: Partial<Record<FigureName, Figure>>;
}

/** Puts what was measured beside what it is held against, in the order of the catalogue. */
export function reportOf(measured: Measured, sizes: Sizes, surroundings: Omit<Report, "figures">): Report {
  const figures: Report["figures"] = {};
  for (const name of figureNames) {
    const taken = measured[name];
    const { unit, target, peer, how }: Kind = catalog[name];
    if (!taken) continue;
    figures[name] = {
      value: rounded(taken.value),
      unit,
      target: target ?? null,
      peer: peer ?? null,
      how: how(sizes),
      runs: taken.runs.map(rounded),
    };
  }
  return { ...surroundings, figures };
}

/** The names of all figures, in the order of the catalogue. */
export const figureNames = Object.keys(catalog).filter((name): name is FigureName => Object.hasOwn(catalog, name));

/** The machine in a few words, with how busy it was, which says most about how far the figures can be trusted. */
export function describeMachine(): string {
  const [{ model = "unknown" } = {}] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const [minute = 0] = loadavg();
  return `${cpus().length} × ${model}, ${memory}, ${platform()} ${release()}, load ${minute.toFixed(1)} before it began`;
}
