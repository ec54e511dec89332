import { readFileSync } from 'node:fs';
import type { Payload } from '@slipway/workflow/triggers';
import type { Mistake } from '../command-line/command.ts';

/** Reads `--event-file`. */
export function readEventFile(path: string): { payload: Payload; mistake: Mistake | null } {
  const mend = "Name a file that holds the event's payload as one JSON object.";
  let payload: unknown;
  try {
    payload = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return { payload: {}, mistake: { message: `--event-file ${path}: ${because}`, mend } };
  }
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) {
    return { payload: payload as Payload, mistake: null };
  }
  return { payload: {}, mistake: { message: `--event-file ${path}: no JSON object`, mend } };
}
