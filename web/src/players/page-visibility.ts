// Whether anybody can see the page: pictures that nobody sees cost the same as others.

/** Who looks into another tab for a moment finds the pictures running. */
const LINGER_MS = 5_000;

/** A picture in a window of its own is seen, whatever becomes of its page. */
function isInWindow(): boolean {
  return Boolean(document.pictureInPictureElement);
}

/** Tells of every change, until the returned function is called. */
export function watchPageVisible(tell: (visible: boolean) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const handleChange = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => tell(isInWindow()), LINGER_MS);
    else tell(true);
  };
  document.addEventListener('visibilitychange', handleChange);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', handleChange);
  };
}
