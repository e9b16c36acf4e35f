import { Command, CommanderError } from "commander";
import { sealDirectory, unsealDirectory } from "../terraform/sealed-directory";

/** The variable with the secret that plans are sealed with. */
const KEY_VARIABLE = "METRONOME_PLAN_KEY";

/** `npm run seal -- DIR FILE` and `npm run unseal -- FILE DIR`: a plan's bundle as one encrypted file, and back. */
function main(): void {
  const command = new Command("npm run").exitOverride();
  command
    .command("seal <dir> <file>")
    .description(`Encrypts a plan's directory into one file, with the secret in ${KEY_VARIABLE}.`)
    .action((directory: string, file: string) => {
      sealDirectory(directory, file, process.env[KEY_VARIABLE]);
      console.log(`Sealed ${directory} in ${file}.`);
    });
  command
    .command("unseal <file> <dir>")
    .description(`Lays the directory of a sealed plan down again, with the secret in ${KEY_VARIABLE}.`)
    .action((file: string, directory: string) => {
      unsealDirectory(file, directory, process.env[KEY_VARIABLE]);
      console.log(`Unsealed ${file} in ${directory}.`);
    });
  command.parse();
}

try {
  main();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  console.error((error as Error).message);
  process.exitCode = 1;
}
