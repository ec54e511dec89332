/** A `services:` entry after evaluation. */
export interface ServiceRequest {
  /** The key under `services:`. */
  id: string;
  image: string;
  credentials?: { username: string; password: string };
  env: Record<string, string>;
  /** As written: `5432`, `8080:80`, `6379/tcp`. */
  ports: string[];
  volumes: string[];
  /** As written: `--health-cmd pg_isready --health-interval 10s …`. */
  options: string;
  entrypoint?: string;
  command?: string;
}

export interface ServiceContext {
  /** Unique for the job; every process or container started carries it, so that nothing outlives the job. */
  trackingId: string;
  /** A folder of the job's own for data and logs; removed with the job. */
  directory: string;
  /** For people: what is being done; lines without newline. */
  log: (line: string) => void;
  signal: AbortSignal;
}

export interface RunningService {
  id: string;
  /** `job.services.<id>.id`: the container's id, or the process's. */
  containerId: string;
  network: string;
  /** `job.services.<id>.ports`: container port (`5432`) to the port that steps reach on localhost. */
  ports: Record<string, string>;
  /** Ends it and removes what it left; never throws. */
  stop(): Promise<void>;
}

/** What stands behind `services:`: docker, or the machine's own binaries where there is no docker. */
export interface ServiceProvider {
  /** null if it can serve this image; else what to install or do, one sentence. */
  cannotServe(request: ServiceRequest): Promise<string | null>;
  /**
   * Resolves when the service is healthy.
   * @throws ServiceError with the service's own log if it never gets healthy.
   */
  start(request: ServiceRequest, context: ServiceContext): Promise<RunningService>;
}
