import { config } from '@vscode/l10n';
import './timeline.css';
import { connect } from './dom/host.ts';
import { Page } from './page.ts';

/** Translations are in the page as data: `vscode.l10n.bundle` of the extension host. */
function translations(): string {
  return document.getElementById('translations')?.textContent || '{}';
}

config({ contents: translations() });
const host = connect();
window.addEventListener('error', (event) => host.post({ type: 'clientError', message: event.message }));
window.addEventListener('unhandledrejection', (event) =>
  host.post({ type: 'clientError', message: String(event.reason) }),
);
const page = new Page(host, document.getElementById('timeline') ?? document.body);
// Frame costs, for the benchmark and for `Developer: Open Webview Developer Tools`.
Object.assign(window, { forkscopeFrames: page.frames });
host.post({ type: 'ready' });
