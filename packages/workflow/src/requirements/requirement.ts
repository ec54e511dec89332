import type { Position } from '../model/diagnostic.ts';

/** Something that a workflow counts on finding where it runs, and where it says so. */
export type Requirement = RequirementKind & {
  /** The workflow's path. */
  file: string;
  at: Position;
  jobId: string;
};

export type RequirementKind =
  /** A runner with this label. */
  | { kind: 'label'; label: string }
  /** `bash`, `sh`, `python`, `pwsh`, `cmd`, … or the program of a custom one. */
  | { kind: 'shell'; shell: string }
  /** A server, from docker or from the machine. */
  | { kind: 'service'; service: string; image: string }
  /** A container engine: nothing else will do. */
  | { kind: 'engine'; because: string }
  /** A language of the tool cache, as a `setup-*` action asks for it; the version as written, '' if none. */
  | { kind: 'runtime'; runtime: string; version: string }
  /** A program that a script calls. The script may install it itself. */
  | { kind: 'program'; program: string };
