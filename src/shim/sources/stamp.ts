class Returned {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the way to put a private field on an object of somebody else
    return object;
  }
}

/** What is known of an object of the program, kept on the object itself. */
export interface Stamps<T> {
  of(object: object): T | undefined;
  put(object: object, value: T): void;
}

/** In a private field: nothing of it can be seen from outside, nothing is kept alive, and it costs less than a WeakMap. */
export function stamps<T>(): Stamps<T> {
  class Stamp extends Returned {
    #value: T;

    private constructor(object: object, value: T) {
      super(object);
      this.#value = value;
    }

    static of(object: object): T | undefined {
      return #value in object ? (object as Stamp).#value : undefined;
    }
    static put(object: object, value: T): void {
      if (#value in object) (object as Stamp).#value = value;
      else new Stamp(object, value);
    }
  }
  return Stamp;
}
