import { withOverrides } from "../../config/overrides";
import { ConfigError } from "../../config/parse";
import { environment } from "./examples";

const environments = { local: environment({ endpoint: "http://127.0.0.1:4566" }), dev: environment() };

const override = (name: string, fields: object) =>
  withOverrides(environments, JSON.stringify({ environment: name, fields }));

test.each([[undefined], [""]])("without overrides (%p) the environments are the file's", (json) => {
  expect(withOverrides(environments, json)).toBe(environments);
});

test("the fields of an environment with an endpoint are replaced, and no other environment's", () => {
  const strategy = { kind: "lambda-clock" };
  const result = override("local", { strategy, endpoint: "http://127.0.0.1:5000" });
  expect(result).toEqual({
    ...environments,
    local: { ...environments.local, strategy, endpoint: "http://127.0.0.1:5000" },
  });
  expect(environments.local.strategy).toEqual({ kind: "sfn-loop" });
});

test("its account stays: it is what the provider is held to", () => {
  expect(override("local", { account: "222222222222" }).local?.account).toBe(environments.local.account);
});

test.each([["dev"], ["staging"], ["constructor"], ["__proto__"]])(
  "%s has no endpoint and cannot be overridden",
  (name) => {
    expect(() => override(name, { region: "us-east-1" })).toThrow(
      new ConfigError([
        `METRONOME_OVERRIDES: "${name}" is not an environment with an endpoint, and no other can be overridden. Edit config/environments.ts instead.`,
      ]),
    );
  },
);

test.each([
  ["{"],
  ["[]"],
  ["null"],
  ['{"environment":"local"}'],
  ['{"environment":1,"fields":{}}'],
  ['{"environment":"local","fields":{},"more":1}'],
])("%s is not an override", (json) => {
  expect(() => withOverrides(environments, json)).toThrow(ConfigError);
  expect(() => withOverrides(environments, json)).toThrow(
    `METRONOME_OVERRIDES: ${JSON.stringify(json)} is not { "environment": …, "fields": {…} } as JSON.`,
  );
});
