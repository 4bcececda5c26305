/**
 * Text of strangers as a chat may show it: nothing in it can be clicked, addressed or run, and it stays on one line.
 * `https://a.example` becomes `hxxps://a[.]example`.
 */
export function defang(text: string): string {
  return (
    text
      // Half of a character, such as a cut leaves behind, is no text for strict readers: they refuse the whole message.
      .toWellFormed()
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
      .replace(/\bhttp(s?)(?=:)/gi, "hxxp$1")
      // Chats follow addresses of their own, such as tg://resolve?domain=someone, without a dot in them.
      .replace(/(?<=[\p{L}\p{N}])(?<!\bhxxps?):(?=\/\/)/giu, "[:]")
      .replace(/(?<=[\p{L}\p{N}])[.\u3002\uff0e\uff61](?=[\p{L}\p{N}])/gu, "[.]")
      .replace(/(?<=[0-9a-f]):(?=[0-9a-f:])/gi, "[:]")
      .replace(/@(?=[\p{L}\p{N}_])/gu, "[@]")
      .replace(/(^|\s)\/(?=[\p{L}_])/gu, "$1\u2215")
  );
}

/** What a person copied out of a defanged message, as it was before. */
export function refang(text: string): string {
  return text
    .replace(/\[(\.|:|@)\]/g, "$1")
    .replace(/\bhxxp(?=s?:)/gi, "http")
    .replace(/(^|\s)\u2215/g, "$1/")
    .trim();
}

/** At most so many characters, with a mark where something was left out. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
