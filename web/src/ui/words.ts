// Every word of the pages, in English and Korean.

export type Language = 'en' | 'ko';

const en = {
  otherLanguage: '한국어',
  skipToContent: 'Skip to content',
  nav: { wall: 'Wall', api: 'API', label: 'Pages' },
  settings: {
    switchLanguage: 'Switch to Korean',
    theme: 'Appearance',
    themes: { auto: 'As the device', light: 'Light', dark: 'Dark' },
  },
  server: { connected: 'Connected', connecting: 'Connecting', reconnecting: 'Reconnecting' },
  wall: {
    title: 'Wall',
    flowing: (live: number, all: number) =>
      live === all ? `All ${all} streams are flowing` : `${live} of ${all} streams are flowing`,
    one: 'One stream is flowing',
    empty: 'No streams yet',
    emptyHint: 'Add a camera to yeoul.yaml and restart the server.',
    noServer: 'Waiting for the server',
    fullScreen: 'Wall display',
    viewers: (count: number) => (count === 1 ? '1 viewer' : `${count} viewers`),
  },
  stream: {
    connecting: 'Connecting',
    live: 'Live',
    stalled: 'Stalled',
    retrying: 'Retrying',
    refused: 'Refused',
    disabled: 'Off',
  },
  view: {
    back: 'All streams',
    connect: 'Connect',
    disconnect: 'Disconnect',
    tryNow: 'Try now',
    mute: 'Mute',
    unmute: 'Sound on',
    fullScreen: 'Full screen',
    pictureInPicture: 'Picture in picture',
    lastPicture: 'Last picture',
    viewers: 'Viewers',
    source: 'Source',
  },
  connection: {
    idle: 'Not connected',
    connecting: 'Connecting…',
    connectingAgain: (attempt: number) => `Connecting, attempt ${attempt}…`,
    awaitingPicture: 'Connected, waiting for the first picture',
    connected: 'Connected',
    waiting: (seconds: number) =>
      seconds === 0 ? 'Trying again…' : `Trying again in ${seconds} s`,
    attempt: (attempt: number) => `Attempt ${attempt}`,
    gaveUp: 'Given up',
    closed: 'Disconnected',
  },
  failure: {
    unreachable: 'The server cannot be reached.',
    connect_timeout: 'The connection took too long.',
    silent: 'Nothing arrived for 3 seconds.',
    lost: 'The connection broke.',
    no_media_path: 'Media does not get through. Is the media port (8189, UDP and TCP) open?',
    invalid_answer: 'The server gave an unusable answer.',
  },
  panel: {
    title: 'Live figures',
    hint: 'Select a figure for its meaning',
    picture: 'Picture',
    time: 'Time',
    network: 'Network',
    lastMinute: (what: string) => `${what}, the last minute`,
  },
  figure: {
    codec: [
      'Codec',
      'How the picture is compressed; chosen from what camera and browser have in common.',
    ],
    resolution: ['Resolution', 'Width and height of the decoded picture, in pixels.'],
    fps: ['Frame rate', 'Frames decoded in the last second.'],
    frames: ['Frames', 'Frames decoded since the connection was made.'],
    dropped: ['Dropped', 'Frames that were decoded too late to be shown.'],
    freezes: ['Freezes', 'How often the picture stood still noticeably.'],
    'first-frame': [
      'First picture',
      'From the start of the connection to the first picture on screen.',
    ],
    'frame-age': [
      'Picture age',
      'From the server’s capture clock to your screen. “–” where the browser does not tell.',
    ],
    rtt: ['Round trip', 'There and back between this browser and the server.'],
    'jitter-buffer': ['Buffer', 'How long a frame waits so that the next ones arrive in time.'],
    bitrate: ['Bit rate', 'Video and audio received in the last second.'],
    packets: ['Packets', 'RTP packets received.'],
    bytes: ['Data', 'Media received since the connection was made.'],
    loss: ['Loss', 'Share of packets that did not arrive in the last second.'],
    lost: ['Lost packets', 'Packets that never arrived, even after they were asked for again.'],
    transport: ['Transport', 'UDP is the fast way; TCP is used where UDP is blocked.'],
  },
  docs: {
    title: 'API',
    lead: 'What this server offers over HTTP. Errors are problem+json with a stable code.',
    loading: 'Reading the description of the API…',
    contents: 'Contents',
    machine: 'OpenAPI document',
    parameters: 'Parameters',
    body: 'Request body',
    responses: 'Responses',
    required: 'required',
    fields: 'Fields',
    problems: 'Problem codes',
    problemsLead:
      'Every error carries one of these codes. Programs should decide by the code, never by the text.',
    untagged: 'Other',
  },
  notFound: { title: 'Nothing flows here', back: 'To the wall' },
} as const;

/** The same shape with any texts, so that a language cannot miss a word. */
type Shape<T> = T extends string
  ? string
  : T extends (...parameters: infer P) => string
    ? (...parameters: P) => string
    : { readonly [K in keyof T]: Shape<T[K]> };

export type Words = Shape<typeof en>;

const ko: Words = {
  otherLanguage: 'English',
  skipToContent: '본문으로 건너뛰기',
  nav: { wall: '화면', api: 'API 문서', label: '페이지' },
  settings: {
    switchLanguage: '영어로 바꾸기',
    theme: '화면 밝기',
    themes: { auto: '기기 설정대로', light: '밝게', dark: '어둡게' },
  },
  server: { connected: '연결됨', connecting: '연결 중', reconnecting: '다시 연결 중' },
  wall: {
    title: '화면',
    flowing: (live, all) =>
      live === all ? `영상 ${all}개 모두 흐르는 중` : `영상 ${all}개 중 ${live}개 흐르는 중`,
    one: '영상 1개 흐르는 중',
    empty: '아직 영상이 없습니다',
    emptyHint: 'yeoul.yaml에 카메라를 추가하고 서버를 다시 시작하세요.',
    noServer: '서버를 기다리는 중',
    fullScreen: '전체 화면',
    viewers: (count) => `${count}명 시청`,
  },
  stream: {
    connecting: '연결 중',
    live: '실시간',
    stalled: '멈춤',
    retrying: '재시도 중',
    refused: '거부됨',
    disabled: '꺼짐',
  },
  view: {
    back: '모든 영상',
    connect: '연결',
    disconnect: '연결 끊기',
    tryNow: '지금 시도',
    mute: '소리 끄기',
    unmute: '소리 켜기',
    fullScreen: '전체 화면',
    pictureInPicture: '작은 창으로 보기',
    lastPicture: '마지막 화면',
    viewers: '시청자',
    source: '소스',
  },
  connection: {
    idle: '연결되지 않음',
    connecting: '연결하는 중…',
    connectingAgain: (attempt) => `${attempt}번째 다시 연결하는 중…`,
    awaitingPicture: '연결됨, 첫 화면을 기다리는 중',
    connected: '연결됨',
    waiting: (seconds) => (seconds === 0 ? '다시 시도하는 중…' : `${seconds}초 후 다시 시도`),
    attempt: (attempt) => `${attempt}번째 시도`,
    gaveUp: '연결을 포기함',
    closed: '연결 끊김',
  },
  failure: {
    unreachable: '서버에 닿을 수 없습니다.',
    connect_timeout: '연결에 시간이 너무 오래 걸렸습니다.',
    silent: '3초 동안 아무것도 오지 않았습니다.',
    lost: '연결이 끊어졌습니다.',
    no_media_path: '영상이 통과하지 못합니다. 미디어 포트(8189, UDP와 TCP)가 열려 있나요?',
    invalid_answer: '서버가 쓸 수 없는 응답을 보냈습니다.',
  },
  panel: {
    title: '실시간 수치',
    hint: '수치를 누르면 뜻이 나옵니다',
    picture: '화면',
    time: '시간',
    network: '네트워크',
    lastMinute: (what) => `최근 1분간 ${what}`,
  },
  figure: {
    codec: ['코덱', '영상을 압축하는 방식. 카메라와 브라우저가 모두 지원하는 것 가운데 고릅니다.'],
    resolution: ['해상도', '디코딩된 화면의 가로와 세로 픽셀 수.'],
    fps: ['프레임률', '최근 1초 동안 디코딩된 프레임 수.'],
    frames: ['프레임', '연결된 뒤 디코딩된 프레임 수.'],
    dropped: ['버린 프레임', '너무 늦게 디코딩되어 보여 주지 못한 프레임.'],
    freezes: ['멈칫', '화면이 눈에 띄게 멈춘 횟수.'],
    'first-frame': ['첫 화면', '연결을 시작한 때부터 첫 화면이 보일 때까지.'],
    'frame-age': [
      '화면 나이',
      '서버가 받은 때부터 이 화면에 보일 때까지. 브라우저가 알려 주지 않으면 “–”.',
    ],
    rtt: ['왕복 시간', '이 브라우저와 서버 사이를 오가는 시간.'],
    'jitter-buffer': ['버퍼', '다음 프레임이 제때 오도록 한 프레임이 기다리는 시간.'],
    bitrate: ['비트레이트', '최근 1초 동안 받은 영상과 소리.'],
    packets: ['패킷', '받은 RTP 패킷 수.'],
    bytes: ['데이터', '연결된 뒤 받은 미디어의 양.'],
    loss: ['손실', '최근 1초 동안 오지 않은 패킷의 비율.'],
    lost: ['잃은 패킷', '다시 요청했는데도 끝내 오지 않은 패킷.'],
    transport: ['전송', 'UDP가 빠른 길이고, UDP가 막힌 곳에서는 TCP를 씁니다.'],
  },
  docs: {
    title: 'API 문서',
    lead: '이 서버가 HTTP로 제공하는 것. 오류는 변하지 않는 코드를 가진 problem+json입니다.',
    loading: 'API 설명을 읽는 중…',
    contents: '목차',
    machine: 'OpenAPI 문서',
    parameters: '매개변수',
    body: '요청 본문',
    responses: '응답',
    required: '필수',
    fields: '필드',
    problems: '오류 코드',
    problemsLead:
      '모든 오류에는 이 코드 가운데 하나가 있습니다. 프로그램은 글이 아니라 코드로 판단해야 합니다.',
    untagged: '기타',
  },
  notFound: { title: '이곳에는 아무것도 흐르지 않습니다', back: '화면으로 가기' },
};

export const words: Readonly<Record<Language, Words>> = { en, ko };
