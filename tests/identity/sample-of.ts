/** A JSON Schema as the description of the interface has them. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minItems?: number;
  minLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  pattern?: string;
  format?: string;
  default?: unknown;
}

/** Texts of which one fits each pattern that the interface has. */
const texts = [
  'octo/app',
  'main',
  'sample',
  'SAMPLE',
  'refs/heads/main',
  'a'.repeat(40),
  `sha256:${'a'.repeat(64)}`,
  'a'.repeat(64),
  'https://example.com',
  'sample.yml',
  '1',
  '1.0.0',
  '2026-01-01T00:00:00Z',
];

/** The smallest value that a schema takes. @throws Error if no text is known that fits a pattern */
export function sampleOf(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const one = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (one !== undefined) return sampleOf(one);
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map(sampleOf));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        (schema.required ?? [])
          .filter((name) => schema.properties?.[name]?.default === undefined)
          .map((name) => [name, sampleOf(schema.properties?.[name] ?? {})]),
      );
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items ?? {}));
    case 'string':
      return textFor(schema);
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, (schema.exclusiveMinimum ?? 0) + 1);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function textFor({ pattern, minLength = 0, format }: JsonSchema): string {
  if (format === 'uri') return 'https://example.com';
  if (pattern === undefined) return 'sample'.padEnd(minLength, '-');
  const fitting = texts.find((text) => text.length >= minLength && new RegExp(pattern, 'u').test(text));
  if (fitting === undefined) throw new Error(`no sample fits ${pattern}: add one`);
  return fitting;
}
