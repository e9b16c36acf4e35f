/** A published figure, and what it measures. */
export interface Published {
  readonly what: string;
  readonly figure: string;
  readonly source: string;
  /** How this project's figure differs. */
  readonly butOurs: string;
}

/** The figures of both published designs; docs/strategies.md has more. */
export const PUBLISHED: readonly Published[] = [
  {
    what: 'LambdaClock, "the time it took for this SNS topic to invoke a subscribed Lambda function"',
    figure: "mean 480.76 ms, SD 294.57 ms, largest 8,826 ms, n = 5,013, about 3.5 days",
    source:
      "[Trek10's article](https://www.trek10.com/blog/lambdaclock); the largest is in its repository's performance summary",
    butOurs:
      "The published code waits until some instant in the last second of the minute, and its analyser compares with the minute and drops the sign. Instants spread over a second have a mean of 500 and an SD of 289 for that reason alone. This project waits to the millisecond, keeps the sign, and counts the minutes without a tick. The published figure is of AWS in 2016, with SNS and the starts of its functions.",
  },
  {
    what: "The Step Functions loop, delay beyond the expected 10 s of 30 consecutive invocations",
    figure: 'it "increases by a few hundred milliseconds at every invocation" of one loop, and resets with the next',
    source:
      "[the AWS Architecture Blog](https://aws.amazon.com/blogs/architecture/a-serverless-solution-for-invoking-aws-lambda-at-a-sub-minute-frequency/), a chart without a table",
    butOurs:
      "It is the relative loop on AWS. There a turn takes the Iterator's start, its duration and some transitions as well as the wait.",
  },
  {
    what: "Loops of that design, drift read from published logs of AWS",
    figure: "about +99 ms a tick",
    source: "docs/strategies.md",
    butOurs:
      "On the embedded AWS a transition takes almost no time and a warm handler starts in a few ms, so the same loop drifts less. That it drifts, and jumps back at the edge of the minute, is part of the design and shows here too.",
  },
];
