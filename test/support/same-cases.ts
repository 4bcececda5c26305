import fc from "fast-check";

// `SEED` of the environment: the same cases in every run. Without it each run tries others.
const { SEED } = process.env;
if (SEED !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(SEED) });
