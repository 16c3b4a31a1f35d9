/** What of OTLP's messages is written (opentelemetry-proto, trace/v1), in its JSON encoding: ids in hex, 64 bits as decimal strings. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Missing: it has none. */
  readonly parentSpanId?: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events?: readonly OtlpEvent[];
  readonly links?: readonly OtlpLink[];
  readonly status?: { readonly code: number; readonly message: string };
}
export interface OtlpEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly KeyValue[];
}
export interface OtlpLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly attributes?: readonly KeyValue[];
}
export interface OtlpResource {
  readonly attributes: readonly KeyValue[];
}

/** Numbers of `SpanKind`. */
export const SPAN_KIND = { internal: 1, producer: 4, consumer: 5 };
/** Number of `StatusCode`. */
export const STATUS_ERROR = 2;
/** Bits of `flags` above those of the W3C: it is known whether the parent is of another program, and it is. */
export const FLAG_KNOWN = 0x100;
export const FLAG_REMOTE = 0x200;

type AttributeValue = string | number | boolean | readonly string[];
export interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Attributes by name; those of `undefined` and `null` are left out. Numbers are whole. */
export function attributesOf(
  values: Readonly<Record<string, AttributeValue | null | undefined>>,
): KeyValue[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value == null ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: AttributeValue): KeyValue['value'] {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  return { arrayValue: { values: value.map(anyValue) } };
}
