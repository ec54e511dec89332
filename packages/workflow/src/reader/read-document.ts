import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import type { Template } from '../model/template.ts';
import { checkResult } from './check-result.ts';
import type { Conversion } from './convert/conversion.ts';
import type { Finding, Findings } from './findings.ts';
import { githubLimits, type ReaderLimits } from './limits.ts';
import { type ExplainedRefusal, explainRefusal, type ReadDocument } from './schema/explain-refusal.ts';
import { readTokens } from './schema/read-tokens.ts';
import { type Locate, toTemplate } from './to-template.ts';
import { listEvents, type YamlEvent } from './yaml/node-events.ts';
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

/** A document as template, and as the tokens and events it came from, for those who must know the exact places. */
export interface OpenDocument {
  root: Template;
  conversion: Conversion;
  tokens: TemplateToken;
  events: YamlEvent[];
  /** The place of a character of an event's value. */
  locate: Locate;
}

/** Text to template by GitHub's schema; all that is wrong with the text or the schema's keys and values is a finding. */
export function readDocument(options: ReadOptions): OpenDocument | undefined {
  const { content, findings, kind } = options;
  const limits = { ...githubLimits, ...options.limits };
  const yaml = parseYaml(content, findings, limits);
  const events = yaml && listEvents(yaml, findings, limits);
  if (!events) return undefined;
  const locate: Locate = (index, offset) => {
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
  return { root, conversion: { findings, allowedContext }, tokens: tokens.root, events, locate };
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
