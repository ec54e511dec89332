import { z } from 'zod';
import type { TaskPosition } from './task-store.ts';

/** A list position as an opaque token for URLs: base64url of `["<ISO instant>","<uuid>"]`. */
export function encodeCursor(position: TaskPosition): string {
  return Buffer.from(JSON.stringify([position.createdAt.toISOString(), position.id])).toString('base64url');
}

/** Undefined when the token is not one of ours. */
export function decodeCursor(token: string): TaskPosition | undefined {
  const parsed = position.safeParse(parseJson(Buffer.from(token, 'base64url').toString()));
  if (!parsed.success) return undefined;
  const [createdAt, id] = parsed.data;
  return { createdAt: new Date(createdAt), id };
}

const position = z.tuple([z.iso.datetime(), z.uuid()]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
