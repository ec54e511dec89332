/** `hashFiles()` of expressions. What it needs is loaded only for jobs and actions that name it. */
export interface FileHashing {
  /** Must have resolved before an expression of `source` (a job or an action) is evaluated. */
  prepare(source: object): Promise<void>;
  /** @throws Error for patterns that are invalid, before `prepare` always */
  hashFiles(patterns: string[]): string;
}

export function createFileHashing(workspace: string): FileHashing {
  let hash: typeof import('./hash-files.ts').hashFiles | undefined;
  return {
    async prepare(source) {
      if (hash !== undefined || !/hashfiles/i.test(JSON.stringify(source))) return;
      hash = (await import('./hash-files.ts')).hashFiles;
    },
    hashFiles(patterns) {
      if (hash === undefined) throw new Error('hashFiles was not prepared');
      return hash(workspace, patterns);
    },
  };
}
