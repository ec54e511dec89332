import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { EdgeMetrics } from './edge-metrics.ts';
import { requestHeaders, responseHeaders } from './forwarded-headers.ts';
import type { Instance } from './instance.ts';
import type { Choice, Routing } from './routing.ts';

export interface Forwarding {
  routing: Routing;
  metrics: EdgeMetrics;
  from: 'production' | 'test';
  /** Cookie that keeps a client at its revision; null: none. */
  stickyCookie: string | null;
}

/** Passes a request on to the revision whose turn it is, and its answer back. */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  forwarding: Forwarding,
): void {
  const choice = forwarding.routing.choose(request, forwarding.from);
  const startedAt = performance.now();
  if (choice.missed !== null) forwarding.metrics.record(choice.missed, { status: null, durationMs: 0 });
  if (choice.instance === null) {
    refuse(response, 503, 'nothing serves here');
    return;
  }
  new Exchange({ request, response, forwarding, choice, startedAt }).begin();
}

interface ExchangeStart {
  request: IncomingMessage;
  response: ServerResponse;
  forwarding: Forwarding;
  choice: Choice;
  startedAt: number;
}

/** Methods that do no more when they are done twice. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

const connectFailures = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
/** The connection broke: what was at the other end has ended, most likely. */
const breaks = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The request's own fault, and never sent: `OPTIONS *`, say. A client must not be able to make a revision look bad. */
const unsendable = 'UND_ERR_INVALID_ARG';

/**
 * A request on its way. A class, as it is the handler that undici calls: one object for each request, and no closures, is what keeps the edge
 * quick.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #forwarding: Forwarding;
  readonly #startedAt: number;
  readonly #hasBody: boolean;
  readonly #setsCookie: boolean;
  #choice: Choice;
  #controller: Dispatcher.DispatchController | undefined;
  #failed: Set<Instance> | undefined;
  #status: number | null = null;
  #hasBroken = false;
  #isOver = false;

  constructor({ request, response, forwarding, choice, startedAt }: ExchangeStart) {
    this.#request = request;
    this.#response = response;
    this.#forwarding = forwarding;
    this.#choice = choice;
    this.#startedAt = startedAt;
    this.#setsCookie = choice.setsCookie;
    const { headers } = request;
    const length = headers['content-length'];
    this.#hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  }

  begin(): void {
    this.#response.once('close', this.#onClose);
    this.#send();
  }

  #send(): void {
    const { instance } = this.#choice;
    instance.active += 1;
    instance.pool.dispatch(
      {
        path: this.#request.url ?? '/',
        method: (this.#request.method ?? 'GET') as Dispatcher.HttpMethod,
        headers: requestHeaders(this.#request),
        body: this.#hasBody ? this.#request : null,
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error('the client has gone'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusMessage?: string,
  ): void {
    if (status < 200) return;
    this.#status = status;
    const passed = responseHeaders(headers);
    if (this.#setsCookie) this.#keepClient(passed);
    // The head leaves together with what follows it in the same piece.
    this.#response.cork();
    process.nextTick(uncork, this.#response);
    if (statusMessage === undefined) this.#response.writeHead(status, passed);
    else this.#response.writeHead(status, statusMessage, passed);
  }

  /** Beside the cookies that the revision itself sets. */
  #keepClient(passed: Record<string, string | string[]>): void {
    const { stickyCookie } = this.#forwarding;
    if (stickyCookie === null) return;
    const cookie = `${stickyCookie}=${this.#choice.revision}; Path=/; HttpOnly; SameSite=Lax`;
    passed['set-cookie'] = [passed['set-cookie'] ?? [], cookie].flat();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#response.end();
    this.#conclude(this.#status);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { code?: string }): void {
    if (this.#isOver) return;
    const code = error.code ?? '';
    if (code === unsendable) {
      this.#leave();
      refuse(this.#response, 400, 'this can not be passed on');
      return;
    }
    if (breaks.has(code)) this.#choice.instance.suspect();
    if (this.#status === null && this.#mayTryAgain(code) && this.#retry(breaks.has(code))) return;
    this.#conclude(null);
    // Half an answer must not look like a whole one.
    if (this.#response.headersSent) this.#response.destroy();
    else if (error.code === 'UND_ERR_HEADERS_TIMEOUT')
      refuse(this.#response, 504, 'the revision did not answer in time');
    else refuse(this.#response, 502, 'the revision gave no answer');
  }

  /**
   * What never reached an instance may go to another one; what may have, only if it may be done twice, and once: a request that ends what
   * it meets must not go around.
   */
  #mayTryAgain(code: string): boolean {
    if (connectFailures.has(code)) {
      // Its checks will say when it is back.
      this.#choice.instance.isUp = false;
      return !this.#hasBody || !this.#request.readableDidRead;
    }
    if (!breaks.has(code) || this.#hasBroken) return false;
    this.#hasBroken = true;
    return !this.#hasBody && idempotent.has(this.#request.method ?? '');
  }

  /** What it met counts as the revision's error if the connection broke, though another instance may answer well. */
  #retry(isError: boolean): boolean {
    const { revision, instance } = this.#choice;
    this.#failed = (this.#failed ?? new Set()).add(instance);
    const { routing, from } = this.#forwarding;
    const choice = routing.choose(this.#request, from, { revision, failed: this.#failed });
    if (choice.instance === null) return false;
    instance.active -= 1;
    if (isError || choice.missed !== null)
      this.#forwarding.metrics.record(revision, { status: null, durationMs: 0 });
    this.#choice = choice;
    this.#send();
    return true;
  }

  /** The client has gone before its answer was whole: nobody's fault. */
  readonly #onClose = (): void => {
    if (this.#isOver) return;
    this.#leave();
    this.#controller?.abort(new Error('the client has gone'));
  };

  #leave(): void {
    this.#isOver = true;
    this.#choice.instance.active -= 1;
  }

  #conclude(status: number | null): void {
    if (this.#isOver) return;
    this.#leave();
    const durationMs = performance.now() - this.#startedAt;
    this.#forwarding.metrics.record(this.#choice.revision, { status, durationMs });
  }
}

export function refuse(response: ServerResponse, status: number, message: string): void {
  const text = `${message}\n`;
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function uncork(response: ServerResponse): void {
  response.uncork();
}
