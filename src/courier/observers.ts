import type { Observer } from "./courier.ts";

/** Several observers as one; each is told in its turn. */
export function together(...observers: readonly (Observer | undefined)[]): Observer {
  return {
    started: (standards) => tell((observer) => observer.started?.(standards)),
    line: (event) => tell((observer) => observer.line?.(event)),
    frames: (frames) => tell((observer) => observer.frames?.(frames)),
    alive: (now) => tell((observer) => observer.alive?.(now)),
    heard: (notices) => tell((observer) => observer.heard?.(notices)),
    delivered: (target, step) => tell((observer) => observer.delivered?.(target, step)),
  };

  function tell(word: (observer: Observer) => void): void {
    for (const observer of observers) if (observer) word(observer);
  }
}

/** The observer with its errors caught: who only watches must not hold up what he watches. */
export function harmless(observer: Observer, failed: (error: unknown) => void): Observer {
  return {
    started: (standards) => attempt(() => observer.started?.(standards)),
    line: (event) => attempt(() => observer.line?.(event)),
    frames: (frames) => attempt(() => observer.frames?.(frames)),
    alive: (now) => attempt(() => observer.alive?.(now)),
    heard: (notices) => attempt(() => observer.heard?.(notices)),
    delivered: (target, step) => attempt(() => observer.delivered?.(target, step)),
  };

  function attempt(word: () => void): void {
    try {
      word();
    } catch (error) {
      failed(error);
    }
  }
}
