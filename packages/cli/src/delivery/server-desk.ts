import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { DeploymentEventAnswer } from '@slipway/contracts/api/delivery';
import { callServer, reachServer, requestServer, ServerRefusal } from '../server/call-server.ts';
import type { ServerAccess } from '../server/server-access.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { followEvents } from './follow-events.ts';
import type { VerificationKey } from './verify-release.ts';

/** Asks a server. */
export function serverDesk(access: ServerAccess, project: string): DeliveryDesk {
  const root = `/projects/${project}`;
  const get = <Answer>(path: string) => callServer<Answer>(access, { path: `${root}${path}` });
  const post = <Answer>(path: string, body: object) =>
    callServer<Answer>(access, { method: 'POST', path: `${root}${path}`, body });
  const named = encodeURIComponent;
  return {
    isLocal: false,
    project,
    keepBundle: (digest, file) => upload(access, `${root}/bundles/${digest}`, file),
    createRelease: (release) => post('/releases', release),
    addEvidence: (release, evidence) => post(`/releases/${named(release)}/evidence`, { evidence }),
    releases: async (limit) =>
      (await get<{ releases: Awaited<ReturnType<DeliveryDesk['releases']>> }>(`/releases?limit=${limit}`))
        .releases,
    release: (reference) => get(`/releases/${named(reference)}`),
    attestations: (reference) => get(`/releases/${named(reference)}/attestations`),
    attestationKeys: () => readAttestationKeys(access),
    plan: (request) => post('/deployments/plan', request),
    deploy: (request) => post('/deployments', request),
    rollback: (request) => post('/rollbacks', request),
    async deployments({ environment, limit }) {
      const filter = environment === undefined ? '' : `&environment=${named(environment)}`;
      const path = `/deployments?limit=${limit}${filter}`;
      return (await get<{ deployments: Awaited<ReturnType<DeliveryDesk['deployments']>> }>(path)).deployments;
    },
    deployment: (id) => get(`/deployments/${id}`),
    async history(id) {
      const all: DeploymentEventAnswer[] = [];
      for (;;) {
        const path = `/deployments/${id}/events?after=${all.at(-1)?.id ?? 0}`;
        const { events } = await get<{ events: DeploymentEventAnswer[] }>(path);
        if (events.length === 0) return all;
        all.push(...events);
      }
    },
    follow: (id) => followEvents(access, `${root}/deployments/${id}`),
    say: (id, word, reason) => post(`/deployments/${id}/${word}`, reason === undefined ? {} : { reason }),
    environments: async () =>
      (await get<{ environments: Awaited<ReturnType<DeliveryDesk['environments']>> }>('/delivery'))
        .environments,
    unfreeze: (environment, reason) => post(`/delivery/${named(environment)}/unfreeze`, { reason }),
    dora: (environment, days) => get(`/delivery/${named(environment)}/dora?days=${days}`),
    close: async () => {},
  };
}

async function readAttestationKeys(access: ServerAccess): Promise<VerificationKey[]> {
  const response = await reachServer(access, '/attestations/jwks');
  if (!response.ok) throw new ServerRefusal(`${access.url} answered ${response.status}`, response.status);
  return ((await response.json()) as { keys: VerificationKey[] }).keys;
}

async function upload(access: ServerAccess, path: string, file: string): Promise<boolean> {
  const isKept = await requestServer(access, { path }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof ServerRefusal) return false;
      throw error;
    },
  );
  if (isKept) return false;
  const { size } = await stat(file);
  const response = await reachServer(access, `/api/v1${path}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${access.token}`,
      'content-type': 'application/octet-stream',
      'content-length': String(size),
    },
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: 'half',
  });
  if (response.ok) return true;
  const answer = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  const said = answer?.error?.message ?? `${access.url} answered ${response.status}`;
  throw new ServerRefusal(said, response.status);
}
