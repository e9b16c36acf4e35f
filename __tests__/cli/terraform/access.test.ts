import { processEnvironment } from "../../../cli/state/location";
import { openAccess } from "../../../cli/terraform/access";
import { OVERRIDES_VARIABLE } from "../../../config/overrides";
import { STUB_ENV } from "../../../emulator/archive-stub";
import { WORK_DIR } from "../../../host/work-dir";

/** What `npm start -- --keep` prints where a mirror has no archive provider. */
const PRINTED = {
  ...STUB_ENV,
  TF_CLI_CONFIG_FILE: `${WORK_DIR}/terraform.tfrc`,
  AWS_ACCESS_KEY_ID: "METRONOME12",
  AWS_SECRET_ACCESS_KEY: "test",
  [OVERRIDES_VARIABLE]: JSON.stringify({ environment: "local", fields: { endpoint: "http://127.0.0.1:9" } }),
};
const ended: string[] = [];
const open = (name: string, env: object) =>
  openAccess(name, {
    env: env as NodeJS.ProcessEnv,
    say: (text) => ended.push(text),
    atEnd: (end) => ended.push(String(end)),
  });

test.each(["dev", "prod"])("no Terraform of %s starts with what was printed for the embedded AWS", async (name) => {
  await expect(open(name, PRINTED)).rejects.toThrow(
    /unset METRONOME_ARCHIVE_STAND_IN TF_CLI_CONFIG_FILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY$/,
  );
  for (const [variable, value] of Object.entries(PRINTED)) {
    if (variable === OVERRIDES_VARIABLE || variable === "AWS_SECRET_ACCESS_KEY") continue;
    await expect(open(name, { PATH: "/bin", [variable]: value })).rejects.toThrow(variable);
    expect(() => processEnvironment({ [variable]: value }, { environment: name })).toThrow(variable);
  }
});

test("an environment on AWS has the caller's variables as they are", async () => {
  const env = { PATH: "/bin", AWS_PROFILE: "prod", TF_CLI_CONFIG_FILE: "/home/me/.terraformrc" };
  expect((await open("prod", env)).env).toEqual(env);
  expect(processEnvironment(env, { environment: "prod" })).toEqual(env);
});

test("the exported settings name an embedded AWS that goes on: nothing is started or ended", async () => {
  const { env, config } = await open("local", PRINTED);
  expect(config.endpoint).toBe("http://127.0.0.1:9");
  // The key of port 9 in this checkout is unknown, and no other is sent there.
  expect(env).toMatchObject({ AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_ACCESS_KEY_ID: "METRONOME-UNKNOWN" });
  expect(ended).toEqual([]);
});
