import type { Position } from '../../model/diagnostic.ts';
import type { OpenDocument } from '../../reader/read-document.ts';

/** Looks into the scalars of a file by the places where they begin. */
export interface ScalarPlaces {
  /** The value as it is written, expressions included; empty if no scalar begins there. */
  textAt(at: Position): string;
  /** The place of a character of that value. */
  within(at: Position, offset: number): Position;
}

export function scalarPlaces(document: OpenDocument): ScalarPlaces {
  const indexes = new Map<string, number>();
  for (const [index, event] of document.events.entries()) {
    if (event.kind !== 'scalar' && event.kind !== 'key') continue;
    indexes.set(keyOf(document.locate(index, 0)), index);
  }
  return {
    textAt(at) {
      const event = document.events[indexes.get(keyOf(at)) ?? -1];
      return event?.kind === 'scalar' || event?.kind === 'key' ? String(event.value ?? '') : '';
    },
    within(at, offset) {
      const index = indexes.get(keyOf(at));
      return index === undefined ? at : document.locate(index, offset);
    },
  };
}

function keyOf({ line, column }: Position): string {
  return `${line}:${column}`;
}
