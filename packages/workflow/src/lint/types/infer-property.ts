import { nearestName } from '../../model/nearest-name.ts';
import { anyType, type ExpressionType, typeWords } from './expression-type.ts';
import type { Inference } from './infer.ts';

interface Property {
  name: string;
  offset: number;
}

/** The type of `owner.name`. */
export function inferProperty(
  inference: Inference,
  owner: ExpressionType,
  property: Property,
): ExpressionType {
  switch (owner.kind) {
    case 'any':
      return anyType;
    case 'array':
      if (owner.isFilter) {
        const item = inferProperty(inference, owner.item, property);
        return { kind: 'array', item, isFilter: true };
      }
      break;
    case 'object': {
      const type = owner.properties.get(property.name.toLowerCase()) ?? owner.rest;
      if (type) return type;
      reportUnknown(inference, property, [...owner.properties.keys()]);
      return anyType;
    }
  }
  inference.report({
    code: 'type-mismatch',
    message: `\`${property.name}\` is asked of ${typeWords(owner)}, which has no properties.`,
    offset: property.offset,
  });
  return anyType;
}

function reportUnknown(inference: Inference, { name, offset }: Property, known: string[]): void {
  const guess = nearestName(name, known);
  const list = known.length === 0 ? 'There is none here.' : `There is: ${known.sort().join(', ')}.`;
  inference.report({
    code: 'unknown-property',
    message: `There is no \`${name}\` in \`${ownerText(inference.source, offset)}\`; its value is always empty.`,
    mend: guess === undefined ? list : `Did you mean \`${guess}\`?`,
    offset,
  });
}

/** What stands before the property: the context and the properties asked of it. */
function ownerText(source: string, offset: number): string {
  const before = source.slice(0, offset).replace(/[.[]\s*['"]?$/, '');
  return /[\w.*\-[\]']+$/.exec(before)?.[0] ?? before;
}
