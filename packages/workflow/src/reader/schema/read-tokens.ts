import { FeatureFlags } from '@actions/expressions/features';
import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import {
  TemplateContext,
  TemplateValidationErrors,
} from '@actions/workflow-parser/templates/template-context';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import type { TokenRange } from '@actions/workflow-parser/templates/tokens/token-range';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { readEvents } from '../yaml/event-reader.ts';
import type { YamlEvent } from '../yaml/node-events.ts';

/** What GitHub's template reader refused; `event` and `offset` say where (see `readEvents`). */
export interface Refused {
  cause: Error | string;
  event: number;
  offset: number;
}

export interface Tokens {
  /** Absent only if the document's root could not be read at all. */
  root: TemplateToken | undefined;
  refused: Refused[];
}

/** Reads events by a definition of GitHub's schema. Reads on after an error, so that all are told. */
export function readTokens(events: YamlEvent[], schema: TemplateSchema, definition: string): Tokens {
  const context = new CollectingContext(schema);
  const root = readTemplate(context, definition, readEvents(events), undefined);
  return { root, refused: context.refused };
}

/** Keeps what the parser says as it says it, instead of texts with places that have to be taken apart again. */
class CollectingContext extends TemplateContext {
  readonly refused: Refused[] = [];

  constructor(schema: TemplateSchema) {
    super(new TemplateValidationErrors(), schema, new NoOperationTraceWriter());
    this.state.featureFlags = new FeatureFlags({ allowBackgroundSteps: true, allowCaseFunction: true });
  }

  override error(token: TemplateToken | number | undefined, cause: unknown, range?: TokenRange): void {
    const place = range ?? (typeof token === 'object' ? token.range : undefined);
    this.refused.push({
      cause: cause instanceof Error ? cause : String(cause),
      event: place?.start.line ?? 0,
      offset: place?.start.column ?? 0,
    });
  }
}
