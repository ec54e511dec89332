import type { Value } from '@slipway/workflow';
import type { Payload } from '@slipway/workflow/triggers';

/** The text at a path of a webhook's body; null where there is none. */
export function textAt(payload: Payload, ...path: string[]): string | null {
  const value = valueAt(payload, path);
  return typeof value === 'string' ? value : null;
}

/** The number at a path of a webhook's body; null where there is none. */
export function numberAt(payload: Payload, ...path: string[]): number | null {
  const value = valueAt(payload, path);
  return typeof value === 'number' ? value : null;
}

function valueAt(payload: Payload, path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined;
    return Object.hasOwn(inner, key) ? inner[key] : undefined;
  }, payload);
}
