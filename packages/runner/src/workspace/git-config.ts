/**
 * Settings as the text of a git config file. Keys as `git config --list` prints them: section, optional
 * subsection (any text, dots included), name.
 */
export function serializeConfig(settings: [key: string, value: string][]): string {
  let text = '';
  let open = '';
  for (const [key, value] of settings) {
    const first = key.indexOf('.');
    const last = key.lastIndexOf('.');
    const section = key.slice(0, first);
    const header = first === last ? `[${section}]` : `[${section} ${quote(key.slice(first + 1, last))}]`;
    if (header !== open) text += `${header}\n`;
    open = header;
    text += `\t${key.slice(last + 1)} = ${quote(value)}\n`;
  }
  return text;
}

function quote(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
