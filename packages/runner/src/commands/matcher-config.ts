/**
 * A problem matcher as `add-matcher` reads it from a file.
 * @see https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md
 */
export interface MatcherConfig {
  owner: string;
  /** For matches that name none; '' is error. */
  severity: string;
  /** For matches that name none. */
  fromPath: string;
  patterns: PatternConfig[];
}

export interface PatternConfig {
  regexp: RegExp;
  /** Numbers of the groups that hold these. */
  groups: Partial<Record<MatchField, number>>;
  /** The last pattern of several: applied to further lines until one does not match. */
  loop: boolean;
}

export const matchFields = ['file', 'line', 'column', 'severity', 'code', 'message', 'fromPath'] as const;
export type MatchField = (typeof matchFields)[number];

/**
 * Reads a `problemMatcher` file.
 * @throws Error that names the fault, for people
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/IssueMatcher.cs (Validate)
 */
export function readMatcherConfigs(text: string): MatcherConfig[] {
  const root = asRecord(JSON.parse(text.replace(/^\uFEFF/, '')), 'The file');
  const configs = asList(root.problemMatcher ?? [], 'problemMatcher').map(readMatcher);
  const owners = new Set<string>();
  for (const { owner } of configs) {
    if (owners.has(owner.toLowerCase())) throw new Error(`Duplicate owner name '${owner}'`);
    owners.add(owner.toLowerCase());
  }
  return configs;
}

function readMatcher(value: unknown): MatcherConfig {
  const fields = asRecord(value, 'A matcher');
  const owner = asText(fields.owner);
  if (owner === '') throw new Error('Owner must not be empty');
  const severity = asText(fields.severity);
  if (!['', 'error', 'warning', 'notice'].includes(severity.toLowerCase())) {
    throw new Error(`Matcher '${owner}' contains unexpected default severity '${severity}'`);
  }
  const patterns = asList(fields.pattern ?? [], `pattern of '${owner}'`).map(readPattern);
  if (patterns.length === 0) throw new Error(`Matcher '${owner}' does not contain any patterns`);
  assessPatterns(owner, patterns);
  return { owner, severity, fromPath: asText(fields.fromPath), patterns };
}

function readPattern(value: unknown): PatternConfig {
  const fields = asRecord(value, 'A pattern');
  const regexp = new RegExp(asText(fields.regexp));
  const groupCount = new RegExp(`${regexp.source}|`).exec('')?.length ?? 1;
  const groups: PatternConfig['groups'] = {};
  for (const field of matchFields) {
    const group = fields[field];
    if (group === undefined || group === null) continue;
    if (typeof group !== 'number' || !Number.isInteger(group) || group < 0 || group >= groupCount) {
      throw new Error(`The property '${field}' is set to ${String(group)} which is out of range`);
    }
    groups[field] = group;
  }
  return { regexp, groups, loop: fields.loop === true };
}

function assessPatterns(owner: string, patterns: PatternConfig[]): void {
  for (const field of matchFields) {
    const setters = patterns.filter(({ groups }) => groups[field] !== undefined);
    if (setters.length > 1) throw new Error(`The property '${field}' is set twice in matcher '${owner}'`);
    if (field === 'message' && setters.length === 0) {
      throw new Error(`At least one pattern of matcher '${owner}' must set 'message'`);
    }
  }
  for (const [at, { loop, groups }] of patterns.entries()) {
    if (!loop) continue;
    if (at === 0 || at !== patterns.length - 1) {
      throw new Error("Only the last pattern in a multiline matcher may set 'loop'");
    }
    if (groups.message === undefined) throw new Error("The loop pattern must set 'message'");
  }
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error(`${what} is not an object`);
}

function asList(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${what} is not a list`);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
