/** A run's record can't be kept; the message says where, why and what to do. Nothing has been started. */
export class RunDirectoryError extends Error {
  override readonly name = 'RunDirectoryError';

  constructor(path: string, cause: unknown) {
    super(`${describe(path, cause)}`, { cause });
  }
}

function describe(path: string, cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk that holds ${path} is full: free some space and run this again.`;
    case 'EACCES':
    case 'EPERM':
      return `${path} can't be written to: give this user the right to, or run this as its owner. (SLIPWAY_HOME says where caches and workspaces go.)`;
    case 'EROFS':
      return `${path} lies on a read-only file system: work in a copy, or set SLIPWAY_HOME to a folder that can be written to.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${path} is needed as a folder, but a file has that name: move it away.`;
    default:
      return `${path} can't be made: ${(cause as Error).message}`;
  }
}
