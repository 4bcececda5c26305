import { beside, say, visible } from "./dom.js";

/** Has the courier do something, and says in the place with this id how that went. */
export async function doDeed(place, path, body, done) {
  try {
    const answer = await fetch(beside(path), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    say(place, answer.ok ? done : visible((await answer.text()).trim()));
  } catch {
    say(place, "The courier does not answer.");
  }
}
