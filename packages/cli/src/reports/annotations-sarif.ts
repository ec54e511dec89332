import type { StepAnnotation } from '@slipway/contracts';
import type { RecordedJob, RecordedRun } from '../history/recorded-run.ts';

const levels = { error: 'error', warning: 'warning', notice: 'note' } as const;

/**
 * The annotations of runs (`::error file=…::`, problem matchers) as SARIF 2.1.0, a SARIF run for each workflow run.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function annotationsSarif(runs: readonly RecordedRun[], version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: runs.map((run) => ({
      tool: { driver: { name: `Slipway: ${run.workflowName}`, version, rules: [] } },
      automationDetails: { id: `${run.workflow}/${run.runNumber}` },
      results: run.jobs.flatMap((job) =>
        job.steps.flatMap(({ annotations }) => annotations.map((annotation) => result(job, annotation))),
      ),
    })),
  };
}

function result(job: RecordedJob, annotation: StepAnnotation): object {
  const { level, message, title, file } = annotation;
  return {
    ruleId: title ?? job.id,
    level: levels[level],
    message: { text: message },
    ...(file === undefined ? {} : { locations: [location(annotation, file)] }),
  };
}

function location({ line, endLine, column, endColumn }: StepAnnotation, file: string): object {
  const region = {
    ...(line === undefined ? {} : { startLine: Math.max(1, line) }),
    ...(endLine === undefined ? {} : { endLine: Math.max(1, endLine) }),
    ...(column === undefined ? {} : { startColumn: Math.max(1, column) }),
    ...(endColumn === undefined ? {} : { endColumn: Math.max(1, endColumn) }),
  };
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) },
      ...(line === undefined ? {} : { region }),
    },
  };
}
