import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';

/** In terminal columns; colours count nothing, wide characters two. */
export function widthOf(line: string): number {
  return stringWidth(line);
}

/** The line's beginning, colours closed, at most `columns` wide. Tabs become spaces: their width depends on where they stand. */
export function cutToWidth(line: string, columns: number): string {
  const flat = line.replaceAll('\t', '    ');
  return isShortAscii(flat, columns) ? flat : sliceAnsi(flat, 0, columns);
}

function isShortAscii(line: string, columns: number): boolean {
  return line.length <= columns && /^[\x20-\x7e]*$/.test(line);
}
