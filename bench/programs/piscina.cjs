// 10,000 tasks that do nothing on two threads; prints the ms from the first until all are done.
const { createRequire } = require('node:module');
const { Piscina } = createRequire(`${process.cwd()}/`)('piscina');
const TASKS = 10_000;
async function main() {
  const pool = new Piscina({ filename: `${__dirname}/nothing.cjs`, minThreads: 2, maxThreads: 2 });
  await Promise.all([pool.run(0), pool.run(0)]);
  const start = performance.now();
  await Promise.all(Array.from({ length: TASKS }, (_, i) => pool.run(i)));
  console.log(performance.now() - start);
  await pool.close();
}
main();
