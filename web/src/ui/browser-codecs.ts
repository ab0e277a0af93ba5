// Which codecs this browser offers, in short: "H264 (Baseline, High) · VP8 · opus".

/** Of `RTCRtpCodec`, what is read here. */
interface Codec {
  readonly mimeType: string;
  readonly sdpFmtpLine?: string | undefined;
}

/** Carriers and repairs of other codecs, not codecs of their own. */
const NOT_MEDIA = ['rtx', 'red', 'ulpfec', 'flexfec-03', 'cn', 'telephone-event'];

/** profile_idc (H.264 A.2), the first byte of `profile-level-id`. */
const H264_PROFILES: Readonly<Record<string, string>> = {
  '42': 'Baseline',
  '4d': 'Main',
  '58': 'Extended',
  '64': 'High',
  f4: 'High 4:4:4',
};

export function summarizeCodecs(codecs: readonly Codec[]): string {
  const profiles = new Map<string, Set<string>>();
  for (const { mimeType, sdpFmtpLine } of codecs) {
    const name = mimeType.replace(/^[^/]*\//, '');
    if (NOT_MEDIA.includes(name.toLowerCase())) continue;
    const known = profiles.get(name) ?? new Set();
    profiles.set(name, known);
    const profile = profileOf(name, sdpFmtpLine ?? '');
    if (profile !== undefined) known.add(profile);
  }
  return Array.from(profiles, ([name, known]) =>
    known.size === 0 ? name : `${name} (${[...known].join(', ')})`,
  ).join(' · ');
}

function profileOf(name: string, parameters: string): string | undefined {
  if (name.toUpperCase() !== 'H264') return undefined;
  const idc = /profile-level-id=([0-9a-f]{2})/i.exec(parameters)?.[1]?.toLowerCase();
  return idc === undefined ? undefined : H264_PROFILES[idc];
}
