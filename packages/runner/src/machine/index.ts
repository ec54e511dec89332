export type { Finding } from './finding.ts';
export { applyFix, type FixCommand, type Fixes, fixesFor } from './fixes.ts';
export { detectPackageManager, type PackageManager, type Tool } from './package-manager.ts';
export { type MachineProbe, probeMachine } from './probe-machine.ts';
