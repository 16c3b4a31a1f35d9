// Runs in the page before anything else: what VS Code puts into a webview. Plain JavaScript, since it is not compiled.
{
  const { theme, state } = window.forkscopeGiven;
  let kept = state;
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.forkscopePost(message),
    getState: () => kept,
    setState: (value) => {
      kept = value;
      window.forkscopeSaved = value;
      window.forkscopeSave(value);
    },
  });
  document.addEventListener('readystatechange', () => {
    for (const [name, value] of Object.entries(theme.variables)) {
      document.documentElement.style.setProperty(name, value);
    }
    document.body.classList.add(theme.className);
  });
}
