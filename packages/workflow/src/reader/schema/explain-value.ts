import { nearestName } from '../../model/nearest-name.ts';
import type { Finding } from '../findings.ts';
import { constants, expectedKinds, mappingKeys, placeAt, type SchemaPlace } from './definition-paths.ts';
import { unknownEvent } from './explain-key.ts';
import { capitalise, type RefusalCase } from './explain-refusal.ts';
import { orList, placeWords, quoted } from './place-words.ts';

/** Explains refusals of scalars that are none of what may stand at their place. */
export function explainValue(one: RefusalCase): Finding | undefined {
  if (!one.text.startsWith('Unexpected value') || one.event?.kind !== 'scalar') return undefined;
  const { document, path, at } = one;
  const value = one.event.value;
  const place = placeAt(document.schema, document.root, path);
  const allowed = constants(place);
  if (isEvent(one) && value !== null && value !== '')
    return unknownEvent(
      at,
      String(value),
      mappingKeys(placeAt(document.schema, document.root, ['on'])).flat(),
    );
  const words = placeWords(path, document.file);
  if (value === null || value === '') {
    return {
      at,
      code: 'invalid-value',
      message: `${capitalise(words)} is empty.`,
      mend: `Write ${expectedWords(place)}, or remove it.`,
    };
  }
  const isType = path[0] === 'on' && path[2] === 'types';
  const guess = nearestName(String(value), allowed);
  return {
    at,
    code: isType ? 'unknown-event-type' : 'invalid-value',
    message: isType
      ? `The event \`${path[1]}\` has no type \`${value}\`.`
      : `\`${value}\` is not a value of ${words}.`,
    mend: guess === undefined ? `Write ${expectedWords(place)}.` : `Did you mean \`${guess}\`?`,
  };
}

function isEvent({ document, path }: RefusalCase): boolean {
  return (
    document.file === 'workflow' && path[0] === 'on' && (path.length === 1 || typeof path[1] === 'number')
  );
}

/** What may stand at a place: `` `read`, `write` or a mapping ``. */
export function expectedWords(place: SchemaPlace): string {
  const allowed = constants(place);
  const kinds = expectedKinds(place);
  if (allowed.length > mostNamed) return `one of the ${allowed.length} values that GitHub's reference lists`;
  return orList([
    ...quoted(allowed),
    ...(allowed.length > 0 ? kinds.filter((kind) => kind !== 'a string') : kinds),
  ]);
}

const mostNamed = 24;
