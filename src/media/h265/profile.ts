// Profiles and levels of H.265 by name (ITU-T H.265 Annex A).

const PROFILES: Readonly<Record<number, string>> = {
  1: 'Main',
  2: 'Main 10',
  3: 'Main Still Picture',
  4: 'Range Extensions',
  5: 'High Throughput',
  9: 'Screen Content Coding',
};

export function profileName(profileIdc: number): string {
  return PROFILES[profileIdc] ?? `profile ${profileIdc}`;
}

/** general_level_idc is 30 times the level (§A.4.1). */
export function levelName(levelIdc: number): string {
  return (levelIdc / 30).toFixed(1);
}
