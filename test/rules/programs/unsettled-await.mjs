// certain; options: --awaits; code: 13; ends
// Main awaits a promise that nothing is left to settle; or ends with that exit code because it wants to.
const fine = process.argv[2] === 'fine';
const answer = new Promise((resolve) => {
  if (fine) setTimeout(resolve, 3000);
});
await answer; // named
process.exitCode = 13;
