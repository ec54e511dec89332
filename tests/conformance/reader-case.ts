import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Diagnostic, Workflow } from '@slipway/workflow';
import {
  assessNeeds,
  assessReusableWorkflows,
  type PermissionsPolicy,
  readWorkflow,
} from '@slipway/workflow/reader';

/** One file of GitHub's reader data: options, workflow, called workflows, and the template or errors expected. */
export interface ReaderCase {
  path: string;
  content: string;
  called: Map<string, string>;
  options: Record<string, string>;
  expected: Record<string, unknown> & { errors?: { Message: string }[] };
}

export function loadCase(file: string): ReaderCase {
  // The line break before a separator belongs to it, which decides how a block scalar ends.
  const [options = '', content = '', ...rest] = readFileSync(file, 'utf8').split(/\r?\n---\r?\n/);
  const called = new Map<string, string>();
  for (let i = 0; i + 1 < rest.length - 1; i += 2) called.set(rest[i]?.trim() ?? '', rest[i + 1] ?? '');
  return {
    path: `.github/workflows/${basename(file)}`,
    content,
    called,
    options: Object.fromEntries(
      [...options.matchAll(/^([a-z-]+): *([^#\s]*)/gm)].map(([, key, value]) => [key, value]),
    ),
    expected: JSON.parse(rest.at(-1) ?? ''),
  };
}

export interface Outcome {
  workflow: Workflow | undefined;
  load: (uses: string) => Workflow | undefined;
  diagnostics: Diagnostic[];
}

/** Reads the case's files as Slipway would before it runs them. */
export function readCase({ path, content, called, options }: ReaderCase): Outcome {
  const size = options['max-result-size'] ? { maxResultSizeBytes: Number(options['max-result-size']) } : {};
  const depth = options['max-depth'] ? { maxDepth: Number(options['max-depth']) } : {};
  const nested = options['max-nested-reusable-workflows-depth'];
  const diagnostics: Diagnostic[] = [];
  const read = (file: string, text: string) => {
    const result = readWorkflow({ path: file, content: text, limits: { ...size, ...depth } });
    diagnostics.push(...result.diagnostics);
    return result.value;
  };
  const workflow = read(path, content);
  const files = new Map([...called].map(([file, text]) => [file, read(file, text)]));
  const load = (uses: string) => files.get(uses);
  if (workflow) {
    diagnostics.push(...assessNeeds(workflow));
    const permissionsPolicy = options['permissions-policy'] as PermissionsPolicy | undefined;
    diagnostics.push(
      ...assessReusableWorkflows({
        workflow,
        load,
        limits: { ...size, ...(nested ? { maxNestedDepth: Number(nested) } : {}) },
        ...(permissionsPolicy ? { permissionsPolicy } : {}),
      }),
    );
  }
  return { workflow, load, diagnostics };
}
