// What every problem code of the API means, for the API page and for viewers.

import type { ProblemCode } from '#contract/problem.ts';
import type { Language } from './words.ts';

interface ProblemWords extends Readonly<Record<Language, string>> {
  readonly status: number;
}

/** A test holds codes and statuses against the contract, which the bundle must not import. */
export const problemWords: Readonly<Record<ProblemCode, ProblemWords>> = {
  invalid_input: {
    status: 400,
    en: 'The request does not have the form that this operation takes.',
    ko: '요청이 이 작업에 맞는 형식이 아닙니다.',
  },
  invalid_json: { status: 400, en: 'The body is not JSON.', ko: '본문이 JSON이 아닙니다.' },
  invalid_sdp: {
    status: 400,
    en: 'The session description cannot be read or lacks something.',
    ko: '세션 기술(SDP)을 읽을 수 없거나 빠진 것이 있습니다.',
  },
  invalid_candidate: {
    status: 400,
    en: 'The fragment holds no usable ICE candidate.',
    ko: '쓸 수 있는 ICE 후보가 없습니다.',
  },
  not_found: {
    status: 404,
    en: 'There is nothing at this address.',
    ko: '이 주소에는 아무것도 없습니다.',
  },
  stream_not_found: {
    status: 404,
    en: 'There is no stream with this id.',
    ko: '이 이름의 영상이 없습니다.',
  },
  viewer_not_found: {
    status: 404,
    en: 'There is no such viewer; perhaps it has ended already.',
    ko: '그런 시청자가 없습니다. 이미 끝났을 수 있습니다.',
  },
  method_not_allowed: {
    status: 405,
    en: 'This address does not know this method.',
    ko: '이 주소에서는 쓸 수 없는 메서드입니다.',
  },
  codec_refused: {
    status: 406,
    en: 'This browser cannot play what the camera sends. The detail names both, and the camera setting that helps.',
    ko: '카메라가 보내는 코덱을 이 브라우저가 재생할 수 없습니다. 자세한 내용에 필요한 카메라 설정이 있습니다.',
  },
  request_timeout: {
    status: 408,
    en: 'The request took too long to arrive.',
    ko: '요청이 도착하는 데 너무 오래 걸렸습니다.',
  },
  stale_session: {
    status: 412,
    en: 'The ICE session named by If-Match is no longer the current one.',
    ko: 'If-Match가 가리키는 ICE 세션이 더 이상 유효하지 않습니다.',
  },
  too_large: {
    status: 413,
    en: 'The body is larger than this operation takes.',
    ko: '본문이 너무 큽니다.',
  },
  uri_too_long: {
    status: 414,
    en: 'The address, or one part of it, is too long.',
    ko: '주소 또는 그 일부가 너무 깁니다.',
  },
  unsupported_media_type: {
    status: 415,
    en: 'This operation does not take this content type.',
    ko: '이 작업이 받지 않는 콘텐츠 형식입니다.',
  },
  ice_restart_unsupported: {
    status: 422,
    en: 'ICE cannot be restarted here; open a new session instead.',
    ko: 'ICE를 다시 시작할 수 없습니다. 새 세션을 여세요.',
  },
  headers_too_large: {
    status: 431,
    en: 'The header lines are too large.',
    ko: '요청 헤더가 너무 큽니다.',
  },
  too_many_viewers: {
    status: 503,
    en: 'The server has as many viewers as it may have. Try again later.',
    ko: '시청자가 허용된 수만큼 찼습니다. 나중에 다시 시도하세요.',
  },
  stream_not_ready: {
    status: 503,
    en: 'The camera sends no picture yet. Try again soon.',
    ko: '카메라가 아직 영상을 보내지 않습니다. 곧 다시 시도하세요.',
  },
  unavailable: {
    status: 503,
    en: 'Something the server needs does not work now. Try again later.',
    ko: '서버에 필요한 것이 지금 동작하지 않습니다. 나중에 다시 시도하세요.',
  },
  closing: { status: 503, en: 'The server is shutting down.', ko: '서버가 종료되는 중입니다.' },
  internal: {
    status: 500,
    en: 'A fault of the server. Its log holds the cause.',
    ko: '서버 내부 오류입니다. 원인은 서버 로그에 있습니다.',
  },
};

/** The meaning of `code` in `language`, if it is one of the API's. */
export function explainProblem(code: string, language: Language): string | undefined {
  return Object.hasOwn(problemWords, code)
    ? problemWords[code as ProblemCode][language]
    : undefined;
}
