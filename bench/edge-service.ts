import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What stands behind the edge when it is measured: answers 1 KiB at once. Prints its port. */
const body = Buffer.alloc(1024, 'x');
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
