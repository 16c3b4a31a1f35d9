import type { Finding, ProcessView, Proof, ProofMember, ThreadView } from '../model/types/index.ts';
import { flag, listOf, object, oneOf, orNull, text, whole } from '../trace/reader/shape.ts';

/** What of a report a check of its proofs asks for. */
export interface Claims {
  readonly processes: readonly ClaimedProcess[];
  readonly findings: readonly Claim[];
}
type ClaimedProcess = Pick<ProcessView, 'id' | 'pid' | 'start'> & {
  readonly threads: readonly Pick<ThreadView, 'id' | 'threadId'>[];
};
/** A finding that says that it is proven. */
export type Claim = Pick<Finding, 'certainty' | 'blocking'> & {
  readonly kind: string;
  readonly title: string;
  readonly proof: ClaimedProof | null;
};
export type ClaimedProof = Pick<Proof, 'time'> & { readonly members: readonly ClaimedMember[] };
export type ClaimedMember = Pick<ProofMember, 'process' | 'thread' | 'task' | 'stands'> & {
  readonly needs: readonly { readonly kind: string }[];
};

const ALL = Number.POSITIVE_INFINITY;
const words = text(100_000);
const number = whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

const claims = object<Claims>({
  processes: listOf(
    object<ClaimedProcess>({
      id: words,
      pid: number,
      start: number,
      threads: listOf(object({ id: words, threadId: number }), ALL),
    }),
    ALL,
  ),
  findings: listOf(
    object<Claim>({
      kind: words,
      certainty: oneOf({ certain: true, suspected: true }),
      blocking: flag,
      title: words,
      proof: orNull(
        object<ClaimedProof>({
          time: number,
          members: listOf(
            object<ClaimedMember>({
              process: words,
              thread: words,
              task: number,
              stands: oneOf({ sync: true, rest: true }),
              needs: listOf(object({ kind: words }), ALL),
            }),
            ALL,
          ),
        }),
      ),
    }),
    ALL,
  ),
});

/** Reads a JSON report, whoever wrote it; `undefined`: it is none. */
export function readClaims(json: unknown): Claims | undefined {
  return claims.read(json, { count: 0 });
}
