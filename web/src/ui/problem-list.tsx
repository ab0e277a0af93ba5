// The problem codes of the API, each with the anchor that a problem's `type` links to.

import { problemWords } from './problem-words.ts';
import { language, text } from './settings.ts';

export function ProblemList() {
  const { docs } = text.value;
  return (
    <section>
      <h2 class="tag" id="problems">
        {docs.problems}
      </h2>
      <p>{docs.problemsLead}</p>
      <dl class="fields problems">
        {Object.entries(problemWords).map(([code, problem]) => (
          <div key={code} id={`problem-${code}`}>
            <dt>
              <a href={`#problem-${code}`}>
                <code>{code}</code>
              </a>
              <span class={`status s${Math.floor(problem.status / 100)}`}>{problem.status}</span>
            </dt>
            <dd>{problem[language.value]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
