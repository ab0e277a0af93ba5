// Names of H.264 profiles and levels (ITU-T H.264 Annex A; RFC 6184 §8.1, Table 5).

const CONSTRAINT_SET_0 = 0x80;
const CONSTRAINT_SET_1 = 0x40;
const CONSTRAINT_SET_3 = 0x10;
const CONSTRAINT_SET_4 = 0x08;
const CONSTRAINT_SET_5 = 0x04;

const PROFILE_NAMES: Readonly<Record<number, string>> = {
  44: 'CAVLC 4:4:4 Intra',
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  118: 'Multiview High',
  122: 'High 4:2:2',
  128: 'Stereo High',
  244: 'High 4:4:4 Predictive',
};

export function profileName(profileIdc: number, constraints: number): string {
  if (isConstrainedBaseline(profileIdc, constraints)) return 'Constrained Baseline';
  if (profileIdc === 100 && constraints & CONSTRAINT_SET_4) {
    return constraints & CONSTRAINT_SET_5 ? 'Constrained High' : 'Progressive High';
  }
  return PROFILE_NAMES[profileIdc] ?? `profile ${profileIdc}`;
}

export function levelName(profileIdc: number, constraints: number, levelIdc: number): string {
  const isLevel1b =
    levelIdc === 9 ||
    (levelIdc === 11 && profileIdc <= 88 && (constraints & CONSTRAINT_SET_3) !== 0);
  return isLevel1b ? '1b' : (levelIdc / 10).toFixed(1);
}

/** What obeys both Baseline (set 0) and Main (set 1). */
function isConstrainedBaseline(profileIdc: number, constraints: number): boolean {
  if (profileIdc === 66) return (constraints & CONSTRAINT_SET_1) !== 0;
  if (profileIdc === 77) return (constraints & CONSTRAINT_SET_0) !== 0;
  const both = CONSTRAINT_SET_0 | CONSTRAINT_SET_1;
  return profileIdc === 88 && (constraints & both) === both;
}
