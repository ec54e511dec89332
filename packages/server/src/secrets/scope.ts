/** What secrets and variables are set for. Names are compared without case. */
export type Scope =
  /** All projects of one owner. */
  | { kind: 'organization'; owner: string }
  /** `owner/name`. */
  | { kind: 'project'; project: string }
  | { kind: 'environment'; project: string; environment: string };

/** As it stands in the tables, and as it is authenticated with what is sealed for it. */
export function scopeKey(scope: Scope): string {
  switch (scope.kind) {
    case 'organization':
      return `organization:${scope.owner.toLowerCase()}`;
    case 'project':
      return `project:${scope.project.toLowerCase()}`;
    case 'environment':
      // Neither name has a colon.
      return `environment:${scope.project.toLowerCase()}:${scope.environment.toLowerCase()}`;
    default:
      return scope satisfies never;
  }
}

/** Null: of a whole organisation. */
export function projectOfScope(scope: Scope): string | null {
  return scope.kind === 'organization' ? null : scope.project;
}

/** For people. */
export function scopeText(scope: Scope): string {
  switch (scope.kind) {
    case 'organization':
      return `organisation ${scope.owner}`;
    case 'project':
      return `project ${scope.project}`;
    case 'environment':
      return `environment ${scope.environment}`;
    default:
      return scope satisfies never;
  }
}

/** From the outermost to the innermost: of a name that is set in several, the last counts. */
export function scopesOfProject(project: string): Scope[] {
  const [owner = ''] = project.split('/', 1);
  return [
    { kind: 'organization', owner },
    { kind: 'project', project },
  ];
}
