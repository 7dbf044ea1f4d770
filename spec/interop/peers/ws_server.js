// An echo server on Node's ws. Serves one connection, or one failed
// handshake, prints what it saw as a line of JSON, and ends: 0 when the
// connection opened and closed cleanly.
//   --cert FILE --key FILE [--ca FILE: demand client certificates]
//   [--port N] [--protocol NAME] [--status N: refuse upgrades with N]
//   [--max-version TLSv1.2] [--deflate 1] [--close CODE: at the first message]
'use strict';
const fs = require('fs');
const https = require('https');
const WebSocket = require('ws');

const o = {};
for (let i = 2; i < process.argv.length; i += 2)
  o[process.argv[i].slice(2)] = process.argv[i + 1];

const result = { open: false, messages: 0, bytes: 0 };
function finish(status) {
  process.stdout.write(JSON.stringify(result) + '\n', () =>
    process.exit(status));
}

const server = https.createServer({
  cert: fs.readFileSync(o.cert), key: fs.readFileSync(o.key),
  ca: o.ca && fs.readFileSync(o.ca), requestCert: !!o.ca,
  rejectUnauthorized: !!o.ca, maxVersion: o['max-version'],
});
server.on('tlsClientError', (e) => {
  result.error = e.code || null;
  result.message = e.message;
  finish(1);
});

const wss = new WebSocket.Server({
  noServer: true, maxPayload: 0, perMessageDeflate: !!o.deflate,
  handleProtocols: (offered) =>
    o.protocol && new Set(offered).has(o.protocol) ? o.protocol : false,
});
server.on('upgrade', (request, socket, head) => {
  result.path = request.url;
  result.host = request.headers.host;
  if (o.status) {
    socket.end(`HTTP/1.1 ${o.status} Refused\r\nX-Reason: by request\r\n` +
      'Content-Length: 5\r\nConnection: close\r\n\r\nsorry');
    socket.on('close', () => finish(1));
    return;
  }
  result.tls = socket.getProtocol();
  result.client = (socket.getPeerCertificate().subject || {}).CN;
  wss.handleUpgrade(request, socket, head, serve);
});

function serve(ws) {
  result.open = true;
  result.protocol = ws.protocol;
  ws.on('message', (data, binary) => {
    result.messages += 1;
    result.bytes += data.length;
    if (o.close) ws.close(Number(o.close), 'as told');
    else ws.send(data, { binary });
  });
  ws.on('error', (e) => { result.error = e.code; result.message = e.message; });
  ws.on('close', (code, reason) => {
    result.close_code = code;
    result.close_reason = String(reason);
    finish(code === 1006 ? 1 : 0);
  });
}

server.listen(Number(o.port || 0), '127.0.0.1', () =>
  console.log('ready ' + server.address().port));
