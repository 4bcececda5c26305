import { StandInSplunk } from "./stand-in-splunk.ts";

// For clients that are not tests: says where it listens and what lets one in, as one line of JSON, until its input ends.
const splunk = await StandInSplunk.start();
const { url, token, user } = splunk;
process.stdout.write(`${JSON.stringify({ url, token, user })}\n`);
process.stdin.resume().on("end", () => void splunk[Symbol.asyncDispose]());
