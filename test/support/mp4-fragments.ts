// Reads the fragments of a live MP4 that hold one sample, box by box.

interface ReadFragment {
  readonly track: number;
  readonly baseTime: number;
  readonly duration: number;
  readonly isKey: boolean;
  readonly compositionOffset: number;
  readonly data: Uint8Array;
}

const HAS_OFFSETS = 0x800;
const IS_KEY = 0x200_0000;

export function readFragment(bytes: Uint8Array): ReadFragment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const contentOf = (type: string): number => {
    const code = [...type].map((letter) => letter.charCodeAt(0));
    const at = bytes.findIndex((_, start) => code.every((each, to) => bytes[start + to] === each));
    if (at < 0) throw new Error(`the fragment has no ${type}`);
    return at + 4;
  };
  const [tfhd, tfdt, trun] = [contentOf('tfhd'), contentOf('tfdt'), contentOf('trun')];
  const moofBytes = view.getUint32(0);
  return {
    track: view.getUint32(tfhd + 4),
    baseTime: Number(view.getBigUint64(tfdt + 4)),
    duration: view.getUint32(trun + 12),
    isKey: view.getUint32(trun + 20) === IS_KEY,
    compositionOffset: view.getUint32(trun) & HAS_OFFSETS ? view.getInt32(trun + 24) : 0,
    data: bytes.subarray(moofBytes + 8),
  };
}
