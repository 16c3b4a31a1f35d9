// A child sends 100,000 messages with process.send; prints the ms from the first call until the parent has the last.
const { fork } = require('node:child_process');
const MESSAGES = 100_000;
if (process.send) {
  process.once('message', () => {
    let sent = 0;
    const some = () => {
      for (let i = 0; i < 1000 && sent < MESSAGES; i++) process.send({ i: sent++, text: 'message' });
      if (sent < MESSAGES) setImmediate(some);
    };
    some();
  });
} else {
  const child = fork(__filename);
  let start = 0;
  let received = 0;
  child.on('spawn', () => {
    start = performance.now();
    child.send('go');
  });
  child.on('message', () => {
    if (++received < MESSAGES) return;
    console.log(performance.now() - start);
    child.disconnect();
  });
}
