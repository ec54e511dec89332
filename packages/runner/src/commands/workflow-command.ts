/** A line that speaks to the runner: `::name key=value,key=value::data`, or the older `##[name key=value;key=value]data`. */
export interface WorkflowCommand {
  /** As written; names ignore case. */
  name: string;
  /** Unescaped. Keys in lower case. */
  properties: Map<string, string>;
  /** Unescaped. */
  data: string;
}

/**
 * Reads a line as a command. undefined for any other line and for names that `isCommand` does not know.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function parseWorkflowCommand(
  line: string,
  isCommand: (name: string) => boolean,
): WorkflowCommand | undefined {
  return parseColons(line, isCommand) ?? parseBrackets(line, isCommand);
}

function parseColons(line: string, isCommand: (name: string) => boolean): WorkflowCommand | undefined {
  const text = line.trimStart();
  if (!text.startsWith('::')) return undefined;
  const end = text.indexOf('::', 2);
  if (end === -1) return undefined;
  const { name, rest } = splitName(text.slice(2, end));
  if (!isCommand(name)) return undefined;
  return {
    name,
    properties: parseProperties(rest.trim(), ',', unescapeProperty),
    data: unescapeData(text.slice(end + 2)),
  };
}

/** This form is found anywhere in the line. */
function parseBrackets(line: string, isCommand: (name: string) => boolean): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  if (start === -1) return undefined;
  const end = line.indexOf(']', start);
  if (end === -1) return undefined;
  const { name, rest } = splitName(line.slice(start + 3, end));
  if (!isCommand(name)) return undefined;
  return {
    name,
    properties: parseProperties(rest, ';', unescapeBracketed),
    data: unescapeBracketed(line.slice(end + 1)),
  };
}

function splitName(head: string): { name: string; rest: string } {
  const space = head.indexOf(' ');
  return space === -1
    ? { name: head, rest: '' }
    : { name: head.slice(0, space), rest: head.slice(space + 1) };
}

function parseProperties(
  text: string,
  separator: string,
  decode: (value: string) => string,
): Map<string, string> {
  const properties = new Map<string, string>();
  for (const pair of text.split(separator)) {
    // A property without a value is ignored, as on GitHub.
    const equals = pair.indexOf('=');
    if (equals < 1 || equals === pair.length - 1) continue;
    properties.set(pair.slice(0, equals).trim().toLowerCase(), decode(pair.slice(equals + 1)));
  }
  return properties;
}

// `%25` comes last everywhere: `%250A` is the text `%0A`, no newline.

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

function unescapeBracketed(text: string): string {
  return unescapeData(text.replaceAll('%3B', ';').replaceAll('%5D', ']'));
}
