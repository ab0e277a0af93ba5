// The letters and digits of the picture, as strokes. y grows downwards.

import { arc, curve, ellipse, type Stroke } from './strokes.ts';

/** 여 and 울, each in a box of 100 × 100. */
export const HANGUL: readonly (readonly Stroke[])[] = [
  [
    ellipse([27, 48], [25, 29]),
    [
      [64, 36],
      [86, 36],
    ],
    [
      [64, 60],
      [86, 60],
    ],
    [
      [86, 0],
      [86, 100],
    ],
  ],
  [
    ellipse([50, 14], [25, 15]),
    [
      [0, 46],
      [100, 46],
    ],
    [
      [50, 46],
      [50, 64],
    ],
    [
      [17, 64],
      [83, 64],
      [83, 83],
      [17, 83],
      [17, 102],
      [86, 102],
    ],
  ],
];

/** Y, e, o, u, l: strokes and width; capitals are 84 high, small letters 56. */
export const LATIN: readonly { strokes: readonly Stroke[]; width: number }[] = [
  {
    width: 54,
    strokes: [
      [
        [0, 0],
        [27, 42],
        [54, 0],
      ],
      [
        [27, 42],
        [27, 84],
      ],
    ],
  },
  {
    width: 46,
    strokes: [
      [
        [0, 56],
        [46, 56],
      ],
      arc([23, 56], [23, 28], { from: 0, to: -312 }),
    ],
  },
  { width: 50, strokes: [ellipse([25, 56], [25, 28])] },
  {
    width: 44,
    strokes: [
      [
        [0, 29],
        [0, 62],
      ],
      arc([22, 62], [22, 22], { from: 180, to: 0 }),
      [
        [44, 29],
        [44, 84],
      ],
    ],
  },
  {
    width: 0,
    strokes: [
      [
        [0, 0],
        [0, 84],
      ],
    ],
  },
];

const SIX: readonly Stroke[] = [ellipse([30, 68], [29, 32]), curve([1, 68], [2, 18], [46, 0])];

/** 0 to 9, each in a box of 60 × 100. */
export const DIGITS: readonly (readonly Stroke[])[] = [
  [ellipse([30, 50], [29, 50])],
  [
    [
      [12, 20],
      [36, 0],
      [36, 100],
    ],
  ],
  [
    arc([30, 29], [28, 29], { from: 195, to: 395 }),
    [
      [52.9, 45.6],
      [3, 100],
      [59, 100],
    ],
  ],
  [
    arc([29, 24.5], [25, 24.5], { from: 200, to: 450 }),
    arc([29, 74.5], [29, 25.5], { from: -90, to: 158 }),
  ],
  [
    [
      [46, 100],
      [46, 0],
      [0, 72],
      [60, 72],
    ],
  ],
  [
    [
      [54, 0],
      [11, 0],
      [7, 45],
    ],
    arc([29, 67], [30, 33], { from: 223, to: 502 }),
  ],
  SIX,
  [
    [
      [1, 0],
      [59, 0],
      [20, 100],
    ],
  ],
  [ellipse([30, 24.5], [25, 24.5]), ellipse([30, 74.5], [29, 25.5])],
  SIX.map((stroke) => stroke.map(([x, y]) => [60 - x, 100 - y])),
];
