/** What a shell, and Node.js, read in a file of variables, and systemd does not. */
const OTHERWISE: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^\s*export\s+(\w+)\s*=/, (name) => `systemd knows no "export", and leaves ${name} out: write ${name}=… alone`],
  [
    /^\s*(\w+)\s*=[^'"#]*\s#/,
    (name) => `systemd takes the remark for part of ${name}: give it a line of its own, above`,
  ],
];

/** The lines of an `EnvironmentFile` that systemd reads otherwise than a shell does, each with its number and what to do. */
export function readOtherwise(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line, index) =>
    OTHERWISE.flatMap(([pattern, sentence]) => {
      const [, name] = pattern.exec(line) ?? [];
      return name === undefined ? [] : [`${index + 1}: ${sentence(name)}`];
    }),
  );
}
