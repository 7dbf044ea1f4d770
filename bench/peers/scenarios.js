// One certificate scenario after the other, as Node does it with `ws`: serve
// a certificate, dial it, judge what both sides were told.
//   scenarios.js DIR COUNT [mint]
// DIR holds root.pem inter.pem leaf.key and good.pem old.pem (leaf and
// intermediate). Node cannot issue a certificate: it takes those, or with
// "mint" has openssl issue the leaf each time, as the others do.
'use strict';
const https = require('https');
const fs = require('fs');
const { execFileSync } = require('child_process');
const WebSocket = require('ws');

const [dir, count, mint] = process.argv.slice(2);
const read = (name) => fs.readFileSync(dir + '/' + name);
const root = read('root.pem'), inter = read('inter.pem');
const key = read('leaf.key');
const ready = { good: read('good.pem'), old: read('old.pem') };

function certificate(name) {
  if (!mint) return ready[name];
  const leaf = execFileSync('openssl', ['x509', '-req', '-in',
    dir + '/leaf.csr', '-CA', dir + '/inter.pem', '-CAkey',
    dir + '/inter.key', '-extfile', dir + '/leaf.ext', '-days',
    name === 'old' ? '-1' : '30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  return Buffer.concat([leaf, inter]);
}

function run(expired, version) {
  return new Promise((resolve) => {
    const seen = {};
    const versions = { minVersion: version, maxVersion: version };
    const server = https.createServer({ key,
      cert: certificate(expired ? 'old' : 'good'), ...versions });
    const wss = new WebSocket.Server({ server });
    const done = () => {
      if (!seen.client || !seen.server) return;
      server.close(() => resolve(expired
        ? seen.client === 'CERT_HAS_EXPIRED' &&
          /lost|hang up/.test(seen.server)
        : seen.client === 'open' && seen.server === 'open'));
    };
    // Node judges after the handshake, without an alert: the server sees a
    // connection that asks for nothing.
    server.on('tlsClientError', (e) => { seen.server = e.message; done(); });
    server.on('secureConnection', (socket) => socket.on('close', () => {
      seen.server = seen.open ? 'open' : 'lost';
      done();
    }));
    wss.on('connection', () => { seen.open = true; });
    server.listen(0, '127.0.0.1', () => {
      const ws = new WebSocket('wss://127.0.0.1:' + server.address().port, {
        ca: root, servername: 'localhost', ...versions,
        checkServerIdentity: (host, cert) =>
          require('tls').checkServerIdentity('localhost', cert) });
      ws.on('error', (e) => { seen.client = e.code || e.message; done(); });
      ws.on('open', () => ws.close(1000));
      ws.on('close', () => {
        if (!seen.client) { seen.client = 'open'; done(); }
      });
    });
  });
}

(async () => {
  let failed = 0, cpu = process.cpuUsage(), began = process.hrtime.bigint();
  for (let i = 0; i < Number(count); i++) {
    const version = i >> 1 & 1 ? 'TLSv1.3' : 'TLSv1.2';
    if (!await run(i % 2 === 0, version)) failed++;
  }
  const ms = Number(process.hrtime.bigint() - began) / 1e6 / count;
  cpu = process.cpuUsage(cpu);
  console.log(`failed=${failed} wall=${ms.toFixed(3)} ` +
    `cpu=${((cpu.user + cpu.system) / 1000 / count).toFixed(3)}`);
})();
