import { MappingDefinition } from '@actions/workflow-parser/templates/schema/mapping-definition';
import { OneOfDefinition } from '@actions/workflow-parser/templates/schema/one-of-definition';
import { PropertyDefinition } from '@actions/workflow-parser/templates/schema/property-definition';
import { StringDefinition } from '@actions/workflow-parser/templates/schema/string-definition';
import type { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema';
import { StringToken } from '@actions/workflow-parser/templates/tokens/index';
import { getWorkflowSchema } from '@actions/workflow-parser/workflows/workflow-schema';

let amended: TemplateSchema | undefined;

/** GitHub's schema of workflow files with what GitHub knows and this release of its parser does not. */
export function workflowSchema(): TemplateSchema {
  amended ??= amend(getWorkflowSchema());
  return amended;
}

function amend(schema: TemplateSchema): TemplateSchema {
  // Misprinted as another event, so that `on: repository_dispatch` would be refused.
  const event = schema.getDefinition('repository-dispatch-string');
  if (event instanceof StringDefinition) event.constant = 'repository_dispatch';
  addCacheMode(schema);
  return schema;
}

/** @see https://github.blog/changelog/2026-09-10-control-github-actions-cache-access-with-cache-mode */
function addCacheMode(schema: TemplateSchema): void {
  const mode = new OneOfDefinition('cache-mode');
  for (const name of ['none', 'read', 'write', 'write-only']) {
    const value = new StringDefinition(`cache-mode-${name}`);
    value.constant = name;
    schema.definitions[value.key] = value;
    mode.oneOf.push(value.key);
  }
  schema.definitions[mode.key] = mode;
  for (const owner of ['workflow-root-strict', 'job-factory', 'workflow-job']) {
    const definition = schema.getDefinition(owner);
    if (!(definition instanceof MappingDefinition)) continue;
    definition.properties[mode.key] ??= new PropertyDefinition(
      new StringToken(undefined, undefined, mode.key, undefined),
    );
  }
}
