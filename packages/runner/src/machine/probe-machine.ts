import type { Requirement } from '@slipway/workflow/requirements';
import { type EngineSearch, findContainerEngine } from '../docker/engine.ts';
import { type BaseProbe, baseFindings, capitalised } from './base-findings.ts';
import { findOnPath } from './binaries.ts';
import type { Finding } from './finding.ts';
import { installHint, type Tool } from './package-manager.ts';
import { probeRuntime } from './runtimes.ts';

export interface MachineProbe extends BaseProbe {
  /** Of all workflows that are looked at. */
  requirements: Requirement[];
  /** Why nothing here serves this label; undefined if something does. Default: every label is served. */
  unservedLabel?: (label: string) => string | undefined;
}

/**
 * What this machine has and lacks for these workflows: first what Slipway itself needs, then each thing that a workflow asks for,
 * once, with all the places that do.
 */
export async function probeMachine(probe: MachineProbe): Promise<Finding[]> {
  const groups = Map.groupBy(probe.requirements, subjectOf);
  const needsEngine = probe.requirements.some(({ kind }) => kind === 'engine' || kind === 'service');
  const [base, engine] = await Promise.all([
    baseFindings(probe),
    needsEngine ? findContainerEngine() : undefined,
  ]);
  const findings = await Promise.all(
    [...groups].map(async ([subject, [first, ...others]]) => {
      const answer = await assess(first!, probe, engine);
      const places = [first!, ...others].map(({ file, at }) => `${file}:${at.line}`);
      return answer && { subject, ...answer, neededBy: [...new Set(places)] };
    }),
  );
  return [...base, ...findings.filter((finding) => finding !== null)];
}

type Answer = Omit<Finding, 'subject' | 'neededBy'>;

function subjectOf(requirement: Requirement): string {
  switch (requirement.kind) {
    case 'label':
      return `runner ${requirement.label}`;
    case 'shell':
      return requirement.shell;
    case 'service':
      return requirement.image;
    case 'engine':
      return 'container engine';
    case 'runtime':
      return requirement.version ? `${requirement.runtime} ${requirement.version}` : requirement.runtime;
    case 'program':
      return requirement.program;
  }
}

/** null: nothing worth saying. */
async function assess(
  requirement: Requirement,
  { unservedLabel }: MachineProbe,
  engine: EngineSearch | undefined,
): Promise<Answer | null> {
  switch (requirement.kind) {
    case 'label': {
      const reason = unservedLabel?.(requirement.label);
      return reason === undefined ? null : { status: 'missing', detail: reason };
    }
    case 'shell':
      return assessProgram(requirement.shell, 'missing');
    case 'service':
      return assessService(requirement, engine!);
    case 'engine':
      return assessEngine(engine!);
    case 'runtime':
      return probeRuntime(requirement.runtime, requirement.version);
    case 'program':
      return assessProgram(requirement.program, 'warning');
  }
}

async function assessService(
  { image, service }: { image: string; service: string },
  engine: EngineSearch,
): Promise<Answer> {
  // The providers are loaded only when a workflow has services.
  const { findServing } = await import('../services/native/serving.ts');
  const request = { id: service, image, env: {}, ports: [], volumes: [], options: '' };
  const serving = await findServing(request);
  if (serving.kind === 'yes')
    return { status: 'ok', detail: `${serving.installation.title} of this machine` };
  if (engine.kind === 'found')
    return { status: 'ok', detail: `${engine.engine.name} ${engine.engine.version}` };
  const tool = serving.tool ?? 'docker';
  return { status: 'missing', detail: serving.why, mend: `${capitalised(installHint(tool))}.`, tool };
}

function assessEngine(engine: EngineSearch): Answer {
  if (engine.kind === 'found')
    return { status: 'ok', detail: `${engine.engine.name} ${engine.engine.version}` };
  if (engine.installed)
    return {
      status: 'missing',
      detail: engine.why,
      mend: 'Start the engine, e.g. with `systemctl start docker`.',
    };
  return {
    status: 'missing',
    detail: engine.why,
    mend: `${capitalised(installHint('docker'))}.`,
    tool: 'docker',
  };
}

/** Programs whose package has another name than they. */
const toolsOfPrograms: Record<string, Tool> = {
  ...{
    bash: 'bash',
    sh: 'bash',
    pwsh: 'pwsh',
    python: 'python',
    python3: 'python',
    pip: 'python',
    pip3: 'python',
  },
  ...{
    go: 'go',
    java: 'java',
    javac: 'java',
    docker: 'docker',
    psql: 'postgresql-client',
    pg_dump: 'postgresql-client',
  },
  ...{ 'redis-cli': 'redis', mysql: 'mysql-client', mysqladmin: 'mysql-client', shellcheck: 'shellcheck' },
  ...{ trivy: 'trivy', gitleaks: 'gitleaks', chromium: 'chromium', jq: 'jq', curl: 'curl', make: 'make' },
  ...{ zip: 'zip', unzip: 'unzip', gh: 'gh' },
};

/** Programs that stand for each other, or that Slipway brings itself. */
const alternatives: Record<string, string[]> = {
  python: ['python3'],
  chromium: ['chromium-browser', 'google-chrome'],
};

function assessProgram(program: string, ifMissing: 'missing' | 'warning'): Answer {
  const file = [program, ...(alternatives[program] ?? [])]
    .map((name) => findOnPath(name))
    .find((path) => path !== null);
  if (file) return { status: 'ok', detail: file };
  const tool = toolsOfPrograms[program];
  const detail = ifMissing === 'missing' ? 'not installed' : 'not installed, unless the workflow installs it';
  return {
    status: ifMissing,
    detail,
    mend: tool ? `${capitalised(installHint(tool))}.` : `Install ${program}.`,
    ...(tool && { tool }),
  };
}
