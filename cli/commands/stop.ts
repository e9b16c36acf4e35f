import { runningEmulator, stopEmulator } from "../../emulator/emulator";

/** `npm stop`: ends the embedded AWS that `npm start -- --keep` has left running. */
async function main(): Promise<void> {
  const emulator = await runningEmulator();
  if (!emulator) {
    console.log("No embedded AWS is running.");
    return;
  }
  await stopEmulator(emulator);
  console.log(`The embedded AWS at ${emulator.endpoint} has ended; all that was in it is gone.`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
