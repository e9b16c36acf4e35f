import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { venvPrograms } from "../../emulator/python-venv";
import { WORK_DIR } from "../../host/work-dir";

let scratch: string;
let venv: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "venv-"));
  venv = join(WORK_DIR, basename(scratch));
  mkdirSync(join(scratch, "bin"));
  // Stands in for Python: `-m venv DIR` copies it to DIR, and `-m pip` notes its environment.
  const python = [
    "#!/bin/sh",
    `[ "$2" = venv ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && exit`,
    `env > "${scratch}/pip-environment"`,
  ];
  writeFileSync(join(scratch, "bin", "python3"), python.join("\n"));
  chmodSync(join(scratch, "bin", "python3"), 0o755);
  writeFileSync(join(scratch, "requirements.txt"), "a==1\n");
});
afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
  rmSync(venv, { recursive: true, force: true });
});

function install(variables: Record<string, string> = {}): Promise<string> {
  const env = { PATH: `${join(scratch, "bin")}:${process.env.PATH}`, ...variables };
  return venvPrograms(env, {
    name: basename(venv),
    requirements: join(scratch, "requirements.txt"),
    log: `${basename(venv)}.log`,
  });
}

/** Whether pip ran since the last call. */
function pipRan(): boolean {
  const file = join(scratch, "pip-environment");
  const ran = existsSync(file);
  rmSync(file, { force: true });
  return ran;
}

afterEach(() => rmSync(join(WORK_DIR, "logs", `${basename(venv)}.log`), { force: true }));

test("the caller's settings do not lead pip out of the virtual environment", async () => {
  await install({ PIP_USER: "1", PIP_TARGET: "/t", PYTHONHOME: "/p", PYTHONPATH: "/p", PIP_INDEX_URL: "https://i" });
  const environment = readFileSync(join(scratch, "pip-environment"), "utf8");
  expect(environment).toContain("PIP_INDEX_URL=https://i\n");
  expect(environment).toContain("PIP_USER=0\n");
  expect(environment).not.toMatch(/PIP_TARGET|PYTHONHOME|PYTHONPATH/);
});

test("it is installed once, and again if its Python was removed from this machine", async () => {
  const programs = await install();
  expect(pipRan()).toBe(true);
  await install();
  expect(pipRan()).toBe(false);
  rmSync(join(programs, "python"));
  symlinkSync("/no/such/python3", join(programs, "python"));
  await install();
  expect(pipRan()).toBe(true);
});
