/** Why a format string can't be filled; the message quotes it. */
export class FormatError extends Error {}

/**
 * Fills `{0}`, `{1}`, … of a format string; `{{` and `}}` stand for braces. An argument is asked for only where it is used.
 * Mirrors actions/runner, src/Sdk/Expressions/Sdk/Functions/Format.cs.
 */
export function fillFormat(
  format: string,
  argumentCount: number,
  argument: (index: number) => string,
): string {
  let result = '';
  let position = 0;
  const brace = /[{}]/g;
  for (let match = brace.exec(format); match !== null; match = brace.exec(format)) {
    result += format.slice(position, match.index);
    if (format[match.index + 1] === match[0]) {
      result += match[0];
      position = match.index + 2;
    } else {
      const hole = readHole(format, match.index);
      if (hole.index >= argumentCount) {
        throw new FormatError(
          `The following format string references more arguments than were supplied: ${format}`,
        );
      }
      result += argument(hole.index);
      position = hole.end;
    }
    brace.lastIndex = position;
  }
  return result + format.slice(position);
}

function readHole(format: string, start: number): { index: number; end: number } {
  const digits = /\{(\d+)\}/y;
  digits.lastIndex = start;
  const match = digits.exec(format);
  const index = Number(match?.[1]);
  if (match === null || index > 255)
    throw new FormatError(`The following format string is invalid: ${format}`);
  return { index, end: digits.lastIndex };
}
