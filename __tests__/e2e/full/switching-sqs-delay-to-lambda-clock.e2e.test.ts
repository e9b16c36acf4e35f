import { switchesThereAndBack } from "../support/switching-at-a-minute";

describe("a clock at 60 s, switched from sqs-delay to lambda-clock and back while it ticks", () => {
  switchesThereAndBack({ kind: "sqs-delay" }, { kind: "lambda-clock" });
});
