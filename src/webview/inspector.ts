import './inspector.css';
import type { CallSite } from '../model/types/index.ts';
import type {
  FromInspector,
  InspectedFrame,
  InspectedLink,
  InspectedSite,
  Inspection,
  ToInspector,
} from '../protocol/inspector.ts';

/** The inspector's client: draws an inspection as a list that works by mouse, keyboard and screen reader alike. */

declare function acquireVsCodeApi(): { postMessage(message: FromInspector): void };
const host = acquireVsCodeApi();
const main = document.querySelector('main')!;

function element(name: string, className: string, ...content: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}

function button(
  className: string,
  label: string,
  click: () => void,
  ...content: (Node | string)[]
): HTMLElement {
  const made = element('button', className, ...(content.length > 0 ? content : [label]));
  made.setAttribute('type', 'button');
  made.title = label;
  made.addEventListener('click', click);
  return made;
}

function siteButton(site: InspectedSite): HTMLElement {
  const go = () => host.postMessage({ type: 'goto', site: site.site });
  const place = element('span', 'place', site.place);
  const made = button(
    `site ${site.role}`,
    `${site.place}: ${site.text}`,
    go,
    place,
    element('span', 'what', site.text),
  );
  made.title = fullPlace(site.site);
  return made;
}

function fullPlace({ file, line, column }: CallSite): string {
  return `${file}:${line}:${column}`;
}

/** The lines that led there, as links in one line of text. */
function stackLine({ stack, site }: InspectedSite): HTMLElement[] {
  if (stack.length === 0) return [];
  const links = stack.map((frame, i) => {
    const isPlace = frame.site.file === site.file && frame.site.line === site.line;
    const made = frameButton(frame, isPlace);
    return i === 0 ? [made] : [' ← ', made];
  });
  return [element('div', 'stack', ...links.flat())];
}

function frameButton({ site, text }: InspectedFrame, isPlace = false): HTMLElement {
  const made = button(isPlace ? 'frame here' : 'frame', text, () => host.postMessage({ type: 'goto', site }));
  made.title = fullPlace(site);
  return made;
}

function siteItems(site: InspectedSite): HTMLElement[] {
  return [siteButton(site), ...stackLine(site)];
}

function linkItem(
  link: InspectedLink,
  index: number,
  selected: boolean,
  words: Inspection['words'],
): HTMLElement {
  const select = () => host.postMessage({ type: 'select', link: index });
  const text = button('text', `${link.text} (${words.show})`, select, link.text, sinceSpan(link));
  text.setAttribute('aria-pressed', String(selected));
  text.addEventListener('keydown', moveAmongLinks);
  const sites = [...(link.waits ? [link.waits] : []), ...link.causes].flatMap(siteItems);
  const item = element('li', selected ? 'link selected' : 'link', text, ...sites);
  return item;
}

function sinceSpan({ since }: InspectedLink): HTMLElement {
  const made = element('span', 'since', ` ${since}`);
  // It changes with every update, and a screen reader would read out each change.
  made.setAttribute('aria-live', 'off');
  return made;
}

/** Up and down go from link to link. */
function moveAmongLinks(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const texts = [...document.querySelectorAll<HTMLElement>('.link .text')];
  const next = texts[texts.indexOf(event.currentTarget as HTMLElement) + step];
  next?.focus();
  event.preventDefault();
}

function section(title: string, ...content: (Node | string)[]): HTMLElement {
  return element('section', '', element('h2', '', title), ...content);
}

/** Apart from the story: whoever doubts it opens it. */
function proofSection(proof: Inspection['proof'], title: string, isOpen: boolean): HTMLElement {
  const members = proof.map(({ text, needs }) => {
    const rows = needs.map((need) =>
      element('li', '', need.text, ...(need.site ? [' ', frameButton(need.site)] : [])),
    );
    return element('li', 'member', text, element('ul', '', ...rows));
  });
  const made = element('details', 'proof', element('summary', '', title), element('ul', '', ...members));
  made.toggleAttribute('open', isOpen);
  return made;
}

function draw(inspection: Inspection, selected: number): void {
  const { title, certain, certainty, over, links, others, explanation, fix, proof, words } = inspection;
  const isProofOpen = main.querySelector('details')?.open ?? false;
  const focused = [...main.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement);
  const badge = element('span', certain ? 'badge certain' : 'badge suspected', certainty);
  const list = element('ol', 'chain', ...links.map((link, i) => linkItem(link, i, i === selected, words)));
  main.replaceChildren(
    element('h1', '', title, ' ', badge),
    element('p', 'over', over),
    section(words.chain, list, ...others.flatMap(siteItems)),
    section(words.why, element('p', '', explanation)),
    section(words.fix, element('p', '', fix)),
    ...(proof.length === 0 ? [] : [proofSection(proof, words.proof, isProofOpen)]),
    element(
      'div',
      'actions',
      button('action', words.timeline, () => host.postMessage({ type: 'timeline' })),
      button('action secondary', words.stacks, () => host.postMessage({ type: 'stacks' })),
      button('action secondary', words.copy, () => host.postMessage({ type: 'copy' })),
    ),
  );
  if (focused >= 0) main.querySelectorAll('button')[focused]?.focus();
}

function update(since: readonly string[], over: string): void {
  for (const [i, span] of [...main.querySelectorAll('.since')].entries())
    span.textContent = ` ${since[i] ?? ''}`;
  const note = main.querySelector('.over');
  if (note && note.textContent !== over) note.textContent = over;
}

window.addEventListener('message', ({ data }: MessageEvent<ToInspector>) => {
  if (data.type === 'show') draw(data.inspection, data.selected);
  else update(data.since, data.over);
});
host.postMessage({ type: 'ready' });
