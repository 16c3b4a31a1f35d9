/** What the `node` of a traced terminal is made of. */
export interface WrapperFacts {
  /** Folder of the wrapper, which stands first in the terminal's PATH. */
  readonly folder: string;
  /** A Node that runs the command line tool. */
  readonly runtime: string;
  readonly cli: string;
  /** Arguments of `forkscope run` before the command. */
  readonly options: readonly string[];
}

/**
 * A shell script that stands for `node` in a terminal: it runs the Node that is next in PATH, under trace where it is the first of a
 * command. Inside of a session, below a debugger, with a Node that is too old or after the tool is gone it is just that Node.
 */
export function wrapperScript({ folder, runtime, cli, options }: WrapperFacts): string {
  const [own, tool, node] = [folder, cli, runtime].map(quoted);
  return `#!/bin/sh
# Written by Forkscope: the node of terminals whose programs are traced.
own=${own}
real=
IFS=:
for folder in $PATH; do
  if [ "$folder" != "$own" ] && [ -x "$folder/node" ] && [ ! -d "$folder/node" ]; then
    real=$folder/node
    break
  fi
done
unset IFS
if [ -z "$real" ]; then
  echo 'node: not found' >&2
  exit 127
fi
if [ -n "$FORKSCOPE_SESSION" ] || [ -n "$VSCODE_INSPECTOR_OPTIONS" ] || [ ! -f ${tool} ] || [ ! -x ${node} ]; then
  exec "$real" "$@"
fi
case $("$real" -v) in
  v[0-9].* | v1[0-9].*) exec "$real" "$@" ;;
esac
exec ${node} ${tool} run ${options.map(quoted).join(' ')} --node "$real" -- "$real" "$@"
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
