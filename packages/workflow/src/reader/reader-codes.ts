/**
 * Every code that the readers report, with what it means. Codes are stable: scripts and `slipway-ignore` comments name them.
 */
export const readerCodes = {
  // The text
  'file-too-large': 'The file is longer than GitHub reads.',
  'empty-file': 'The file holds nothing but white space and comments.',
  'yaml-syntax': 'The file is not valid YAML.',
  'yaml-tab': 'A tab is used as indentation.',
  'yaml-multiple-documents': 'The file holds more than one YAML document.',
  'yaml-tag': 'An explicit YAML tag is unknown, or its value does not fit it.',
  'yaml-unknown-anchor': 'An alias names an anchor that is not defined above it.',
  'yaml-circular-alias': 'An alias stands within its own anchor.',
  'yaml-merge-key': 'The YAML merge key `<<` is used, which GitHub does not support.',
  'yaml-complex-key': 'A mapping key is not a scalar.',
  'too-deep': 'Values are nested deeper than GitHub reads.',
  'too-many-nodes': 'The file, its aliases expanded, has more YAML nodes than GitHub reads.',
  'too-large-result': 'The file, its aliases expanded, is larger than GitHub reads.',
  // Keys and values
  'unknown-key': 'The key does not exist here.',
  'duplicate-key': 'The key was given before (case is ignored).',
  'empty-key': 'The key is empty.',
  'conflicting-keys': 'The key cannot be used beside another one.',
  'missing-key': 'A required key is missing.',
  'invalid-type': 'A mapping, sequence or scalar stands where another of them is expected.',
  'invalid-value': 'The value is none of those that are allowed here.',
  'invalid-id': 'A job or step id has characters or a length that ids cannot have.',
  'duplicate-id': 'Two steps have the same id (case is ignored).',
  // Expressions
  'expression-not-allowed': 'Expressions are not evaluated here.',
  'expression-syntax': 'The expression cannot be parsed.',
  'expression-too-long': 'The expression is longer than GitHub evaluates.',
  'unknown-context': 'The expression names a context that does not exist here.',
  'unknown-function': 'The expression calls a function that does not exist here.',
  'wrong-argument-count': 'A function is called with too few or too many arguments.',
  // Triggers
  'unknown-event': 'No event has this name.',
  'unknown-event-type': 'The event has no activity of this type.',
  'no-event': 'The workflow names no event that starts it.',
  'conflicting-filters': 'An event has a filter and its `-ignore` form, which GitHub refuses.',
  'invalid-cron': 'The schedule is not a POSIX cron expression.',
  'unknown-timezone': 'The time zone is not in the IANA database.',
  'invalid-input': 'An input is defined in a way that contradicts its type.',
  // Jobs
  'no-start-job': 'Every job needs another one, or there is no job.',
  'unknown-need': 'A job needs a job that does not exist.',
  'needs-cycle': 'Jobs need each other in a circle.',
  'invalid-runner-group': 'The runner group has a form that GitHub refuses.',
  'invalid-matrix': 'The matrix has no value to run with.',
  'invalid-concurrency': 'The concurrency group has a form that GitHub refuses.',
  'empty-image': 'A container or service has no image.',
  'invalid-snapshot': 'The snapshot has a form that GitHub refuses.',
  'unknown-permission': 'No permission has this name.',
  // Steps
  'invalid-uses': 'The action or workflow reference has a form that cannot be resolved.',
  'unknown-shell': 'The shell is not one that runners know and has no `{0}`.',
  'unknown-step': 'A step refers to a step that does not exist above it, or to itself.',
  'not-background': 'A step waits for, or cancels, a step that does not run in the background.',
  'invalid-parallel': 'A step within `parallel` is of a kind that cannot be there.',
  // Actions
  'unknown-runtime': 'The action runs on something that runners do not have.',
  // Reusable workflows
  'unknown-workflow': 'The called workflow cannot be found or read.',
  'not-callable': 'The called workflow has no `workflow_call` trigger.',
  'too-deep-call': 'Workflows call each other deeper than GitHub allows.',
  'call-cycle': 'Workflows call each other in a circle.',
  'too-many-workflows': 'More workflows are called than GitHub allows.',
  'missing-input': 'A required input of the called workflow is not given.',
  'unknown-input': 'The called workflow has no such input.',
  'invalid-input-value': "The value does not fit the input's type.",
  'missing-secret': 'A required secret of the called workflow is not given.',
  'unknown-secret': 'The called workflow has no such secret.',
  'permission-exceeded': 'The called workflow requests more than its caller has.',
  // The rest
  'refused-by-github': "GitHub's parser refuses the file for a reason that has no code of its own.",
} as const;

export type ReaderCode = keyof typeof readerCodes;
