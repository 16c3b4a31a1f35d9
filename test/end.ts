/** Runs what a command of the tests does; its exit code is what `main` resolves with, and 1 after an error, which is printed. */
export async function endWith(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
