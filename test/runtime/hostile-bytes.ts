import { TAG } from '../../src/runtime/core/codec/tags.ts';
import { array, framed, int, nothing, number, object, tagged, text } from './wire-bytes.ts';

const short = (length: number): Buffer => Buffer.concat([number(length), Buffer.from('hi')]);
const polluting = object('__proto__', object('polluted', Buffer.from([TAG.true])));
const errorWith = (name: string, ...more: readonly Buffer[]): Buffer =>
  tagged(TAG.error, 4 + more.length, text(name), text('m'), text('s'), array(), ...more);
export const handle = (id: string, ...fields: readonly Buffer[]): Buffer =>
  tagged(TAG.handle, 2, text(id), array(...fields));

/** What a client without a key may send as its only message; each must be refused. */
export const REFUSED: Readonly<Record<string, Buffer>> = {
  'an array buffer that says more than it has': Buffer.concat([
    Buffer.from([TAG.arrayBuffer]),
    short(65_536),
  ]),
  'a view that does': Buffer.concat([Buffer.from([TAG.view, 1]), short(65_536)]),
  'a Buffer of 8 GB': Buffer.concat([Buffer.from([TAG.view, 0]), short(8e9)]),
  'an endless array': tagged(TAG.array, 2 ** 45),
  'an endless map': tagged(TAG.map, 2 ** 45),
  'an endless set': tagged(TAG.set, 2 ** 45),
  'an endless object': tagged(TAG.object, 2 ** 45),
  'a string of a terabyte': tagged(TAG.latin1, 2 ** 40),
  'a wide string of 4 GB': tagged(TAG.utf16, 2 ** 31),
  'arrays in arrays': Buffer.concat(Array(200_000).fill(Buffer.from([TAG.array, 1]))),
  'a bigint of no number': Buffer.concat([Buffer.from([TAG.bigint]), text('zz')]),
  'a regular expression of none': tagged(TAG.regexp, 3, text('(a'), text('gg'), int(0)),
  'an unknown tag': Buffer.from([255]),
  'nothing at all': Buffer.alloc(0),
  'a view of the buffer of nothing': Buffer.concat([
    Buffer.from([TAG.viewOf, 1]),
    number(0),
    number(0),
    number(0),
  ]),
  'a view of the buffer of an array': array(
    array(),
    Buffer.concat([Buffer.from([TAG.viewOf, 1]), number(1), number(0), number(0)]),
  ),
  'a view beyond its buffer': array(
    Buffer.concat([Buffer.from([TAG.wideView, 1, 0, 1, 0, 2, 7, 7])]),
    Buffer.concat([Buffer.from([TAG.viewOf, 1]), number(1), number(1), number(2)]),
  ),
  'a view before its buffer': Buffer.from([TAG.wideView, 1, 3, 1, 4, 2, 7, 7]),
  'a view that does not begin at an element': Buffer.from([TAG.wideView, 5, 1, 2, 0, 4, 7, 7, 7, 7]),
  'a buffer of nothing': tagged(TAG.bufferOf, 0),
  'an array with a length of its own': Buffer.concat([
    tagged(TAG.namedArray, 0),
    number(1),
    text('length'),
    int(4),
  ]),
  'an array with more items than it says': Buffer.concat([
    tagged(TAG.namedArray, 0),
    number(1),
    text('7'),
    int(4),
  ]),
  'bytes of v8.serialize': tagged(19, 5, Buffer.from([255, 15, 34, 1, 65])),
  'a reference to nothing': tagged(TAG.backReference, 7),
  'more than one value': Buffer.concat([nothing, nothing]),
  'a queue of our shared memory': handle('queue', int(64), int(1), nothing, int(0), nothing),
  'such a queue with blocks to release': tagged(TAG.handle, 3, text('queue'), array(int(64)), array()),
  'a handle by an inherited name': handle('__proto__'),
  'a segment of shared memory': handle('sharedMemory', text('psm_any')),
  'a proxy of a server that it names': handle(
    'proxy',
    text('dict'),
    text('1'),
    array(text('get')),
    text('socket'),
    array(text('127.0.0.1'), int(1)),
    text('json'),
  ),
};

/** What is no message at all: the connection ends. */
export const BROKEN: Readonly<Record<string, Buffer>> = {
  'a frame of 4 GB': Buffer.from([255, 255, 255, 255, 0]),
  'a frame of 2 GB, and its first megabytes': Buffer.concat([
    Buffer.from([127, 255, 255, 240, 0]),
    Buffer.alloc(4 << 20),
  ]),
  'an unknown form': framed(nothing, 9),
  'another protocol': Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
};

/** Strange, but values: they arrive, and nothing else happens. */
export const HARMLESS: Readonly<Record<string, Buffer>> = {
  'a key __proto__': polluting,
  'a key constructor': object('constructor', object('prototype', polluting)),
  'an error with such fields': errorWith('__proto__', polluting),
  'an error with such hidden fields': errorWith('Error', tagged(TAG.object, 0), text('toString'), polluting),
  'a regular expression that takes long to match': tagged(TAG.regexp, 3, text('(a+)+$'), text('g'), int(0)),
};
