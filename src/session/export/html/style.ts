/** The page's own style: the policy of the page allows this text alone, by its hash. */
export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1f2328; --dim: #59636e; --line: #d1d9e0; --card: #f6f8fa; --link: #0757ba;
  --bad: #b3121d; --warn: #7a4d00; --good: #136c2e; --running: #57a773; --lock: #d1242f; --receive: #3b82c4; --send: #8250df;
  --join: #1b8f8f; --sync: #bc4c00; --result: #b58900; --idle: #c3cad1; --holding: #bf5793; --ready: #e6d9a3;
  --native: #a0664f; --paused: #5b7fa6; --stopped: #7b838c; --unknown: #e9ecef; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --dim: #9aa4af; --line: #30363d; --card: #161b22;
  --link: #6cb0ff; --bad: #ff8a83; --warn: #e3b341; --good: #56d364; --running: #3f8f5c; --lock: #f85149; --receive: #58a6ff;
  --send: #b794ff; --join: #39c5bb; --sync: #f0883e; --result: #d9b310; --idle: #424a53; --holding: #e07ab3; --ready: #5c5428;
  --native: #c08a72; --paused: #7fa5cc; --stopped: #959da5; --unknown: #21262d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: .25rem 0; overflow-wrap: anywhere; } h4 { font-size: .9rem; margin: .75rem 0 .25rem; }
p { margin: .25rem 0; overflow-wrap: anywhere; } a { color: var(--link); }
code, .n { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; overflow-wrap: anywhere; unicode-bidi: isolate; }
.dim { color: var(--dim); } .bad { color: var(--bad); font-weight: 600; } .warn { color: var(--warn); font-weight: 600; } .good { color: var(--good); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem; border-top: 1px solid var(--line); font-weight: normal; }
thead th { border-top: 0; font-weight: 600; background: var(--card); } .r { text-align: right; white-space: nowrap; } .w { white-space: nowrap; }
.tree { white-space: pre; color: var(--dim); font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .9em; }
article { border: 1px solid var(--line); border-left: 4px solid var(--warn); border-radius: 6px; padding: .75rem 1rem; margin: .75rem 0; background: var(--card); }
article.certain { border-left-color: var(--bad); } article:target { outline: 2px solid var(--link); }
ol, ul { margin: .25rem 0; padding-left: 1.5rem; } li { overflow-wrap: anywhere; }
details { margin: .35rem 0; } summary { cursor: pointer; } summary:focus-visible, a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; font-size: .85rem; }
.legend svg { width: 12px; height: 12px; vertical-align: -1px; margin-right: .35rem; }
.lanes { display: block; width: 100%; min-width: 60rem; height: auto; font: 12px system-ui, sans-serif; } .lanes text { fill: var(--text); } .lanes .dim { fill: var(--dim); }
.axis { stroke: var(--line); } .mark { stroke: var(--warn); stroke-dasharray: 4 3; } .mark.certain { stroke: var(--bad); }
.s-running { fill: var(--running); } .s-lock { fill: var(--lock); } .s-receive { fill: var(--receive); } .s-send { fill: var(--send); }
.s-join { fill: var(--join); } .s-sync { fill: var(--sync); } .s-result { fill: var(--result); } .s-idle { fill: var(--idle); } .s-holding { fill: var(--holding); }
.s-ready { fill: var(--ready); } .s-native { fill: var(--native); } .s-paused { fill: var(--paused); } .s-stopped { fill: var(--stopped); } .s-unknown { fill: var(--unknown); }
@media print { .scroll { overflow: visible; } }
`;
