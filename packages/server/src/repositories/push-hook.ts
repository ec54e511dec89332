import { access, chmod, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Duplex } from 'node:stream';

/** What a push wants of one ref. */
export interface RefUpdate {
  /** Zeros: it is new. */
  before: string;
  /** Zeros: it is to be deleted. */
  after: string;
  ref: string;
}

/** A push whose objects have arrived, and whose refs are not changed yet. */
export interface ReceivedPush {
  updates: readonly RefUpdate[];
  /** With it, git in the repository sees the objects that came. */
  env: Record<string, string>;
}

/** Said to the client line by line. */
export interface PushVerdict {
  kind: 'accepted' | 'refused';
  lines: readonly string[];
}

/** What a push has brought about, once its refs are changed; said to the client line by line. */
export type PushReport = () => Promise<readonly string[]>;

/**
 * Asks the server, which holds the other end of descriptor 3, and waits for its word. Whatever goes wrong (no descriptor, no answer, a server
 * that dies) ends in a refusal. A descriptor is inherited by no other push, so that no secret and no address is needed.
 */
const preReceive = `#!/bin/sh
{
  printf '%s\\n' "$GIT_OBJECT_DIRECTORY" "$GIT_ALTERNATE_OBJECT_DIRECTORIES"
  cat
  printf 'end\\n'
} >&3 || exit 1
while IFS= read -r line <&3; do
  case $line in
    accept) exit 0 ;;
    refuse) exit 1 ;;
    *) printf '%s\\n' "\${line#say }" >&2 ;;
  esac
done
exit 1
`;

/** The refs are changed: shows what the server says of that. Whatever goes wrong, the push was made. */
const postReceive = `#!/bin/sh
printf 'changed\\n' >&3 || exit 0
while IFS= read -r line <&3; do
  case $line in
    done) exit 0 ;;
    *) printf '%s\\n' "\${line#say }" ;;
  esac
done
`;

const hooks = { 'pre-receive': preReceive, 'post-receive': postReceive };

/**
 * Puts the hooks into a repository, apart from hooks that somebody may have put there.
 * @returns what git needs to know to run it
 * @throws Error if it could not be run: git would go on without it
 */
export async function preparePushHook(directory: string): Promise<Record<string, string>> {
  const folder = path.join(directory, 'slipway-hooks');
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(hooks)) await writeHook(path.join(folder, name), script);
  // After those of the server's own environment.
  const place = Number(process.env.GIT_CONFIG_COUNT ?? 0);
  return {
    GIT_CONFIG_COUNT: String(place + 1),
    [`GIT_CONFIG_KEY_${place}`]: 'core.hooksPath',
    [`GIT_CONFIG_VALUE_${place}`]: path.resolve(folder),
  };
}

/** Answers the hooks at the other end of a channel: one before refs change, one after. */
export async function answerPushHook(
  channel: Duplex,
  { decide, report }: { decide: (push: ReceivedPush) => Promise<PushVerdict>; report: PushReport },
): Promise<void> {
  const lines = await readLines(channel, 'end');
  if (lines === null) return;
  const verdict = await decide(readPush(lines));
  channel.write(`${sayAll(verdict.lines)}${verdict.kind === 'accepted' ? 'accept' : 'refuse'}\n`);
  if (verdict.kind === 'accepted' && (await readLines(channel, 'changed')) !== null) {
    channel.write(sayAll(await report()));
  }
  channel.end('done\n');
}

function sayAll(lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split('\n'))
    .map((line) => `say ${line}\n`)
    .join('');
}

async function writeHook(file: string, script: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => null)) !== script) {
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, script);
    await chmod(draft, 0o755);
    await rename(draft, file);
  }
  await access(file, constants.X_OK).catch((cause: unknown) => {
    throw new Error(`${file} cannot be executed: no push is taken`, { cause });
  });
}

const mostBytes = 64 * 1024 ** 2;

/** Up to the line that says so; null: the channel was closed before. */
async function readLines(channel: Duplex, last: string): Promise<string[] | null> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of channel.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    pieces.push(piece);
    sizeBytes += piece.length;
    if (sizeBytes > mostBytes) throw new Error('a push with more refs than can be looked at');
    if (!piece.toString('latin1').endsWith('\n')) continue;
    const lines = Buffer.concat(pieces).toString().split('\n').slice(0, -1);
    if (lines.at(-1) === last) return lines.slice(0, -1);
  }
  return null;
}

function readPush([objects = '', alternates = '', ...updates]: string[]): ReceivedPush {
  return {
    updates: updates.map((line) => {
      const [, before = '', after = '', ref = ''] = /^(\S+) (\S+) (.+)$/.exec(line) ?? [];
      return { before, after, ref };
    }),
    env: {
      ...(objects !== '' && { GIT_OBJECT_DIRECTORY: objects }),
      ...(alternates !== '' && { GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates }),
    },
  };
}
