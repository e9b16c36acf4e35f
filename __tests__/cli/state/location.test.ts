import { Testing } from "cdktf";
import { backendOf, locateState } from "../../../cli/state/location";
import { STACKS } from "../../../cli/state/stacks";
import { environments } from "../../../config/environments";
import { OVERRIDES_VARIABLE } from "../../../config/overrides";
import { buildApp } from "../../../stacks/app";

test("location and backend are those of the synthesized stack", () => {
  const app = buildApp(environments, { app: Testing.stubVersion(Testing.app()) });
  for (const environment of Object.keys(environments)) {
    for (const stack of STACKS) {
      const location = locateState({}, environment, stack);
      const node = app.node.tryFindChild(location.stack);
      // Not every environment has every stack.
      if (!node) continue;
      const { terraform } = JSON.parse(Testing.synth(node as never)) as {
        terraform: { backend: { s3: object } };
      };
      expect(JSON.parse(JSON.stringify(backendOf(location)))).toEqual(terraform.backend.s3);
    }
  }
  expect(locateState({}, "dev", "state").stack).toBe("metronome-state-dev");
  expect(app.node.tryFindChild("metronome-dev")).toBeDefined();
  expect(app.node.tryFindChild("metronome-state-dev")).toBeDefined();
});

test("the run's overrides name the endpoint of the embedded AWS, and AWS has no endpoint", () => {
  const overrides = JSON.stringify({ environment: "local", fields: { endpoint: "http://127.0.0.1:9" } });
  expect(locateState({ [OVERRIDES_VARIABLE]: overrides }, "local", "clock").endpoint).toBe("http://127.0.0.1:9");
  expect(locateState({}, "dev", "clock").endpoint).toBeUndefined();
});

test.each(["nope", "constructor"])("%s is not an environment", (name) => {
  expect(() => locateState({}, name, "clock")).toThrow(
    `"${name}" is not an environment of config/environments.ts. Write one of local, dev, prod.`,
  );
});
