// What both ways of packing AAC have in common: the interface of their readers, and their limits.

/** 768 bytes for each of 8 channels (ISO 14496-3 §4.5.3), and some room. */
export const MAX_FRAME_BYTES = 8192;
/** 1.4 s at 48 kHz; real packets hold one to four. */
export const MAX_FRAMES_PER_PACKET = 64;

export interface PayloadReader {
  /** The frames that are complete now, or undefined if the payload makes no sense. */
  read(payload: Uint8Array, marker: boolean): readonly Uint8Array[] | undefined;
  /** Forgets the pieces of a frame. */
  reset(): void;
}
