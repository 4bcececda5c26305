import type { Observer } from "./courier.ts";

/** Several observers as one; each is told in its turn. */
export function together(...observers: readonly (Observer | undefined)[]): Observer {
  return {
    started: () => tell((observer) => observer.started?.()),
    line: (event) => tell((observer) => observer.line?.(event)),
    heard: (notices) => tell((observer) => observer.heard?.(notices)),
    delivered: (target, step) => tell((observer) => observer.delivered?.(target, step)),
  };

  function tell(word: (observer: Observer) => void): void {
    for (const observer of observers) if (observer) word(observer);
  }
}
