import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseImageReference } from '../services/image-reference.ts';
import { type DockerClient, DockerError } from './docker-client.ts';

export interface ImageRequest {
  image: string;
  credentials?: { username: string; password: string };
  /** Nothing may be fetched: an image that isn't here is an error. */
  offline?: boolean;
  log: (line: string) => void;
  signal: AbortSignal;
}

const PULL_TRIES = 3;
const RETRY_PAUSE_MS = 2_000;

/**
 * Makes sure that an image is here. One that the engine has already is taken as it is: GitHub's machines start empty and pull
 * always, a person's machine would ask the registry before every job.
 * @throws DockerError that names the image and what to do
 */
export async function ensureImage(client: DockerClient, request: ImageRequest): Promise<void> {
  const { image, log, signal } = request;
  if (await isHere(client, image)) return;
  if (request.offline) {
    throw imageError(client, image, 'it is not on this machine, and --offline forbids to fetch it');
  }
  log(`Pulling ${image}`);
  await withCredentials(client, request, async (env) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.run(['pull', '--quiet', image], { env, signal });
        return;
      } catch (error) {
        if (!(error instanceof DockerError)) throw error;
        if (attempt === PULL_TRIES || isFinal(error))
          throw imageError(client, image, explain(error, request));
        log(`Pulling ${image} failed (${error.stderr.trim().split('\n').at(-1)}), trying again`);
        await delay(RETRY_PAUSE_MS * attempt, undefined, { signal });
      }
    }
  });
}

async function isHere(client: DockerClient, image: string): Promise<boolean> {
  try {
    await client.run(['image', 'inspect', '--format', '{{.Id}}', image]);
    return true;
  } catch {
    return false;
  }
}

/** The registry's answer is no, and will be the next time. */
function isFinal({ stderr }: DockerError): boolean {
  return /not found|manifest unknown|access denied|unauthorized|invalid reference format|no basic auth/i.test(
    stderr,
  );
}

function explain(error: DockerError, { credentials }: ImageRequest): string {
  const said = error.stderr.trim().split('\n').at(-1) ?? '';
  if (/denied|unauthorized|no basic auth/i.test(said)) {
    const mend = credentials
      ? 'Check the credentials.'
      : 'If it is private, give credentials: with username and password.';
    return `${said}. ${mend}`;
  }
  return said;
}

function imageError(client: DockerClient, image: string, why: string): DockerError {
  return Object.assign(new DockerError(client.engine, ['pull'], why), {
    message: `The image ${image} can't be had: ${why}`,
  });
}

/** Logs in with a configuration of its own, so that the user's is neither read for another registry nor changed. */
async function withCredentials(
  client: DockerClient,
  { image, credentials, signal }: ImageRequest,
  use: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  if (!credentials) return use({});
  const directory = await mkdtemp(join(tmpdir(), 'slipway-login-'));
  const env = {
    DOCKER_CONFIG: directory,
    REGISTRY_AUTH_FILE: join(directory, 'auth.json'),
    ...(await endpoint(client)),
  };
  const { registry } = parseImageReference(image);
  try {
    const login = [
      'login',
      '--username',
      credentials.username,
      '--password-stdin',
      ...(registry ? [registry] : []),
    ];
    await client.run(login, { env, input: credentials.password, signal });
    await use(env);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Another configuration folder also means another docker context: keep the engine that is in use. */
async function endpoint(client: DockerClient): Promise<Record<string, string>> {
  if (client.engine.name !== 'docker' || client.env.DOCKER_HOST) return {};
  const host = await client
    .run(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'])
    .catch(() => '');
  return host ? { DOCKER_HOST: host } : {};
}
