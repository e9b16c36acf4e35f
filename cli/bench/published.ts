/** A figure that somebody published, and what it is a figure of. */
export interface Published {
  readonly what: string;
  readonly figure: string;
  readonly source: string;
  /** Why ours is not the same thing. */
  readonly butOurs: string;
}

/** The figures of both published designs, as docs/strategies.md has them with others. */
export const PUBLISHED: readonly Published[] = [
  {
    what: 'LambdaClock, "the time it took for this SNS topic to invoke a subscribed Lambda function"',
    figure: "mean 480.76 ms, SD 294.57 ms, largest 8,826 ms, n = 5,013, about 3.5 days",
    source:
      "[Trek10's article](https://www.trek10.com/blog/lambdaclock); the largest is in its repository's performance summary",
    butOurs:
      "The published code waits to some instant in the last second of the minute, and its analyser compares with the minute and drops the sign: what ends anywhere in a second has a mean of 500 and an SD of 289 by that alone. Ours waits to the millisecond, is signed, and counts the minutes that nobody saw. And theirs is a figure of AWS in 2016, with SNS and the starts of its functions.",
  },
  {
    what: "The Step Functions loop, delay beyond the expected 10 s of 30 consecutive invocations",
    figure: 'it "increases by a few hundred milliseconds at every invocation" of one loop, and resets with the next',
    source:
      "[the AWS Architecture Blog](https://aws.amazon.com/blogs/architecture/a-serverless-solution-for-invoking-aws-lambda-at-a-sub-minute-frequency/), a chart without a table",
    butOurs:
      "It is the relative loop on AWS, where a turn takes the Iterator's run, its start and some transitions beside the wait.",
  },
  {
    what: "Loops of that design, drift read from published logs of AWS",
    figure: "about +99 ms a tick",
    source: "docs/strategies.md",
    butOurs:
      "On the emulator a transition costs next to nothing and a warm handler starts in a few ms, so the same loop drifts by less. That it drifts at all, and jumps back at the minute's edge, is the design's and shows here too.",
  },
];
