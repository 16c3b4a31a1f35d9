import { reasonOf } from '../../base/errors.ts';
import { Throttle } from '../../base/throttle.ts';
import { findingOptions } from '../../model/index.ts';
import type {
  FindingSettings,
  QueryName,
  SessionQueries,
  SessionUpdate,
  WorkerRequest,
  WorkerResponse,
} from '../../protocol/session.ts';
import { Session } from '../../session/tail/session.ts';
import { SESSION_ANSWERS } from './answers.ts';

/** Milliseconds between two updates, while somebody looks and while nobody does. */
const UPDATE_EVERY = { visible: 500, hidden: 1000 };

type Post = (response: WorkerResponse) => void;

/** What the session worker does: holds one session, answers questions, pushes updates. Without a thread, so that tests can run it. */
export class WorkerHost {
  private readonly post: Post;
  private readonly throttle: Throttle;
  private session: Session | undefined;
  private visible = true;
  /** Revision of the model that the last update was about; `null`: tell everything. */
  private told: number | null = null;

  constructor(post: Post) {
    this.post = post;
    const interval = () => (this.visible ? UPDATE_EVERY.visible : UPDATE_EVERY.hidden);
    this.throttle = new Throttle(async () => this.update(), interval);
  }

  /** Never throws. */
  receive(request: WorkerRequest): void {
    switch (request.type) {
      case 'open':
        this.open(request.dir, request.findings);
        break;
      case 'query':
        this.answer(request.id, request.name, request.args);
        break;
      case 'visible':
        this.visible = request.visible;
        break;
      case 'dispose':
        this.dispose();
        break;
    }
  }

  dispose(): void {
    this.throttle.dispose();
    this.session?.close();
    this.session = undefined;
  }

  private open(dir: string, findings: FindingSettings | undefined): void {
    try {
      const options = findings && { findings: findingOptions(findings.disabled, findings.thresholds) };
      const session = Session.open(dir, options);
      this.session = session;
      session.onChanged(({ rebuilt }) => {
        if (rebuilt) this.told = null;
        this.throttle.request();
      });
      session.onFinding(() => this.throttle.request());
      session.onEnd(() => this.throttle.request());
      session.onFailed((error) => this.fail(error));
      this.update();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.post({ type: 'failed', message: reasonOf(error) });
  }

  private update(): void {
    const { session } = this;
    if (!session) return;
    const { model, live } = session;
    const update: SessionUpdate = {
      revision: model.revision,
      changed: this.told === null ? null : model.changedProcesses(this.told),
      live,
      lastTime: session.now,
      session: model.session,
      findings: session.findings(),
      loss: model.loss(),
    };
    this.told = model.revision;
    this.post({ type: 'update', update });
    // Time passes in a living session even when nothing is recorded, and waits get longer.
    if (live) this.throttle.request();
  }

  private answer<Q extends QueryName>(id: number, name: Q, args: SessionQueries[Q]['args']): void {
    try {
      if (!this.session) throw new Error('no session is open');
      if (!Object.hasOwn(SESSION_ANSWERS, name)) throw new Error(`unknown question ${name}`);
      const result = SESSION_ANSWERS[name](this.session, args);
      this.post({ type: 'answer', id, result });
    } catch (error) {
      this.post({ type: 'refused', id, message: reasonOf(error) });
    }
  }
}
