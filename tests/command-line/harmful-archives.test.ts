import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeCrowdedZip, writeZip } from '../zip-writer.ts';
import {
  openRepositoryWithResults,
  type RepositoryWithResults,
  uploadBytes,
} from './repository-with-results.ts';

let opened: RepositoryWithResults;

beforeEach(async () => {
  opened = await openRepositoryWithResults();
});
afterEach(() => opened.close());

describe('an archive that does harm is not unpacked', () => {
  const zeros = Buffer.alloc(300 * 1024 * 1024);
  test.each([
    [
      'a name that leads out',
      () => writeZip([{ name: 'ok' }, { name: '../evil', content: 'x' }]),
      'invalid relative path',
    ],
    [
      'such a name deeper in',
      () => writeZip([{ name: 'a/../../evil', content: 'x' }]),
      'invalid relative path',
    ],
    ['an absolute path', () => writeZip([{ name: '/tmp/slipway-evil', content: 'x' }]), 'absolute path'],
    ['a drive letter', () => writeZip([{ name: 'C:/evil', content: 'x' }]), 'absolute path'],
    ['backslashes', () => writeZip([{ name: '..\\evil', content: 'x' }]), 'invalid characters'],
    [
      'a symbolic link, and a file below it',
      () =>
        writeZip([
          { name: 'way', content: '/tmp', mode: 0o120777 },
          { name: 'way/evil', content: 'x' },
        ]),
      "'way' is a symbolic link",
    ],
    ['a device', () => writeZip([{ name: 'tty', mode: 0o020666 }]), 'neither a file nor a folder'],
    ['one name twice', () => writeZip([{ name: 'a' }, { name: 'a' }]), "has 'a' twice"],
    ['a bomb', () => writeZip([{ name: 'zeros', content: zeros }]), 'unpack to more than'],
    [
      'a bomb that says it is small',
      () => writeZip([{ name: 'zeros', content: zeros.subarray(0, 1_000_000), claimedSize: 10 }]),
      'too many bytes',
    ],
    ['a million entries', () => writeCrowdedZip(1_000_000), '1,000,000 entries'],
    ['no archive', () => Buffer.from('not a zip file'), 'not unpacked'],
  ])(
    '%s',
    async (_, archive, reason) => {
      await uploadBytes('evil', archive());
      const before = readdirSync(opened.repository.path);
      const result = await opened.slipway('artifacts', 'download', 'evil');
      expect(result.stderr).toContain("the artifact 'evil' is not unpacked");
      expect(result.stderr).toContain(reason);
      expect(result.status).toBe(1);
      expect(readdirSync(opened.repository.path)).toEqual(before);
      expect(existsSync('/tmp/slipway-evil')).toBe(false);
    },
    60_000,
  );
});
