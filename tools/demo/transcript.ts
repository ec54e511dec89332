/** What the demo shows, and what it found: each stage is told when it begins and how it ended. */
export interface Transcript {
  /** A heading; what follows belongs to it. */
  begin(stage: string): void;
  /** One or more lines of evidence. */
  show(text: string): void;
  /** Something that must hold. Told either way; the demo fails if it doesn't. */
  expect(what: string, holds: boolean, evidence?: string): void;
  /** What did not hold, so far. */
  readonly failures: readonly string[];
}

export function openTranscript(print: (text: string) => void, now: () => number): Transcript {
  const begunAt = now();
  const failures: string[] = [];
  const clock = () => {
    const seconds = Math.round((now() - begunAt) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  return {
    failures,
    begin: (stage) => print(`\n${clock()}  ${stage.toUpperCase()}\n`),
    show: (text) => {
      for (const line of text.trimEnd().split('\n')) print(`       ${line}\n`);
    },
    expect(what, holds, evidence) {
      const because = evidence === undefined ? '' : ` (${evidence})`;
      print(`     ${holds ? '✓' : '✗'} ${what}${because}\n`);
      if (!holds) failures.push(what + because);
    },
  };
}
