import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of an archive as an attacker writes it: nothing is checked. */
export interface WrittenEntry {
  name: string;
  content?: Buffer | string;
  /** Mode of a Unix file; default a regular file. */
  mode?: number;
  /** What the archive says of the size; default the truth. */
  claimedSize?: number;
}

/** A zip file, every entry deflated. */
export function writeZip(entries: readonly WrittenEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, content = '', mode = 0o100644 } = entry;
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw, { level: 9 });
    const size = entry.claimedSize ?? raw.length;
    const header = { name: Buffer.from(name), crc: crc32(raw), packedSize: packed.length, size };
    const local = Buffer.concat([localHeader(header), header.name, packed]);
    parts.push(local);
    directory.push(Buffer.concat([centralHeader({ ...header, mode, offset }), header.name]));
    offset += local.length;
  }
  return finish(parts, directory, entries.length);
}

/** An archive whose directory names one file again and again: small to send, large to list. */
export function writeCrowdedZip(count: number): Buffer {
  const name = Buffer.from('f000000');
  const header = { name, crc: 0, packedSize: 0, size: 0 };
  const local = Buffer.concat([localHeader(header), name]);
  const one = Buffer.concat([centralHeader({ ...header, mode: 0o100644, offset: 0 }), name]);
  const directory = Buffer.alloc(one.length * count);
  for (let index = 0; index < count; index += 1) {
    one.copy(directory, index * one.length);
    directory.write(index.toString(36).padStart(6, '0'), (index + 1) * one.length - 6, 'latin1');
  }
  return finish([local], [directory], count);
}

interface Header {
  name: Buffer;
  crc: number;
  packedSize: number;
  size: number;
}

function localHeader({ name, crc, packedSize, size }: Header): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(0x800, 6);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(packedSize, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  return header;
}

function centralHeader(entry: Header & { mode: number; offset: number }): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE((3 << 8) | 20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(0x800, 8);
  header.writeUInt16LE(8, 10);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(entry.packedSize, 20);
  header.writeUInt32LE(entry.size, 24);
  header.writeUInt16LE(entry.name.length, 28);
  header.writeUInt32LE(entry.mode * 0x10000, 38);
  header.writeUInt32LE(entry.offset, 42);
  return header;
}

/** With a zip64 record, which more than 65,535 entries need. */
function finish(parts: Buffer[], directory: Buffer[], count: number): Buffer {
  const start = parts.reduce((sum, { length }) => sum + length, 0);
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + size), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(0xffffffff, 12);
  end.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([...parts, ...directory, record, locator, end]);
}
