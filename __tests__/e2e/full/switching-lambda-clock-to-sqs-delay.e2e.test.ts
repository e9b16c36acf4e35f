import { switchesThereAndBack } from "../support/switching-at-a-minute";

describe("a clock at 60 s, switched from lambda-clock to sqs-delay and back while it ticks", () => {
  switchesThereAndBack({ kind: "lambda-clock" }, { kind: "sqs-delay" });
});
