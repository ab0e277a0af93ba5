// The bad link to the listeners, in a process of its own, so that it delays nobody else.
//
//   relay-process.ts SEED

import { seededRandom } from '../../test/support/seeded-random.ts';
import { ListenerRelay } from '../links/listener-relay.ts';
import { GOOD_LINK, type RelaySkills } from './relay-skills.ts';
import { answerQuestions } from './remote-answers.ts';

const random = seededRandom(Number(process.argv[2]));
const relay = new ListenerRelay({ quality: GOOD_LINK, random });

answerQuestions<RelaySkills>({
  open: ({ port }) => relay.open(port),
  async change(quality) {
    relay.quality = quality;
  },
  counters: async () => ({ ...relay.counters }),
});
