import type { PlacedComponent, Placement } from '@slipway/delivery';
import type { EdgeClient } from '../edge/edge-client.ts';
import type { EdgeReport } from '../edge/edge-state.ts';
import type { Host } from '../host/host.ts';
import { type ComponentOptions, readComponentOptions } from '../options/component-options.ts';
import type { EnvironmentOptions } from '../options/environment-options.ts';
import type { Endpoints, TargetDeployment } from '../target.ts';
import { DefiniteFailure } from './act-failure.ts';
import type { ActJournal } from './act-journal.ts';
import type { RevisionRecords } from './revision-records.ts';

/** What acts are done with. */
export interface Acting {
  environment: string;
  host: Host;
  edge: EdgeClient;
  options: EnvironmentOptions;
  journal: ActJournal;
  records: RevisionRecords;
  /** The target is closed: whoever opens the next one goes on. */
  signal: AbortSignal;
  /** Sees to it that the edge is started again should it end. */
  keepEdge(): Promise<void>;
}

export interface NamedComponent {
  name: string;
  role: PlacedComponent['role'];
  artifact: PlacedComponent['artifact'];
  options: ComponentOptions;
}

/** The components with these roles, in the order of their names. @throws DefiniteFailure with all that is wrong with their options */
export function componentsOf(
  { host }: Acting,
  { placement }: TargetDeployment,
  ...roles: PlacedComponent['role'][]
): NamedComponent[] {
  const { components, mistakes } = readComponents(host.kind, placement, roles);
  if (mistakes.length > 0) throw new DefiniteFailure(mistakes.join('\n'));
  return components;
}

/** Components as this kind of target runs them, and all that is wrong with their options, a line each. */
export function readComponents(
  kind: Host['kind'],
  placement: Placement,
  roles: readonly PlacedComponent['role'][],
): { components: NamedComponent[]; mistakes: string[] } {
  const mistakes: string[] = [];
  const components = Object.entries(placement.components)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, { role }]) => roles.includes(role))
    .flatMap(([name, component]): NamedComponent[] => {
      const reading = readComponentOptions(name, component, kind);
      if (reading.kind === 'read') return [{ name, ...component, options: reading.value }];
      mistakes.push(...reading.mistakes);
      return [];
    });
  return { components, mistakes };
}

/** What every process of a deployment is told; the environment's variables win over those of the file. */
export function envOf(
  { environment }: Acting,
  { revision, release, variables }: TargetDeployment,
  component: { name: string; options: { env: Record<string, string> } },
): Record<string, string> {
  return {
    ...component.options.env,
    ...variables,
    SLIPWAY_ENVIRONMENT: environment,
    SLIPWAY_REVISION: revision,
    SLIPWAY_COMPONENT: component.name,
    SLIPWAY_RELEASE: release.tag,
    SLIPWAY_COMMIT: release.commit,
  };
}

/** Starts the edge if it doesn't run, and tells it where to listen. */
export async function openEndpoints({ edge, options, keepEdge }: Acting): Promise<Endpoints> {
  const { listens } = await edge.putSettings(options.edge);
  await keepEdge();
  const { production, test, metrics } = listens as NonNullable<EdgeReport['listens']>;
  return {
    production: urlOf(options.edge.production.host, production),
    testTraffic: urlOf(options.edge.test.host, test),
    metrics: `${urlOf(options.edge.metrics.host, metrics)}/metrics`,
  };
}

/** Who listens everywhere is reached here. */
function urlOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
