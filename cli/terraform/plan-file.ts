import { type Entry, open, type ZipFile } from "yauzl";

/**
 * What a saved plan carries of its own, and evaluates when it is applied: the configuration it was made from, by file.
 * Terraform's plans are zip files (internal/plans/planfile in its source); what is known only at the apply, such as a text with an ARN in
 * it, is not in their JSON, but comes from this configuration.
 *
 * @param file a plan as `terraform plan -out` writes it.
 * @returns texts by their path in the plan, `tfconfig/m-/cdk.tf.json` among them.
 * @throws Error where it is no zip file.
 */
export async function configurationOfPlan(file: string): Promise<ReadonlyMap<string, string>> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    open(file, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const texts = new Map<string, string>();
  return new Promise((resolve, reject) => {
    zip.on("entry", (entry: Entry) => {
      if (!entry.fileName.startsWith("tfconfig/")) return zip.readEntry();
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        // Its streams do not end for an async iterator.
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.once("error", reject);
        stream.once("end", () => {
          texts.set(entry.fileName, Buffer.concat(chunks).toString("utf8"));
          zip.readEntry();
        });
      });
    });
    zip.once("end", () => resolve(texts));
    zip.once("error", reject);
    zip.readEntry();
  });
}
