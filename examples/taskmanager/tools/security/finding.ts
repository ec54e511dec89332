/** Something that a scanner holds against the code, its dependencies or its files. */
export type Finding = {
  /** The scanner's own name for what it found, such as `security/detect-unsafe-regex`. */
  rule: string;
  severity: Severity;
  message: string;
  file: string;
  /** From 1. */
  line: number;
  column: number;
};

export const severities = ['critical', 'high', 'moderate', 'low'] as const;
export type Severity = (typeof severities)[number];

/** A scan that could not be made is told apart from one that found nothing. */
export type ScanResult =
  | { kind: 'scanned'; scanner: string; findings: Finding[] }
  | { kind: 'unavailable'; scanner: string; reason: string };
