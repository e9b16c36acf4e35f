import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** The paths of the system packages' Chromium, and of the Chrome that a CI image may have. */
const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The browser of this machine: `PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH`, or one of the system's packages; else undefined. */
export function browserPath(): string | undefined {
  const named = process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH;
  return [...(named ? [named] : []), ...PATHS].find((path) => existsSync(path));
}

/** Starts the browser. Its sandbox needs rights that root in a container does not have; the page is our own. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
