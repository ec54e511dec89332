/** A GITHUB_ENV, GITHUB_OUTPUT or GITHUB_STATE file that breaks the format; the message quotes the line. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
}

/**
 * Reads `name=value` lines and `name<<DELIMITER` blocks, in order; names may repeat. On each line the first of `=` and
 * `<<` decides. Throws at the first fault, after everything before it has been yielded: what came before it counts.
 * @throws EnvFileError
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs (EnvFileKeyValuePairs)
 */
export function* readEnvFile(text: string): Generator<[name: string, value: string]> {
  const lines = text.split('\n');
  const endsWithNewline = lines.at(-1) === '';
  if (endsWithNewline) lines.pop();
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      yield [nameIn(line, equals), line.slice(equals + 1)];
    } else if (heredoc >= 0) {
      const delimiter = line.slice(heredoc + 2);
      const name = nameIn(line, heredoc);
      if (delimiter === '') {
        throw new EnvFileError(`Invalid format '${line}': the delimiter is empty`, 'Write NAME<<DELIMITER.');
      }
      const end = lines.indexOf(delimiter, at + 1);
      if (end === -1) {
        throw new EnvFileError(
          `Invalid value of '${name}': its delimiter '${delimiter}' does not follow on a line of its own`,
          `End the value with a line that is exactly '${delimiter}', with a newline before it.`,
        );
      }
      yield [name, lines.slice(at + 1, end).join('\n')];
      at = end;
    } else {
      throw new EnvFileError(
        `Invalid format '${line}'`,
        'Write NAME=value, or NAME<<DELIMITER for a value of several lines.',
      );
    }
  }
}

function nameIn(line: string, end: number): string {
  if (end > 0) return line.slice(0, end);
  throw new EnvFileError(`Invalid format '${line}': the name is empty`, 'Write NAME=value.');
}
