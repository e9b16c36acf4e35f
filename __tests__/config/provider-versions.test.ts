import semver from "semver";
import { benchCases, environmentsOf } from "../../cli/bench/cases";
import { environments } from "../../config/environments";
import { parseEnvironments } from "../../config/parse";

const ENDPOINT = "http://127.0.0.1:4566";
const all = Object.values(parseEnvironments({ ...environments, ...environmentsOf(benchCases(), ENDPOINT) }));

test("every environment pins one release of hashicorp/aws, so that no plan changes by itself", () => {
  for (const { environment, awsProviderVersion } of all) {
    expect([environment, semver.valid(awsProviderVersion)]).toEqual([environment, awsProviderVersion]);
  }
});

test("the embedded AWS has the release that it is tested with, also where a registry has newer ones", () => {
  const embedded = all.filter(({ endpoint }) => endpoint);
  expect(embedded.length).toBeGreaterThan(3);
  expect(new Set(embedded.map(({ awsProviderVersion }) => awsProviderVersion))).toEqual(new Set(["5.100.0"]));
});

// hashicorp/terraform-provider-aws#47320: releases 6.22 to 6.39 show a change of a bucket's encryption in every plan.
test("environments on AWS have a release that reads what S3 has blocked since April 2026", () => {
  const real = all.filter(({ endpoint }) => !endpoint);
  expect(real.map(({ environment }) => environment)).toEqual(["dev", "prod"]);
  for (const { awsProviderVersion } of real) expect(semver.gte(awsProviderVersion, "6.40.0")).toBe(true);
});
