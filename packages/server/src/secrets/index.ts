/** Secrets, sealed at rest, and variables; of organisations, projects and environments. */
export { type EnvironmentVariables, environmentVariables } from './environment-variables.ts';
export { readSecretKeys } from './key-ring.ts';
export { openSecretVault, type SecretVaultOptions } from './open-secret-vault.ts';
export { readCredentials } from './project-credentials.ts';
export type { Scope } from './scope.ts';
export type { SecretKey } from './sealed-value.ts';
export {
  listSecrets,
  readSecrets,
  removeSecret,
  rotateSecretKey,
  type SecretVault,
  setSecret,
} from './secret-vault.ts';
