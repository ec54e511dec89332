import type { Mistake } from '../command-line/command.ts';

/** What serves jobs with a label. */
export type RunnerTarget = { kind: 'host' } | { kind: 'docker'; image: string };

/** How jobs find who serves them. Labels are compared without case, as GitHub does. */
export interface RunnerLabels {
  /** Given with `--runner`; `*` is any label. */
  given: ReadonlyMap<string, RunnerTarget>;
  platform: NodeJS.Platform;
  arch: NodeJS.Architecture;
}

export type Placement = { kind: 'served'; target: RunnerTarget } | { kind: 'unserved'; reason: string };

/** Reads `LABEL=host` and `LABEL=docker://IMAGE`. */
export function readRunnerTargets(typed: readonly string[]): {
  targets: Map<string, RunnerTarget>;
  mistakes: Mistake[];
} {
  const targets = new Map<string, RunnerTarget>();
  const mistakes: Mistake[] = [];
  for (const one of typed) {
    const [, label, target] = /^([^=]+)=(.*)$/.exec(one) ?? [];
    if (label !== undefined && target === 'host') targets.set(label.toLowerCase(), { kind: 'host' });
    else if (label !== undefined && target?.startsWith('docker://') === true && target.length > 9) {
      targets.set(label.toLowerCase(), { kind: 'docker', image: target.slice(9) });
    } else {
      mistakes.push({
        message: `--runner ${one}: neither a host nor an image`,
        mend: "Write --runner LABEL=host or --runner LABEL=docker://IMAGE; LABEL may be '*'.",
      });
    }
  }
  return { targets, mistakes };
}

/** Who serves a job: the first label that was given with `--runner`, else `*`, else this machine if it is what all labels ask for. */
export function placeJob(labels: readonly string[], runners: RunnerLabels): Placement {
  const wanted = labels.map((label) => label.toLowerCase());
  const given = givenTarget(wanted, runners.given);
  if (given !== undefined) return { kind: 'served', target: given };
  const foreign = labels.find((label) => !isServedByHost(label.toLowerCase(), runners));
  if (foreign === undefined) return { kind: 'served', target: { kind: 'host' } };
  return {
    kind: 'unserved',
    reason: `nothing here serves the label ${foreign}; name what does with --runner ${foreign}=host`,
  };
}

/** Whether `--runner` says who serves jobs with these labels. */
export function isGiven(labels: readonly string[], given: RunnerLabels['given']): boolean {
  const wanted = labels.map((label) => label.toLowerCase());
  return givenTarget(wanted, given) !== undefined;
}

function givenTarget(wanted: readonly string[], given: RunnerLabels['given']): RunnerTarget | undefined {
  return [...wanted, '*'].map((label) => given.get(label)).find((one) => one !== undefined);
}

/** Labels of GitHub's hosted images and those that every self-hosted runner has. */
function isServedByHost(label: string, { platform, arch }: RunnerLabels): boolean {
  if (label === 'self-hosted' || label === arch) return true;
  if (platform === 'linux') return label === 'linux' || (/^ubuntu-/.test(label) && isForArch(label, arch));
  if (platform === 'darwin') return label === 'macos' || /^macos-/.test(label);
  return false;
}

/** GitHub's images for ARM say so (`ubuntu-24.04-arm`); what the others build is rarely bound to their processor. */
function isForArch(label: string, arch: NodeJS.Architecture): boolean {
  return !label.endsWith('-arm') || arch === 'arm64';
}
