import type * as vscode from 'vscode';
import { Disposables } from '../../base/disposables.ts';
import type { TracedLines } from '../lines/traced-lines.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { CodeLenses } from './code-lenses.ts';
import { registerHovers } from './hovers.ts';
import { KnownFiles } from './known-files.ts';
import { RevealLine } from './reveal-line.ts';

/** What runs tell of the lines of open files: above them, when one points at them, and where they lead. */
export function registerCode(sessions: Sessions, lines: TracedLines): vscode.Disposable {
  const all = new Disposables();
  const files = new KnownFiles(sessions);
  all.add(new CodeLenses(sessions, files, lines));
  all.add(registerHovers(files, lines));
  all.add(new RevealLine(sessions, files, lines));
  return all;
}
