import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Permissions, ReusableJob, Workflow } from '../../model/workflow.ts';
import { collectFindings, type Findings } from '../findings.ts';
import { githubLimits } from '../limits.ts';
import { checkArguments } from './call-arguments.ts';
import { type Excess, findExcess, grantedTo, type PermissionsPolicy } from './call-permissions.ts';

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations#limitations */
export interface CallLimits {
  /** Levels of called workflows below the first file. */
  maxNestedDepth: number;
  /** Different workflows called, by all files together. */
  maxWorkflows: number;
  /** `Workflow.sizeBytes` of the first file and of everything called, each call counted. */
  maxResultSizeBytes: number;
}

export const githubCallLimits: CallLimits = {
  maxNestedDepth: 9,
  maxWorkflows: 50,
  maxResultSizeBytes: githubLimits.maxResultSizeBytes,
};

export interface AssessCallsOptions {
  workflow: Workflow;
  /**
   * The called workflow, read without errors; `caller` is the file that has the `uses`, against which `./` is meant.
   * `unknown`: it cannot be looked at, so that nothing is said of the call.
   */
  load(uses: string, caller: Workflow): Workflow | 'unknown' | undefined;
  /** Default: GitHub's. */
  limits?: Partial<CallLimits>;
  /** What holds where no file says anything of permissions; default `Write`. */
  permissionsPolicy?: PermissionsPolicy;
}

/**
 * Checks a workflow's calls of reusable workflows, and their calls: that they can be found and called, inputs, secrets,
 * permissions (which a call can only narrow), depth, circles and number. Diagnostics name the calling file.
 * @see actions/runner, src/Sdk/WorkflowParser/Conversion/ReusableWorkflowsLoader.cs
 */
export function assessReusableWorkflows(options: AssessCallsOptions): Diagnostic[] {
  const assessment: Assessment = {
    load: options.load,
    limits: { ...githubCallLimits, ...options.limits },
    policy: options.permissionsPolicy ?? 'Write',
    files: new Map(),
    called: new Set(),
    sizeBytes: options.workflow.sizeBytes ?? 0,
    isTooLarge: false,
    assessed: new Set(),
  };
  assessFile(assessment, {
    workflow: options.workflow,
    trail: [options.workflow.path],
    inherited: undefined,
  });
  return [...assessment.files.values()].flatMap((findings) => findings.list());
}

interface Assessment extends Pick<AssessCallsOptions, 'load'> {
  limits: CallLimits;
  policy: PermissionsPolicy;
  files: Map<string, Findings>;
  called: Set<string>;
  sizeBytes: number;
  isTooLarge: boolean;
  /** Files that were assessed with the same permissions and depth, which come to the same result. */
  assessed: Set<string>;
}

interface AssessedFile {
  workflow: Workflow;
  /** Paths from the first file to this one. */
  trail: string[];
  inherited: Permissions | undefined;
}

function assessFile(assessment: Assessment, file: AssessedFile): void {
  for (const job of file.workflow.jobs) if (job.kind === 'reusable') assessCall(assessment, file, job);
}

function assessCall(assessment: Assessment, file: AssessedFile, job: ReusableJob): void {
  const findings = findingsOf(assessment, file.workflow.path);
  const called = findCalled(assessment, findings, file, job);
  if (!called) return;
  count(assessment, findings, job, called);
  const trigger = called.on.workflow_call;
  if (!trigger) {
    reportNotCallable(findings, job);
    return;
  }
  checkArguments(findings, job, trigger);
  const granted = grantedTo(job, file.workflow, file.inherited);
  for (const excess of findExcess(called, granted, assessment.policy)) reportExcess(findings, job, excess);
  const key = JSON.stringify([called.path, granted, file.trail.length]);
  if (assessment.assessed.has(key)) return;
  assessment.assessed.add(key);
  assessFile(assessment, { workflow: called, trail: [...file.trail, called.path], inherited: granted });
}

/** Undefined, with a finding, if the call leads nowhere. */
function findCalled(
  { limits, load }: Assessment,
  findings: Findings,
  { workflow, trail }: AssessedFile,
  job: ReusableJob,
): Workflow | undefined {
  if (trail.length > limits.maxNestedDepth) {
    reportDepth(findings, job, limits);
    return undefined;
  }
  const called = load(job.uses, workflow);
  if (called === 'unknown') return undefined;
  if (!called) {
    reportUnknown(findings, job);
  } else if (trail.includes(called.path)) {
    reportCycle(findings, job, [...trail.slice(trail.indexOf(called.path)), called.path]);
    return undefined;
  }
  return called;
}

function findingsOf({ files }: Assessment, path: string): Findings {
  const known = files.get(path) ?? collectFindings(path);
  files.set(path, known);
  return known;
}

function count(assessment: Assessment, findings: Findings, job: ReusableJob, called: Workflow): void {
  const { limits } = assessment;
  assessment.called.add(called.path);
  if (assessment.called.size === limits.maxWorkflows + 1) {
    findings.add({
      at: job.usesAt,
      code: 'too-many-workflows',
      message: `More than ${limits.maxWorkflows} different workflows are called.`,
      mend: 'Merge some of them.',
    });
  }
  assessment.sizeBytes += called.sizeBytes ?? 0;
  if (assessment.sizeBytes <= limits.maxResultSizeBytes || assessment.isTooLarge) return;
  assessment.isTooLarge = true;
  findings.add({
    at: job.usesAt,
    code: 'too-large-result',
    message: `With \`${job.uses}\`, the workflow and all that it calls are larger than ${limits.maxResultSizeBytes} bytes.`,
    mend: 'Call fewer or smaller workflows.',
  });
}

function reportDepth(findings: Findings, job: ReusableJob, { maxNestedDepth }: CallLimits): void {
  findings.add({
    at: job.usesAt,
    code: 'too-deep-call',
    message: `Workflows call each other more than ${maxNestedDepth} levels deep.`,
    mend: 'Call this workflow from one nearer to the first.',
  });
}

function reportUnknown(findings: Findings, job: ReusableJob): void {
  findings.add({
    at: job.usesAt,
    code: 'unknown-workflow',
    message: `The workflow \`${job.uses}\` cannot be found, or has errors.`,
    mend: 'Check path and version, and the file itself.',
  });
}

function reportCycle(findings: Findings, job: ReusableJob, cycle: string[]): void {
  findings.add({
    at: job.usesAt,
    code: 'call-cycle',
    message: `These workflows call each other in a circle: ${cycle.map((path) => `\`${path}\``).join(' → ')}.`,
    mend: 'Remove one of the calls.',
  });
}

function reportNotCallable(findings: Findings, job: ReusableJob): void {
  findings.add({
    at: job.usesAt,
    code: 'not-callable',
    message: `\`${job.uses}\` has no \`workflow_call\` trigger.`,
    mend: 'Add `workflow_call:` to its `on:`.',
  });
}

function reportExcess(
  findings: Findings,
  job: ReusableJob,
  { job: inner, requested, allowed }: Excess,
): void {
  const who = inner ? `its job \`${inner.id}\`` : 'it';
  findings.add({
    at: job.at,
    code: 'permission-exceeded',
    message: `\`${job.uses}\` is called with less than ${who} requests: ${requested.join(', ')} (granted: ${allowed.join(', ')}).`,
    mend: `Grant it in the \`permissions:\` of job \`${job.id}\`, or request less in the called workflow.`,
  });
}
