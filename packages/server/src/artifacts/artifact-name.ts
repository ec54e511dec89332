const forbidden = /["*:<>?|\\/\r\n]/;
const maxLength = 256;

/**
 * null if an artifact may have this name, else what is wrong with it. The rule is the official client's
 * (actions/toolkit, packages/artifact, path-and-artifact-name-validation.ts), which a client of someone's own need not follow; and a name must be one of a file, for it becomes one.
 */
export function assessArtifactName(name: string): string | null {
  if (name === '') return 'an artifact needs a name';
  if (name === '.' || name === '..') return `an artifact cannot be called '${name}', which is a folder`;
  if (name.length > maxLength) return `the artifact name is longer than ${maxLength} characters`;
  const found = forbidden.exec(name)?.[0];
  if (found !== undefined) return `the artifact name contains ${JSON.stringify(found)}, which is not allowed`;
  return null;
}
