import { nearestName } from '../../model/nearest-name.ts';
import type { Finding } from '../findings.ts';
import { mappingKeys, type NodePath, pathOf, placeAt } from './definition-paths.ts';
import type { RefusalCase } from './explain-refusal.ts';
import { orList, placeWords, quoted } from './place-words.ts';

/** Explains refusals of keys: unknown, repeated, empty, missing, or not beside each other. */
export function explainKey(one: RefusalCase): Finding | undefined {
  if (one.event?.kind === 'key') return explainPresentKey(one);
  const required = /^Required property is missing: (.+)$/.exec(one.text)?.[1];
  if (required !== undefined) return missingKey(one, [required]);
  const candidates = /Add one of these properties: (.+)$/.exec(one.text)?.[1];
  return candidates === undefined ? undefined : missingKey(one, essentialKeys(one, candidates.split(', ')));
}

function explainPresentKey(one: RefusalCase): Finding | undefined {
  const { at, document, path } = one;
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  if (one.text.endsWith('is already defined')) {
    return {
      at,
      code: 'duplicate-key',
      message: `\`${key}\` is already defined in ${placeWords(owner, document.file)}.`,
      mend: 'Remove one of the two, or give one another name; case does not count.',
    };
  }
  if (!one.text.startsWith('Unexpected value')) return undefined;
  if (key === '') return emptyKey(one, owner);
  const kinds = mappingKeys(placeAt(document.schema, document.root, owner));
  if (kinds.some((keys) => keys.includes(key))) return conflictingKey(one, key, kinds);
  return unknownKey(one, key, [...new Set(kinds.flat())]);
}

function emptyKey({ at, document }: RefusalCase, owner: NodePath): Finding {
  return {
    at,
    code: 'empty-key',
    message: `A key of ${placeWords(owner, document.file)} is empty.`,
    mend: 'Give the key a name.',
  };
}

/** The key exists, but for a mapping of another kind: name the neighbours that decided the kind. */
function conflictingKey(
  { at, document, refused, path }: RefusalCase,
  key: string,
  kinds: string[][],
): Finding {
  const own = kinds.filter((keys) => keys.includes(key));
  const rivals = keysBefore(document.events, refused.event).filter(
    (other) => !own.some((keys) => keys.includes(other)),
  );
  const beside = rivals.length === 0 ? 'the keys above it' : orList(quoted(rivals));
  return {
    at,
    code: 'conflicting-keys',
    message: `\`${key}\` cannot stand beside ${beside} in ${placeWords(path.slice(0, -1), document.file)}.`,
    mend: `Remove \`${key}\` or ${beside}.`,
  };
}

function keysBefore(events: RefusalCase['document']['events'], index: number): string[] {
  const self = events[index];
  if (self?.kind !== 'key') return [];
  const keys: string[] = [];
  for (const event of events.slice(self.parent, index)) {
    if (event.kind === 'key' && event.parent === self.parent) keys.push(String(event.step));
  }
  return keys;
}

function unknownKey({ at, document, path }: RefusalCase, key: string, known: string[]): Finding {
  const owner = path.slice(0, -1);
  const guess = nearestName(key, known) ?? known.find((other) => other.startsWith(`${key}-`));
  if (owner.length === 1 && owner[0] === 'on' && document.file === 'workflow') {
    return unknownEvent(at, key, known);
  }
  const isPermission = owner.at(-1) === 'permissions';
  const words = placeWords(owner, document.file);
  return {
    at,
    code: isPermission ? 'unknown-permission' : 'unknown-key',
    message: isPermission ? `No permission is called \`${key}\`.` : `\`${key}\` is not a key of ${words}.`,
    mend: guess === undefined ? `Known keys: ${known.sort().join(', ')}.` : `Did you mean \`${guess}\`?`,
    ...(guess === undefined ? {} : { means: { owner: words, keys: [guess] } }),
    // GitHub's server ignores what it does not know here, its parser for editors does not.
    ...(owner.join('.') === 'on.workflow_dispatch' ? { severity: 'warning' as const } : {}),
  };
}

export function unknownEvent(at: Finding['at'], event: string, known: string[]): Finding {
  const guess = nearestName(event, known);
  return {
    at,
    code: 'unknown-event',
    message: `No event is called \`${event}\`.`,
    mend: guess === undefined ? `Known events: ${known.sort().join(', ')}.` : `Did you mean \`${guess}\`?`,
  };
}

/** Of the keys that would decide what a mapping is, those that it cannot do without. */
function essentialKeys({ path, document }: RefusalCase, candidates: string[]): string[] {
  if (path.at(-2) === 'steps') return candidates.filter((key) => key === 'run' || key === 'uses');
  if (path.length === 2 && path[0] === 'jobs') return ['runs-on', 'uses'];
  return document.file === 'action' && path.length === 1 ? keysOfRuntime(document) : candidates;
}

/** What an action cannot do without beside the `using` that it has. */
function keysOfRuntime({ events }: RefusalCase['document']): string[] {
  const using = events.findIndex(
    (event, index) => event.kind === 'scalar' && pathOf(events, index).join('.') === 'runs.using',
  );
  const event = events[using];
  if (event?.kind !== 'scalar') return ['using'];
  switch (event.value) {
    case 'composite':
      return ['steps'];
    case 'docker':
      return ['image'];
    default:
      return ['main'];
  }
}

function missingKey({ at, document, path }: RefusalCase, keys: string[]): Finding {
  const names = orList(quoted(keys));
  return {
    at,
    code: 'missing-key',
    message: `${names} is missing in ${placeWords(path, document.file)}.`,
    mend: `Add ${names}.`,
    lacks: { owner: placeWords(path, document.file), keys },
  };
}
