import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import type { Template } from '../model/template.ts';
import { checkResult } from './check-result.ts';
import type { Conversion } from './convert/conversion.ts';
import type { Finding, Findings } from './findings.ts';
import { githubLimits, type ReaderLimits } from './limits.ts';
import { type ExplainedRefusal, explainRefusal, type ReadDocument } from './schema/explain-refusal.ts';
import { readTokens } from './schema/read-tokens.ts';
import { toTemplate } from './to-template.ts';
import { listEvents } from './yaml/node-events.ts';
import { parseYaml } from './yaml/parse-yaml.ts';
import { positionWithin } from './yaml/source-position.ts';

/** One kind of file: what GitHub's schema calls it, and which of the parser's refusals stand. */
export interface DocumentKind {
  file: 'workflow' | 'action';
  schema: TemplateSchema;
  /** Name of the schema's definition of the whole file. */
  root: string;
  /** Undefined: the refusal is wrong and dropped. */
  review(finding: Finding, path: (string | number)[]): Finding | undefined;
}

export interface ReadOptions {
  path: string;
  content: string;
  findings: Findings;
  kind: DocumentKind;
  limits?: Partial<ReaderLimits>;
}

/** Text to template by GitHub's schema; all that is wrong with the text or the schema's keys and values is a finding. */
export function readDocument(options: ReadOptions): { root: Template; conversion: Conversion } | undefined {
  const { content, findings, kind } = options;
  const limits = { ...githubLimits, ...options.limits };
  const yaml = parseYaml(content, findings, limits);
  const events = yaml && listEvents(yaml, findings, limits);
  if (!events) return undefined;
  const locate = (index: number, offset: number) => {
    const event = events[index];
    return positionWithin(yaml, event && event.kind !== 'end' ? event.node : yaml.root, offset);
  };
  const tokens = readTokens(events, kind.schema, kind.root);
  const document: ReadDocument = { ...kind, events, locate };
  const explained = tokens.refused.map((refused) => explainRefusal(document, refused));
  for (const { finding, path } of withoutEchoes(explained)) {
    const reviewed = kind.review(finding, path);
    if (reviewed) findings.add(reviewed);
  }
  if (!tokens.root) return undefined;
  const root = toTemplate(tokens.root, locate);
  checkResult(findings, { path: options.path, root, limits });
  const allowedContext = (definition: string) => kind.schema.getDefinition(definition).readerContext;
  return { root, conversion: { findings, allowedContext } };
}

/** An expression that cannot be parsed stays text for the parser, which then is not a boolean or number either. */
function withoutEchoes(explained: ExplainedRefusal[]): ExplainedRefusal[] {
  const broken = new Set(
    explained.filter(({ finding }) => isOfExpression(finding)).map(({ event }) => event),
  );
  return explained.filter(({ finding, event }) => finding.code !== 'invalid-value' || !broken.has(event));
}

function isOfExpression({ code }: Finding): boolean {
  return (
    code.startsWith('expression-') || /^(?:unknown-context|unknown-function|wrong-argument-count)$/.test(code)
  );
}
