// 여울 in strokes of one width; the last letter, ㄹ, is the stream itself.

export function Wordmark() {
  return (
    <svg class="wordmark" viewBox="0 0 118 40" aria-hidden="true" focusable="false">
      <g class="ink">
        <circle cx="9" cy="20" r="7" />
        <path d="M25 5v30M18.500 15H25M18.500 25H25" />
        <circle cx="46" cy="8" r="5.500" />
        <path d="M33 18.500h26M46 18.500v4.500" />
      </g>
      <path class="water" d="M36 24h17.500c4 0 4 5.500 0 5.500h-15c-4 0-4 5.500 0 5.500H56.500" />
      <text x="69" y="26">
        Yeoul
      </text>
    </svg>
  );
}
