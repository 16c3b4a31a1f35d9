'use strict';
// Counts what a Node program does, on its own account: nothing of Forkscope's shim is in here, so that the two can
// check each other. Loaded with NODE_OPTIONS=--require into every process and thread; FORKSCOPE_COUNT is the file that
// each event appends one line to, synchronously, so that SIGKILL loses none:
//   <event> <pid> <threadId> [detail]
// It listens to Node's own diagnostics channels where there is one, replaces functions where there is none, adds no
// listener, timer or handle, and never looks into a message beyond the `cmd` that marks Node's internal ones, or into
// those that Node itself sends.
const file = process.env.FORKSCOPE_COUNT;
if (file) install(file);

function install(file) {
  const { openSync, writeSync } = require('node:fs');
  const threads = require('node:worker_threads');
  // A thread of Node's own (ESM loader hooks) has no port to a parent and is not the user's.
  if (!threads.isMainThread && !threads.parentPort) return;
  const fd = openSync(file, 'a', 0o600);
  const count = (event, detail = '') => {
    try {
      writeSync(fd, `${event} ${process.pid} ${threads.threadId} ${String(detail).replace(/\s+/g, ' ')}\n`);
    } catch {
      // The program goes on uncounted.
    }
  };
  if (threads.isMainThread) count('process', process.argv.slice(1).join(' '));
  else count('thread');
  countChildren(count, file);
  countIpcOfThisProcess(count);
  countPorts(count, threads);
  countAtomics(count);
}

/** Children by the parent, and the messages of their IPC channels as the parent sees them. */
function countChildren(count, file) {
  const { ChildProcess } = require('node:child_process');
  require('node:diagnostics_channel').subscribe('worker_threads', ({ worker }) => {
    if (worker.constructor.name !== 'InternalWorker') count('worker');
  });
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function (...args) {
    count('spawn', args[0]?.args?.join(' '));
    keepCounting(args[0], file);
    const result = Reflect.apply(spawn, this, args);
    if (this.channel) {
      wrapSend(this, () => count('ipcDown'));
      wrapEmit(this, () => count('ipcUpReceived'));
    }
    return result;
  };
}

/** Programs that start children with an environment of their own would hide them. */
function keepCounting(options, file) {
  const pairs = options?.envPairs;
  if (!Array.isArray(pairs)) return;
  const own = `--require ${JSON.stringify(__filename)}`;
  const at = pairs.findIndex((pair) => pair.startsWith('NODE_OPTIONS='));
  if (at < 0) pairs.push(`NODE_OPTIONS=${own}`);
  else if (!pairs[at].includes(__filename)) pairs[at] += ` ${own}`;
  if (!pairs.some((pair) => pair.startsWith('FORKSCOPE_COUNT='))) pairs.push(`FORKSCOPE_COUNT=${file}`);
}

function countIpcOfThisProcess(count) {
  if (!process.channel) return;
  wrapSend(process, () => count('ipcUp'));
  wrapEmit(process, () => count('ipcDownReceived'));
}

/** Node's own messages (cluster, handle passing) carry a `cmd` that begins with NODE_. */
const isInternal = (message) => typeof message?.cmd === 'string' && message.cmd.startsWith('NODE_');

function wrapSend(target, told) {
  const { send } = target;
  target.send = function (...args) {
    // Before it is sent: who receives it may kill this process.
    if (this.connected && !isInternal(args[0])) told();
    return Reflect.apply(send, this, args);
  };
}

function wrapEmit(target, told) {
  const { emit } = target;
  target.emit = function (...args) {
    if (args[0] === 'message') told();
    return Reflect.apply(emit, this, args);
  };
}

function countPorts(count, threads) {
  // A Worker's postMessage calls its port's: told once.
  let nested = false;
  // Ports to threads of Node's own, which run the hooks of ESM loaders.
  const ofNode = new WeakSet();
  const { postMessage: toWorker } = threads.Worker.prototype;
  threads.Worker.prototype.postMessage = function (...args) {
    if (this.constructor.name !== 'InternalWorker') count('workerPost');
    nested = true;
    try {
      return Reflect.apply(toWorker, this, args);
    } finally {
      nested = false;
    }
  };
  const { postMessage: toPort } = threads.MessagePort.prototype;
  threads.MessagePort.prototype.postMessage = function (...args) {
    if (!nested) {
      const byNode = calledByNode();
      if (byNode && args[0]?.type === 'loadScript' && args[0].doEval === 'internal') ofNode.add(this);
      if (!ofNode.has(this)) count(byNode ? 'nodePortPost' : 'portPost');
    }
    return Reflect.apply(toPort, this, args);
  };
}

/** Whether the caller of the replaced function is Node itself (a worker's start, its stdio). */
function calledByNode() {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 3;
  const frames = String(new Error().stack).split('\n');
  Error.stackTraceLimit = limit;
  return /[( ]node:/.test(frames[3] ?? '');
}

function countAtomics(count) {
  for (const name of ['wait', 'waitAsync']) {
    const original = Atomics[name];
    Atomics[name] = function (...args) {
      if (!calledByNode()) count('atomicsWait');
      return Reflect.apply(original, this, args);
    };
  }
}
