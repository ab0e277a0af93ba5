// The few words of the element, in the language of the page around it.

const words = {
  en: {
    play: 'Play',
    pause: 'Pause',
    mute: 'Mute',
    unmute: 'Sound on',
    fullScreen: 'Full screen',
    connecting: 'Connecting…',
    nothing: 'No stream: set src, or src and stream.',
  },
  ko: {
    play: '재생',
    pause: '멈춤',
    mute: '소리 끄기',
    unmute: '소리 켜기',
    fullScreen: '전체 화면',
    connecting: '연결하는 중…',
    nothing: '영상이 없습니다. src, 또는 src와 stream을 지정하세요.',
  },
} as const;

type ElementWords = Readonly<Record<keyof (typeof words)['en'], string>>;

/** `language` as in the `lang` attribute: `ko-KR`. */
export function chooseWords(language: string): ElementWords {
  return /^ko\b/i.test(language) ? words.ko : words.en;
}
