import type { Value } from '@slipway/workflow';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { shownValue } from '../shown-value.ts';

/** Objects that an editor may unfold, by the number it knows them by. */
export class ValueHandles {
  readonly #values = new Map<number, { [name: string]: Value } | Value[]>();
  #last = 0;

  /** @returns 0 for what has nothing to unfold */
  refer(value: Value): number {
    if (value === null || typeof value !== 'object') return 0;
    this.#last += 1;
    this.#values.set(this.#last, value);
    return this.#last;
  }

  variables(reference: number): DebugProtocol.Variable[] {
    const value = this.#values.get(reference) ?? {};
    return Object.entries(value).map(([name, item]) => ({
      name,
      value: summaryOf(item),
      type: typeOf(item),
      variablesReference: this.refer(item),
    }));
  }

  clear(): void {
    this.#values.clear();
  }
}

/** On one line: a text as it is, an object by what is in it. */
export function summaryOf(value: Value): string {
  if (typeof value === 'string') return value;
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : shownValue(value);
}

export function typeOf(value: Value): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
