/** What the page is made of. Addresses are as the webview may load them. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
  /** Where scripts and styles may come from (`webview.cspSource`). */
  readonly cspSource: string;
  /** A random text, another one for each page: only scripts that carry it run. */
  readonly nonce: string;
  /** Language of the user interface, as `vscode.env.language`. */
  readonly language: string;
  readonly title: string;
  /** English text → translated text, or `undefined` in English. */
  readonly translations: Readonly<Record<string, string>> | undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
function htmlText(text: string): string {
  return text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
}

/**
 * The timeline's page. Its policy allows one script and one style sheet of the extension's own and nothing else: no inline
 * code or style, no network, no images, no frames.
 */
export function timelineHtml(parts: PageParts): string {
  const policy = [
    "default-src 'none'",
    `style-src ${parts.cspSource}`,
    `script-src 'nonce-${parts.nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // Data, not code: `<` is written so that no text can end the element.
  const translations = JSON.stringify(parts.translations ?? {}).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="${htmlText(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlText(parts.title)}</title>
<link rel="stylesheet" href="${htmlText(parts.style)}">
</head>
<body>
<div id="timeline"></div>
<script type="application/json" id="translations">${translations}</script>
<script type="module" nonce="${htmlText(parts.nonce)}" src="${htmlText(parts.script)}"></script>
</body>
</html>
`;
}
