// @ts-check
// Plain JavaScript without imports from npm: cli/lib/bootstrap.mjs needs it before the packages are installed.
const { readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

/** @typedef {Readonly<Record<string, string | undefined>>} Variables */
/** @typedef {keyof typeof PROGRAMS} Program a program that the project starts; "app" is main.ts */

// Each list names the variables that a program gets. A star at the end stands for any rest. Upper and lower case are
// equal, because proxies are written in both.

/** What every program needs. */
const EVERY = [
  // its files: programs, libraries, the home directory with the user's configuration, temporary files
  ...["PATH", "LD_LIBRARY_PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "XDG_*"],
  // the encoding of text, and the terminal
  ...["LANG", "LANGUAGE", "LC_*", "TERM"],
  // the version managers whose small programs on the PATH start the real ones
  ...["ASDF_*", "MISE_*", "PYENV_*", "GOENV_*", "TFENV_*", "TOFUENV_*", "TENV_*", "NODENV_*", "VOLTA_HOME"],
  // proxies and certificates of the network
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NODE_USE_ENV_PROXY", "NODE_USE_SYSTEM_CA"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NIX_SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"],
  "NODE_EXTRA_CA_CERTS",
];

/** Where npm gets packages, and by which connection. Not what it installs: omit, production, dry-run, global. */
const NPM = [
  ...["NPM_CONFIG_REGISTRY", "NPM_CONFIG_@*", "NPM_CONFIG_//*", "NPM_CONFIG_REPLACE_REGISTRY_HOST"],
  ...["NPM_CONFIG_USERCONFIG", "NPM_CONFIG_GLOBALCONFIG", "NPM_CONFIG_CACHE"],
  ...["NPM_CONFIG_PROXY", "NPM_CONFIG_HTTPS_PROXY", "NPM_CONFIG_NOPROXY", "NPM_CONFIG_STRICT_SSL"],
  ...["NPM_CONFIG_CA", "NPM_CONFIG_CAFILE", "NPM_CONFIG_CERT", "NPM_CONFIG_KEY"],
  ...["NPM_CONFIG_OFFLINE", "NPM_CONFIG_PREFER_OFFLINE", "NPM_CONFIG_FETCH_*", "NPM_CONFIG_MAXSOCKETS"],
];

/** The configuration's overrides and the first deployment to an account. Not cdktf's: its output is named by each call. */
const APP = ["METRONOME_OVERRIDES", "METRONOME_BOOTSTRAP"];

/**
 * Not TF_WORKSPACE, TF_DATA_DIR and TF_CLI_ARGS*, which send the state elsewhere; TF_VAR_*, because no stack has
 * variables; TF_REATTACH_PROVIDERS, which replaces providers; nor TF_ENCRYPTION, which makes the state unreadable.
 */
const TERRAFORM = [
  // logs for a maintainer
  ...["TF_LOG", "TF_LOG_*"],
  // where providers come from
  ...["TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "TF_PLUGIN_CACHE_*", "TF_REGISTRY_*", "TF_PROVIDER_DOWNLOAD_*"],
  ...["TF_TOKEN_*", "METRONOME_ARCHIVE_STAND_IN"],
  // how often the providers collect garbage
  "GOGC",
  // no question to a person, none to the network about newer versions
  ...["TF_IN_AUTOMATION", "CHECKPOINT_DISABLE"],
  // the account. For the embedded AWS emulatorEnvironment has replaced all of them.
  "AWS_*",
  // the agents and keyrings that a credential_process of the AWS configuration asks
  ...["SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "GPG_TTY", "GNUPGHOME"],
];

const PROGRAMS = {
  npm: NPM,
  app: APP,
  terraform: TERRAFORM,
  cdktf: [
    // It starts the app by npx, and Terraform.
    ...[...NPM, ...APP, ...TERRAFORM],
    // The program that is Terraform, its own files and logs, and no drawing over lines on CI.
    ...["TERRAFORM_BINARY_NAME", "CDKTF_HOME", "CDKTF_LOG_*", "DISABLE_VERSION_CHECK", "CI"],
    ...["CDKTF_DISABLE_PLUGIN_CACHE_ENV", "CDKTF_SKIP_PROVIDER_LOCK"],
  ],
  // Where pip gets packages. Not where it puts them (PIP_USER, PIP_TARGET, PIP_PREFIX), nor PYTHONHOME and PYTHONPATH.
  python: [
    ...["PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"],
    ...["PIP_TRUSTED_HOST", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_PROXY", "PIP_KEYRING_PROVIDER", "PIP_NO_INPUT"],
    ...["PIP_CACHE_DIR", "PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT", "PIP_RETRIES", "PIP_DISABLE_PIP_VERSION_CHECK"],
  ],
  emulator: [],
  ps: [],
  // Where Go is and gets modules. Not GOFLAGS, GOWORK and what else changes the program that it builds.
  go: [
    ...[
      "GOROOT",
      "GOPATH",
      "GOCACHE",
      "GOMODCACHE",
      "GOTMPDIR",
      "GOENV",
      "GOTOOLCHAIN",
      "GOPROXY",
      "GOSUMDB",
      "GOAUTH",
    ],
    ...["GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE"],
  ],
  // The user's configuration, which may trust this directory. Not GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE, which a
  // hook of git sets for another repository.
  git: ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"],
};

/**
 * The environment of a program that the project starts: of the caller's variables those that the program needs. Any other
 * variable may be meant for another project, and would change what the program does.
 *
 * @param {Program} program
 * @param {Variables} env the caller's variables
 * @returns {Record<string, string>}
 */
function childEnvironment(program, env) {
  const patterns = [...EVERY, ...PROGRAMS[program]];
  const named = program === "npm" || program === "cdktf" ? namedByNpmrc(env) : [];
  /** @param {string} name */
  const passes = (name) => {
    const upper = name.toUpperCase().replace(/^NPM_CONFIG_[^@/]*$/, (setting) => setting.replaceAll("-", "_"));
    return named.includes(name) || patterns.some((one) => matches(one, upper));
  };
  return /** @type {Record<string, string>} */ (
    Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== undefined && passes(name)))
  );
}

/**
 * @param {string} pattern
 * @param {string} name in upper case
 */
function matches(pattern, name) {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/**
 * The variables to which the files .npmrc refer, such as a token: `${NAME}`.
 *
 * @param {Variables} env
 * @returns {string[]}
 */
function namedByNpmrc(env) {
  const user = env.npm_config_userconfig ?? env.NPM_CONFIG_USERCONFIG ?? join(env.HOME ?? "/", ".npmrc");
  return [user, resolve(__dirname, "..", ".npmrc")].flatMap((file) => {
    try {
      return [...readFileSync(file, "utf8").matchAll(/\$\{(\w+)\??\}/g)].map(([, name]) => name ?? "");
    } catch {
      return [];
    }
  });
}

module.exports = { childEnvironment };
