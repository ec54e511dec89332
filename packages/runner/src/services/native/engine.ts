import type { Account } from '../../machine/account.ts';
import type { Tool } from '../../machine/package-manager.ts';
import type { ImageReference } from '../image-reference.ts';
import type { ServiceRequest } from '../service-provider.ts';
import type { HealthClients } from './health-clients.ts';
import type { ServiceCommand } from './service-process.ts';

/** A server of this machine that can stand in for an image. */
export interface Installation {
  /** For people, e.g. `PostgreSQL 15.18`. */
  title: string;
  /** The product's name alone, e.g. `MariaDB`. */
  product: string;
  major: number;
  /** Folder of its programs, absolute. */
  binDirectory: string;
}

/** What a server is set up from. */
export interface ServiceSetup {
  request: ServiceRequest;
  image: ImageReference;
  installation: Installation;
  /** `env:` with the `-e` of `options:`. */
  env: Record<string, string>;
  /** Words of `command:`. */
  args: string[];
  /** The service's own folder, owned by `account`. */
  directory: string;
  account: Account | undefined;
  /** Where to listen. */
  port: number;
  addresses: string[];
  /** Folder of the data directories that are kept ready for copying. */
  templates: string;
  /** The environment that every process of the service starts from. */
  baseEnv: Record<string, string>;
  log: (line: string) => void;
}

/** A server that is ready to be spawned. */
export interface PreparedServer {
  command: ServiceCommand;
  /** Whether it takes work now; asked again and again after the start. */
  isReady(): Promise<boolean>;
  clients: HealthClients;
}

/** One kind of server that Slipway can run in place of an image. All pure but `find` and `prepare`. */
export interface Engine {
  /** The package that brings it. */
  tool: Tool;
  product: string;
  serves(image: ImageReference): boolean;
  /** The installation that fits the image best; null if the machine has none. */
  find(image: ImageReference): Promise<Installation | null>;
  /** What in the request this installation can't do, one sentence; null if nothing. */
  refuse(request: ServiceRequest, image: ImageReference, installation: Installation): string | null;
  /** The port that the server would have in the container. */
  containerPort(args: string[], env: Record<string, string>): number;
  /** Folders of the container that hold its data: mounting a volume there has no effect here. */
  dataPaths: string[];
  /** @throws ServiceError `invalid-request` where the image's own start would refuse the environment. */
  prepare(setup: ServiceSetup): Promise<PreparedServer>;
}
