import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REQUIRED_CHECKS } from "../../../../cli/ci/settings/branch";
import { checkSettings } from "../../../../cli/ci/settings/check-settings";
import { SETTINGS } from "../../../../cli/ci/settings/setting";
import { PROJECT_DIR } from "../../../../host/work-dir";
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
