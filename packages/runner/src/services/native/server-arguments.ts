/**
 * Takes an option out of a server's arguments and returns its last value; undefined if it isn't there.
 * Names are `-p`, `--port` (also `--port=…`) and, for PostgreSQL's `-c name=value`, `-c port`.
 */
export function takeOption(args: string[], names: string[]): string | undefined {
  let value: string | undefined;
  for (let at = 0; at < args.length; ) {
    const match = matchOption(args, at, names);
    if (!match) {
      at += 1;
      continue;
    }
    value = match.value;
    args.splice(at, match.length);
  }
  return value;
}

function matchOption(args: string[], at: number, names: string[]): { value: string; length: number } | null {
  const word = args[at]!;
  for (const name of names) {
    const [flag, setting] = name.split(' ');
    if (setting !== undefined) {
      const next = word === flag ? args[at + 1] : undefined;
      if (next?.startsWith(`${setting}=`)) return { value: next.slice(setting.length + 1), length: 2 };
      continue;
    }
    if (word === name && args[at + 1] !== undefined) return { value: args[at + 1]!, length: 2 };
    if (name.startsWith('--') && word.startsWith(`${name}=`))
      return { value: word.slice(name.length + 1), length: 1 };
    if (/^-[a-zA-Z]$/.test(name) && new RegExp(`^${name}\\d+$`).test(word)) {
      return { value: word.slice(2), length: 1 };
    }
  }
  return null;
}
