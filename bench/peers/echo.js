// echo.js CERT KEY: Node ws.   client: echo.js PORT CA COUNT client
'use strict';
const fs = require('fs');
const https = require('https');
const WebSocket = require('ws');
const [, , a, b, count, client] = process.argv;

function serve() {
  const server = https.createServer({
    cert: fs.readFileSync(a), key: fs.readFileSync(b),
  });
  const wss = new WebSocket.Server({
    server, perMessageDeflate: false, maxPayload: 0,
  });
  wss.on('connection', (ws) => {
    ws.on('message', (data, binary) => ws.send(data, { binary }));
    ws.on('error', () => {});
  });
  server.listen(0, '127.0.0.1', () =>
    console.log('ready ' + server.address().port));
}

const ca = client && fs.readFileSync(b);
function round() {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(`wss://127.0.0.1:${a}/`, {
      ca, perMessageDeflate: false,
    });
    ws.on('open', () => ws.send(Buffer.alloc(64)));
    ws.on('message', () => ws.close());
    ws.on('close', resolve);
    ws.on('error', reject);
  });
}

async function dial(rounds) {
  for (let i = 0; i < rounds / 10; i++) await round();
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i++) await round();
  const used = process.cpuUsage(before);
  console.log('cpu=' + ((used.user + used.system) / rounds).toFixed(1));
}

if (client) dial(Number(count));
else serve();
