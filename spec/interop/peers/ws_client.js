// A client on Node's ws: opens, sends a message, expects it back, closes
// 1000, prints what it saw as a line of JSON. Ends with 0 when all of that
// went well.
//   --url URL [--ca FILE] [--cert FILE --key FILE] [--protocol NAME]
//   [--size BYTES] [--servername NAME] [--max-version TLSv1.2] [--deflate 1]
'use strict';
const fs = require('fs');
const WebSocket = require('ws');

const o = {};
for (let i = 2; i < process.argv.length; i += 2)
  o[process.argv[i].slice(2)] = process.argv[i + 1];
const file = (name) => name && fs.readFileSync(name);

const result = { open: false, echoed: false };
const message = Buffer.alloc(Number(o.size || 64), 'x').toString();
const ws = new WebSocket(o.url, o.protocol ? [o.protocol] : [], {
  ca: file(o.ca), cert: file(o.cert), key: file(o.key),
  servername: o.servername, maxVersion: o['max-version'],
  perMessageDeflate: !!o.deflate,
});
ws.on('upgrade', (response) => {
  result.tls = response.socket.getProtocol();
});
ws.on('unexpected-response', (request, response) => {
  result.status = response.statusCode;
  request.destroy();
  ws.emit('close', 1006, '');
});
ws.on('open', () => {
  result.open = true;
  result.protocol = ws.protocol;
  result.extensions = ws.extensions;
  ws.send(message);
});
ws.on('message', (data) => {
  result.echoed = String(data) === message;
  ws.close(1000, 'done');
});
ws.on('error', (e) => {
  result.error = e.code || null;
  result.message = e.message;
});
let ended = false;
ws.on('close', (code, reason) => {
  if (ended) return;
  ended = true;
  result.close_code = code;
  result.close_reason = String(reason);
  process.stdout.write(JSON.stringify(result) + '\n', () =>
    process.exit(result.echoed && code === 1000 ? 0 : 1));
});
