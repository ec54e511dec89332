export type { Requirement, RequirementKind } from './requirement.ts';
export { requirementsOf } from './requirements-of.ts';
