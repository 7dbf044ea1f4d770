// Dials every job of the JSON file argv[2], one after the other, over TLS;
// prints one line of JSON: slug -> Node's code for the failure, or "OK".
'use strict'
const fs = require('fs')
const net = require('net')
const tls = require('tls')

function read (path) {
  return path ? fs.readFileSync(path) : undefined
}

function dial (job) {
  return new Promise((resolve) => {
    const socket = tls.connect({
      host: '127.0.0.1',
      port: job.port,
      ca: read(job.ca) || [],
      crl: job.crls && job.crls.map(read),
      ciphers: job.level === undefined ? undefined
        : `DEFAULT:@SECLEVEL=${job.level}`,
      servername: job.host && !net.isIP(job.host) ? job.host : '',
      checkServerIdentity: (_, cert) =>
        tls.checkServerIdentity(job.host || job.ip, cert)
    })
    socket.setTimeout(5000, () => { resolve('timeout'); socket.destroy() })
    socket.once('secureConnect', () => { resolve('OK'); socket.destroy() })
    socket.once('error', (error) => resolve(error.code || error.message))
  })
}

async function main () {
  const words = {}
  for (const job of JSON.parse(read(process.argv[2]))) {
    words[job.slug] = await dial(job)
  }
  console.log(JSON.stringify(words))
}

main()
