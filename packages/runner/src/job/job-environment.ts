/** The variables and PATH entries that hold for the steps still to come: `env:` of workflow and job, GITHUB_ENV, GITHUB_PATH. */
export interface JobEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** Added to the front of PATH, the last added first. */
  readonly path: readonly string[];
  set(name: string, value: string): void;
  /** Moves it to the front if it is there already. */
  addPath(directory: string): void;
  /** A view for a background step: what it changes is seen by itself only, until `merge`. */
  fork(): ForkedEnvironment;
  /** @returns what makes everything as it is now again */
  remember(): () => void;
}

export interface ForkedEnvironment extends JobEnvironment {
  /** Makes the changes in the environment that was forked. */
  merge(): void;
}

export function createJobEnvironment(initial: Record<string, string> = {}): JobEnvironment {
  return environmentOver(undefined, initial);
}

function environmentOver(parent: JobEnvironment | undefined, own: Record<string, string>): ForkedEnvironment {
  let ownPath: string[] = [];
  const self: ForkedEnvironment = {
    get variables() {
      return parent === undefined ? own : { ...parent.variables, ...own };
    },
    get path() {
      const inherited = (parent?.path ?? []).filter((directory) => !ownPath.includes(directory));
      return [...ownPath, ...inherited];
    },
    set(name, value) {
      own[name] = value;
    },
    addPath(directory) {
      ownPath = [directory, ...ownPath.filter((other) => other !== directory)];
    },
    fork: () => environmentOver(self, {}),
    remember() {
      const variables = { ...own };
      const path = ownPath;
      return () => {
        for (const name of Object.keys(own)) delete own[name];
        Object.assign(own, variables);
        ownPath = path;
      };
    },
    merge() {
      for (const [name, value] of Object.entries(own)) parent?.set(name, value);
      for (const directory of ownPath.toReversed()) parent?.addPath(directory);
    },
  };
  return self;
}
