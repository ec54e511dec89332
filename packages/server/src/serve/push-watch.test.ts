import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';
import { createPushWatch } from './push-watch.ts';

afterEach(() => void vi.useRealTimers());

test('a project that cannot be looked at is tried again once, however often somebody has asked', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const repositories = mkdtempSync(path.join(tmpdir(), 'slipway-watch-'));
  const trouble: unknown[] = [];
  const sources = { repositories } as unknown as EventSources;
  const watch = createPushWatch(sources, (error) => trouble.push(error));
  const project = { name: 'octo/gone', settings: { source: { kind: 'hosted' } } } as Project;
  for (let times = 0; times < 3; times += 1) await watch.look(project, 'octo');
  expect(trouble).toHaveLength(3);
  expect(vi.getTimerCount()).toBe(1);
  await watch.close();
  expect(vi.getTimerCount()).toBe(0);
  rmSync(repositories, { recursive: true });
});
