// Sends mails with nodemailer for the benchmark of the desk. Each line of the standard
// input is a task in JSON, and the answer is a line in JSON. The first line has the
// content of the mails and the databases.
'use strict'
const nodemailer = require('nodemailer')
const readline = require('node:readline')

const createTable = 'CREATE TABLE IF NOT EXISTS peer_mails (id TEXT PRIMARY KEY, recipient TEXT NOT NULL, state TEXT NOT NULL, reply TEXT NOT NULL)'

// openSQLite opens the file with the settings of a desk.
function openSQLite(path) {
  let Database
  try {
    Database = require('better-sqlite3')
  } catch {
    Database = require('node:sqlite').DatabaseSync // Node 22
  }
  const db = new Database(path)
  for (const setting of ['journal_mode = WAL', 'synchronous = FULL', 'busy_timeout = 10000']) db.exec(`PRAGMA ${setting}`)
  db.exec(createTable)
  const before = db.prepare("INSERT INTO peer_mails VALUES (?, ?, 'sending', '')")
  const after = db.prepare("UPDATE peer_mails SET state = 'delivered', reply = ? WHERE id = ?")
  return { before: async (id, to) => before.run(id, to), after: async (id, reply) => after.run(reply, id) }
}

// openPostgres opens as many connections as mails are in flight.
async function openPostgres(url, parallel) {
  const { Pool } = require('pg')
  const pool = new Pool({ connectionString: url, max: parallel })
  await pool.query(createTable)
  return {
    before: (id, to) => pool.query({ name: 'before', text: "INSERT INTO peer_mails VALUES ($1, $2, 'sending', '')", values: [id, to] }),
    after: (id, reply) => pool.query({ name: 'after', text: "UPDATE peer_mails SET state = 'delivered', reply = $1 WHERE id = $2", values: [reply, id] }),
  }
}

let letter
const transports = new Map()
const stores = new Map()
let sent = 0

// memo returns the value of a key in a map, which make makes once.
async function memo(map, key, make) {
  if (!map.has(key)) map.set(key, await make())
  return map.get(key)
}

// send sends n mails, so many of them in flight.
async function send({ port, parallel, n, store, address }) {
  const transport = await memo(transports, `${port} ${parallel}`, () => nodemailer.createTransport({
    host: '127.0.0.1', port, secure: false, ignoreTLS: true, pool: true, maxConnections: parallel, maxMessages: Infinity,
  }))
  const rows = store && await memo(stores, `${address} ${parallel}`, () => (store === 'SQLite' ? openSQLite(address) : openPostgres(address, parallel)))
  let left = n
  const worker = async () => {
    while (left > 0) {
      left--
      const id = `m${++sent}`
      const to = `p${sent}@example.test`
      if (rows) await rows.before(id, to)
      const info = await transport.sendMail({
        from: letter.from, to, subject: letter.subject, text: letter.text, html: letter.html,
        icalEvent: { method: 'REQUEST', content: letter.calendar },
      })
      if (rows) await rows.after(id, info.response)
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
}

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const task = JSON.parse(line)
  let error = ''
  if (task.letter) {
    letter = task.letter
  } else {
    try {
      await send(task)
    } catch (e) {
      error = String(e)
    }
  }
  console.log(JSON.stringify({ error }))
}).on('close', () => process.exit(0))
