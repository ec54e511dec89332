import { setTimeout as delay } from 'node:timers/promises';
import type { Clone, Served } from '../server/served.ts';

/** A job that enters production, and says what it sees of its variables and secrets. */
export const deploy = `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    env: { KEY: "\${{ secrets.KEY }}" }
    steps: [{ run: 'echo "region \${{ vars.REGION }} tier \${{ vars.TIER }} key \${#KEY}"' }]
`;

/** Commits these files, pushes them, and waits for the run that this starts. @returns its id */
export async function pushRun(
  served: Served,
  clone: Clone,
  files: Record<string, string> = {},
): Promise<number> {
  const known = (await served.runs(`?project=${clone.name}`)).length;
  await clone.write(files);
  await clone.commit('a change');
  await clone.git('push', '--quiet', 'origin', 'HEAD:main');
  for (;;) {
    const runs = await served.runs(`?project=${clone.name}`);
    if (runs.length > known) return runs[0]?.id ?? 0;
    await delay(50);
  }
}
