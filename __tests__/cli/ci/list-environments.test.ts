import { listEnvironments } from "../../../cli/ci/list-environments";
import { ACCOUNT, environment, parsed, REGION } from "../../config/examples";

const ci = { repository: "octo/clock", ownerId: "1", repositoryId: "2" };
const all = {
  local: parsed(),
  dev: parsed(environment({ ci })),
  prod: parsed(environment({ ci, region: "us-east-1" })),
};

test("all of them, in order, with what a workflow needs and no more", () => {
  expect(listEnvironments(all).map((one) => one.environment)).toEqual(["local", "dev", "prod"]);
  expect(listEnvironments(all, { only: "dev" })).toEqual([{ environment: "dev", account: ACCOUNT, region: REGION }]);
});

test("those that workflows plan and deploy are those with ci; an empty name is all of them", () => {
  expect(listEnvironments(all, { ci: true, only: "" }).map((one) => one.environment)).toEqual(["dev", "prod"]);
});

test("one without access for CI is refused, with what to do", () => {
  expect(() => listEnvironments(all, { ci: true, only: "local" })).toThrow(
    /"local" has no access for CI. Give it `ci`/,
  );
});
