import { Session } from '../../session/index.ts';
import { findingOptionsOf, type ViewOptions } from '../arguments/options.ts';
import { canDraw, stylerFor } from '../screen/terminal.ts';
import { pictureOf, TreeView } from '../screen/watch.ts';

/** Shows the process tree of a trace directory; of a live one on a terminal, until it ends or Ctrl-C. */
export async function view(dir: string, options: ViewOptions): Promise<number> {
  const session = Session.open(dir, { findings: findingOptionsOf(options), timeline: false });
  try {
    if (session.live && canDraw(process.stderr)) await follow(session);
    else print(session);
  } finally {
    session.close();
  }
  return 0;
}

function print(session: Session): void {
  process.stdout.write(`${pictureOf(session, stylerFor(process.stdout)).join('\n')}\n`);
}

async function follow(session: Session): Promise<void> {
  const view = new TreeView();
  view.follow(session);
  await new Promise<void>((resolve) => {
    session.onEnd(resolve);
    session.onFailed(() => resolve());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve());
  });
  view.close();
}
