import type { Json } from "../../schedule/tick";
import { environment, schedule } from "../config/examples";
import { synthesizeClock } from "../synthesis";
import { STRATEGIES } from "./strategies";

const PAYLOAD: Json = {
  "Cafe\u0301": "\uf9b8 \u212b \u1e9b\u0323 \ud800 \u{1f600}",
  text: 'it\'s "quoted" \\ `$(x)` $' + "{a} $$" + "{b} %" + "{if c} %%" + "{d}",
};

/** What Terraform makes of a text: it normalizes it to NFC, and reads the two escapes of its templates. */
const asTerraformReads = (text: string) =>
  text
    .normalize("NFC")
    .replace(/\$\$\{/g, "${")
    .replace(/%%\{/g, "%{");

/** The schedules of sqs-delay are in the functions' zips, which Terraform does not read (strategies/sqs-delay/schedules-file.test.ts). */
const BY_TERRAFORM = STRATEGIES.filter(([, { kind }]) => kind !== "sqs-delay");

test.each(BY_TERRAFORM)("a payload of %s passes Terraform unchanged", (_name, strategy) => {
  const template = synthesizeClock(environment({ strategy, schedules: [schedule({ payload: PAYLOAD })] }));
  const machines = Object.values(template.resources("aws_sfn_state_machine")).map(({ definition }) => {
    const { States } = JSON.parse(asTerraformReads(String(definition)));
    return JSON.parse(States.Iterator.Parameters.schedule.payload) as Json;
  });
  const functions = Object.values(template.resources("aws_lambda_function")).flatMap(({ environment }) => {
    const { SCHEDULES } = (environment as { variables: Record<string, string> }).variables;
    return SCHEDULES ? JSON.parse(asTerraformReads(SCHEDULES)).map((one: { payload: Json }) => one.payload) : [];
  });
  expect([...machines, ...functions]).toEqual([PAYLOAD]);
});

test("a note does as well", () => {
  const note = "Cafe\u0301 \u212b";
  const template = synthesizeClock(environment({ enabled: false, note }));
  const { value } = (template.json as unknown as { output: { clock: { value: string } } }).output.clock;
  expect(JSON.parse(asTerraformReads(value)).schedules[0].paused).toBe(note);
});
