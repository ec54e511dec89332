import { exitStatus } from '../command-line/exit-status.ts';
import { callServer } from '../server/call-server.ts';
import type { ServerAccess } from '../server/server-access.ts';

/** Sets values, one after the other. `place` is that of all of them in the REST interface, e.g. `/projects/octo/app/vars`. */
export async function setValues(
  access: ServerAccess,
  place: string,
  values: Record<string, string>,
): Promise<number> {
  for (const [name, value] of Object.entries(values)) {
    await callServer(access, { method: 'PUT', path: pathOf(place, name), body: { value } });
  }
  return exitStatus.success;
}

export async function removeValue(access: ServerAccess, place: string, name: string): Promise<number> {
  await callServer(access, { method: 'DELETE', path: pathOf(place, name) });
  return exitStatus.success;
}

function pathOf(place: string, name: string): string {
  return `${place}/${encodeURIComponent(name)}`;
}
