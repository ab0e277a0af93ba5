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
  admin_secret_needed: {
    status: 401,
    en: 'This needs the admin secret, or a login; it was missing or wrong.',
    ko: '로그인이나 관리자 비밀 키가 필요합니다. 없거나 틀렸습니다.',
  },
  cross_site: {
    status: 403,
    en: 'Pages of other sites may not change anything here.',
    ko: '다른 사이트의 페이지는 이곳의 설정을 바꿀 수 없습니다.',
  },
  wrong_password: {
    status: 403,
    en: 'The password is wrong. The admin secret is taken too.',
    ko: '비밀번호가 틀렸습니다. 관리자 비밀 키도 쓸 수 있습니다.',
  },
  foreign_listener: {
    status: 403,
    en: 'The listener is at another address than the one that asks.',
    ko: '요청한 주소와 다른 주소의 청취자입니다.',
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
  listener_not_found: {
    status: 404,
    en: 'There is no such listener; perhaps it has gone already.',
    ko: '그런 청취자가 없습니다. 이미 나갔을 수 있습니다.',
  },
  method_not_allowed: {
    status: 405,
    en: 'This address does not know this method.',
    ko: '이 주소에서는 쓸 수 없는 메서드입니다.',
  },
  publisher_not_found: {
    status: 404,
    en: 'There is no such publisher; perhaps it has ended already.',
    ko: '그런 송출자가 없습니다. 이미 끝났을 수 있습니다.',
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
  not_publishable: {
    status: 409,
    en: 'This stream comes from elsewhere; nobody can publish to it.',
    ko: '이 영상은 다른 곳에서 옵니다. 여기에 송출할 수 없습니다.',
  },
  not_plain: {
    status: 409,
    en: 'The listener gets bundles, which players do not take. It has to ask for the plain layout.',
    ko: '묶음으로 받는 청취자라 재생 프로그램이 받을 수 없습니다. plain 방식을 요청해야 합니다.',
  },
  publisher_present: {
    status: 409,
    en: 'Somebody publishes to this stream already.',
    ko: '이미 다른 송출자가 이 영상을 보내고 있습니다.',
  },
  stream_exists: {
    status: 409,
    en: 'There is a stream with this id already. Choose another id.',
    ko: '이 아이디의 영상이 이미 있습니다. 다른 아이디를 고르세요.',
  },
  stream_in_file: {
    status: 409,
    en: 'The stream is set in the configuration file. Change it there.',
    ko: '설정 파일에 있는 영상입니다. 그 파일에서 바꾸세요.',
  },
  set_in_file: {
    status: 409,
    en: 'This is set in the configuration file. Change it there.',
    ko: '설정 파일에서 정한 값입니다. 그 파일에서 바꾸세요.',
  },
  too_many_streams: {
    status: 409,
    en: 'There are as many streams as there may be.',
    ko: '영상이 허용된 수만큼 있습니다.',
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
  too_many_attempts: {
    status: 429,
    en: 'Too many wrong secrets or passwords came from this address. Wait some seconds.',
    ko: '이 주소에서 틀린 비밀번호나 비밀 키가 너무 많이 왔습니다. 몇 초 기다리세요.',
  },
  too_many_messages: {
    status: 429,
    en: 'More messages came than are taken in a second.',
    ko: '1초에 받을 수 있는 것보다 많은 메시지가 왔습니다.',
  },
  headers_too_large: {
    status: 431,
    en: 'The header lines are too large.',
    ko: '요청 헤더가 너무 큽니다.',
  },
  too_many_trials: {
    status: 503,
    en: 'As many cameras are being tried as may be at once. Try again soon.',
    ko: '동시에 시험할 수 있는 카메라 수를 넘었습니다. 잠시 뒤 다시 하세요.',
  },
  too_many_viewers: {
    status: 503,
    en: 'The server has as many viewers as it may have. Try again later.',
    ko: '시청자가 허용된 수만큼 찼습니다. 나중에 다시 시도하세요.',
  },
  too_many_listeners: {
    status: 503,
    en: 'The server has as many listeners as it may have. Try again later.',
    ko: '청취자가 허용된 수만큼 찼습니다. 나중에 다시 시도하세요.',
  },
  too_many_logins: {
    status: 503,
    en: 'As many passwords are being checked as may be at once. Try again in some seconds.',
    ko: '동시에 확인할 수 있는 비밀번호 수를 넘었습니다. 몇 초 뒤 다시 하세요.',
  },
  console_unreachable: {
    status: 503,
    en: 'The mixing console does not answer. Check its address and the network cable.',
    ko: '믹싱 콘솔이 응답하지 않습니다. 주소와 네트워크 케이블을 확인하세요.',
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
