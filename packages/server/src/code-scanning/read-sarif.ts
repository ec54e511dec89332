import { createHash } from 'node:crypto';
import { z } from 'zod';

/** One run of a tool, as its report tells of it. */
export interface Analysis {
  tool: string;
  toolVersion: string | null;
  /** Tells apart analyses of one tool at one commit; empty: the only one. */
  category: string;
  rulesCount: number;
  findings: Finding[];
}

export interface Finding {
  ruleId: string;
  rule: Rule;
  /** The same as long as it is the same finding, wherever it moves in its file. */
  fingerprint: string;
  message: string;
  path: string;
  startLine: number;
  endLine: number;
  startColumn: number;
  endColumn: number;
}

export interface Rule {
  id: string;
  name: string;
  severity: 'none' | 'note' | 'warning' | 'error';
  securitySeverity: 'low' | 'medium' | 'high' | 'critical' | null;
  description: string;
  fullDescription: string;
  helpUri: string | null;
  tags: string[];
}

const text = z.object({ text: z.string().optional(), markdown: z.string().optional() });
const level = z.enum(['none', 'note', 'warning', 'error']);
const ruleSchema = z.object({
  id: z.string(),
  name: z.string().optional(),
  shortDescription: text.optional(),
  fullDescription: text.optional(),
  helpUri: z.string().optional(),
  defaultConfiguration: z.object({ level: level.optional() }).optional(),
  properties: z
    .object({ tags: z.array(z.string()).optional(), 'security-severity': z.coerce.string().optional() })
    .optional(),
});
const componentSchema = z.object({
  name: z.string().min(1),
  version: z.string().optional(),
  semanticVersion: z.string().optional(),
  rules: z.array(ruleSchema).optional(),
});
const line = z.number().int().min(0);
const resultSchema = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.number().int().optional(),
  rule: z.object({ id: z.string().optional(), index: z.number().int().optional() }).optional(),
  level: level.optional(),
  message: text,
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string().optional() }).optional(),
            region: z
              .object({
                startLine: line.optional(),
                endLine: line.optional(),
                startColumn: line.optional(),
                endColumn: line.optional(),
              })
              .optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  partialFingerprints: z.record(z.string(), z.string()).optional(),
  suppressions: z.array(z.object({ status: z.string().optional() })).nullish(),
});
const sarifSchema = z.object({
  version: z.literal('2.1.0'),
  runs: z
    .array(
      z.object({
        tool: z.object({ driver: componentSchema, extensions: z.array(componentSchema).optional() }),
        automationDetails: z.object({ id: z.string().optional() }).optional(),
        results: z.array(resultSchema).max(25_000).nullish(),
      }),
    )
    .max(20),
});

/** GitHub keeps so many findings of a run, the gravest first. */
const mostFindings = 5_000;

/**
 * What a SARIF file says.
 * @param defaultCategory of runs that do not name theirs
 * @returns what is wrong with it instead, a sentence each
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function readSarif(
  json: string,
  { defaultCategory, checkoutUri }: { defaultCategory: string; checkoutUri: string },
): { analyses: Analysis[] } | { errors: string[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    return { errors: [`The SARIF file is not JSON: ${error instanceof Error ? error.message : error}`] };
  }
  const read = sarifSchema.safeParse(parsed);
  if (!read.success) {
    return {
      errors: read.error.issues.slice(0, 10).map(({ path, message }) => `${path.join('.')}: ${message}`),
    };
  }
  return { analyses: read.data.runs.map((run) => analysisOf(run, { defaultCategory, checkoutUri })) };
}

type Run = z.output<typeof sarifSchema>['runs'][number];
type Result = z.output<typeof resultSchema>;

function analysisOf(
  run: Run,
  { defaultCategory, checkoutUri }: { defaultCategory: string; checkoutUri: string },
): Analysis {
  const { driver, extensions = [] } = run.tool;
  const rules = [driver, ...extensions].flatMap((component) => component.rules ?? []);
  const seen = new Map<string, number>();
  const findings = (run.results ?? [])
    .filter(({ suppressions }) => (suppressions ?? []).every(({ status }) => status === 'rejected'))
    .map((result) => findingOf(result, { rules, own: driver.rules ?? [], checkoutUri, seen }));
  return {
    tool: driver.name,
    toolVersion: driver.semanticVersion ?? driver.version ?? null,
    // What follows the last slash names the single run.
    category: run.automationDetails?.id?.replace(/\/[^/]*$/, '') ?? defaultCategory,
    rulesCount: rules.length,
    findings: findings
      .toSorted((one, other) => gravity(other.rule) - gravity(one.rule))
      .slice(0, mostFindings),
  };
}

type SarifRule = z.output<typeof ruleSchema>;

function findingOf(
  result: Result,
  {
    rules,
    own,
    checkoutUri,
    seen,
  }: {
    rules: readonly SarifRule[];
    own: readonly SarifRule[];
    checkoutUri: string;
    seen: Map<string, number>;
  },
): Finding {
  const id =
    result.ruleId ?? result.rule?.id ?? own[result.ruleIndex ?? result.rule?.index ?? -1]?.id ?? 'unknown';
  const rule = rules.find((one) => one.id === id) ?? own[result.ruleIndex ?? -1] ?? { id };
  const { artifactLocation, region = {} } = result.locations?.[0]?.physicalLocation ?? {};
  const path = pathOf(artifactLocation?.uri ?? '', checkoutUri);
  const message = result.message.text ?? result.message.markdown ?? '';
  const { startLine = 1, startColumn = 1 } = region;
  const known = result.partialFingerprints?.primaryLocationLineHash ?? `${message}`;
  const key = createHash('sha256')
    .update(JSON.stringify([id, path, known]))
    .digest('hex');
  const times = seen.get(key) ?? 0;
  seen.set(key, times + 1);
  return {
    ruleId: id,
    rule: ruleOf(rule, result.level),
    fingerprint: times === 0 ? key : `${key}:${times}`,
    message,
    path,
    startLine,
    endLine: region.endLine ?? startLine,
    startColumn,
    endColumn: region.endColumn ?? startColumn,
  };
}

function ruleOf(rule: SarifRule, resultLevel: Rule['severity'] | undefined): Rule {
  const { id, name = rule.id, shortDescription, fullDescription, helpUri = null, properties } = rule;
  const description = shortDescription?.text ?? fullDescription?.text ?? name;
  return {
    id,
    name,
    severity: resultLevel ?? rule.defaultConfiguration?.level ?? 'warning',
    securitySeverity: securitySeverity(properties?.['security-severity']),
    description,
    fullDescription: fullDescription?.text ?? description,
    helpUri,
    tags: properties?.tags ?? [],
  };
}

function securitySeverity(score: string | undefined): Rule['securitySeverity'] {
  const value = Number(score);
  if (score === undefined || !(value > 0)) return null;
  if (value >= 9) return 'critical';
  if (value >= 7) return 'high';
  return value >= 4 ? 'medium' : 'low';
}

function gravity({ severity, securitySeverity: security }: Rule): number {
  const bySecurity = { critical: 4, high: 3, medium: 2, low: 1 };
  const bySeverity = { error: 3, warning: 2, note: 1, none: 0 };
  return (security === null ? 0 : bySecurity[security]) * 10 + bySeverity[severity];
}

/** Relative to the root of the repository. */
function pathOf(uri: string, checkoutUri: string): string {
  const below = checkoutUri !== '' && uri.startsWith(checkoutUri) ? uri.slice(checkoutUri.length) : uri;
  const plain = below.replace(/^file:\/\//, '').replace(/^\.?\/+/, '');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
