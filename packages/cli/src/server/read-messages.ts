/** A message of an event stream. */
export interface StreamMessage {
  event: string;
  data: string;
  id: string | null;
}

/**
 * The messages of an answer of `text/event-stream`, as they come.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* readMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamMessage> {
  let rest = '';
  let message: StreamMessage = { event: 'message', data: '', id: null };
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (message.data !== '') yield { ...message, data: message.data.replace(/\n$/, '') };
        message = { event: 'message', data: '', id: null };
        continue;
      }
      const [, field = '', value = ''] = /^([^:]*):? ?(.*?)\r?$/s.exec(line) ?? [];
      if (field === 'event') message.event = value;
      else if (field === 'data') message.data += `${value}\n`;
      else if (field === 'id') message.id = value;
    }
  }
}
