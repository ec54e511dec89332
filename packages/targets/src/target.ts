import type { ActTask, Digest, PendingMigration, Placement, RolloutPlan } from '@slipway/delivery';

/**
 * Where the releases of one environment run, and how traffic reaches them. What an act sets going lives in daemons or in a container
 * engine, and what is known of it on disk: a target that is opened anew, after a crash too, goes on where the last one stood.
 */
export interface Target {
  readonly kind: Placement['target']['kind'];
  /**
   * Begins an act, or does nothing if it knows the token already, unless it failed for a while only: then it is tried again. Resolves when the intent is on disk; what comes of it is told by
   * `inspect`. Each act may be begun again under another token: it then finds done what is done.
   * @throws when the intent can't be kept
   */
  begin(act: TargetAct): Promise<void>;
  /** How the act of this token stands. An act that a crash interrupted is taken up again by this. */
  inspect(token: string): Promise<ActOutcome>;
  /** Resolves as soon as the act is no longer `running`, or after `timeoutMs`, with how it stands then. */
  settled(token: string, timeoutMs: number): Promise<ActOutcome>;
  /** What is wrong with the options of components, a line each: no act would be done with them. */
  mistakesIn(placement: Placement): string[];
  /** What runs and which traffic it gets, by the target's own word. @throws when the target does not answer */
  observe(): Promise<RunningState>;
  /** Asks the release's migration components what their database hasn't had. Fetches what it needs, and changes nothing. */
  pendingMigrations(deployment: TargetDeployment): Promise<MigrationReading>;
  /** Where requests go in; starts the edge if it doesn't run. */
  endpoints(): Promise<Endpoints>;
  /** What an act printed (smoke test, migration), its end if it is long; null: it printed nothing, or is unknown. */
  output(token: string): Promise<string | null>;
  /** Lets go of the connections. What was placed runs on. */
  close(): Promise<void>;
  /** Takes everything away that was placed, and ends the daemons: no release serves any more. */
  tearDown(): Promise<void>;
}

export interface TargetAct {
  /** Unique in the environment for ever. Letters, digits, `.`, `_`, `~` and `-`. */
  token: string;
  /** The `migration` of `stop-migration` is the token under which it was begun. */
  task: ActTask;
  deployment: TargetDeployment;
}

/** What the target must know of a deployment, the same for all its acts. Plain JSON; kept on disk, readable by its owner only. */
export interface TargetDeployment {
  /** Names what this deployment places: processes, containers, metrics. Unique in the environment. Letters, digits and `-`. */
  revision: string;
  /** The revision that served until now; null at the first deployment. */
  previous: string | null;
  /** For people and for the processes (SLIPWAY_RELEASE). */
  release: { id: string; commit: string; tag: string };
  placement: Placement;
  limits: RolloutPlan['limits'];
  /** The environment's variables and secrets, as every process, migration and smoke test gets them. */
  variables: Record<string, string>;
  /** Folder with the repository's files at the release's commit, where the smoke test runs; null: in the bundle of the first service. */
  sources: string | null;
}

export type ActOutcome =
  /** Never begun. */
  | { kind: 'unknown' }
  | { kind: 'running' }
  /** `weight`: what `verify` read, in percent of the new revision. */
  | { kind: 'succeeded'; weight?: number }
  /** `definite`: trying again can't help. */
  | { kind: 'failed'; fault: 'transient' | 'definite'; reason: string };

export interface RunningState {
  /** Each revision of which anything runs or which has a share, in the order of their names. */
  revisions: RunningRevision[];
  /** The revision behind the test traffic; null: none. */
  testTraffic: string | null;
}

export interface RunningRevision {
  revision: string;
  /** Percent of production traffic. */
  weight: number;
  /** By name; components that run at all times, no migrations. */
  components: Record<string, RunningComponent>;
}

export interface RunningComponent {
  /** Of what really runs, by the target's word; null: nothing runs. */
  digest: Digest | null;
  /** Instances that should run, and of these the ones that are healthy. */
  wanted: number;
  ready: number;
  /** Starts after the first one, all instances together. */
  restarts: number;
}

export interface Endpoints {
  /** URLs without a slash at the end. */
  production: string;
  testTraffic: string;
  /** The edge's own figures, for Prometheus. */
  metrics: string;
}

export type MigrationReading =
  | { kind: 'known'; migrations: PendingMigration[] }
  /** The component could not be asked; says nothing of the database. */
  | { kind: 'failed'; reason: string };

/** What a target is opened with: `openTarget(options)`. Opening is cheap, and starts nothing. */
export interface TargetOptions {
  /** Name of the environment. */
  environment: string;
  /** As `slipway.yml` says it. */
  target: Placement['target'];
  /** Folder of this one environment of one project; made if it is missing, for its owner only: secrets are in it. */
  directory: string;
  /** Command line that runs Slipway with these arguments, e.g. `edge --state DIR`: how the target starts its daemons. */
  command(args: string[]): { file: string; args: string[] };
  /** The bytes of a bundle as `createBundle` made it. @throws when the store has none, then with `code: 'bundle-unknown'` */
  fetchBundle(digest: Digest): Promise<AsyncIterable<Uint8Array>>;
}
