// What is to be set up, by the answer to DESCRIBE.

import { type CameraDescription, parseCameraDescription } from '#media/sdp/camera-description.ts';
import { InputError } from '#std/errors.ts';
import type { ClientTrack } from './client-tracks.ts';
import { baseUrl, controlUrl } from './control-url.ts';
import { type RtspFailure, reasonOf, retry } from './failure.ts';
import { header, type RtspResponse } from './message.ts';

interface ClientPlan {
  /** Where requests of the whole session go. */
  readonly aggregateUrl: string;
  /** At least one. */
  readonly tracks: readonly ClientTrack[];
  readonly ignored: readonly string[];
}

export function planSession(response: RtspResponse, requestUri: string): ClientPlan | RtspFailure {
  const description = readDescription(response);
  if ('reason' in description) return description;
  const { control, tracks, ignored } = description;
  if (tracks.length === 0) {
    const why = ignored.length > 0 ? `: ${ignored.join('; ')}` : '';
    return retry(`it has neither picture nor sound that can be played${why}`);
  }
  const named = header(response, 'Content-Base') ?? header(response, 'Content-Location');
  const base = baseUrl(requestUri, named);
  return {
    aggregateUrl: controlUrl(base, control),
    tracks: tracks.map((track) => ({ ...track, url: controlUrl(base, track.control) })),
    ignored,
  };
}

function readDescription(response: RtspResponse): CameraDescription | RtspFailure {
  try {
    return parseCameraDescription(new TextDecoder().decode(response.body));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return retry(`its session description makes no sense: ${reasonOf(error)}`);
  }
}
