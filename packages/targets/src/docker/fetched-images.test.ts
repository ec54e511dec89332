import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@slipway/delivery';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDockerCli } from './docker-cli.ts';
import { createDockerHost } from './docker-host.ts';
import { imagesToRemove } from './fetched-images.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as Digest;
const artifact = (letter: string) => ({ repository: 'registry.example/api', digest: digest(letter) });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-images-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A client whose engine has the images that were pulled, and those named `own`; one named `held` is in use by a container. */
function engine(own: string[], held = 'none'): string {
  const file = join(folder, 'docker');
  const has = join(folder, 'has');
  writeFileSync(has, own.map((letter) => `registry.example/api@${digest(letter)}\n`).join(''));
  writeFileSync(
    file,
    `#!/bin/sh
for last; do :; done
case "$1 $2" in
  "image inspect") grep -qxF "$last" '${has}' ;;
  "pull --quiet") echo "$last" >> '${has}' ;;
  "image rm")
    case "$last" in *@sha256:${held}*) echo 'conflict: container is using it' >&2; exit 1 ;; esac
    grep -vxF "$last" '${has}' > '${has}.new'; mv '${has}.new' '${has}' ;;
  *) exit 1 ;;
esac
`,
  );
  chmodSync(file, 0o755);
  return file;
}
const there = () =>
  readFileSync(join(folder, 'has'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.at(-1));

test('images of retired revisions go, but for the last ones and those in use', async () => {
  const host = createDockerHost(join(folder, 'target'), createDockerCli(engine([])));
  for (const letter of 'abcdef01') await host.fetch(artifact(letter));
  await host.fetch(artifact('a'));
  await host.prune(new Set([digest('b')]));
  expect(there().toSorted()).toEqual(['0', '1', 'a', 'b', 'd', 'e', 'f']);
});

test('an image that was there before, or that a container uses, stays', async () => {
  const host = createDockerHost(join(folder, 'target'), createDockerCli(engine(['a'], 'b')));
  for (const letter of 'abcdef01') await host.fetch(artifact(letter));
  await host.prune(new Set());
  expect(there().toSorted()).toEqual(['0', '1', 'a', 'b', 'c', 'd', 'e', 'f']);
  await host.fetch(artifact('2'));
  await host.prune(new Set());
  expect(there().toSorted()).toEqual(['0', '1', '2', 'a', 'b', 'd', 'e', 'f']);
});

test('of several the one that was used longest ago goes first', () => {
  const image = (letter: string, usedAtMs: number) => ({
    reference: letter,
    digest: digest(letter),
    usedAtMs,
  });
  const images = [image('a', 3), image('b', 1), image('c', 2)];
  const names = (keep: number, ...inUse: Digest[]) =>
    imagesToRemove(images, new Set(inUse), keep).map(({ reference }) => reference);
  expect(names(1)).toEqual(['c', 'b']);
  expect(names(1, digest('c'))).toEqual(['b']);
});
