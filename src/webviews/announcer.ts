import { html, setText } from './dom.ts';

/** Milliseconds between two announcements: a screen reader must be able to finish its sentence. */
const pause = 3000;

/** Says things through a polite live region. */
export interface Announcer {
  readonly element: HTMLElement;
  /** Tells of an event. Within a pause of the last one it waits, and only the newest is said. */
  say(text: string): void;
  /** Answers a key or click, at once. */
  answer(text: string): void;
}

export function createAnnouncer(): Announcer {
  const element = html('p', { class: 'only-heard', role: 'status', 'aria-live': 'polite' });
  let last = -Infinity;
  let waiting: string | undefined;
  const speak = () => {
    if (waiting === undefined) return;
    setText(element, waiting);
    waiting = undefined;
    last = performance.now();
  };
  return {
    element,
    answer(text) {
      waiting = text;
      speak();
    },
    say(text) {
      const scheduled = waiting !== undefined;
      waiting = text;
      if (!scheduled) setTimeout(speak, Math.max(0, last + pause - performance.now()));
    },
  };
}
