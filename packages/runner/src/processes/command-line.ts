/**
 * Splits a command line (a shell's, `options:` or `command:` of a container) as GitHub's runner does. It hands the whole
 * text to .NET's `ProcessStartInfo.Arguments`, so .NET's rules count and not a shell's: double quotes group, a backslash
 * escapes only a double quote, single quotes and `$` are ordinary characters.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Container/DockerCommandManager.cs
 * @see https://learn.microsoft.com/dotnet/api/system.environment.getcommandlineargs#remarks
 */
export function splitCommandLine(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (true) {
    while (at < text.length && isBlank(text[at]!)) at += 1;
    if (at >= text.length) return words;
    const word = readWord(text, at);
    words.push(word.value);
    at = word.end;
  }
}

function readWord(text: string, start: number): { value: string; end: number } {
  let value = '';
  let quoted = false;
  let at = start;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '\\') {
      const end = endOfBackslashes(text, at);
      const count = end - at;
      at = end;
      if (text[at] !== '"') {
        value += '\\'.repeat(count);
        continue;
      }
      value += '\\'.repeat(Math.floor(count / 2));
      if (count % 2 === 1) {
        value += '"';
        at += 1;
      }
      continue;
    }
    if (character === '"') {
      // Within quotes a doubled quote is a literal one.
      if (quoted && text[at + 1] === '"') {
        value += '"';
        at += 2;
        continue;
      }
      quoted = !quoted;
      at += 1;
      continue;
    }
    if (!quoted && isBlank(character)) break;
    value += character;
    at += 1;
  }
  return { value, end: at };
}

function endOfBackslashes(text: string, start: number): number {
  let at = start;
  while (text[at] === '\\') at += 1;
  return at;
}

// .NET splits at blanks and tabs only; a folded YAML scalar (`>-`) has no others, and a literal one (`|`) keeps its
// newlines, which docker then sees inside of a word. People who write `|` mean separate options.
function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}
