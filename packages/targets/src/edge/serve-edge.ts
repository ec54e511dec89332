import { rmSync } from 'node:fs';
import { serveControl } from '../daemon/control-server.ts';
import { liveUntilTold } from '../daemon/live-until-told.ts';
import { becomeOnlyOne } from '../daemon/only-one.ts';
import { socketPath } from '../daemon/socket-path.ts';
import { createEdge } from './edge.ts';
import { openEdgeControl } from './edge-control.ts';

/** Splits traffic as the folder's state says until it is told to end; false if another edge does already. */
export async function serveEdge(directory: string): Promise<boolean> {
  const onlyOne = becomeOnlyOne(directory);
  if (onlyOne === null) return false;
  const edge = createEdge();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const server = await serveControl(socketPath(directory), await openEdgeControl(edge, directory, end));
  const why = await liveUntilTold({ directory, ended });
  if (why === 'removed') rmSync(directory, { recursive: true, force: true });
  edge.close();
  server.close();
  server.closeAllConnections();
  onlyOne.release();
  return true;
}
