/**
 * A relative path with one character for each byte (latin1). File names need not be UTF-8, and git gives bytes;
 * so they can be cut, compared and kept in sets as strings, and lose nothing.
 */
export type PathBytes = string;

/** Splits what git prints under `-z`. */
export function splitPaths(output: Buffer): PathBytes[] {
  return output.toString('latin1').split('\0').filter(Boolean);
}

/** For file system calls; `directory` is an ordinary string. */
export function joinPath(directory: string, path: PathBytes): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]);
}

/** For messages. */
export function displayPath(path: PathBytes): string {
  return Buffer.from(path, 'latin1').toString();
}
