import * as vscode from 'vscode';
import { placesIn } from './places-in.ts';
import { siteUri } from './reveal.ts';

/** Schemes of documents of ours whose places lead to the source. */
const SCHEMES = ['forkscope-report', 'forkscope-look'];

/** Makes `/folder/file.ts:12` in reports a link to the line. */
export function registerPlaceLinks(): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(
    SCHEMES.map((scheme) => ({ scheme })),
    {
      provideDocumentLinks: (document) =>
        placesIn(document.getText()).flatMap(({ start, end, file, line }) => {
          const uri = siteUri({ file });
          const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
          return uri ? [new vscode.DocumentLink(range, uri.with({ fragment: `L${line}` }))] : [];
        }),
    },
  );
}
