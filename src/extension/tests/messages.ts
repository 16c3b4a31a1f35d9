import * as vscode from 'vscode';
import type { CallSite, Finding } from '../../model/types/index.ts';
import { siteUri } from '../workbench/reveal.ts';
import type { TestFailure } from './result.ts';

/** How a test has failed. @param file the test's: the line in it is where the message stands */
export function failureMessage(
  { message, stack, expected, actual }: TestFailure,
  file: string,
): vscode.TestMessage {
  const text =
    expected !== undefined && actual !== undefined
      ? vscode.TestMessage.diff(message, expected, actual)
      : new vscode.TestMessage(message === '' ? stack : message);
  const frames = framesOf(stack);
  const own = frames.find(({ uri }) => uri?.fsPath === file);
  if (own?.uri && own.position) text.location = new vscode.Location(own.uri, own.position);
  if (frames.length > 0) text.stackTrace = frames;
  return text;
}

/** Why a test stands still: the finding, at the lines that wait and at those that it is about. */
export function findingMessage({ title, explanation, fix, chain, sites }: Finding): vscode.TestMessage {
  const mend = vscode.l10n.t('How to mend it: {0}', fix);
  const message = new vscode.TestMessage([title, explanation, mend].filter(Boolean).join('\n\n'));
  const waits = chain.flatMap(({ site, text }) => (site ? [{ site, text }] : []));
  const places = [...waits, ...sites.map((site) => ({ site, text: site.fn }))];
  const [first] = places;
  const uri = first && siteUri(first.site);
  if (uri) message.location = new vscode.Location(uri, positionOf(first.site));
  message.stackTrace = places.map(
    ({ site, text }) => new vscode.TestMessageStackFrame(text, siteUri(site), positionOf(site)),
  );
  return message;
}

function positionOf({ line, column }: Pick<CallSite, 'line' | 'column'>): vscode.Position {
  return new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
}

const FRAME = /^\s+at (?:(.*) \()?(?:file:\/\/)?(\/[^:()]*|[A-Za-z]:[^:()]*):(\d+):(\d+)\)?$/;

function framesOf(stack: string): vscode.TestMessageStackFrame[] {
  return stack.split('\n').flatMap((text) => {
    const [, name = '', file, line, column] = FRAME.exec(text) ?? [];
    if (file === undefined) return [];
    const position = positionOf({ line: Number(line), column: Number(column) });
    return [new vscode.TestMessageStackFrame(name, vscode.Uri.file(file), position)];
  });
}
