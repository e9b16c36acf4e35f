import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readUserCliConfig, renderCliConfig } from "../../../cli/providers/terraform-cli-config";

let home: string;
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "terraform-cli-config-"));
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = path.join(home, name);
  fs.writeFileSync(file, text);
  return file;
}

describe("readUserCliConfig", () => {
  const nothing = { file: undefined, filesystemMirrors: [], hasNetworkMirror: false };

  it("finds nothing in an empty home directory", () => {
    expect(readUserCliConfig({}, home, "linux")).toEqual({ ...nothing, namesMissingFile: false });
  });

  it("notices that TF_CLI_CONFIG_FILE names no file, and reads no other, as Terraform does", () => {
    write(".terraformrc", 'provider_installation { filesystem_mirror { path = "/m" } }');
    const env = { TF_CLI_CONFIG_FILE: path.join(home, "missing") };
    expect(readUserCliConfig(env, home, "linux")).toEqual({ ...nothing, namesMissingFile: true });
  });

  it("reads the mirrors, not those in comments", () => {
    const file = write(
      "my.tfrc",
      `provider_installation {
         # filesystem_mirror { path = "/commented" }
         // network_mirror { url = "https://commented.example/" }
         filesystem_mirror {
           include = ["*/*"]
           path    = "/one"
         }
         /* filesystem_mirror { path = "/block" } */
         filesystem_mirror { path = "C:\\\\two" }
       }`,
    );
    expect(readUserCliConfig({ TF_CLI_CONFIG_FILE: file }, home, "linux")).toEqual({
      file,
      namesMissingFile: false,
      filesystemMirrors: ["/one", "C:\\two"],
      hasNetworkMirror: false,
    });
  });

  it("reads the usual file of the platform, and sees a network mirror", () => {
    const text = 'provider_installation { network_mirror { url = "https://mirror.example/" } }';
    const unix = write(".terraformrc", text);
    const windows = write("terraform.rc", text);
    expect(readUserCliConfig({}, home, "linux")).toMatchObject({ file: unix, hasNetworkMirror: true });
    expect(readUserCliConfig({ APPDATA: home }, home, "win32")).toMatchObject({
      file: windows,
      hasNetworkMirror: true,
    });
  });
});

it("renders a configuration of filesystem mirrors only, which it reads again", () => {
  const text = renderCliConfig([
    { directory: '/a "b"', exclude: ["registry.terraform.io/hashicorp/archive"] },
    { directory: "/c", include: ["registry.terraform.io/hashicorp/archive"] },
  ]);
  expect(text).toBe(`provider_installation {
  filesystem_mirror {
    path = "/a \\"b\\""
    exclude = ["registry.terraform.io/hashicorp/archive"]
  }
  filesystem_mirror {
    path = "/c"
    include = ["registry.terraform.io/hashicorp/archive"]
  }
}
`);
  const env = { TF_CLI_CONFIG_FILE: write("rendered.tfrc", text) };
  expect(readUserCliConfig(env, home, "linux").filesystemMirrors).toEqual(['/a "b"', "/c"]);
});
