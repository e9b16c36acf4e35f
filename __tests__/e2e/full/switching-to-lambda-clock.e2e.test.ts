import { switchesThereAndBack } from "../support/switching-at-a-minute";

describe("a clock at 60 s, switched from sfn-loop to lambda-clock and back while it ticks", () => {
  switchesThereAndBack({ kind: "sfn-loop" }, { kind: "lambda-clock" });
});
