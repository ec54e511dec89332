import { sizeText } from '@slipway/contracts/size-text';

/** What an archive may make of itself on this machine. */
export interface ArchiveLimits {
  maxEntries: number;
  /** Of all files together, unpacked. */
  maxTotalBytes: number;
  /** Unpacked to packed, above `freeBytes`: what is denser is made to fill the disk. */
  maxRatio: number;
  freeBytes: number;
}

export const archiveLimits: ArchiveLimits = {
  maxEntries: 250_000,
  maxTotalBytes: 50 * 1024 ** 3,
  maxRatio: 200,
  freeBytes: 256 * 1024 ** 2,
};

/** As the archive's own directory lists it. */
export interface ArchiveEntry {
  fileName: string;
  uncompressedSize: number;
  /** The upper half is the mode of a Unix file. */
  externalFileAttributes: number;
}

/** Looks at one entry after the other. Null: it may be unpacked, as far as it and those before it go; else why not. */
export function createAssessment(
  packedBytes: number,
  limits: ArchiveLimits,
): (entry: ArchiveEntry) => string | null {
  const names = new Set<string>();
  let totalBytes = 0;
  return (entry) => {
    const { fileName } = entry;
    const name = fileName.replace(/\/+$/, '');
    const isFolder = name !== fileName;
    if (!isFolder && names.has(name)) return `it has '${fileName}' twice`;
    names.add(name);
    if (names.size > limits.maxEntries)
      return `it has more than ${limits.maxEntries.toLocaleString('en')} entries`;
    totalBytes += entry.uncompressedSize;
    return assessName(name) ?? assessType(entry) ?? assessSize(totalBytes, packedBytes, limits);
  };
}

/** Traversal and absolute paths; also what other systems would understand as such. */
function assessName(name: string): string | null {
  const parts = name.split('/');
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return `'${name}' is an absolute path`;
  if (/[\\\0]/.test(name)) return `'${name}' has a character that is not allowed`;
  if (parts.includes('..')) return `'${name}' leads out of its folder`;
  if (parts.some((part) => part === '' || part === '.')) return `'${name}' is no plain path`;
  return null;
}

const typeMask = 0o170000;
const regularFile = 0o100000;
const folder = 0o040000;
const symbolicLink = 0o120000;

function assessType({ fileName, externalFileAttributes }: ArchiveEntry): string | null {
  const type = (externalFileAttributes >>> 16) & typeMask;
  if (type === symbolicLink) return `'${fileName}' is a symbolic link`;
  if (type === 0 || type === regularFile || type === folder) return null;
  return `'${fileName}' is neither a file nor a folder`;
}

function assessSize(
  totalBytes: number,
  packedBytes: number,
  { maxTotalBytes, maxRatio, freeBytes }: ArchiveLimits,
): string | null {
  if (totalBytes > maxTotalBytes) return `it unpacks to more than ${sizeText(maxTotalBytes)}`;
  if (totalBytes > freeBytes && totalBytes > packedBytes * maxRatio)
    return `its ${sizeText(packedBytes)} unpack to more than ${sizeText(totalBytes - 1)}`;
  return null;
}
