/** Every error that an API of Slipway answers with: its code, its HTTP status and what it means. */
export const errorTable = {
  'bad-request': { status: 400, message: 'The request is not what this route takes.' },
  unauthorized: { status: 401, message: 'The token is missing or not valid here.' },
  'sign-in-refused': { status: 401, message: 'Name and password do not fit.' },
  forbidden: { status: 403, message: 'Your account or token may not do this, or it does not exist.' },
  'cross-site': { status: 403, message: 'A change by cookie must come from a page of this server.' },
  'not-a-reviewer': { status: 403, message: 'Only reviewers of the environment decide on this.' },
  'own-deployment': { status: 403, message: 'Who started it may not decide on it.' },
  'unknown-project': { status: 404, message: 'There is no such project.' },
  'unknown-route': { status: 404, message: 'There is no such route.' },
  'unknown-ref': { status: 404, message: 'There is no such branch, tag or commit.' },
  'unknown-workflow': { status: 404, message: 'There is no such workflow at this ref.' },
  'unknown-secret': { status: 404, message: 'There is no such secret.' },
  'unknown-variable': { status: 404, message: 'There is no such variable.' },
  'unknown-approval': { status: 404, message: 'There is no such request for approval.' },
  'unknown-run': { status: 404, message: 'There is no such run.' },
  'unknown-job': { status: 404, message: 'The run has no such job.' },
  'unknown-review': { status: 404, message: 'The pull request has no such review.' },
  'unknown-pull-request': { status: 404, message: 'There is no such pull request.' },
  'unknown-user': { status: 404, message: 'There is no such user here.' },
  'unknown-token': { status: 404, message: 'There is no such token.' },
  'unknown-step': { status: 404, message: 'The job has no such step.' },
  'unknown-release': { status: 404, message: 'There is no such release.' },
  'unknown-environment': { status: 404, message: 'There is no such environment.' },
  'unknown-deployment': { status: 404, message: 'There is no such deployment.' },
  'unknown-bundle': { status: 404, message: 'No such bundle is kept here.' },
  'project-exists': { status: 409, message: 'A project of this name exists already.' },
  'user-exists': { status: 409, message: 'There is a user of this name already.' },
  'token-exists': {
    status: 409,
    message: 'A token of this name is still good: revoke it, or choose another name.',
  },
  'run-not-finished': { status: 409, message: 'The run is not finished.' },
  'run-finished': { status: 409, message: 'The run is finished already.' },
  'nothing-to-rerun': { status: 409, message: 'No job of the run failed.' },
  'not-kept': { status: 409, message: 'The job is not kept as it was before this step.' },
  'ambiguous-job': { status: 409, message: 'More than one job is meant.' },
  fenced: { status: 409, message: "The job is not this runner's any more." },
  incomplete: { status: 409, message: "Not all of the job's stream has arrived." },
  'approval-decided': { status: 409, message: 'There is nothing to decide any more.' },
  'approval-changed': { status: 409, message: 'What is to be approved has changed: look at it again.' },
  'not-hosted': { status: 409, message: 'The repository of this project is not hosted here.' },
  'merge-conflict': { status: 409, message: 'The branches cannot be merged.' },
  'pull-request-exists': { status: 409, message: 'There is a pull request for these branches already.' },
  'pull-request-closed': { status: 409, message: 'The pull request is not open.' },
  'head-moved': { status: 409, message: 'The branches are not what they were: look again.' },
  'merge-blocked': { status: 409, message: 'The rules of the branch are not kept.' },
  'nothing-held': { status: 409, message: 'No run of this commit waits for approval.' },
  'stale-plan': { status: 409, message: 'The plan does not fit any more: plan again.' },
  'deployment-ended': { status: 409, message: 'The deployment has ended already.' },
  'deployment-not-there': { status: 409, message: 'The deployment does not stand where this could be done.' },
  'nothing-to-roll-back': { status: 409, message: 'There is nothing to go back to.' },
  'over-quota': { status: 409, message: 'The project has more than its quota.' },
  'not-frozen': { status: 409, message: 'The environment is not frozen.' },
  'bundle-removed': { status: 410, message: 'A bundle of the release is not kept any more.' },
  'link-void': { status: 410, message: 'This link was used, has expired or never was.' },
  'log-removed': {
    status: 410,
    message: 'The log was removed: the logs of the project took more than its quota.',
  },
  'length-required': {
    status: 411,
    message: 'The length of the body must be said first, in Content-Length.',
  },
  'too-large': { status: 413, message: 'The body is larger than this route takes.' },
  'bad-range': { status: 416, message: 'There are no such bytes.' },
  'invalid-workflow': { status: 422, message: 'The workflow cannot be started so.' },
  'invalid-inputs': { status: 422, message: 'The inputs are not those of the workflow.' },
  'nothing-to-merge': { status: 422, message: 'The branch has no commits that its base has not.' },
  'self-review': { status: 422, message: 'Nobody can approve a pull request of their own.' },
  'invalid-protection': { status: 422, message: 'The rules of protected branches cannot be read.' },
  'invalid-delivery-config': { status: 422, message: 'slipway.yml is not valid.' },
  'invalid-release': { status: 422, message: 'This is no release.' },
  'digest-mismatch': { status: 422, message: 'The bytes are not those of the digest.' },
  'policy-refused': { status: 422, message: 'The rules of the environment refuse it.' },
  'too-many-attempts': { status: 429, message: 'Too many attempts: wait, then try again.' },
  internal: { status: 500, message: 'The server made a mistake; its log says which.' },
  'target-unavailable': { status: 502, message: 'The target did not answer.' },
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
  /** When it makes sense to ask again. */
  retryAfterSeconds?: number;
}

/** An error of the table, thrown where it is found and answered at the edge. */
export class SlipwayError extends Error {
  override readonly name: string = 'SlipwayError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, { message, field, retryAfterSeconds, ...options }: SlipwayErrorOptions = {}) {
    super(message ?? errorTable[code].message, options);
    this.code = code;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}
