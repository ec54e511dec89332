/** What is known of an expression's value before it is evaluated. */
export type ExpressionType =
  | { kind: 'any' | 'null' | 'number' | 'boolean' | 'string' }
  | {
      kind: 'array';
      item: ExpressionType /** Made by `.*`; a property of it is that of its items. */;
      isFilter?: boolean;
    }
  /** `rest` is the type of properties that are not listed; without it there are no others. Keys are lower case. */
  | { kind: 'object'; properties: ReadonlyMap<string, ExpressionType>; rest?: ExpressionType };

export type ObjectType = Extract<ExpressionType, { kind: 'object' }>;

export const anyType: ExpressionType = { kind: 'any' };
export const nullType: ExpressionType = { kind: 'null' };
export const numberType: ExpressionType = { kind: 'number' };
export const booleanType: ExpressionType = { kind: 'boolean' };
export const stringType: ExpressionType = { kind: 'string' };

export function arrayOf(item: ExpressionType): ExpressionType {
  return { kind: 'array', item };
}

/** An object with these properties and no others. */
export function exactly(properties: Record<string, ExpressionType>): ObjectType {
  const entries = Object.entries(properties).map(([name, type]) => [name.toLowerCase(), type] as const);
  return { kind: 'object', properties: new Map(entries) };
}

/** An object with these properties and, it may be, others of a type. */
export function atLeast(properties: Record<string, ExpressionType>, rest: ExpressionType): ObjectType {
  return { ...exactly(properties), rest };
}

export function mapOf(rest: ExpressionType): ObjectType {
  return atLeast({}, rest);
}

/** What a value is that may be of either type. */
export function eitherOf(left: ExpressionType, right: ExpressionType): ExpressionType {
  if (left.kind === 'array' && right.kind === 'array') return arrayOf(eitherOf(left.item, right.item));
  if (left.kind === 'object' && right.kind === 'object') return mergeObjects(left, right);
  return left.kind === right.kind ? left : anyType;
}

function mergeObjects(left: ObjectType, right: ObjectType): ObjectType {
  const properties = new Map(left.properties);
  for (const [name, type] of right.properties) {
    const other = properties.get(name);
    properties.set(name, other ? eitherOf(other, type) : type);
  }
  const rest = left.rest && right.rest ? eitherOf(left.rest, right.rest) : (left.rest ?? right.rest);
  return { kind: 'object', properties, ...(rest ? { rest } : {}) };
}

/** In words, for messages: `a string`, `an array of strings`, `an object with os, node`. */
export function typeWords(type: ExpressionType): string {
  switch (type.kind) {
    case 'any':
      return 'any value';
    case 'null':
      return 'null';
    case 'array':
      return 'an array';
    case 'object': {
      const names = [...type.properties.keys()];
      return names.length === 0 || names.length > 6 ? 'an object' : `an object with ${names.join(', ')}`;
    }
    default:
      return `a ${type.kind}`;
  }
}

/** The type of a value that is known. */
export function typeOfValue(value: unknown): ExpressionType {
  if (value === null || value === undefined) return nullType;
  if (Array.isArray(value))
    return arrayOf(
      value.map(typeOfValue).reduce(eitherOf, value.length > 0 ? typeOfValue(value[0]) : anyType),
    );
  if (typeof value === 'object') {
    return exactly(
      Object.fromEntries(Object.entries(value).map(([name, item]) => [name, typeOfValue(item)])),
    );
  }
  return typeof value === 'number' ? numberType : typeof value === 'boolean' ? booleanType : stringType;
}
