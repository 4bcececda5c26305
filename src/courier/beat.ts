/** Between two signs of life, milliseconds. */
const BEAT = 5_000;

/** Gives a sign of life now and then; one that throws, since something is broken, is none. */
export function beat(sign: () => unknown): Disposable {
  const timer = setInterval(() => {
    try {
      sign();
    } catch {
      // Whoever listens draws the conclusion from the silence.
    }
  }, BEAT);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
