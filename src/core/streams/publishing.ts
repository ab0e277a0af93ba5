// Who publishes to a stream, as the stream sees it: a browser by WHIP, ffmpeg by RTSP.

import type { SourceOffer, TrackSink } from '#core/ports/source.ts';

/** Somebody who wants to publish. */
export interface Publisher {
  readonly protocol: 'whip' | 'rtsp';
  /** Address and port, for people. */
  readonly remote: string;
  /** The stream wants a key frame: somebody joined, or packets were lost. */
  requestKeyFrame(): void;
  /** The stream is closed or disabled: the publisher has to go. */
  end(reason: string): void;
}

/** A publisher's place; there is one at a time. */
export interface Publication {
  /** Once; then packets go into the sinks. */
  ready(offer: SourceOffer): readonly TrackSink[];
  flush(): void;
  /** The publisher is gone. Idempotent. */
  close(reason: string): void;
}
