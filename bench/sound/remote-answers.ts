// A process of its own that does what it is asked: the answering side.

import type { Answer, Question, Skills } from './remote-worker.ts';

/** Until whoever asks is gone. */
export function answerQuestions<S extends Skills<keyof S & string>>(skills: S): void {
  const answer = async ({ id, name, argument }: Question) => {
    // The other side may be gone already; then so are we, in a moment.
    const tell = (message: Answer) => process.send?.(message, undefined, undefined, () => {});
    try {
      tell({ id, value: await skills[name as keyof S](argument as never) });
    } catch (cause) {
      tell({
        id,
        failure: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
      });
    }
  };
  process.on('message', (question: Question) => void answer(question));
  process.on('disconnect', () => process.exit(0));
}
