import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createContainerSource } from '../../packages/runner/src/docker/container-source.ts';
import { createServices } from '../../packages/runner/src/services/create-services.ts';
import type { JobOptions } from '../jobs/job-fixture.ts';
import { labelled } from './engine.ts';

/** Tells this file's containers from those of files that run beside it. */
const trackingPrefix = `slipway_jobs${randomUUID().slice(0, 8)}`;

/** A runner that may use containers; `executor` is what serves services of jobs on the host. */
export function withContainers(executor: 'auto' | 'docker' = 'auto', more: JobOptions = {}): JobOptions {
  const slipwayHome = mkdtempSync(join(tmpdir(), 'slipway-docker-home-'));
  onTestFinished(() => rmSync(slipwayHome, { recursive: true, force: true }));
  const containers = createContainerSource({ slipwayHome, offline: true });
  const services = createServices({ slipwayHome, containers, executor });
  return { ...more, runner: { containers, services, trackingPrefix, ...more.runner } };
}

/** What the engine has of these tests' jobs at the moment. */
export const left = (): Promise<string> => labelled(`slipway.run=${trackingPrefix}`);

/** A workflow of one job with this body. */
export const job = (body: string) =>
  `jobs:\n  test:\n    runs-on: ubuntu-latest\n${body.replace(/^/gm, '    ')}`;
