// What is shown where no picture is: the stream from above, in the bends of the letter ㄹ.

/** Distances of the lines from the middle of the stream. */
const LINES = [-16, -8, 0, 8, 16];

/** `flowing` while a picture is on its way. */
export function StillWater({ flowing }: { flowing: boolean }) {
  return (
    <svg
      class={flowing ? 'still-water flowing' : 'still-water'}
      viewBox="0 0 320 180"
      aria-hidden="true"
      preserveAspectRatio="xMidYMid slice"
    >
      {LINES.map((distance) => (
        <path key={distance} d={bends(distance)} pathLength={1_000} />
      ))}
    </svg>
  );
}

function bends(distance: number): string {
  const first = 22 - distance;
  const second = 22 + distance;
  return [
    `M-400 ${46 + distance}H208`,
    `a${first} ${first} 0 0 1 0 ${2 * first}H112`,
    `a${second} ${second} 0 0 0 0 ${2 * second}H720`,
  ].join('');
}
