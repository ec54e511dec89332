import { join } from 'node:path';
import { openActJournal } from './acts/act-journal.ts';
import type { Acting } from './acts/acting.ts';
import { openRevisionRecords } from './acts/revision-records.ts';
import { createTarget } from './create-target.ts';
import { createDockerHost } from './docker/docker-host.ts';
import { createEdgeClient } from './edge/edge-client.ts';
import type { Host } from './host/host.ts';
import { type EnvironmentOptions, readEnvironmentOptions } from './options/environment-options.ts';
import { createProcessHost } from './process/process-host.ts';
import { createSupervisorClient, type SupervisorClient } from './supervisor/supervisor-client.ts';
import type { Target, TargetOptions } from './target.ts';

/** @throws when there is no such target, or its options are mistaken: all that is wrong with them, a line each */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const { directory, environment, command } = options;
  const close = new AbortController();
  const edgeDirectory = edgeDirectoryOf(directory);
  const edgeProgram = command(['edge', '--state', edgeDirectory]);
  const supervisor = supervisorOf(options);
  const acting: Acting = {
    environment,
    options: optionsOf(options),
    host: await openHost(options, supervisor),
    edge: createEdgeClient(edgeDirectory, edgeProgram),
    keepEdge: () => supervisor.keepCompanion({ directory: edgeDirectory, program: edgeProgram }),
    journal: openActJournal(directory),
    records: openRevisionRecords(directory),
    signal: close.signal,
  };
  return createTarget({ directory, acting, supervisor, edgeDirectory, close });
}

export function edgeDirectoryOf(directory: string): string {
  return join(directory, 'edge');
}

export function supervisorOf({ directory, command }: TargetOptions): SupervisorClient {
  const place = join(directory, 'supervisor');
  return createSupervisorClient(place, command(['supervisor', '--state', place]));
}

export function optionsOf({ environment, target }: TargetOptions): EnvironmentOptions {
  const reading = readEnvironmentOptions(environment, target.options);
  if (reading.kind === 'mistaken') throw new Error(reading.mistakes.join('\n'));
  return reading.value;
}

export async function openHost(options: TargetOptions, supervisor: SupervisorClient): Promise<Host> {
  switch (options.target.kind) {
    case 'process':
      return createProcessHost(options, supervisor);
    case 'docker':
      return createDockerHost(options.directory);
    default:
      throw new Error(`there is no ${options.target.kind} target here`);
  }
}
