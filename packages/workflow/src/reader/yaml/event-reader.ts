import type { ObjectReader } from '@actions/workflow-parser/templates/object-reader';
import {
  BooleanToken,
  type LiteralToken,
  MappingToken,
  NullToken,
  NumberToken,
  SequenceToken,
  StringToken,
} from '@actions/workflow-parser/templates/tokens/index';
import type { TokenRange } from '@actions/workflow-parser/templates/tokens/token-range';
import { formatNumber } from '../../expressions/number-text.ts';
import type { ScalarValue } from './core-schema.ts';
import type { YamlEvent } from './node-events.ts';

/**
 * Feeds GitHub's template reader with events.
 *
 * Tokens carry the index of their event as `line` and 0 as `column`. The template reader adds to the column where in a
 * scalar an expression begins, so that every range it makes leads back to an event and an offset in its value, which is
 * more than a place in the file would: what it makes of quoted, folded and block scalars has no correct place.
 */
export function readEvents(events: YamlEvent[]): ObjectReader {
  let next = 0;
  const take = (...kinds: YamlEvent['kind'][]): number | undefined => {
    const event = events[next];
    return event && kinds.includes(event.kind) ? next++ : undefined;
  };
  return {
    allowLiteral() {
      const index = take('key', 'scalar');
      return index === undefined
        ? undefined
        : literal(index, (events[index] as { value: ScalarValue }).value);
    },
    allowSequenceStart() {
      const index = take('sequence');
      return index === undefined ? undefined : new SequenceToken(undefined, rangeOf(index), undefined);
    },
    allowMappingStart() {
      const index = take('mapping');
      return index === undefined ? undefined : new MappingToken(undefined, rangeOf(index), undefined);
    },
    allowSequenceEnd: () => take('end') !== undefined,
    allowMappingEnd: () => take('end') !== undefined,
    validateStart() {},
    validateEnd() {
      if (next !== events.length) throw new Error(`Stopped at event ${next} of ${events.length}`);
    },
  };
}

function rangeOf(index: number): TokenRange {
  return { start: { line: index, column: 0 }, end: { line: index, column: 0 } };
}

function literal(index: number, value: ScalarValue): LiteralToken {
  const range = rangeOf(index);
  switch (typeof value) {
    case 'string':
      return new StringToken(undefined, range, value, undefined);
    case 'number':
      return new GitHubNumberToken(undefined, range, value, undefined);
    case 'boolean':
      return new BooleanToken(undefined, range, value, undefined);
    default:
      return new NullToken(undefined, range, undefined);
  }
}

/** Coerced to a string as GitHub's server does it (`1E+15`), not as JavaScript does. */
class GitHubNumberToken extends NumberToken {
  override toString(): string {
    return formatNumber(this.value);
  }
}
