// The converters of sound and picture as one.

import type { Converter } from '#core/ports/converter.ts';

interface Converters {
  readonly audio: Converter;
  readonly video: Converter;
}

export function joinConverters(converters: Converters): Converter {
  return {
    refusal: (from, to) => converters[from.kind].refusal(from, to),
    convert: (from, to, sink) => converters[from.kind].convert(from, to, sink),
  };
}
