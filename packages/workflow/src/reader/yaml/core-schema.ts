export type ScalarValue = string | number | boolean | null;

/** The YAML types that GitHub lets an author write out as a tag. */
export const coreTags = {
  'tag:yaml.org,2002:str': (text: string) => text,
  'tag:yaml.org,2002:bool': readBoolean,
  'tag:yaml.org,2002:int': readInteger,
  'tag:yaml.org,2002:float': readFloat,
  'tag:yaml.org,2002:null': readNull,
} as const;

/**
 * The value of a plain scalar by the YAML 1.2 core schema, as GitHub reads it: `1_000`, `yes` and `NaN` are strings.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/YamlObjectReader.cs
 */
export function resolvePlain(text: string): ScalarValue {
  for (const read of [readNull, readBoolean, readInteger, readFloat]) {
    const value = read(text);
    if (value !== undefined) return value;
  }
  return text;
}

function readNull(text: string): null | undefined {
  return /^(?:|~|null|Null|NULL)$/.test(text) ? null : undefined;
}

function readBoolean(text: string): boolean | undefined {
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  return /^(?:false|False|FALSE)$/.test(text) ? false : undefined;
}

function readInteger(text: string): number | undefined {
  if (/^[-+]?[0-9]+$/.test(text)) return Number(text);
  return /^0x[0-9a-fA-F]+$|^0o[0-7]+$/.test(text) ? Number(text) : undefined;
}

function readFloat(text: string): number | undefined {
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return undefined;
}
