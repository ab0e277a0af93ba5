// How H.264 and H.265 differ in what carries NAL units over RTP: headers, fragments, aggregates.
//
//   H.264  unit:  |F|NRI| Type |                    FU-A:  |F|NRI| 28 |  |S|E|R| Type |
//   H.265  unit:  |F|  Type  | LayerId  | TID |     FU:    |F|  49  | LayerId | TID |  |S|E|  FuType  |

export interface UnitSyntax {
  /** Of a unit, and of the header of an aggregate. */
  readonly headerBytes: 1 | 2;
  readonly fragmentType: number;
  readonly aggregateType: number;
  /** Types of a fragment's last header byte. */
  readonly typeMask: number;
  readonly typeOf: (firstByte: number) => number;
  /** The first byte of a unit's header, with another type. */
  readonly withType: (firstByte: number, type: number) => number;
}

export const UNIT_SYNTAX: Readonly<Record<'H264' | 'H265', UnitSyntax>> = {
  H264: {
    headerBytes: 1,
    fragmentType: 28,
    aggregateType: 24,
    typeMask: 0x1f,
    typeOf: (first) => first & 0x1f,
    withType: (first, type) => (first & 0xe0) | type,
  },
  H265: {
    headerBytes: 2,
    fragmentType: 49,
    aggregateType: 48,
    typeMask: 0x3f,
    typeOf: (first) => (first >>> 1) & 0x3f,
    withType: (first, type) => (first & 0x81) | (type << 1),
  },
};

export const FRAGMENT_START = 0x80;
export const FRAGMENT_END = 0x40;
export const SIZE_BYTES = 2;
