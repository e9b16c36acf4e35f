import { Testing } from "cdktf";
import { locateState, STACKS } from "../../../cli/state/location";
import { environments } from "../../../config/environments";
import { buildApp } from "../../../stacks/app";

test("a state is looked for where the stack puts it", () => {
  const app = buildApp(environments, { app: Testing.stubVersion(Testing.app()) });
  for (const environment of Object.keys(environments)) {
    for (const stack of STACKS) {
      const { bucket, bucketRegion, key, stack: id } = locateState(environments, undefined, environment, stack);
      const node = app.node.tryFindChild(id);
      // Not every environment has every stack.
      if (!node) continue;
      const { terraform } = JSON.parse(Testing.synth(node as never)) as {
        terraform: { backend: { s3: { bucket: string; region: string; key: string } } };
      };
      expect({ bucket, region: bucketRegion, key }).toEqual({
        bucket: terraform.backend.s3.bucket,
        region: terraform.backend.s3.region,
        key: terraform.backend.s3.key,
      });
    }
  }
  expect(locateState(environments, undefined, "dev", "state").stack).toBe("metronome-state-dev");
  expect(app.node.tryFindChild("metronome-dev")).toBeDefined();
  expect(app.node.tryFindChild("metronome-state-dev")).toBeDefined();
});

test("the embedded AWS is where the run's overrides say it is, and AWS has no endpoint", () => {
  const overrides = JSON.stringify({ environment: "local", fields: { endpoint: "http://127.0.0.1:9" } });
  expect(locateState(environments, overrides, "local", "clock").endpoint).toBe("http://127.0.0.1:9");
  expect(locateState(environments, undefined, "dev", "clock").endpoint).toBeUndefined();
});

test.each(["nope", "constructor"])("%s is not an environment", (name) => {
  expect(() => locateState(environments, undefined, name, "clock")).toThrow(
    `"${name}" is not an environment of config/environments.ts, which has local, dev, prod.`,
  );
});
