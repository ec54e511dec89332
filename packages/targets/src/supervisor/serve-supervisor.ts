import { rmSync } from 'node:fs';
import { serveControl } from '../daemon/control-server.ts';
import { liveUntilTold } from '../daemon/live-until-told.ts';
import { becomeOnlyOne } from '../daemon/only-one.ts';
import { socketPath } from '../daemon/socket-path.ts';
import { createSupervisor } from './supervisor.ts';
import { supervisorControl } from './supervisor-control.ts';

/**
 * Looks after the processes of a folder until it is told to end; false if another one does already. SIGTERM leaves the processes
 * running, and the next supervisor of the folder adopts them.
 */
export async function serveSupervisor(directory: string): Promise<boolean> {
  const onlyOne = becomeOnlyOne(directory);
  if (onlyOne === null) return false;
  const supervisor = createSupervisor(directory);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const server = await serveControl(socketPath(directory), supervisorControl(supervisor, end));
  const why = await liveUntilTold({ directory, ended });
  if (why === 'signal') supervisor.leave();
  else await supervisor.endAll();
  // What ended has written its last state.
  if (why === 'removed') rmSync(directory, { recursive: true, force: true });
  server.close();
  server.closeAllConnections();
  onlyOne.release();
  return true;
}
