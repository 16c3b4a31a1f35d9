console.log(`cwd ${process.cwd()}`);
