import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import type { Position } from '../../model/diagnostic.ts';
import type { Finding } from '../findings.ts';
import type { YamlEvent } from '../yaml/node-events.ts';
import { type NodePath, pathOf, placeAt } from './definition-paths.ts';
import { explainExpression } from './explain-expression.ts';
import { explainKey } from './explain-key.ts';
import { expectedWords, explainValue } from './explain-value.ts';
import { placeWords } from './place-words.ts';
import type { Refused } from './read-tokens.ts';

/** A file that was read, as far as explanations need it. */
export interface ReadDocument {
  file: 'workflow' | 'action';
  events: YamlEvent[];
  schema: TemplateSchema;
  /** Name of the schema's definition of the whole file. */
  root: string;
  locate: (event: number, offset: number) => Position;
}

/** One refusal of GitHub's parser with everything that an explanation looks at. */
export interface RefusalCase {
  document: ReadDocument;
  refused: Refused;
  event: YamlEvent | undefined;
  path: NodePath;
  at: Position;
  /** What GitHub's parser says. */
  text: string;
}

export interface ExplainedRefusal {
  finding: Finding;
  path: NodePath;
  event: number;
}

/**
 * Says what GitHub's parser refused in our words: what is wrong here, and how it is mended.
 * The parser has texts but no codes; this is the one place that reads them.
 * @see actions/languageservices, workflow-parser/src/templates/template-reader.ts
 */
export function explainRefusal(document: ReadDocument, refused: Refused): ExplainedRefusal {
  const text = typeof refused.cause === 'string' ? refused.cause : refused.cause.message;
  const path = pathOf(document.events, refused.event);
  const at = document.locate(refused.event, refused.offset);
  const one: RefusalCase = { document, refused, event: document.events[refused.event], path, at, text };
  const finding =
    explainExpression(one) ??
    explainKey(one) ??
    explainStructure(one) ??
    explainValue(one) ??
    unexplained(one);
  return { finding, path, event: refused.event };
}

function explainStructure({ text, path, at, document }: RefusalCase): Finding | undefined {
  const kind = /^A (sequence|mapping) was not expected$/.exec(text)?.[1];
  if (kind === undefined) return undefined;
  return {
    at,
    code: 'invalid-type',
    message: `${capitalise(placeWords(path, document.file))} cannot be a ${kind}.`,
    mend: `Write ${expectedWords(placeAt(document.schema, document.root, path))}.`,
  };
}

function unexplained({ text, at }: RefusalCase): Finding {
  return {
    at,
    code: 'refused-by-github',
    message: `GitHub refuses this: ${text}.`,
    mend: "Compare with GitHub's reference of the workflow syntax.",
  };
}

export function capitalise(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
