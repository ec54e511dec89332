/** Every error that an API of Slipway answers with: its code, its HTTP status and what it means. */
export const errorTable = {
  'bad-request': { status: 400, message: 'The request is not what this route takes.' },
  unauthorized: { status: 401, message: 'The token is missing or not valid here.' },
  forbidden: { status: 403, message: 'This is not allowed with what was shown.' },
  'unknown-project': { status: 404, message: 'There is no such project.' },
  'unknown-route': { status: 404, message: 'There is no such route.' },
  'unknown-ref': { status: 404, message: 'There is no such branch, tag or commit.' },
  'unknown-workflow': { status: 404, message: 'There is no such workflow at this ref.' },
  'unknown-secret': { status: 404, message: 'There is no such secret.' },
  'unknown-run': { status: 404, message: 'There is no such run.' },
  'unknown-job': { status: 404, message: 'The run has no such job.' },
  'project-exists': { status: 409, message: 'A project of this name exists already.' },
  'run-not-finished': { status: 409, message: 'The run is not finished.' },
  'run-finished': { status: 409, message: 'The run is finished already.' },
  'nothing-to-rerun': { status: 409, message: 'No job of the run failed.' },
  fenced: { status: 409, message: "The job is not this runner's any more." },
  incomplete: { status: 409, message: "Not all of the job's stream has arrived." },
  'not-hosted': { status: 409, message: 'The repository of this project is not hosted here.' },
  'merge-conflict': { status: 409, message: 'The branches cannot be merged.' },
  'length-required': {
    status: 411,
    message: 'The length of the body must be said first, in Content-Length.',
  },
  'too-large': { status: 413, message: 'The body is larger than this route takes.' },
  'bad-range': { status: 416, message: 'There are no such bytes.' },
  'invalid-workflow': { status: 422, message: 'The workflow cannot be started so.' },
  'invalid-inputs': { status: 422, message: 'The inputs are not those of the workflow.' },
  internal: { status: 500, message: 'The server made a mistake; its log says which.' },
  'github-unreachable': { status: 502, message: 'GitHub did not give what it was asked for.' },
  closing: { status: 503, message: 'The server is about to end.' },
  'storage-full': {
    status: 507,
    message: 'The disk of the server is full: no work is accepted until there is room again.',
  },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof errorTable;

/** The body of every answer that is an error. */
export interface ErrorBody {
  error: {
    code: ErrorCode;
    message: string;
    /** The parameter or property that is wrong, e.g. `inputs.version`. */
    field?: string;
  };
}

export interface SlipwayErrorOptions extends ErrorOptions {
  /** More exact than the table's. */
  message?: string;
  field?: string;
}

/** An error of the table, thrown where it is found and answered at the edge. */
export class SlipwayError extends Error {
  override readonly name: string = 'SlipwayError';
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, { message, field, ...options }: SlipwayErrorOptions = {}) {
    super(message ?? errorTable[code].message, options);
    this.code = code;
    this.field = field;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}
