/** Options of Node whose value is a word of its own: that word is no script. */
const TAKES_WORD = /^(-r|-C|--(require|import|loader|experimental-loader|conditions|env-file|input-type))$/;
/** With these the program stands in the command line itself. */
const EVALUATES = /^(-e|-p|-pe|--(eval|print)(=.*)?)$/;

/** The script that a command line of Node runs; `undefined`: its command is not Node, or none is named. */
export function scriptOf([command = '', ...words]: readonly string[]): string | undefined {
  if (!/(^|[/\\])node(\.exe)?$/i.test(command)) return undefined;
  const at = words.findIndex(
    (word, index) => !word.startsWith('-') && !TAKES_WORD.test(words[index - 1] ?? ''),
  );
  return words.slice(0, at).some((word) => EVALUATES.test(word)) ? undefined : words[at];
}
