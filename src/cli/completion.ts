import { type Command, Exit, UsageError } from "./command.ts";

type Commands = Readonly<Record<string, Command>>;

const SHELLS: Readonly<Record<string, (commands: Commands) => string>> = { bash, zsh, fish };

/** The command that prints what a shell needs to complete the others. */
export function completionFor(commands: () => Promise<Commands>): Command {
  return {
    usage: "completion bash|zsh|fish",
    summary: "Print a script for tab completion of commands and options.",
    details: `bash: source <(misp-courier completion bash), in ~/.bashrc. zsh: misp-courier completion zsh, into a file _misp-courier on
$fpath. fish: misp-courier completion fish, into ~/.config/fish/completions/misp-courier.fish.`,
    options: {},
    words: [1, 1],
    async run({ positionals }, { out }) {
      const [shell = ""] = positionals;
      const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
      if (!write) throw new UsageError(`it takes ${Object.keys(SHELLS).join(", ")}, not ${JSON.stringify(shell)}`);
      out(write(withHelp(await commands())));
      return Exit.ok;
    },
  };
}

/** `help` is none of the commands that it tells of. */
function withHelp(commands: Commands): Commands {
  const usage = `help ${Object.keys(commands).join("|")}`;
  const summary = "Tell more of a command.";
  return { ...commands, help: { usage, summary, options: {}, words: [0, 1], run: async () => Exit.ok } };
}

/** Options that take a file or a folder. */
const FILES = ["--config", "--record", "--output", "--directory"];

interface Option {
  name: string;
  /** What comes after it: nothing, a file, one of these words, or any word where there are none. */
  takes: "nothing" | "file" | readonly string[];
}

function optionsOf({ options, usage }: Command): Option[] {
  return Object.entries(options).map(([key, { type }]) => {
    const name = `--${key}`;
    if (type === "boolean") return { name, takes: "nothing" };
    return { name, takes: FILES.includes(name) ? "file" : wordsAfter(name, usage) };
  });
}

/** As in `--format ndjson|csv|stix`. */
function wordsAfter(option: string, usage: string): string[] {
  const [, word = ""] = usage.split(`[${option} `);
  return choicesIn(word.split("]")[0]);
}

/** Words that a command itself names in its usage, such as `install|uninstall`. */
function choicesOf({ usage }: Command): string[] {
  return choicesIn(usage.split(" ")[1]);
}

function choicesIn(word = ""): string[] {
  return /^[a-z-]+(\|[a-z-]+)+$/.test(word) ? word.split("|") : [];
}

function bash(commands: Commands): string {
  const cases = Object.entries(commands).map(([name, command]) => {
    const words = [...choicesOf(command), ...optionsOf(command).map((option) => option.name)];
    return `    ${name}) words="${words.join(" ")}" ;;`;
  });
  const options = Object.values(commands).flatMap(optionsOf);
  const after = new Map(options.flatMap(({ name, takes }) => (Array.isArray(takes) ? [[name, takes]] : [])));
  const words = [...after].map(
    ([name, choices]) => `    ${name}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); return ;;`,
  );
  return `# misp-courier: completion for bash
_misp_courier() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  COMPREPLY=()
  # Of --option=word bash makes three words.
  if [ "$before" = "=" ]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; elif [ "$current" = "=" ]; then current=""; fi
  case "$before" in
    ${FILES.join("|")}|-c) compopt -o default; return ;;
${words.join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${Object.keys(commands).join(" ")}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || compopt -o default
}
complete -F _misp_courier misp-courier`;
}

function zsh(commands: Commands): string {
  const described = Object.entries(commands).map(([name, { summary }]) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = Object.entries(commands).map(([name, command]) => {
    const options = optionsOf(command).map(({ name, takes }) => quoted(`${name}${zshArgument(takes)}`));
    const choices = choicesOf(command);
    const word = quoted(choices.length > 0 ? `1:what:(${choices.join(" ")})` : "*:file:_files");
    return `    ${name}) _arguments ${[...options, word].join(" ")} ;;`;
  });
  return `#compdef misp-courier
_misp_courier() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${cases.join("\n")}
  esac
}
_misp_courier "$@"`;
}

function zshArgument(takes: Option["takes"]): string {
  if (takes === "nothing") return "";
  return takes === "file" ? "=:file:_files" : `=:word:(${takes.join(" ")})`;
}

function fish(commands: Commands): string {
  const lines = Object.entries(commands).flatMap(([name, command]) => {
    const within = `complete -c misp-courier -n '__fish_seen_subcommand_from ${name}'`;
    const options = optionsOf(command).map(({ name, takes }) => `${within} -l ${name.slice(2)}${fishArgument(takes)}`);
    const choices = choicesOf(command);
    return [
      `complete -c misp-courier -n __fish_use_subcommand -f -a ${name} -d ${quoted(command.summary)}`,
      ...options,
      ...(choices.length > 0 ? [`${within} -f -a ${quoted(choices.join(" "))}`] : []),
    ];
  });
  return ["# misp-courier: completion for fish", ...lines].join("\n");
}

function fishArgument(takes: Option["takes"]): string {
  if (takes === "nothing") return "";
  if (takes === "file") return " -r -F";
  return takes.length === 0 ? " -x" : ` -x -a ${quoted(takes.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
