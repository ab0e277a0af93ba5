// How the sound is sent: codec, layout, rate, packet time, bitrate, DSCP.

import type { ConsoleView } from '#contract/console.ts';
import { CheckField, ChoiceField } from '../field.tsx';
import { formatHertz } from '../format.ts';
import { text } from '../settings.ts';
import { Section } from './section.tsx';
import { SettingsForm } from './settings-form.tsx';
import { listBitrates, listDscps, PACKET_TIMES, RATES } from './settings-values.ts';

export function FormatPanel({ view }: { view: ConsoleView }) {
  const { format } = text.value.console;
  return (
    <Section name="format">
      <Lowered view={view} />
      <SettingsForm view={view}>
        {(values, change) => (
          <>
            <ChoiceField
              name="codec"
              label={format.codec}
              hint={format.codecHint}
              value={values.codec}
              choices={format.codecs}
              onInput={(codec) => change({ codec })}
            />
            <ChoiceField
              name="layout"
              label={format.layout}
              hint={format.codecHint}
              value={values.layout}
              choices={format.layouts}
              onInput={(layout) => change({ layout })}
            />
            <ChoiceField
              name="sample_rate"
              label={format.rate}
              hint={format.rateHint}
              value={values.sample_rate}
              choices={RATES.map((rate) => [rate, formatHertz(Number(rate))] as const)}
              onInput={(sample_rate) => change({ sample_rate })}
            />
            <ChoiceField
              name="packet_time_ms"
              label={format.packetTime}
              hint={format.packetTimeHint}
              value={values.packet_time_ms}
              choices={PACKET_TIMES.map((time) => [time, `${time} ms`] as const)}
              onInput={(packet_time_ms) => change({ packet_time_ms })}
            />
            <ChoiceField
              name="bitrate"
              label={format.bitrate}
              value={values.bitrate}
              choices={listBitrates(values.bitrate)}
              disabled={values.codec !== 'opus'}
              onInput={(bitrate) => change({ bitrate })}
            />
            <ChoiceField
              name="dscp"
              label={format.dscp}
              hint={format.dscpHint}
              value={values.dscp}
              choices={listDscps(values.dscp)}
              onInput={(dscp) => change({ dscp })}
            />
            <CheckField
              name="adaptive"
              label={format.adaptive}
              checked={values.adaptive}
              onInput={(adaptive) => change({ adaptive })}
            />
          </>
        )}
      </SettingsForm>
    </Section>
  );
}

function Lowered({ view: { settings, max_sample_rate } }: { view: ConsoleView }) {
  const { format } = text.value.console;
  if (settings.sample_rate >= max_sample_rate) return null;
  const describe = settings.adaptive ? format.lowered : format.loweredForGood;
  return (
    <p class="reason" data-testid="lowered">
      {describe(formatHertz(settings.sample_rate), formatHertz(max_sample_rate))}
    </p>
  );
}
