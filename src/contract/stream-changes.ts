// What the API takes to make, change and try a stream.

import { z } from 'zod';
import { streamSettings, type streamSettingsDefaults } from './stream-settings.ts';
import { profileView, streamId } from './streams.ts';

const { source, ...optional } = streamSettings.shape;

export const newStream = z.strictObject({
  id: streamId,
  source,
  ...z.object(optional).partial().shape,
});

function orNull<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().optional();
}

/** Null means the default again; what is absent stays. */
export const streamChanges = z.strictObject({
  source: source.optional(),
  sub: orNull(optional.sub),
  name: orNull(optional.name),
  username: orNull(optional.username),
  password: orNull(optional.password),
  transport: orNull(optional.transport),
  open: orNull(optional.open),
  linger: orNull(optional.linger),
  timeout: orNull(optional.timeout),
  fingerprint: orNull(optional.fingerprint),
  transcode: orNull(optional.transcode),
  enabled: orNull(optional.enabled),
} satisfies Record<keyof typeof streamSettingsDefaults | 'source', unknown>);

export const streamTrial = z.strictObject({
  id: streamId.optional().describe('A stream that has the settings that are not given here.'),
  settings: streamChanges,
});

export const streamTrialResult = z
  .object({
    profiles: z.array(profileView).describe('What was found within 10 s, main first.'),
  })
  .meta({ id: 'StreamTrialResult' });
