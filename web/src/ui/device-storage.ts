// What this device remembers of its choices. Private windows and pages within others may refuse
// storage; then a choice lasts as long as the page.

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`yeoul.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`yeoul.${key}`, value);
  } catch {
    // See above.
  }
}
