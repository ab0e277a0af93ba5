// Words of the server, which speaks English whatever the language of the page: screen readers must know.

export function ServerText({ text }: { text: string }) {
  return <span lang="en">{text}</span>;
}
