import { heldBy, readLock, writeLock } from "../../../cli/state/lock";

/** As Terraform 1.11.4 wrote it. */
const TERRAFORM =
  '{"ID":"ddaddd4b-931a-63ee-51b7-05f3b37869eb","Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.11.4","Created":"2026-11-22T23:20:54.566157479Z","Path":"metronome-state-local/metronome-local/terraform.tfstate"}';
const read = (text: string) => readLock(text, '"abc"', Date.parse("2026-11-22T18:00:00Z"));

test("Terraform's lock says who holds it, since when, for what", () => {
  const lock = read(TERRAFORM);
  expect(lock).toEqual({
    id: "ddaddd4b-931a-63ee-51b7-05f3b37869eb",
    who: "root@vm",
    operation: "OperationTypeApply",
    since: Date.parse("2026-11-22T23:20:54.566Z"),
    etag: '"abc"',
  });
  expect(heldBy(lock)).toBe(
    "root@vm since 2026-11-22T23:20:54.566Z, OperationTypeApply, ID ddaddd4b-931a-63ee-51b7-05f3b37869eb",
  );
});

test("our own lock has every field of Terraform's, and reads as it was written", () => {
  const taken = {
    id: "ddaddd4b-931a-63ee-51b7-05f3b37869eb",
    who: "a@b",
    info: "restoring v1",
    path: "bucket/key",
    since: Date.parse("2026-11-22T18:25:10Z"),
  };
  const text = writeLock(taken);
  expect(Object.keys(JSON.parse(text)).sort()).toEqual(Object.keys(JSON.parse(TERRAFORM)).sort());
  expect(read(text)).toMatchObject({
    id: taken.id,
    who: "a@b",
    operation: "restore: restoring v1",
    since: taken.since,
  });
  expect(heldBy(read(text))).toContain(", restore: restoring v1, ID ddaddd4b-");
});

test.each(["", "garbage", "null", "[]", "7", "{}"])(
  "a lock with the text %j is one all the same, named by its ETag",
  (text) => {
    const lock = read(text);
    expect(lock).toMatchObject({ id: "abc", etag: '"abc"', since: Date.parse("2026-11-22T18:00:00Z") });
    expect(heldBy(lock)).toMatch(/^unknown \(the lock's text is damaged\) since 2026-11-22T18:00:00.000Z/);
  },
);
