import type { Mistake } from '../command-line/command.ts';
import type { DebugRequest } from './debug-request.ts';
import type { OpenDebugger } from './debugger.ts';

/** Loads what was asked for; a port is taken now, while nothing has begun. */
export async function openDebugger(
  request: DebugRequest,
): Promise<{ open: OpenDebugger; mistake: null } | { open: null; mistake: Mistake }> {
  const { port } = request;
  if (port === null) {
    const { terminalDebugger } = await import('./terminal-debugger.ts');
    return { open: (options) => terminalDebugger(request, options), mistake: null };
  }
  const { listen } = await import('./dap/listen.ts');
  try {
    const listener = await listen(port);
    const { editorDebugger } = await import('./dap/editor-debugger.ts');
    return { open: (options) => editorDebugger(request, listener, options), mistake: null };
  } catch (error) {
    const message = `--debug-port ${port}: ${(error as Error).message}`;
    return { open: null, mistake: { message, mend: 'Name another port, or 0 for any that is free.' } };
  }
}
