import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REQUIRED_CHECKS } from "../../../../cli/ci/settings/branch";
import { byRepository, checkSettings } from "../../../../cli/ci/settings/check-settings";
import { SETTINGS } from "../../../../cli/ci/settings/setting";
import type { Environment } from "../../../../config/environment";
import { PROJECT_DIR } from "../../../../host/work-dir";
import { environment, parsed } from "../../../config/examples";
import { FakeGitHub, REPOSITORY } from "../fake-github";
import { answering, rightSettings } from "./github-settings";

test("every setting is checked, and docs/ci.md explains it by its id", async () => {
  const github = await new FakeGitHub(answering(rightSettings())).start();
  const ci = { repository: REPOSITORY, ownerId: "1", repositoryId: "5678", branch: "main" };
  const prod = { environment: "prod", account: "222222222222", region: "eu-central-1", ci };
  const settings = await checkSettings(github.client, [prod]).finally(() => github.stop());
  const ids = new Set(settings.map(({ id }) => id));
  // The lock file is in the checkout, and not GitHub's.
  expect([...ids, "provider-lock"].sort()).toEqual([...SETTINGS].sort());
  const page = readFileSync(join(PROJECT_DIR, "docs", "ci.md"), "utf8");
  const [, section = ""] = page.split(/^## Settings$/m);
  expect([...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id).sort()).toEqual([...SETTINGS].sort());
});

test("the checks that are required are the job of ci.yml and the status of plan.yml", () => {
  const [job, status] = REQUIRED_CHECKS;
  const read = (name: string) => readFileSync(join(PROJECT_DIR, ".github", "workflows", name), "utf8");
  expect(read("ci.yml")).toContain(`name: ${job}\n`);
  expect(read("plan.yml")).toContain(`ci commit-status "$COMMIT" ${status} success`);
});

test("the environments with `ci` are looked at by their repository, each repository once", () => {
  const ci = { repository: "octo/clock", ownerId: "1", repositoryId: "2" };
  const [dev, prod, other] = [ci, ci, { ...ci, repository: "octo/other" }].map((one) =>
    parsed(environment({ ci: one })),
  );
  const all = [{ ...dev, environment: "dev" }, parsed(), { ...prod, environment: "prod" }, other] as Environment[];
  const groups = [...byRepository(all)].map(([name, own]) => [name, own.map(({ environment }) => environment).join()]);
  expect(groups).toEqual([
    ["octo/clock", "dev,prod"],
    ["octo/other", other?.environment],
  ]);
});
