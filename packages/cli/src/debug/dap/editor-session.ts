import type { Socket } from 'node:net';
import { DebugSession, type Event } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';

/** Answers a request: its body, or an error whose message the editor shows. */
export type RequestHandler = (args: never, request: DebugProtocol.Request) => unknown;

/** One editor that is connected. */
export interface EditorSession {
  send(event: Event): void;
  close(): void;
}

export interface EditorSessionOptions {
  handlers: Record<string, RequestHandler>;
  /** After its response has left. */
  onAnswered(command: string): void;
  onClose(): void;
}

/** Speaks the Debug Adapter Protocol with a client; requests are answered in their order. */
export function editorSession(socket: Socket, options: EditorSessionOptions): EditorSession {
  const session = new ProtocolSession(options);
  session.on('close', options.onClose);
  session.start(socket, socket);
  return { send: (event) => session.sendEvent(event), close: () => socket.end() };
}

/** The library's framing; requests go to a table instead of its methods. */
class ProtocolSession extends DebugSession {
  readonly #options: EditorSessionOptions;
  #last: Promise<void> = Promise.resolve();

  constructor(options: EditorSessionOptions) {
    super();
    this.setRunAsServer(true);
    this.#options = options;
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    this.#last = this.#last.then(() => this.#answer(request));
  }

  async #answer(request: DebugProtocol.Request): Promise<void> {
    const { command, seq } = request;
    const response = { seq: 0, type: 'response', request_seq: seq, command };
    const handler = Object.hasOwn(this.#options.handlers, command)
      ? this.#options.handlers[command]
      : undefined;
    try {
      if (handler === undefined) throw new Error(`Slipway does not know the request '${command}'.`);
      const body = await handler((request.arguments ?? {}) as never, request);
      this.sendResponse({ ...response, success: true, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const body = { error: { id: 1, format: message.replaceAll('{', '{{'), showUser: true } };
      this.sendResponse({ ...response, success: false, message, body } as DebugProtocol.ErrorResponse);
    }
    this.#options.onAnswered(command);
  }
}
