/** What the editor's own environment says to Node of the editor, and no program may inherit. */
const EDITORS = /^(NODE_OPTIONS|ELECTRON_|VSCODE_)/;

/** The environment of processes of our own that the user's Node runs. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !EDITORS.test(name)));
}
