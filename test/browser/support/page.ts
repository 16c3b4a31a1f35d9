import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { TimelineBridge } from '../../../src/extension/timeline/bridge.ts';
import { timelineHtml } from '../../../src/extension/timeline/html.ts';
import type { SessionHandle } from '../../../src/protocol/session.ts';
import type { TimelineState, ToExtension, ToWebview } from '../../../src/protocol/timeline.ts';
import { provideChromium } from '../../vscode/harness/install.ts';
import { THEMES, type ThemeName } from './themes.ts';

const DIST = fileURLToPath(new URL('../../../dist/webview/', import.meta.url));
const FAKE_VSCODE = fileURLToPath(new URL('./fake-vscode.js', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

interface Options {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
  readonly state?: TimelineState | null;
  readonly reducedMotion?: boolean;
}

/** A Chromium and a server of the built client, shared by the tests of a file. */
export class Harness {
  private readonly browser: Browser;
  private readonly server: Server;

  private constructor(browser: Browser, server: Server) {
    this.browser = browser;
    this.server = server;
  }

  static async start(): Promise<Harness> {
    const executablePath = await provideChromium();
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const origin = `http://${request.headers.host}`;
      const type = TYPES[path.extname(pathname)];
      if (type === undefined) {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(pageHtml(origin));
        return;
      }
      response.setHeader('content-type', `${type}; charset=utf-8`);
      response.end(readFileSync(path.join(DIST, path.basename(pathname))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Harness(browser, server);
  }

  async open(session: SessionHandle | undefined, options: Options = {}): Promise<Client> {
    const context = await this.browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 640 },
      deviceScaleFactor: options.scale ?? 1,
      reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
    });
    const { port } = this.server.address() as AddressInfo;
    const client = new Client(context, await context.newPage());
    await client.load(`http://127.0.0.1:${port}/`, session, options);
    return client;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function pageHtml(origin: string): string {
  return timelineHtml({
    script: `${origin}/timeline.js`,
    style: `${origin}/timeline.css`,
    cspSource: origin,
    nonce: 'test0nonce',
    language: 'en',
    title: 'Timeline',
    translations: undefined,
  });
}

/** One page with the client in it, and the real bridge at the other end of its messages. */
export class Client {
  readonly page: Page;
  /** What went wrong in the page: errors, and everything that the policy refused. */
  readonly problems: string[] = [];
  /** Messages of the client, without its requests. */
  readonly received: ToExtension[] = [];
  readonly requests: Extract<ToExtension, { type: 'request' }>[] = [];
  /** Most requests of one kind that were under way at once. */
  mostUnderWay = 0;
  state: TimelineState | null = null;
  readonly bridge: TimelineBridge;
  private readonly context: BrowserContext;
  private readonly underWay = new Map<string, number>();

  constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    this.bridge = new TimelineBridge((message) => void this.post(message), {
      goTo: () => undefined,
      inspect: () => undefined,
      command: () => undefined,
      log: (message) => this.problems.push(message),
    });
  }

  async load(url: string, session: SessionHandle | undefined, options: Options): Promise<void> {
    const { page } = this;
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    await page.exposeFunction('forkscopePost', (message: ToExtension) => this.receive(message));
    await page.exposeFunction('forkscopeSave', (state: TimelineState) => {
      this.state = state;
    });
    const theme = THEMES[options.theme ?? 'dark'];
    const given = JSON.stringify({ theme, state: options.state ?? null });
    await page.addInitScript({ content: `window.forkscopeGiven = ${given};` });
    await page.addInitScript({ path: FAKE_VSCODE });
    this.bridge.setSession(session);
    await page.goto(url);
  }

  /** Waits until what is to be drawn has been drawn: all answers are there, and no frame is due. */
  async settled(): Promise<void> {
    await this.page.locator('.cover').waitFor({ state: 'hidden' });
    let quiet = 0;
    while (quiet < 4) {
      const before = this.requests.length;
      await this.page.evaluate(
        () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))),
      );
      const busy = [...this.underWay.values()].some((n) => n > 0) || this.requests.length !== before;
      quiet = busy ? 0 : quiet + 1;
    }
  }

  async post(message: ToWebview): Promise<void> {
    await this.page.evaluate((m) => window.postMessage(m, '*'), message).catch(() => undefined);
  }

  /** The `i`th command of the client, as soon as it has come. */
  async nextCommand(i: number): Promise<ToExtension> {
    for (;;) {
      const command = this.received.filter((message) => message.type === 'command')[i];
      if (command) return command;
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
  }

  async close(): Promise<void> {
    this.bridge.dispose();
    await this.context.close();
  }

  /** The tracks as drawn, without what moves with the pointer. */
  async picture(): Promise<string> {
    return await this.page.locator('.lanes').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Colour of a pixel of the tracks' canvas (as it is on black), at CSS pixels from its corner. */
  async pixel(x: number, y: number): Promise<[number, number, number]> {
    return await this.page.evaluate(
      ([px, py]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.lanes')!;
        const scale = canvas.width / canvas.clientWidth;
        const data = canvas.getContext('2d')!.getImageData(px! * scale, py! * scale, 1, 1).data;
        const share = data[3]! / 255;
        return [data[0]! * share, data[1]! * share, data[2]! * share];
      },
      [x, y],
    );
  }

  /** Colour of each column of a line of the tracks' canvas, at a scale of 1. */
  async columnsByColor(y: number): Promise<number[][]> {
    return await this.page.evaluate((line) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.lanes')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, line, canvas.width, 1);
      return Array.from({ length: canvas.width }, (_, x) => [...data.slice(x * 4, x * 4 + 3)]);
    }, y);
  }

  /** Horizontal pixels of a line of the tracks' canvas whose colour is near the given one. */
  async columnsOf(y: number, color: readonly number[], tolerance = 24): Promise<number[]> {
    return await this.page.evaluate(
      ([line, [r, g, b], near]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.lanes')!;
        const scale = canvas.width / canvas.clientWidth;
        const { data } = canvas.getContext('2d')!.getImageData(0, line * scale, canvas.width, 1);
        const found: number[] = [];
        for (let x = 0; x < canvas.width; x += 1) {
          const distance = Math.max(
            Math.abs(data[x * 4]! - r!),
            Math.abs(data[x * 4 + 1]! - g!),
            Math.abs(data[x * 4 + 2]! - b!),
          );
          if (data[x * 4 + 3]! > 128 && distance <= near) found.push(x / scale);
        }
        return found;
      },
      [y, color, tolerance] as const,
    );
  }

  private async receive(message: ToExtension): Promise<void> {
    if (message.type !== 'request') {
      this.received.push(message);
      await this.bridge.receive(message);
      return;
    }
    this.requests.push(message);
    const count = (this.underWay.get(message.name) ?? 0) + 1;
    this.underWay.set(message.name, count);
    this.mostUnderWay = Math.max(this.mostUnderWay, count);
    await this.bridge.receive(message);
    this.underWay.set(message.name, this.underWay.get(message.name)! - 1);
  }
}
