import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** The baseline of a long list: answers every request with the bytes of one file, and does nothing else. */
const bytes = readFileSync(process.argv[2] ?? '');
const server = createServer((req, res) => {
  req.resume().on('end', () => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : ''}/mcp`);
});
