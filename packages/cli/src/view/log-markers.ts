/**
 * The marks that GitHub's page turns into folds and colours, as they read on a screen. They stand at the beginning of lines.
 * @see actions/runner, src/Runner.Common/ActionCommand.cs
 */
export function withReadableMarkers(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!buffer.includes('##[')) return bytes;
  const text = buffer
    .toString('latin1')
    .replaceAll(marker, (_, end?: string, name = end) => readable[name ?? ''] ?? '')
    .replaceAll(scriptLine, '  $1');
  return Buffer.from(text, 'latin1');
}

/** The end of a group takes its line with it. */
const marker = /^##\[(?:(endgroup)\]\n?|(group|error|warning|notice|debug|command|section)\])/gm;

/** How the runner shows the lines of a script, above what they print. */
const scriptLine = /^\x1b\[36;1m(.*)\x1b\[0m$/gm;

const readable: Record<string, string> = {
  error: 'Error: ',
  warning: 'Warning: ',
  notice: 'Notice: ',
  debug: 'Debug: ',
};
