import { say, visible } from "./dom.js";

/** Has the courier do something, and says below the table how that went. */
export async function doDeed(path, body, done) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    say("deed", answer.ok ? done : visible((await answer.text()).trim()));
  } catch {
    say("deed", "The courier does not answer.");
  }
}
