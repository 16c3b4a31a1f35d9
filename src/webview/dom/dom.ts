/** Builds elements without HTML text: nothing of a trace is ever parsed as markup, and no inline style is needed. */
interface Props {
  readonly class?: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly on?: { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class !== undefined) element.className = props.class;
  if (props.text !== undefined) element.textContent = props.text;
  for (const [name, value] of Object.entries(props.attrs ?? {})) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(props.on ?? {})) {
    element.addEventListener(name, listener as EventListener);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Sets text only where it differs, so that screen readers and selections are not disturbed. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
export function setAttr(element: Element, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Gives an element these children, and leaves what is the same already: a button that were replaced while the pointer is down on
 * it would lose the click. Buttons that are equal must do the same.
 */
export function renew(parent: Element, children: readonly (Node | null)[]): void {
  const made = children.filter((child) => child !== null);
  made.forEach((node, i) => {
    const old = parent.childNodes[i];
    if (old === undefined) parent.append(node);
    else if (old !== node && !old.isEqualNode(node)) {
      if (isAlike(old, node)) renew(old, [...node.childNodes]);
      else old.replaceWith(node);
    }
  });
  while (parent.childNodes.length > made.length) parent.lastChild?.remove();
}

/** Two elements that differ only in what they contain, none of them a button. */
function isAlike(a: Node, b: Node): a is Element {
  return a instanceof Element && a.tagName !== 'BUTTON' && a.cloneNode(false).isEqualNode(b.cloneNode(false));
}

const SVG = 'http://www.w3.org/2000/svg';
/** Line icons on a 16×16 grid. */
const ICONS = {
  zoomIn: 'M7 3.5v7M3.5 7h7M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2zM11 11l3.5 3.5',
  zoomOut: 'M4 7h6M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2zM11 11l3.5 3.5',
  fit: 'M2 3v10M14 3v10M4.5 8h7M6.5 6l-2 2 2 2M9.5 6l2 2-2 2',
  follow: 'M3 8h7M7 4.5 10.5 8 7 11.5M13.5 3v10',
  previous: 'M13 4 8 8l5 4zM4 3.5v9',
  next: 'M3 4l5 4-5 4zM12 3.5v9',
  close: 'M4 4l8 8M12 4l-8 8',
  help: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.8-1.1 1.8M8 12.2v.6',
} as const;
export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with an icon; its label is the tooltip and the accessible name, with the key behind it. */
export function iconButton(name: IconName, label: string, key: string, run: () => void): HTMLButtonElement {
  const title = key === '' ? label : `${label} (${key})`;
  const attrs: Record<string, string> = { type: 'button', title, 'aria-label': label };
  if (key !== '') attrs['aria-keyshortcuts'] = key;
  return el('button', { class: 'icon-button', attrs, on: { click: run } }, icon(name));
}
