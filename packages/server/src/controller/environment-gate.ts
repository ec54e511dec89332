import type { RunPlan } from '@slipway/workflow/plan';
import type { Entrant, EnvironmentGate } from '../runs/index.ts';

/** Jobs of one run that want to enter one environment, which is asked once for all of them. */
export interface EnvironmentEntry {
  run: RunPlan;
  /** As the jobs name it. */
  environment: string;
  jobs: EnteringJob[];
}

export interface EnteringJob {
  jobKey: string;
  /** False: `environment.deployment` is. */
  isDeployment: boolean;
}

/** Whether an entry is possible now, in words for people. */
export type EntryAssessment =
  | { kind: 'admit' }
  | { kind: 'wait'; reason: string }
  | { kind: 'refuse'; reason: string };

/**
 * Asks what the environments of a project say: their rules are read once, for all entries of one look.
 * Asked again it must come to the same, whatever a crash has left.
 */
export type AssessEntries = (
  project: string,
) => Promise<(entry: EnvironmentEntry) => Promise<EntryAssessment>>;

/** The gate of a project that is driven. It keeps nothing: what was asked and decided is in the store, and is looked at again. */
export interface ProjectGate extends EnvironmentGate {
  look(): Promise<void>;
}

export interface ProjectGateOptions {
  project: string;
  assess: AssessEntries;
  now: () => number;
  /** Somebody new waits: a look would tell more. */
  onEntered: () => void;
  onTrouble: (error: unknown) => void;
}

/** Looks come with every notice about the project; rules and requests are not read more often than this. */
const leastPauseMs = 500;

export function createProjectGate({
  project,
  assess,
  now,
  onEntered,
  onTrouble,
}: ProjectGateOptions): ProjectGate {
  const waiting = new Map<Entrant, { told: string | null }>();
  let isNew = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    enter(entrant) {
      waiting.set(entrant, { told: null });
      isNew = true;
      onEntered();
    },
    async look() {
      for (const entrant of waiting.keys()) if (!entrant.isWaiting) waiting.delete(entrant);
      if (waiting.size === 0 || (!isNew && now() - lookedAt < leastPauseMs)) return;
      isNew = false;
      lookedAt = now();
      const assessOne = await assess(project);
      for (const entrants of entriesOf(waiting.keys())) {
        try {
          const assessment = await assessOne(entryOf(entrants));
          for (const entrant of entrants) apply(entrant, assessment);
        } catch (error) {
          onTrouble(error);
        }
      }
    },
  };

  function apply(entrant: Entrant, assessment: EntryAssessment): void {
    switch (assessment.kind) {
      case 'admit':
        entrant.admit();
        break;
      case 'refuse':
        entrant.refuse(assessment.reason);
        break;
      case 'wait': {
        const known = waiting.get(entrant);
        if (known === undefined || known.told === assessment.reason) break;
        known.told = assessment.reason;
        entrant.wait(assessment.reason);
        break;
      }
      default:
        assessment satisfies never;
    }
  }
}

/** By run and environment. */
function entriesOf(entrants: Iterable<Entrant>): Entrant[][] {
  const entries = new Map<string, Entrant[]>();
  for (const entrant of entrants) {
    const key = JSON.stringify([entrant.run.runId, entrant.environment.toLowerCase()]);
    entries.set(key, [...(entries.get(key) ?? []), entrant]);
  }
  return [...entries.values()];
}

function entryOf(entrants: readonly Entrant[]): EnvironmentEntry {
  const [first] = entrants;
  if (first === undefined) throw new TypeError('nobody wants to enter');
  const { run, environment } = first;
  return { run, environment, jobs: entrants.map(({ jobKey, isDeployment }) => ({ jobKey, isDeployment })) };
}
