// certain; options: --awaits; stays
// A request is dropped from the table of those that are open, or answered late.
const open = new Map();

async function price(of) {
  console.log(of, await new Promise((resolve) => open.set(of, resolve))); // named
}

price('bread');
if (process.argv[2] === 'fault') {
  open.delete('bread');
  setInterval(() => open.size, 300);
} else {
  setTimeout(() => open.get('bread')(3), 3000);
}
