// Says what it was given, and what it is told on its terminal.
console.log(`cwd ${process.cwd()}`);
console.log(`arguments ${JSON.stringify(process.argv.slice(2))}`);
console.log(`terminal ${Boolean(process.stdin.isTTY && process.stdout.isTTY)}`);
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text: string) => {
  const line = text.trim();
  console.log(`heard ${line}`);
  if (line === 'bye') process.exit(7);
});
