import { messageOf } from '../../base/errors.ts';
import type { SessionHandle } from '../../protocol/session.ts';
import type { TimelineQueryName, ToExtension, ToWebview } from '../../protocol/timeline.ts';
import { answer, TIMELINE_ANSWERS } from './answers.ts';

/** What only the panel can do for the client. */
export interface BridgeActions {
  goTo(target: Extract<ToExtension, { type: 'goto' }>): void;
  inspect(session: SessionHandle, finding: string): void;
  command(name: Extract<ToExtension, { type: 'command' }>['name']): void;
  log(message: string): void;
}

/**
 * Carries messages between one webview client and the session that it shows. Knows nothing of VS Code, so that the
 * browser tests use it as it is. While the client is hidden nothing is sent: it asks again when it comes back.
 */
export class TimelineBridge {
  private session: SessionHandle | undefined;
  private subscription: { dispose(): void } | undefined;
  private status: ToWebview | undefined;
  private ready = false;
  private visible = true;
  private readonly post: (message: ToWebview) => void;
  private readonly actions: BridgeActions;
  private pendingReveal: ToWebview | undefined;

  constructor(post: (message: ToWebview) => void, actions: BridgeActions) {
    this.post = post;
    this.actions = actions;
  }

  get current(): SessionHandle | undefined {
    return this.session;
  }

  /** Shows another session, or with `undefined` that there is none. */
  setSession(session: SessionHandle | undefined): void {
    this.subscription?.dispose();
    this.session = session;
    this.status = undefined;
    this.subscription = session?.onUpdate((update) => this.send({ type: 'update', update }));
    this.sendAll();
  }

  /** Says that a trace is being opened, or why that failed. */
  setStatus(status: Extract<ToWebview, { type: 'loading' | 'failed' }>): void {
    this.status = status;
    this.send(status);
  }

  setVisible(visible: boolean): void {
    if (visible === this.visible) return;
    this.visible = visible;
    if (visible) this.sendAll();
  }

  /** Shows a place. Kept until the client has loaded and is visible: a message that is sent before that is lost. */
  reveal(message: Extract<ToWebview, { type: 'reveal' }>): void {
    if (this.ready && this.visible) this.post(message);
    else this.pendingReveal = message;
  }

  /** A message of the client. Never throws. */
  async receive(message: ToExtension): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.sendAll();
        break;
      case 'request':
        await this.answer(message.id, message.name, message.args);
        break;
      case 'goto':
        this.actions.goTo(message);
        break;
      case 'inspect':
        if (this.session) this.actions.inspect(this.session, message.finding);
        break;
      case 'command':
        this.actions.command(message.name);
        break;
      case 'clientError':
        this.actions.log(message.message);
        break;
    }
  }

  dispose(): void {
    this.subscription?.dispose();
    this.subscription = undefined;
    this.ready = false;
  }

  private async answer(id: number, name: TimelineQueryName, args: object): Promise<void> {
    const session = this.session;
    if (!session || !Object.hasOwn(TIMELINE_ANSWERS, name)) {
      this.send({ type: 'refused', id, message: session ? `unknown request ${name}` : 'no session is open' });
      return;
    }
    try {
      // The pair of name and arguments is as the client's typed request built it.
      const result = await answer(session, name, args as never);
      if (session === this.session) this.send({ type: 'answer', id, result });
      else this.send({ type: 'refused', id, message: 'another session is shown now' });
    } catch (error) {
      this.send({ type: 'refused', id, message: messageOf(error) });
    }
  }

  private sendAll(): void {
    const session = this.session;
    this.send({ type: 'session', session: session ? { dir: session.dir, name: session.name } : null });
    if (session?.lastUpdate) this.send({ type: 'update', update: session.lastUpdate });
    if (this.status) this.send(this.status);
    if (this.pendingReveal && this.ready && this.visible) {
      this.post(this.pendingReveal);
      this.pendingReveal = undefined;
    }
  }

  private send(message: ToWebview): void {
    if (this.ready && this.visible) this.post(message);
  }
}
