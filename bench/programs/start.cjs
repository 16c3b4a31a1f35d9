// Starts 20 children that do nothing; prints the median of the CPU time that each has used when it ends, ms.
const { spawnSync } = require('node:child_process');
const CHILDREN = 20;
if (process.argv[2] === 'child') {
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${(user + system) / 1000}\n`);
  });
} else {
  const cpu = () => Number(spawnSync(process.execPath, [__filename, 'child'], { encoding: 'utf8' }).stdout);
  const all = Array.from({ length: CHILDREN }, cpu).sort((a, b) => a - b);
  console.log(all[CHILDREN / 2]);
}
