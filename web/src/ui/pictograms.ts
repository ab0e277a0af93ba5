// The pictograms of the buttons: paths in a square of 24, drawn as strokes in the colour of the text.

export const pictograms = {
  auto: 'M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5',
  dark: 'M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  window: 'M3 5h18v14H3zM12.500 12.500h6v4h-6z',
  sound:
    'M4 9.500v5h3.500L12 19V5L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
  silent: 'M4 9.500v5h3.500L12 19V5L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5',
  back: 'M14.500 5.500L8 12l6.500 6.500',
  forward: 'M9.500 5.500L16 12l-6.500 6.500',
  warning: 'M12 4L2.500 20h19zM12 10v4.500M12 17v.500',
  plus: 'M12 5v14M5 12h14',
  play: 'M8 5l11 7-11 7z',
  pause: 'M8 5v14M16 5v14',
  grip: 'M6 9h12M6 15h12',
} as const;

export type IconName = keyof typeof pictograms;
