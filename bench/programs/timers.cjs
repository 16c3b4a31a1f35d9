// Arms 100,000 timers with 50 different times; prints the ms of processor time until the last one has fired.
const TIMERS = 100_000;
let fired = 0;
const start = process.cpuUsage();
const done = () => {
  if (++fired < TIMERS) return;
  const { user, system } = process.cpuUsage(start);
  console.log((user + system) / 1000);
};
for (let i = 0; i < TIMERS; i++) setTimeout(done, 1 + (i % 50));
