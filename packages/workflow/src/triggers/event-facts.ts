import type { Value } from '../expressions/value.ts';

/** A webhook's body, as GitHub shapes it. */
export type Payload = { [key: string]: Value };

/** Something that happened, with what decides which workflows it starts. Plain JSON. */
export interface EventFacts {
  /** GitHub's event name: `push`, `pull_request`, `schedule`, … */
  name: string;
  payload: Payload;
  /** What GITHUB_REF becomes, e.g. `refs/heads/main`, `refs/tags/v1`, `refs/pull/7/merge`. */
  ref: string;
  /** What GITHUB_SHA becomes. */
  sha: string;
  /**
   * Repository-relative paths that the event changed, for `paths` filters. Absent: the difference could not be made, and
   * path filters let the event pass, as on GitHub.
   */
  changedFiles?: string[];
  /** Message of the head commit, which may ask for no run; a push has it in its payload. */
  headMessage?: string;
}

/** Whether an event starts a workflow; `reason` is one sentence for people. */
export type TriggerVerdict = { kind: 'match' } | { kind: 'no-match'; reason: string };

/** The property at a path of a payload; undefined where there is none. */
export function payloadValue(payload: Payload, ...path: string[]): Value | undefined {
  let value: Value | undefined = payload;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) {
      return undefined;
    }
    value = value[key];
  }
  return value;
}

/** The text at a path of a payload; undefined where there is none or something else. */
export function payloadText(payload: Payload, ...path: string[]): string | undefined {
  const value = payloadValue(payload, ...path);
  return typeof value === 'string' ? value : undefined;
}
