import { installHint, type Tool } from '../../machine/package-manager.ts';
import { type CreateOptions, readCreateOptions } from '../create-options.ts';
import { type ImageReference, parseImageReference } from '../image-reference.ts';
import type { ServiceRequest } from '../service-provider.ts';
import type { Engine, Installation } from './engine.ts';
import { mysql } from './mysql.ts';
import { postgres } from './postgres.ts';
import { redis } from './redis.ts';

const engines: Engine[] = [postgres, redis, mysql];

/** How a request can be served here. */
export interface Serving {
  kind: 'yes';
  engine: Engine;
  image: ImageReference;
  installation: Installation;
  createOptions: CreateOptions;
}

const DOCKER_MEND = 'or run this job with --executor docker';

/** Nothing serves it; `why` is one sentence for people that says what to do, `tool` what would have to be installed. */
export interface NotServing {
  kind: 'no';
  why: string;
  tool?: Tool;
}

/** Finds what serves a request. */
export async function findServing(request: ServiceRequest): Promise<Serving | NotServing> {
  const image = parseImageReference(request.image);
  const no = (why: string): NotServing => ({
    kind: 'no',
    why: `Service ${request.id} (${request.image}): ${why}.`,
  });
  const engine = engines.find((candidate) => candidate.serves(image));
  if (!engine) {
    return no(
      'without docker only postgres, redis, valkey, mysql and mariadb images can be served; run this job with --executor docker',
    );
  }
  const installation = await engine.find(image);
  if (!installation) {
    const why = `this machine has no ${engine.product}: ${installHint(engine.tool)}, ${DOCKER_MEND}`;
    return { ...no(why), tool: engine.tool };
  }
  const read = readCreateOptions(request.options);
  if (read.kind === 'invalid') return no(read.problem);
  const refusal =
    engine.refuse(request, image, installation) ?? refuseContainerFeatures(request, read.options, engine);
  if (refusal) return no(`${refusal}; run this job with --executor docker`);
  return { kind: 'yes', engine, image, installation, createOptions: read.options };
}

function refuseContainerFeatures(
  request: ServiceRequest,
  options: CreateOptions,
  engine: Engine,
): string | null {
  if (request.entrypoint) return 'entrypoint: needs the container itself';
  const volume = [...request.volumes, ...options.volumes].find((text) => !isDataVolume(text, engine));
  return volume === undefined ? null : `the volume ${volume} needs the container itself`;
}

/** A volume that only holds the data: the data directory here is as empty and as short-lived as on a fresh runner. */
function isDataVolume(volume: string, engine: Engine): boolean {
  return volume.split(':').some((part) => engine.dataPaths.includes(part.replace(/\/+$/, '')));
}
