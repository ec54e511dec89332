import { isAbsolute, relative } from 'node:path';
import { type RunningStep, toHostPath } from '../steps/running-step.ts';
import type { Annotation } from '../steps/step-report.ts';
import type { WorkflowCommand } from './workflow-command.ts';

/**
 * What an `::error`, `::warning` or `::notice` says. Lines and columns that make no sense together are corrected or
 * dropped; the file becomes relative to the workspace.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs (IssueCommandExtension)
 */
export function readAnnotation(
  level: Annotation['level'],
  command: WorkflowCommand,
  step: RunningStep,
): Annotation {
  const { properties } = command;
  const title = properties.get('title');
  const file = properties.get('file');
  return {
    level,
    message: command.data,
    ...(title ? { title } : {}),
    ...(file ? { file: relativeToWorkspace(file, step) } : {}),
    ...readPlace(properties),
  };
}

function relativeToWorkspace(file: string, step: RunningStep): string {
  const path = toHostPath(step, file);
  if (!isAbsolute(path)) return file;
  const inside = relative(step.job.folders.workspace, path);
  return inside === '' || inside.startsWith('..') ? file : inside;
}

type Place = Pick<Annotation, 'line' | 'endLine' | 'column' | 'endColumn'>;

function readPlace(properties: Map<string, string>): Place {
  const endLine = integer(properties.get('endline'));
  const line = integer(properties.get('line')) ?? endLine;
  const endColumn = integer(properties.get('endcolumn'));
  const column = integer(properties.get('col')) ?? integer(properties.get('column')) ?? endColumn;
  const place: Place = {};
  if (line !== undefined && !(endLine !== undefined && endLine < line)) {
    place.line = line;
    if (endLine !== undefined) place.endLine = endLine;
  }
  // Columns belong to one line.
  const oneLine = line !== undefined && (endLine === undefined || endLine === line);
  if (oneLine && column !== undefined && !(endColumn !== undefined && endColumn < column)) {
    place.column = column;
    if (endColumn !== undefined) place.endColumn = endColumn;
  }
  return place;
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;
}
