/** For codecs in whose values there are no handles. */
export const noHandles = {
  toWire: () => undefined,
  fromWire: (): object => {
    throw new Error('no handles here');
  },
};
