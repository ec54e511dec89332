import type { Artifact } from '@slipway/server/kept-results';
import type { Mistake } from '../command-line/command.ts';
import { meant } from '../command-line/suggestion.ts';

/** What was named on the command line. */
export interface NamedArtifact {
  name: string;
  /** Of one run only; undefined: of any. */
  runId: string | undefined;
}

/** All artifacts of that name, newest first, or what is wrong with the name. Pure. */
export function chooseArtifacts(
  artifacts: readonly Artifact[],
  { name, runId }: NamedArtifact,
): { chosen: Artifact[]; mistake: null } | { chosen: null; mistake: Mistake } {
  const ofRun = artifacts.filter((artifact) => runId === undefined || artifact.runId === runId);
  const chosen = ofRun.filter((artifact) => artifact.name === name);
  if (chosen.length > 0) return { chosen, mistake: null };
  const message = `there is no artifact '${name}'${runId === undefined ? '' : ' of that run'}`;
  const names = [...new Set(ofRun.map((artifact) => artifact.name))];
  const others = names.length === 0 ? 'There is none.' : `There is: ${names.join(', ')}.`;
  return { chosen: null, mistake: { message, mend: meant(name, names) ?? others } };
}
