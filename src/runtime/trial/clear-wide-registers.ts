import { isUtf8 } from 'node:buffer';

const someText = new Uint8Array(64).fill(0x20);

/**
 * Leaves the upper halves of an x86 processor's vector registers empty. Node's conversions of text (base64 before all)
 * leave them filled, and from then on every instruction of the older kind, of which the functions of `Math` are built, also
 * waits for what stood there: `Math.sin` took 6 % longer and `Math.exp` 17 %, for the rest of the process. Node's check of
 * UTF-8 is one of the few functions that end by emptying them; elsewhere it does no harm and takes well under a microsecond.
 */
export function clearWideRegisters(): void {
  isUtf8(someText);
}
