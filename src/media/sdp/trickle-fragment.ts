// What a browser sends after its offer: candidates found since, or the credentials of an ICE
// restart (application/trickle-ice-sdpfrag, RFC 8840 §9; its use in WHEP).

import { InputError } from '#std/errors.ts';
import { parseCandidate } from './candidate.ts';
import { isIcePwd, isIceUfrag, MAX_CANDIDATES } from './offered-transport.ts';
import { sdpLines } from './session.ts';

/** 32 candidates of 200 characters, and as much again. */
const MAX_FRAGMENT_CHARACTERS = 16 * 1024;

const UFRAG = 'a=ice-ufrag:';
const PWD = 'a=ice-pwd:';
const CANDIDATE = 'a=candidate:';

interface TrickleFragment {
  readonly ufrag: string | undefined;
  readonly pwd: string | undefined;
  /** Of all media sections, each once, without `a=`: bundled sections share one transport. */
  readonly candidates: readonly string[];
  readonly endOfCandidates: boolean;
}

/** Throws `invalid_candidate`. */
export function readTrickleFragment(text: string): TrickleFragment {
  if (text.length > MAX_FRAGMENT_CHARACTERS) {
    throw unusable(
      `it is longer than ${MAX_FRAGMENT_CHARACTERS} characters. Send new candidates only`,
    );
  }
  const lines = sdpLines(text);
  const fragment = {
    ufrag: readCredential(lines, { prefix: UFRAG, isValid: isIceUfrag }),
    pwd: readCredential(lines, { prefix: PWD, isValid: isIcePwd }),
    candidates: readCandidates(lines),
    endOfCandidates: lines.includes('a=end-of-candidates'),
  };
  const { ufrag, candidates, endOfCandidates } = fragment;
  if (ufrag === undefined && candidates.length === 0 && !endOfCandidates) {
    throw unusable(
      'it has no a=ice-ufrag, a=candidate or a=end-of-candidates line. Send one of them',
    );
  }
  return fragment;
}

function readCandidates(lines: readonly string[]): string[] {
  const candidates = new Set(
    lines.filter((line) => line.startsWith(CANDIDATE)).map((line) => line.slice(2)),
  );
  if (candidates.size > MAX_CANDIDATES) {
    throw unusable(`it has more than ${MAX_CANDIDATES} candidates. Send new candidates only`);
  }
  for (const candidate of candidates) parseCandidate(candidate);
  return [...candidates];
}

function readCredential(
  lines: readonly string[],
  options: { prefix: string; isValid: (value: string) => boolean },
): string | undefined {
  const { prefix, isValid } = options;
  const value = lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);
  if (value === undefined || isValid(value)) return value;
  throw unusable(
    `its ${prefix.slice(0, -1)} line is not valid. Send what the browser gave, unchanged`,
  );
}

function unusable(reasonAndRemedy: string): InputError {
  return new InputError(`Cannot use the trickle fragment: ${reasonAndRemedy}.`, {
    code: 'invalid_candidate',
  });
}
