// The task of piscina's and workerpool's pools.
const { createRequire } = require('node:module');

const tiny = (x) => x + 1;
module.exports = tiny;
// In a worker of workerpool, which is a process; piscina's are threads of the process that reads stdin.
if (process.send !== undefined) createRequire(`${process.cwd()}/`)('workerpool').worker({ tiny });
