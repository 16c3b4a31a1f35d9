import type { Program } from '../types.ts';

/** What starts, watches and joins processes. */
export const MANAGERS: readonly Program[] = [
  {
    id: 'npm_run_all',
    packages: ['npm-run-all2@8.0.4'],
    files: {
      'package.json': '{"private":true,"scripts":{"one":"node say.cjs one","two":"node say.cjs two"}}',
      'say.cjs': 'console.log(process.argv[2]);\n',
    },
    command: ['node_modules/.bin/run-p', 'one', 'two'],
    unordered: true,
    posix: true,
    expect: { processes: 5, nodeExecs: 5, shells: 2 },
  },
  {
    id: 'nodemon_crash',
    packages: ['nodemon@3.1.14'],
    files: { 'app.cjs': "console.log('app', typeof process.send);\nprocess.exit(3);\n" },
    command: ['node_modules/.bin/nodemon', '--exitcrash', '--quiet', 'app.cjs'],
    exitCode: 1,
    // It asks `sh -c ps`: the grandchild behind the shell is seen only if it lives when somebody looks.
    posix: true,
    expect: { processes: 2, nodeExecs: 2, shells: 1, natives: [0, 1] },
  },
  {
    id: 'throng_cluster',
    packages: ['throng@5.0.0'],
    files: {
      'app.cjs':
        "const throng = require('throng');\n" +
        'throng({ count: 3, lifetime: 1, grace: 2000, signals: [],\n' +
        "  master: () => console.log('master'),\n" +
        '  worker: (id, disconnect) => { console.log(`worker ${id}`); disconnect(); } });\n',
    },
    command: ['node', 'app.cjs'],
    unordered: true,
    expect: { processes: 4, nodeExecs: 4 },
  },
  {
    id: 'cluster_http',
    packages: [],
    files: {
      'app.cjs':
        "const cluster = require('node:cluster');\nconst http = require('node:http');\n" +
        'if (cluster.isPrimary) {\n' +
        '  const workers = [cluster.fork(), cluster.fork()];\n' +
        '  let listening = 0;\n' +
        "  cluster.on('listening', async (_worker, address) => {\n" +
        '    if (++listening < workers.length) return;\n' +
        '    for (let i = 0; i < 6; i++) {\n' +
        '      const r = await fetch(`http://127.0.0.1:${address.port}/`, { headers: { connection: "close" } });\n' +
        '      console.log(await r.text());\n' +
        '    }\n' +
        "    for (const w of workers) w.send('stop');\n" +
        '  });\n' +
        "  cluster.on('message', (_worker, message) => console.log('answered', message.length));\n" +
        '} else {\n' +
        "  const server = http.createServer((_q, r) => { process.send('request'); r.end('hello'); });\n" +
        "  server.listen(0, '127.0.0.1');\n" +
        "  process.on('message', () => { server.close(); process.disconnect(); });\n" +
        '}\n',
    },
    command: ['node', 'app.cjs'],
    unordered: true,
    expect: { processes: 3, nodeExecs: 3, ipcDown: 2, ipcUp: 6, ipcDownReceived: 2, ipcUpReceived: 6 },
  },
  {
    id: 'socketio_cluster',
    packages: [
      'socket.io@4.8.4',
      'socket.io-client@4.8.4',
      '@socket.io/cluster-adapter@0.3.0',
      '@socket.io/sticky@2.0.1',
    ],
    files: {
      'primary.cjs':
        "const cluster = require('node:cluster');\nconst http = require('node:http');\n" +
        "const { setupMaster } = require('@socket.io/sticky');\n" +
        "const { setupPrimary } = require('@socket.io/cluster-adapter');\nconst { io } = require('socket.io-client');\n" +
        'const server = http.createServer();\n' +
        "setupMaster(server, { loadBalancingMethod: 'round-robin' });\nsetupPrimary();\n" +
        "cluster.setupPrimary({ exec: 'worker.cjs', serialization: 'advanced' });\n" +
        "const connect = (port) => io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });\n" +
        "server.listen(0, '127.0.0.1', () => {\n" +
        '  let up = 0;\n  for (let i = 0; i < 2; i++) cluster.fork();\n' +
        "  cluster.on('message', async (_worker, message) => {\n" +
        "    if (message !== 'up' || ++up < 2) return;\n" +
        '    const clients = [connect(server.address().port), connect(server.address().port)];\n' +
        '    let heard = 0;\n' +
        "    for (const client of clients) client.on('said', (text) => {\n" +
        '      console.log(text);\n      if (++heard < 4) return;\n' +
        '      for (const each of clients) each.close();\n' +
        "      for (const worker of Object.values(cluster.workers)) worker.send('end');\n" +
        '      server.close();\n    });\n' +
        "    await Promise.all(clients.map((each) => each.connected || new Promise((done) => each.on('connect', done))));\n" +
        "    clients[0].emit('say', 'one');\n    clients[1].emit('say', 'two');\n" +
        '  });\n});\n',
      'worker.cjs':
        "const http = require('node:http');\nconst { Server } = require('socket.io');\n" +
        "const { setupWorker } = require('@socket.io/sticky');\n" +
        "const { createAdapter } = require('@socket.io/cluster-adapter');\n" +
        'const io = new Server(http.createServer());\nio.adapter(createAdapter());\nsetupWorker(io);\n' +
        "io.on('connection', (socket) => socket.on('say', (text) => io.emit('said', text)));\n" +
        "process.on('message', (message) => { if (message === 'end') process.exit(); });\n" +
        "process.send('up');\n",
    },
    command: ['node', 'primary.cjs'],
    unordered: true,
    // Sockets travel as handles; what one worker emits goes to the other through the primary.
    expect: { processes: 3, nodeExecs: 3, ipcDown: 14, ipcUp: 14, ipcDownReceived: 14, ipcUpReceived: 14 },
  },
  {
    id: 'execa_ipc',
    packages: ['execa@9.6.1'],
    files: {
      'main.mjs':
        "import { execa, execaNode } from 'execa';\n" +
        "const child = execaNode('child.mjs', { ipc: true });\n" +
        'for (let i = 1; i <= 5; i++) {\n' +
        '  await child.sendMessage(i);\n' +
        '  console.log(await child.getOneMessage());\n' +
        '}\n' +
        'await child;\n' +
        "const { stdout } = await execa('echo done && node -p 6*7', { shell: true });\nconsole.log(stdout);\n",
      'child.mjs':
        "import { getEachMessage, sendMessage } from 'execa';\nlet n = 0;\n" +
        'for await (const m of getEachMessage()) {\n' +
        '  await sendMessage(m * m);\n  if (++n === 5) break;\n}\n',
    },
    command: ['node', 'main.mjs'],
    stdout: '1\n4\n9\n16\n25\ndone\n42',
    posix: true,
    expect: {
      processes: 3,
      nodeExecs: 3,
      shells: 1,
      ipcDown: 5,
      ipcUp: 5,
      ipcDownReceived: 5,
      ipcUpReceived: 5,
    },
  },
];
