import type { Access } from "../strategy";

/** The key that names the function of a mapping (Service Authorization Reference, "Actions, resources, and condition keys for AWS Lambda"). */
const functionKey = "lambda:FunctionArn";

/** Event source mappings: AWS names them, so they are known by their functions. */
const mappings = { service: "lambda", before: "event-source-mapping:", unnamed: true } as const;

const queues = { service: "sqs", before: "" } as const;

/** The queue's event source mapping; the planner's messages, and the pacer's reading. */
export const access: Access = {
  plan: [
    { actions: ["lambda:GetEventSourceMapping"], resource: mappings, functionKey },
    // The actions on tags have no such key.
    { actions: ["lambda:ListTags"], resource: mappings },
  ],
  deploy: [
    // To create one knows no resource.
    { actions: ["lambda:CreateEventSourceMapping"], resource: "*", functionKey },
    {
      actions: ["lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"],
      resource: mappings,
      functionKey,
    },
    { actions: ["lambda:TagResource", "lambda:UntagResource"], resource: mappings },
  ],
  boundary: [{ actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], resource: queues }],
  callers: ["events.amazonaws.com"],
  subscribesTargets: false,
  roleTakers: [],
};
