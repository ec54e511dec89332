import { statfs } from 'node:fs/promises';
import { SlipwayError } from '@slipway/contracts/errors';

export interface StorageWatchOptions {
  directory: string;
  /** With less room than that no work is accepted. */
  minFreeBytes: number;
  /** Default: what the file system says. */
  freeBytes?: () => Promise<number>;
  /** Between two looks; default 5,000. */
  everyMs?: number;
  onChange: (state: StorageState) => void;
}

export type StorageState = { kind: 'room'; freeBytes: number } | { kind: 'full'; freeBytes: number };

/** Whether there is room for more work. */
export interface StorageWatch {
  readonly state: StorageState;
  /** @throws SlipwayError `storage-full` */
  assertRoom(): void;
  /** Somebody was told that there is no room: look again at once. */
  look(): Promise<void>;
  close(): void;
}

/** Room that must be there again, in parts of what is least: else a disk at the edge would be full and not full in turns. */
const regained = 1.2;

/** Looks at the disk from time to time. It recovers by itself when there is room again. */
export async function watchStorage(options: StorageWatchOptions): Promise<StorageWatch> {
  const { directory, minFreeBytes, onChange, everyMs = 5_000 } = options;
  const { freeBytes = () => freeBytesOf(directory) } = options;
  let state: StorageState = { kind: 'room', freeBytes: await freeBytes() };
  const look = async (): Promise<void> => {
    const next = nextStorageState(state, await freeBytes(), minFreeBytes);
    const changed = next.kind !== state.kind;
    state = next;
    if (changed) onChange(state);
  };
  await look();
  const timer = setInterval(() => void look().catch(() => {}), everyMs);
  timer.unref();
  return {
    get state() {
      return state;
    },
    assertRoom() {
      if (state.kind === 'full') throw new SlipwayError('storage-full');
    },
    look,
    close: () => clearInterval(timer),
  };
}

/** Pure; exported for its tests. */
export function nextStorageState(
  before: StorageState,
  freeBytes: number,
  minFreeBytes: number,
): StorageState {
  const needed = before.kind === 'full' ? minFreeBytes * regained : minFreeBytes;
  return { kind: freeBytes < needed ? 'full' : 'room', freeBytes };
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Whether an error says that there is no room, by whatever hit the wall. */
export function isStorageFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, errcode } = cause as { code?: unknown; errcode?: unknown };
    // SQLITE_FULL, and PostgreSQL's disk_full.
    if (code === 'ENOSPC' || code === 'EDQUOT' || errcode === 13 || code === '53100') return true;
  }
  return false;
}
