import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";

/** A client of CloudWatch Logs that answers by `send`; the SDK's paginator takes no other object for one. */
export function logsClient<C>(send: (command: C) => Promise<unknown>): CloudWatchLogsClient {
  return Object.assign(Object.create(CloudWatchLogsClient.prototype) as CloudWatchLogsClient, { send });
}
